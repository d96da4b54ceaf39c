/**
 * Random frames for the group link: every link type, tag, label and tunnel of the scenarios, few endpoints, and IP
 * headers and MAC addresses that change from packet to packet.
 */
import {
  ethernet,
  ipv4,
  LINKTYPE,
  mpls,
  pcap,
  random,
  snapped,
  tcp,
  vlan,
  type CaptureRecord,
  type Random,
} from '../../builders/index.ts';
import { decode } from '../../models/decode.ts';
import type { RunOptions } from '../harness.ts';
import { onLink, randomPacket } from '../scenario.ts';

const START_NS = 1_700_000_000_000_000_000n;
const LINK_TYPES = [1, 1, 1, 1, 1, 101, 113, 276, 105, 127, 281, 282, 284, 285, 10, 51, 192];
const SERVICES = [0, 0, 0, 1, 3, 0x2e << 2, (0x2e << 2) | 3, 0xff];

export interface LinkCapture {
  readonly file: Uint8Array;
  readonly options: RunOptions;
}

/** The same one for the same seed. */
export function linkCapture(seed: number): LinkCapture {
  const r = random(seed);
  const linkType = r.pick(LINK_TYPES);
  const records: CaptureRecord[] = [];
  let timestampNs = START_NS;
  for (let count = r.between(2, 60); count > 0; count--) {
    timestampNs += BigInt(r.pick([0, 1, 1000, 1_000_000, 700_000_000]));
    const frame = Uint8Array.from(r.oneIn(4) ? plainFrame(r, linkType) : onLink(r, linkType, randomPacket(r)));
    if (r.oneIn(2)) changeHeader(r, frame, linkType);
    const record = { timestampNs, frame };
    records.push(r.oneIn(8) ? snapped(record, r.below(frame.length + 1)) : record);
  }
  return { file: pcap(records, { linkType, format: 'ns' }), options: optionsOf(r) };
}

/** Conversations that have more than a packet or two, with many VLANs and labels. */
function plainFrame(r: Random, linkType: number): Uint8Array {
  const side = r.below(2);
  const ends = side === 0 ? { src: '10.0.0.1', dst: '10.0.0.2' } : { src: '10.0.0.2', dst: '10.0.0.1' };
  const ports = side === 0 ? { srcPort: 1, dstPort: 2 } : { srcPort: 2, dstPort: 1 };
  const flags = r.pick([2, 18, 16, 16, 16, 24]);
  let packet = tcp({ ...ports, flags, seq: r.below(3), payload: r.below(9) }).over(
    ipv4({ ...ends, dontFragment: r.oneIn(2), tos: r.pick(SERVICES), ttl: r.pick([64, 64, 63, 255, 0]) }),
  );
  if (linkType !== LINKTYPE.ETHERNET) return onLink(r, linkType, packet);
  if (r.oneIn(5)) packet = packet.over(mpls(Array.from({ length: r.between(1, 6) }, () => r.below(2 ** 20))));
  if (r.oneIn(3)) for (let tags = r.between(1, 5); tags > 0; tags--) packet = packet.over(vlan(r.pick([1, 2, 4095])));
  return packet.over(ethernet(r.oneIn(6) ? { src: '02:00:00:00:00:09' } : {}));
}

/** Other values in the innermost IP header and in the MAC addresses; a checksum may be wrong then. */
function changeHeader(r: Random, frame: Uint8Array, linkType: number): void {
  const packet = decode({ bytes: frame, wireLen: frame.length, linkType } as never, { decapsulate: r.oneIn(2) });
  if (packet.kind !== 'packet') return;
  const { start, version } = packet;
  const service = r.pick(SERVICES);
  if (version === 4) {
    frame[start + 1] = service;
    frame[start + 6] = ((frame[start + 6] as number) & 0xbf) | r.pick([0, 0x40]);
    frame[start + 8] = r.pick([64, 1, 128, 255]);
  } else {
    frame[start] = 0x60 | (service >> 4);
    frame[start + 1] = ((service & 15) << 4) | r.below(16);
    frame[start + 3] = r.below(3);
    frame[start + 7] = r.pick([64, 1, 128, 255]);
  }
  if (r.oneIn(4)) frame[r.below(Math.min(12, start))] = r.below(256);
}

function optionsOf(r: Random): RunOptions {
  return {
    with: ['link'],
    direction: r.pick(['bi', 'bi', 'uni']),
    decapsulate: r.oneIn(2),
    flowTimeout: r.pick([0.5, 600]),
    fragments: r.pick(['attribute', 'port0']),
    closedLimit: r.pick([1, 64]),
    ...(r.oneIn(4) ? { maxFlows: r.between(1, 3) } : {}),
    ...(r.oneIn(4) ? { snaplen: r.between(64, 110) } : {}),
  };
}
