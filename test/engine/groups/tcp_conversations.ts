/**
 * Random TCP conversations: what is sent is lost on the way to the capture, comes late, twice or in other pieces;
 * sequence numbers wrap; handshakes repeat; frames are cut; few ports, so that connections follow each other and are
 * evicted.
 */
import {
  ethernet,
  ipv4,
  ipv4Fragments,
  ipv6,
  pcap,
  random,
  snapped,
  tcp,
  udp,
  type CaptureRecord,
  type Packet,
  type Random,
} from '../../builders/index.ts';
import type { RunOptions } from '../harness.ts';

const FIN = 0x001;
const SYN = 0x002;
const RST = 0x004;
const PSH = 0x008;
const ACK = 0x010;
const ECE = 0x040;
const CWR = 0x080;
const AE = 0x100;

const START_NS = 1_700_000_000_000_000_000n;
const STEPS_NS = [0, 0, 1, 900, 20_000, 1_000_000, 40_000_000, 200_000_000, 3_000_000_000];
/** Of most packets, and of some. */
const FLAGS = [ACK, ACK, ACK, ACK, ACK | PSH, ACK | PSH, 0, ACK | FIN];
const FLAGS_SELDOM = [FIN, RST, RST | ACK, SYN, SYN, SYN | ACK, SYN | FIN, SYN | RST, 0xfff, 0x1c2, 0xc2, 0x52, 0x152];
const OPTIONS: readonly (readonly number[])[] = [
  [2, 4, 5, 180],
  [2, 4, 255, 255],
  [3, 3, 7],
  [3, 3, 200],
  [4, 2],
  [5, 10, 0, 0, 0, 1, 0, 0, 0, 2],
  [8, 10, 0, 0, 3, 1, 0, 0, 0, 9],
  [8, 10, 255, 255, 255, 255, 0, 0, 0, 0],
  [1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0],
  [1],
  [0],
  // Of lengths that cannot be.
  [2, 0],
  [3, 1, 7],
  [8, 40, 1],
  [253, 4, 1, 1],
];

class Speaker {
  next: number;
  /** Acknowledgement and window of its last segment. */
  last = { ack: 0, win: 0 };
  /** Flags of what it sends next, whatever comes. */
  planned: number[] = [];
  /** One in so many segments leaves out bytes before it. */
  readonly loss: number;

  constructor(r: Random) {
    this.loss = r.pick([2, 12, 12, 40]);
    this.next = r.pick([r.uint32(), 0xffff_ffff - r.below(400), 0xffff_ffff, 0, 0x7fff_ffff - r.below(200)]);
  }
}

export interface Conversations {
  readonly file: Uint8Array;
  readonly options: RunOptions;
}

/** The same ones for the same seed. */
export function conversations(seed: number): Conversations {
  const r = random(seed);
  const records: CaptureRecord[] = [];
  const pairs = Array.from({ length: r.between(1, 3) }, () => [new Speaker(r), new Speaker(r)] as const);
  for (const [a, b] of pairs) {
    if (r.oneIn(3)) continue;
    const accurate = r.oneIn(2);
    a.planned = [SYN | r.pick([0, ECE | CWR, accurate ? AE | ECE | CWR : ECE]), ACK];
    b.planned = [SYN | ACK | r.pick([0, ECE, CWR, AE | CWR])];
  }
  let timestampNs = START_NS;
  for (let count = r.between(5, 70); count > 0; count--) {
    timestampNs += BigInt(r.pick(STEPS_NS));
    if (r.oneIn(25)) timestampNs -= BigInt(r.pick([1, 5000, 1_000_000_000]));
    const pair = r.below(pairs.length);
    const [a, b] = pairs[pair] as readonly [Speaker, Speaker];
    const side = r.below(2);
    const ports = side === 0 ? { srcPort: 1000 + pair, dstPort: 80 } : { srcPort: 80, dstPort: 1000 + pair };
    const ends = side === 0 ? { src: '10.0.0.1', dst: '10.0.0.2' } : { src: '10.0.0.2', dst: '10.0.0.1' };
    for (const packet of wrapped(r, segment(r, side === 0 ? a : b, side === 0 ? b : a, ports), ends, pair)) {
      const record = { timestampNs, frame: packet.over(ethernet()) };
      records.push(r.oneIn(12) ? snapped(record, r.below(record.frame.length + 1)) : record);
    }
  }
  return { file: pcap(records, { format: 'ns' }), options: optionsOf(r) };
}

