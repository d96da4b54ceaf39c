/** Later fragments against a Map of the first ones and a list of those that wait for theirs. */
import { describe, expect, it } from 'vitest';
import { WAITING_MAX } from '../../../assembly/layout.ts';
import { ethernet, ipv4, Packet, pcap, udp } from '../../builders/index.ts';
import { random } from '../../builders/random.ts';
import { run } from '../../engine/harness.ts';
import { innerModule, SEEDS } from '../inner_engine.ts';

const LIFE_NS = 60_000_000_000n;

describe('fragments', () => {
  for (const seed of SEEDS) {
    it(`are of the flow of the first one of their datagram when it is within 60 s of them (seed ${seed})`, async () => {
      const { below, oneIn, between } = random(seed);
      /** What identifies a datagram -> the port of its first fragment and when it came. */
      const model = new Map<string, { readonly port: number; readonly time: bigint }>();
      const packets = new Map<number, number>();
      const countTo = (port: number): void => void packets.set(port, (packets.get(port) ?? 0) + 1);
      let waiting: { readonly datagram: string; readonly time: bigint }[] = [];
      const records: { timestampNs: bigint; frame: Uint8Array }[] = [];
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
        if (!first && !matched) waiting.push({ datagram, time });
        else countTo(first ? port : (known?.port ?? 0));
        if (!first) continue;
        model.set(datagram, { port, time });
        const come = waiting.filter((one) => one.datagram === datagram && time - one.time <= LIFE_NS);
        for (const _ of come) countTo(port);
        waiting = waiting.filter((one) => !come.includes(one));
      }
      for (const _ of waiting) countTo(0);
      const unmatched = waiting.length;
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

  it('give way, the oldest first, when too many wait', async () => {
    const records = Array.from({ length: WAITING_MAX + 5 }, (_, n) => {
      const content = new Packet(new Uint8Array(16), { protocol: 17 });
      const frame = content.over(ipv4({ src: '10.0.0.1', dst: '10.9.9.9', id: n, offset: 8 })).over(ethernet());
      return { timestampNs: BigInt(n), frame };
    });
    const firsts = Array.from({ length: WAITING_MAX + 5 }, (_, n) => ({
      timestampNs: BigInt(WAITING_MAX + 5 + n),
      frame: udp({ srcPort: 7, dstPort: 53 })
        .over(ipv4({ src: '10.0.0.1', dst: '10.9.9.9', id: n, moreFragments: true }))
        .over(ethernet()),
    }));
    const { flows, counters } = await run(pcap([...records, ...firsts], { format: 'ns' }), {
      module: await innerModule(),
    });
    expect(flows.map((flow) => [flow.srcPort, flow.packetsForward]).sort()).toEqual([
      [0, 5],
      [7, 2 * WAITING_MAX + 5],
    ]);
    expect(counters).toMatchObject({ fragmentsUnmatched: 5, fragmentsEvicted: 5 });
  });

  it('do not wait for the first one of another datagram when theirs was broken', async () => {
    const later = new Packet(new Uint8Array(16), { protocol: 17 });
    const broken = new Packet(new Uint8Array(3), { protocol: 17 });
    const ids = { src: '10.0.0.1', dst: '10.9.9.9', id: 5 };
    const at = (n: number, frame: Uint8Array) => ({ timestampNs: BigInt(n), frame });
    const piece = later.over(ipv4({ ...ids, offset: 8 })).over(ethernet());
    const bad = broken.over(ipv4({ ...ids, moreFragments: true })).over(ethernet());
    const good = udp({ srcPort: 7, dstPort: 53 })
      .over(ipv4({ ...ids, moreFragments: true }))
      .over(ethernet());
    const portsOf = async (frames: Uint8Array[]): Promise<number[][]> => {
      const { flows } = await run(
        pcap(
          frames.map((frame, n) => at(n, frame)),
          { format: 'ns' },
        ),
      );
      return flows.map((flow) => [flow.srcPort, flow.packetsForward]).sort();
    };
    const apart = [
      [0, 1],
      [7, 1],
    ];
    expect(await portsOf([piece, bad, good])).toEqual(apart);
    expect(await portsOf([bad, piece, good])).toEqual(apart);
    expect(await portsOf([good, bad, piece])).toEqual(apart);
    expect(await portsOf([piece, good])).toEqual([[7, 2]]);
    expect(await portsOf([bad, good, piece])).toEqual([[7, 2]]);
  });
});
