/** Tunnel packets sent in fragments, with tunnels followed: the order of the fragments makes no difference. */
import { describe, expect, it } from 'vitest';
import {
  ethernet,
  gre,
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Fragments,
  pcap,
  random,
  tcp,
  TUNNEL_PORT,
  udp,
  vxlan,
} from '../builders/index.ts';
import type { Packet, Random } from '../builders/index.ts';
import { flowLine, flowsOf, readCapture } from '../models/index.ts';
import { commonCounters, difference, modelOptions, run } from './harness.ts';
import type { RunOptions } from './harness.ts';

const OPTIONS: RunOptions = { decapsulate: true };
const OUTER = { src: '10.0.0.1', dst: '10.0.0.2' };
const VXLAN_PORTS = { srcPort: 50_000, dstPort: TUNNEL_PORT.VXLAN };

const inner = (payload: number): Packet =>
  tcp({ srcPort: 1234, dstPort: 443, payload }).over(ipv4({ src: '192.168.0.1', dst: '192.168.0.2' }));
const inVxlan = (payload: number): Packet => inner(payload).over(ethernet()).over(vxlan(7)).over(udp(VXLAN_PORTS));

/** The fragments in this order, a frame every millisecond. */
const captureOf = (frames: readonly Uint8Array[]): Uint8Array =>
  pcap(frames.map((frame, n) => ({ timestampNs: BigInt(n) * 1_000_000n, frame })));

async function flowsIn(file: Uint8Array, options = OPTIONS): Promise<string[]> {
  const { flows, lines, counters } = await run(file, options);
  const model = flowsOf(readCapture(file).records, modelOptions(options));
  expect(difference(model.flows.map(flowLine), lines)).toBeUndefined();
  expect(commonCounters(counters)).toEqual(model.counters);
  return flows.map((flow) => `${flow.srcAddress}:${flow.srcPort} ${flow.protocol} ${flow.packetsForward}`).sort();
}

describe('fragments of a tunnel packet, with tunnels followed', () => {
  const pieces = ipv4Fragments(inVxlan(200), { ...OUTER, id: 9 }, 120).map((piece) => piece.over(ethernet()));
  const wanted = ['10.0.0.1:50000 17 2', '192.168.0.1:1234 6 1'];

  it('are in the same flows whether their first one comes first or last', async () => {
    expect(pieces).toHaveLength(3);
    expect(await flowsIn(captureOf(pieces))).toEqual(wanted);
    expect(await flowsIn(captureOf([...pieces].reverse()))).toEqual(wanted);
  });

  it('are as well when other frames lie between them, in blocks of any size, with side records', async () => {
    const other = udp({ srcPort: 1, dstPort: 2 })
      .over(ipv4({ src: '10.9.9.9', dst: '10.9.9.8' }))
      .over(ethernet());
    const frames = [...pieces].reverse().flatMap((piece) => [piece, ...Array.from({ length: 40 }, () => other)]);
    for (const withNames of [[], ['link', 'stats']] as const) {
      const options = { ...OPTIONS, with: withNames, chunkSize: 1000 };
      expect(await flowsIn(captureOf(frames), options)).toEqual([
        '10.0.0.1:50000 17 2',
        '10.9.9.9:1 17 120',
        wanted[1],
      ]);
    }
  });

  it('do not get the ports of another first one with the same number that comes in the same batch', async () => {
    const again = inner(0)
      .over(ethernet())
      .over(vxlan(7))
      .over(udp({ ...VXLAN_PORTS, srcPort: 60_000 }))
      .over(ipv4({ ...OUTER, id: 9, moreFragments: true }))
      .over(ethernet());
    const [first, second, third] = pieces as unknown as [Uint8Array, Uint8Array, Uint8Array];
    expect(await flowsIn(captureOf([second, first, again, third]))).toEqual([
      '10.0.0.1:50000 17 1',
      '10.0.0.1:60000 17 1',
      '192.168.0.1:1234 6 2',
    ]);
  });

  it('may be of any packet of the frame, or of several', async () => {
    const outer = (upper: Packet): Uint8Array[] =>
      ipv6Fragments(upper, { src: '2001:db8::1', dst: '2001:db8::2' }, 77, 160).map((piece) => piece.over(ethernet()));
    const middle = ipv4Fragments(inVxlan(300), { ...OUTER, id: 5 }, 200);
    for (let seed = 1; seed <= 20; seed++) {
      const frames = middle.flatMap((piece, n) => outer(piece.over(gre()).over(udp({ srcPort: n, dstPort: 4754 }))));
      await flowsIn(captureOf(shuffled(random(seed), frames)));
    }
    const nested = inVxlan(300)
      .over(ipv4(OUTER))
      .over(gre())
      .over(ipv6({ src: '2001:db8::1', dst: '2001:db8::2' }));
    expect(await flowsIn(captureOf([nested.over(ethernet())]))).toEqual(['192.168.0.1:1234 6 1']);
  });
});

function shuffled<T>(r: Random, list: readonly T[]): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(r.below(rest.length), 1)[0] as T);
}