function optionsOf(r: Random): RunOptions {
  return {
    with: ['tcp'],
    direction: r.pick(['bi', 'bi', 'uni']),
    flowTimeout: r.pick([0.5, 600]),
    finTimeout: r.pick([0, 0.5, 30]),
    fragments: r.pick(['attribute', 'port0']),
    closedLimit: r.pick([1, 64]),
    ...(r.oneIn(4) ? { activeTimeout: 2 } : {}),
    ...(r.oneIn(4) ? { maxFlows: r.between(1, 3) } : {}),
    ...(r.oneIn(3) ? { snaplen: r.between(64, 110) } : {}),
  };
}

/** In IPv4, seldom in pieces, or in IPv6. */
function wrapped(r: Random, upper: Packet, ends: { src: string; dst: string }, pair: number): Packet[] {
  if (pair === 2) {
    const six = { src: ends.src.replace('10.0.0.', '2001:db8::'), dst: ends.dst.replace('10.0.0.', '2001:db8::') };
    return [upper.over(ipv6(six))];
  }
  if (r.oneIn(30) && upper.length > 40) return ipv4Fragments(upper, { ...ends, id: r.below(3) }, r.pick([8, 24, 32]));
  return [upper.over(ipv4(ends))];
}

/** One segment of `own`, which may have been sent before, or never have been sent by anyone. */
function segment(r: Random, own: Speaker, peer: Speaker, ports: { srcPort: number; dstPort: number }): Packet {
  if (r.oneIn(40)) return udp({ ...ports, payload: r.below(30) });
  const planned = own.planned.shift();
  if (planned === undefined && r.oneIn(5)) return tcp({ ...ports, flags: ACK, seq: own.next, ...own.last });
  const flags = planned ?? (r.oneIn(7) ? r.pick(FLAGS_SELDOM) : r.pick(FLAGS));
  let payload = r.oneIn(2) ? 0 : r.between(1, 60);
  let seq = own.next;
  if (planned === undefined && r.oneIn(own.loss)) {
    own.next = (own.next + r.between(1, 90)) >>> 0;
    seq = own.next;
  }
  switch (planned === undefined ? r.below(11) : 11) {
    case 0: // Again, or late.
    case 1:
    case 2:
      seq = (own.next - r.between(1, 260)) >>> 0;
      payload = r.between(1, 120);
      break;
    case 4: // Keep-alive.
      seq = (own.next - 1) >>> 0;
      payload = r.below(3);
      break;
    case 5:
      if (r.oneIn(8)) seq = (own.next + r.pick([0x8000_0000, 0x7fff_ffff, 0x4000_0000, 1_000_000])) >>> 0;
      break;
    default:
  }
  const length = payload + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  const end = (seq + length) >>> 0;
  if (((end - own.next) | 0) > 0) own.next = end;
  const chosen = Array.from({ length: r.oneIn(2) ? 0 : r.between(1, 3) }, () => r.pick(OPTIONS)).flat();
  own.last = {
    ack: r.oneIn(6) ? (peer.next - r.below(200)) >>> 0 : r.oneIn(40) ? r.uint32() : peer.next,
    win: r.pick([65_535, 500, 500, 0, 1, r.below(65_536)]),
  };
  return tcp({
    ...ports,
    flags,
    seq,
    ...own.last,
    options: Uint8Array.from(chosen.slice(0, 40)),
    payload,
    ...(r.oneIn(80) ? { dataOffset: r.below(16) } : {}),
  });
}
