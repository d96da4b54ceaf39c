/**
 * Random conversations for Zeek's rules: handshakes that are whole, half, or repeated; loss, reordering, wraps, windows
 * of 0, odd flags; times at which connections are just over, or just not; UDP of names and others; ICMP of both kinds.
 * Each conversation has its own addresses, so that each is a test of its own.
 */
import {
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  pcap,
  random,
  sctp,
  snapped,
  tcp,
  udp,
  type CaptureRecord,
  type Packet,
  type Random,
} from '../../builders/index.ts';

const FIN = 0x001;
const SYN = 0x002;
const RST = 0x004;
const ACK = 0x010;

const START_NS = 1_700_000_000_000_000_000n;
const US = 1000;
const S = 1_000_000_000;
/** Between packets: at and around what the rules look at. */
const STEPS_NS = [0, US, 20 * US, 40_000 * US, 300_000 * US];
const RARE_STEPS_NS = [1, 4, 5, 8, 9, 10, 11, 59, 60, 61, 299, 300, 301, 3599, 3600].flatMap((s) => [
  s * S,
  s * S - US,
]);
const SERVERS = [80, 22, 53, 6667, 9000];
const CLIENTS = [40_000, 1024, 80, 443, 21];
const UDP_PORTS = [53, 5353, 5355, 137, 123, 443, 9999, 40_000];
const ICMP_TYPES = [0, 8, 8, 13, 14, 3, 11, 5, 10, 9];
const ICMPV6_TYPES = [128, 129, 133, 134, 135, 136, 1, 3, 130, 131, 144];

class Speaker {
  next: number;
  readonly port: number;
  isn: number;

  constructor(r: Random, port: number) {
    this.port = port;
    this.isn = r.pick([r.uint32(), 0xffff_ff00 + r.below(256), 0xffff_ffff, 0, 0x7fff_ffff]);
    this.next = this.isn;
  }
}

type Send = (from: 0 | 1, packet: Packet) => void;

/** Records in the order of time. */
export function zeekCapture(seed: number, conversations: number): Uint8Array {
  const r = random(seed);
  const records: CaptureRecord[] = [];
  for (let n = 0; n < conversations; n++) {
    const six = r.oneIn(4);
    const address = (end: number): string =>
      six ? `2001:db8::${n.toString(16)}:${end}` : `10.${end}.${n >> 8}.${n & 255}`;
    // One in two has the higher address as its first sender.
    const ends = r.oneIn(2) ? ([address(1), address(2)] as const) : ([address(2), address(1)] as const);
    const kind = r.below(10);
    // Where Zeek sees no ports, we refuse what is cut in front of them.
    const cuts = kind !== 9 && r.oneIn(5);
    let timestampNs = START_NS + BigInt(r.below(1_000_000)) * BigInt(US);
    const send: Send = (from, packet) => {
      timestampNs += BigInt(r.oneIn(9) ? r.pick(RARE_STEPS_NS) : r.pick(STEPS_NS));
      const [src, dst] = [ends[from], ends[(from ^ 1) as 0 | 1]];
      const frame = packet.over(six ? ipv6({ src, dst }) : ipv4({ src, dst })).over(ethernet());
      const record = { timestampNs, frame };
      records.push(cuts && r.oneIn(4) ? snapped(record, 14 + r.below(frame.length - 13)) : record);
    };
    if (kind < 7) tcpConversation(r, send);
    else if (kind === 7) udpConversation(r, send);
    else if (kind === 8) icmpConversation(r, send, six);
    else for (let count = r.between(1, 4); count > 0; count--) send(side(r), sctp({ srcPort: r.below(3), dstPort: 5 }));
  }
  records.sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
  return pcap(records, { format: 'ns' });
}

/**
 * One connection in which both ends send the same again `count` times in all, with a window of 0: many letters, large
 * counts. It begins with a gap, which the last segment acknowledges.
 */
export function longConnection(count: number): Uint8Array {
  const records: CaptureRecord[] = [];
  const send = (from: 0 | 1, flags: number, seq: number, payload = 0, ack = from === 0 ? 101 : 1): void => {
    const [src, dst] = from === 0 ? ['10.1.0.1', '10.2.0.1'] : ['10.2.0.1', '10.1.0.1'];
    const [srcPort, dstPort] = from === 0 ? [40_000, 9000] : [9000, 40_000];
    const packet = tcp({ srcPort, dstPort, flags, seq, ack, payload, win: 0 });
    const timestampNs = START_NS + BigInt(records.length) * 1_000_000n;
    records.push({ timestampNs, frame: packet.over(ipv4({ src, dst })).over(ethernet()) });
  };
  send(0, SYN, 0, 0, 0);
  send(1, SYN | ACK, 100);
  send(0, ACK, 1);
  for (let n = 0; n < count; n++) send((n & 1) as 0 | 1, ACK, n % 2 === 0 ? 1001 : 101, 10);
  send(1, ACK, 111, 0, 1011);
  return pcap(records, { format: 'ns' });
}

/** Records of a capture that are built at a time, and bytes in front of them. */
const PART = 10_000;
const FILE_HEADER_SIZE = 24;

