/** `checksums: 'drop'`: which packets are dropped, and where they are counted. */
import { describe, expect, it } from 'vitest';
import {
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  ipv4Fragments,
  ipv6,
  pcap,
  routing,
  sctp,
  snapped,
  tcp,
  udp,
  type Packet,
} from '../builders/index.ts';
import { connLines } from './groups/conn_log.ts';
import { run } from './harness.ts';

const V4 = { src: '192.0.2.1', dst: '192.0.2.2' };
const V6 = { src: '2001:db8::1', dst: '2001:db8::2' };

interface Upper {
  readonly name: string;
  readonly packet: Packet;
  readonly version: 4 | 6;
}

const UPPERS: readonly Upper[] = [0, 1, 2, 3, 511, 1201].flatMap((payload) => {
  const ports = { srcPort: 1000 + payload, dstPort: 9000 };
  return [
    { name: `TCP over IPv4, ${payload} bytes`, packet: tcp({ ...ports, flags: 16, payload }), version: 4 as const },
    { name: `TCP over IPv6, ${payload} bytes`, packet: tcp({ ...ports, flags: 16, payload }), version: 6 as const },
    { name: `UDP over IPv4, ${payload} bytes`, packet: udp({ ...ports, payload }), version: 4 as const },
    { name: `UDP over IPv6, ${payload} bytes`, packet: udp({ ...ports, payload }), version: 6 as const },
    { name: `ICMP, ${payload} bytes`, packet: icmp({ type: 8, payload }), version: 4 as const },
    { name: `ICMPv6, ${payload} bytes`, packet: icmpv6({ type: 128, payload }), version: 6 as const },
  ];
});

const frameOf = ({ packet, version }: Pick<Upper, 'packet' | 'version'>): Uint8Array =>
  Uint8Array.from(packet.over(version === 4 ? ipv4(V4) : ipv6(V6)).over(ethernet()));

/** The frame with one byte changed. */
function changed(frame: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}

async function counted(frames: readonly Uint8Array[], checksums: 'ignore' | 'drop' = 'drop') {
  const file = pcap(frames.map((frame, n) => ({ timestampNs: BigInt(n), frame })));
  const { counters, flows } = await run(file, { checksums });
  const { ipChecksum, checksum } = counters.malformed;
  return { delivered: counters.packetsDelivered, ipChecksum, checksum, flows: flows.length };
}

describe('packets with a wrong checksum', () => {
  it.each(UPPERS)('are dropped, and those with the right one are not: $name', async (upper) => {
    const frame = frameOf(upper);
    expect(await counted([frame])).toEqual({ delivered: 1, ipChecksum: 0, checksum: 0, flows: 1 });
    const last = changed(frame, frame.length - 1);
    expect(await counted([last])).toEqual({ delivered: 0, ipChecksum: 0, checksum: 1, flows: 0 });
    expect(await counted([last], 'ignore')).toEqual({ delivered: 1, ipChecksum: 0, checksum: 0, flows: 1 });
    // An address is in the pseudo-header, and in the header of IPv4 itself. The checksum of ICMP does not cover it.
    const address = changed(frame, 14 + (upper.version === 4 ? 15 : 23));
    const want = upper.version === 4 ? { ipChecksum: 1, checksum: 0 } : { ipChecksum: 0, checksum: 1 };
    expect(await counted([address])).toEqual({ delivered: 0, ...want, flows: 0 });
  });

  it('do not include UDP over IPv4 without a checksum, but over IPv6', async () => {
    const packet = udp({ srcPort: 1, dstPort: 2, payload: 9 });
    for (const [version, at, want] of [
      [4, 14 + 20 + 6, { delivered: 1, checksum: 0 }],
      [6, 14 + 40 + 6, { delivered: 0, checksum: 1 }],
    ] as const) {
      const frame = frameOf({ packet, version });
      frame.fill(0, at, at + 2);
      expect(await counted([frame])).toMatchObject(want);
    }
  });

  it('do not include what was not captured whole, and fragments', async () => {
    const frame = changed(frameOf({ packet: tcp({ flags: 16, payload: 100 }), version: 4 }), 14 + 20 + 20 + 3);
    const cut = snapped({ timestampNs: 0n, frame }, frame.length - 1);
    const { counters } = await run(pcap([cut]), { checksums: 'drop' });
    expect(counters).toMatchObject({ packetsDelivered: 1, malformed: { checksum: 0 } });
    const fragments = ipv4Fragments(udp({ srcPort: 1, dstPort: 2, payload: 64 }), { ...V4, id: 7 }, 32);
    const frames = fragments.map((packet) => Uint8Array.from(packet.over(ethernet())));
    expect(await counted(frames)).toMatchObject({ delivered: frames.length, checksum: 0 });
  });

  it('use the last address of a routing header while the packet is on the way there', async () => {
    const inner = tcp({ srcPort: 1, dstPort: 2, flags: 16, payload: 5 });
    const headers = [routing(['2001:db8::7', '2001:db8::9'])];
    const frame = Uint8Array.from(inner.over(ipv6({ ...V6, headers })).over(ethernet()));
    expect(await counted([frame])).toMatchObject({ delivered: 1, checksum: 0 });
    expect(await counted([changed(frame, 14 + 40 + 8 + 16 + 15)])).toMatchObject({ delivered: 0, checksum: 1 });
  });

  it('do not include bytes behind a UDP datagram, and protocols whose checksum is another one', async () => {
    const datagram = udp({ srcPort: 1, dstPort: 2, payload: 4 });
    const frame = frameOf({ packet: sctp({ srcPort: 1, dstPort: 2 }), version: 4 });
    expect(await counted([changed(frame, 14 + 20 + 9)])).toMatchObject({ delivered: 1 });
    const padded = Uint8Array.from([...frameOf({ packet: datagram, version: 4 }), 1, 2, 3]);
    expect(await counted([padded])).toMatchObject({ delivered: 1, checksum: 0 });
  });

  it('are the letter C of a history with the preset zeek, at the 1st and the 10th time', async () => {
    const good = frameOf({ packet: udp({ srcPort: 9000, dstPort: 9001, payload: 4 }), version: 4 });
    const bad = changed(good, good.length - 1);
    const frames = [good, ...Array.from({ length: 10 }, () => bad)];
    const file = pcap(frames.map((frame, n) => ({ timestampNs: BigInt(n) * 1_000_000n, frame })));
    const { lines, counters } = await connLines(file, { checksums: 'drop' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ history: 'DCC', orig_pkts: 1, orig_ip_bytes: 32, conn_state: 'S0' });
    expect(counters).toMatchObject({ packetsDelivered: 1, malformed: { checksum: 10 } });
    const alone = await connLines(pcap([{ timestampNs: 0n, frame: bad }]), { checksums: 'drop' });
    expect(alone.lines).toHaveLength(1);
    expect(alone.lines[0]).toMatchObject({ history: 'C', orig_pkts: 0, conn_state: 'OTH' });
  });
});
