/** Known traffic: TCP connections from handshake to FIN, UDP exchanges, a part of both over IPv6, all mixed. */
import { ACK, ethernet, FIN, ipv4, ipv6, pcap, PSH, random, SYN, tcp, udp, vlan } from '../builders/index.ts';
import type { CaptureRecord, Packet, Random } from '../builders/index.ts';

export interface TrafficOptions {
  /** Packets in all; a multiple of `connections`, at least 8 for each. Default 20,000. */
  readonly packets?: number;
  /** Default 500. */
  readonly connections?: number;
  /** Ethernet addresses of the side that opens connections and of the other. Default those of the veth pair. */
  readonly macs?: readonly [originator: string, responder: string];
  /** Time from one packet to the next, nanoseconds. Default 50,000. */
  readonly intervalNs?: number;
  /** VLAN tag in all frames. Default none. */
  readonly vlanId?: number;
  /** Payload of each data packet, bytes: 0 to this. Default 600. */
  readonly payloadMax?: number;
  readonly seed?: number;
}

const START_NS = 1_700_000_000_000_000_000n;

/** The frames in the order in which they are sent. */
export function traffic(options: TrafficOptions = {}): CaptureRecord[] {
  const { packets = 20_000, connections = 500, intervalNs = 50_000, seed = 1 } = options;
  const each = packets / connections;
  if (!Number.isInteger(each) || each < 8) throw new RangeError(`${packets} packets over ${connections} connections`);
  const numbers = random(seed);
  const waiting = Array.from({ length: connections }, (_, index) => connection(index, each, numbers, options));
  const records: CaptureRecord[] = [];
  while (waiting.length > 0) {
    const index = numbers.below(waiting.length);
    const next = waiting[index]?.next();
    if (next === undefined || next.done === true) waiting.splice(index, 1);
    else
      records.push({ timestampNs: START_NS + BigInt(records.length * intervalNs), frame: Uint8Array.from(next.value) });
  }
  return records;
}

/** The same as a file, microseconds. */
export const trafficFile = (options: TrafficOptions = {}): Uint8Array => pcap(traffic(options));

/** Every fourth connection is UDP, every fifth goes over IPv6. */
function* connection(index: number, count: number, numbers: Random, options: TrafficOptions): Generator<Uint8Array> {
  const [originator, responder] = options.macs ?? ['02:00:00:00:00:0b', '02:00:00:00:00:0a'];
  const [host, service] = [1 + (index >>> 8), index & 0xff];
  const lower = (forward: boolean): ((inner: Packet) => Uint8Array) => {
    const ends =
      index % 5 === 0
        ? ([`2001:db8::${host.toString(16)}`, `2001:db8:1::${service.toString(16)}`] as const)
        : ([`192.0.2.${host}`, `198.51.100.${service}`] as const);
    const [src, dst] = forward ? ends : [ends[1], ends[0]];
    const link = ethernet(
      forward ? { src: originator, dst: responder, minSize: 60 } : { src: responder, dst: originator, minSize: 60 },
    );
    const network = index % 5 === 0 ? ipv6({ src, dst }) : ipv4({ src, dst });
    return (inner) =>
      options.vlanId === undefined
        ? inner.over(network).over(link)
        : inner.over(network).over(vlan(options.vlanId)).over(link);
  };
  const [forward, reverse] = [lower(true), lower(false)];
  const [near, far] = [20_000 + index, [80, 443, 22, 53][index & 3] ?? 80];
  const ports = (isForward: boolean): { srcPort: number; dstPort: number } =>
    isForward ? { srcPort: near, dstPort: far } : { srcPort: far, dstPort: near };
  const payload = (): number => numbers.below((options.payloadMax ?? 600) + 1);
  if (index % 4 === 3) {
    for (let at = 0; at < count; at++) {
      const isForward = at % 2 === 0;
      yield (isForward ? forward : reverse)(udp({ ...ports(isForward), payload: payload() }));
    }
    return;
  }
  // What each side will send next, forward and reverse.
  const seq = { forward: numbers.uint32(), reverse: numbers.uint32() };
  const segment = (isForward: boolean, flags: number, size = 0): Uint8Array => {
    const [own, other] = isForward ? [seq.forward, seq.reverse] : [seq.reverse, seq.forward];
    const built = tcp({ ...ports(isForward), flags, seq: own, ack: (flags & ACK) === 0 ? 0 : other, payload: size });
    const next = (own + size + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0;
    if (isForward) seq.forward = next;
    else seq.reverse = next;
    return (isForward ? forward : reverse)(built);
  };
  yield segment(true, SYN);
  yield segment(false, SYN | ACK);
  yield segment(true, ACK);
  for (let left = count - 6; left > 0; left--) yield segment(numbers.oneIn(2), PSH | ACK, payload());
  yield segment(true, FIN | ACK);
  yield segment(false, FIN | ACK);
  yield segment(true, ACK);
}