/** One connection whose responder acknowledges ten bytes more `count` times, which were not seen: that many gaps. */
export function missedConnection(count: number): Uint8Array {
  const records: CaptureRecord[] = [];
  const send = (from: 0 | 1, flags: number, seq: number, ack: number): void => {
    const [src, dst] = from === 0 ? ['10.1.0.1', '10.2.0.1'] : ['10.2.0.1', '10.1.0.1'];
    const [srcPort, dstPort] = from === 0 ? [40_000, 9000] : [9000, 40_000];
    const packet = tcp({ srcPort, dstPort, flags, seq, ack, win: 1000 });
    const timestampNs = START_NS + BigInt(records.length) * 1_000_000n;
    records.push({ timestampNs, frame: packet.over(ipv4({ src, dst })).over(ethernet()) });
  };
  send(0, SYN, 0, 0);
  send(1, SYN | ACK, 100, 1);
  send(0, ACK, 1, 101);
  for (let n = 1; n <= count; n++) send(1, ACK, 101, 1 + 10 * n);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < records.length; from += PART) {
    const file = pcap(records.slice(from, from + PART), { format: 'ns' });
    parts.push(from === 0 ? file : file.subarray(FILE_HEADER_SIZE));
  }
  return Buffer.concat(parts);
}

const side = (r: Random): 0 | 1 => (r.oneIn(2) ? 1 : 0);

function udpConversation(r: Random, send: Send): void {
  const ports = [r.pick(UDP_PORTS), r.pick(UDP_PORTS)] as const;
  for (let count = r.between(1, 12); count > 0; count--) {
    const from = side(r);
    send(from, udp({ srcPort: ports[from], dstPort: ports[from ^ 1] as number, payload: r.below(40) }));
  }
}

function icmpConversation(r: Random, send: Send, six: boolean): void {
  for (let count = r.between(1, 8); count > 0; count--) {
    const type = r.pick(six ? ICMPV6_TYPES : ICMP_TYPES);
    const fields = { type, code: r.below(3), id: r.below(3), payload: r.below(30) };
    send(side(r), six ? icmpv6(fields) : icmp(fields));
  }
}

function tcpConversation(r: Random, send: Send): void {
  const ends = [new Speaker(r, r.pick(CLIENTS)), new Speaker(r, r.pick(SERVERS))] as const;
  const loss = r.pick([2, 5, 30]);
  // Over 2^32 within a few segments.
  const jump = r.oneIn(20) ? 3 : 400;
  const segment = (from: 0 | 1, flags: number, payload = 0, seq = ends[from].next, win = 1000): void => {
    const [own, peer] = [ends[from], ends[(from ^ 1) as 0 | 1]];
    const length = payload + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
    const end = (seq + length) >>> 0;
    if (((end - own.next) | 0) > 0) own.next = end;
    const ack = r.oneIn(12) ? (peer.next - r.below(300) + r.below(100)) >>> 0 : r.oneIn(60) ? 0 : peer.next;
    send(from, tcp({ srcPort: own.port, dstPort: peer.port, flags, seq, ack, payload, win }));
  };
  begin(r, segment);
  for (let count = r.pick([0, 3, 10, 40]); count > 0; count--) {
    const from = side(r);
    const own = ends[from];
    if (r.oneIn(loss)) own.next = (own.next + r.between(1, 200)) >>> 0;
    if (r.oneIn(jump)) own.next = (own.next + 0x7000_0000) >>> 0;
    const win = r.oneIn(6) ? 0 : 500;
    switch (r.below(9)) {
      case 0:
        segment(from, ACK, r.between(1, 100), (own.next - r.between(1, 400)) >>> 0, win);
        break;
      case 1:
        segment(from, ACK, 0, own.next, win);
        break;
      case 2:
        if (r.oneIn(3)) segment(from, r.pick([SYN, SYN, SYN | ACK, SYN | FIN, FIN | RST, RST, 0]), 0, restart(r, own));
        break;
      case 3:
        segment(from, ACK, r.pick([1000, 1460, 9000]), own.next, win);
        break;
      default:
        segment(from, ACK, r.between(1, 200), own.next, win);
    }
  }
  if (r.oneIn(20)) for (let n = r.between(20, 70); n > 0; n--) segment(0, FIN | ACK, 0, (ends[0].next + 7) >>> 0);
  finish(r, segment);
}

/** The number of a segment with SYN or the like: that of before, or another one. */
function restart(r: Random, own: Speaker): number {
  if (r.oneIn(2)) return own.isn;
  if (r.oneIn(2)) return own.next;
  own.isn = r.uint32();
  own.next = own.isn;
  return own.isn;
}

type Segment = (from: 0 | 1, flags: number, payload?: number, seq?: number) => void;

function begin(r: Random, segment: Segment): void {
  switch (r.below(9)) {
    case 0: // It began before the capture.
      break;
    case 1:
      for (let n = r.between(1, 3); n > 0; n--) segment(0, SYN);
      break;
    case 2:
      segment(1, SYN | ACK);
      break;
    case 3:
      segment(1, SYN | ACK);
      segment(0, SYN);
      break;
    case 4:
      segment(0, SYN);
      segment(1, RST | ACK);
      break;
    default:
      segment(0, SYN, r.oneIn(10) ? 5 : 0);
      segment(1, SYN | ACK);
      segment(0, ACK);
  }
}

function finish(r: Random, segment: Segment): void {
  for (const from of r.oneIn(2) ? ([0, 1] as const) : ([1, 0] as const)) {
    switch (r.below(5)) {
      case 0:
        break;
      case 1:
        segment(from, RST | (r.oneIn(2) ? ACK : 0));
        break;
      default:
        segment(from, FIN | ACK);
        if (r.oneIn(2)) segment((from ^ 1) as 0 | 1, ACK);
    }
  }
  for (let n = r.below(3); n > 0; n--) segment(r.oneIn(2) ? 1 : 0, ACK, r.below(3));
}
