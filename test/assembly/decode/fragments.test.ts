/** Later fragments against a Map of the first ones. */
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, Packet, pcap, udp } from '../../builders/index.ts';
import { random } from '../../builders/random.ts';
import { run } from '../../engine/harness.ts';
import { innerModule, SEEDS } from '../inner_engine.ts';

const LIFE_NS = 60_000_000_000n;

describe('fragments', () => {
  for (const seed of SEEDS) {
    it(`after the first one of their datagram are of its flow, for 60 s (seed ${seed})`, async () => {
      const { below, oneIn, between } = random(seed);
      /** What identifies a datagram -> the port of its first fragment and when it came. */
      const model = new Map<string, { readonly port: number; readonly time: bigint }>();
      const packets = new Map<number, number>();
      const records: { timestampNs: bigint; frame: Uint8Array }[] = [];
      let unmatched = 0;
      let time = 0n;
      for (let n = 0; n < 3000; n++) {
        time += BigInt(below(oneIn(50) ? 50_000_000_000 : 20_000_000));
        const src = `10.0.0.${between(1, 4)}`;
        const id = below(40);
        const datagram = `${src} ${id}`;
        const port = between(1000, 1009);
        const first = oneIn(3);
        const content = first ? udp({ srcPort: port, dstPort: 53 }) : new Packet(new Uint8Array(16), { protocol: 17 });
        const fields = {
          src,
          dst: '10.9.9.9',
          id,
          moreFragments: first || oneIn(2),
          offset: first ? 0 : 8 * between(1, 9),
        };
        records.push({ timestampNs: time, frame: content.over(ipv4(fields)).over(ethernet()) });
        const known = model.get(datagram);
        const matched = known !== undefined && time - known.time <= LIFE_NS;
        if (!first && !matched) unmatched++;
        const counted = first ? port : matched ? known.port : 0;
        packets.set(counted, (packets.get(counted) ?? 0) + 1);
        if (first) model.set(datagram, { port, time });
      }
      const { flows, counters } = await run(pcap(records, { format: 'ns' }), { module: await innerModule() });
      const got = new Map<number, number>();
      for (const flow of flows) {
        const port = Math.max(flow.srcPort, flow.dstPort);
        got.set(port, (got.get(port) ?? 0) + flow.packetsForward + flow.packetsReverse);
      }
      expect([...got].sort()).toEqual([...packets].sort());
      expect(counters.fragmentsUnmatched).toBe(unmatched);
      expect(counters.fragmentsForgotten).toBe(0);
      expect(unmatched).toBeGreaterThan(10);
    });
  }
});
