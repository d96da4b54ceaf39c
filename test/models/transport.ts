/** What a flow needs of the header behind IP: ports, flags, ICMP class and identifier, and the payload's size. */

import { Malformed, type Window } from './window.ts';
import type { IpPacket } from './ip.ts';

/** ICMP flows in bi mode: which kind of exchange, and which one of that kind. */
export interface IcmpExchange {
  /** Type of the request where types come in pairs, else the type; 255 when it is out of sight. */
  readonly class: number;
  /** Identifier of an echo, timestamp, information or mask exchange; else 0. */
  readonly id: number;
}

export interface Transport {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payloadBytes: number;
  /** 12 bits, 0 when out of sight; undefined when not TCP. */
  readonly tcpFlags: number | undefined;
  /** TCP sequence number, undefined when out of sight. */
  readonly seq: number | undefined;
  /** TCP acknowledgement number, undefined when out of sight. */
  readonly ack: number | undefined;
  readonly icmp: IcmpExchange | undefined;
  /** Type and code of the ICMP message, undefined when one of them is out of sight. */
  readonly message?: { readonly type: number; readonly code: number };
  /** A field that was wanted lies behind the captured bytes. */
  readonly partial: boolean;
  /** The data offset of the TCP header is below 5. */
  readonly badOffset?: boolean;
}

const TCP = 6;
const UDP = 17;
const DCCP = 33;
const SCTP = 132;
const UDP_LITE = 136;
const ICMP = 1;
const ICMPV6 = 58;
const WITH_PORTS = new Set([TCP, UDP, DCCP, SCTP, UDP_LITE]);

/** Both types of a pair, the request first; `id`: bytes 4..5 tell one exchange from another. */
const ICMP_PAIRS = [
  { request: 8, reply: 0, id: true },
  { request: 13, reply: 14, id: true },
  { request: 15, reply: 16, id: true },
  { request: 17, reply: 18, id: true },
  { request: 10, reply: 9, id: false },
];
const ICMPV6_PAIRS = [
  { request: 128, reply: 129, id: true },
  { request: 133, reply: 134, id: false },
  { request: 135, reply: 136, id: false },
  { request: 139, reply: 140, id: false },
];

const ICMP_UNKNOWN: IcmpExchange = { class: 255, id: 0 };

const NOTHING: Transport = {
  srcPort: 0,
  dstPort: 0,
  payloadBytes: 0,
  tcpFlags: undefined,
  seq: undefined,
  ack: undefined,
  icmp: undefined,
  partial: false,
};

/** @throws {Malformed} */
export function transport(ip: IpPacket): Transport {
  const { window, at, protocol } = ip;
  const size = Math.max(0, window.wireEnd - at);
  const base = {
    ...NOTHING,
    payloadBytes: size,
    icmp: isIcmp(protocol) ? ICMP_UNKNOWN : undefined,
    tcpFlags: protocol === TCP ? 0 : undefined,
  };
  if (ip.chainCut) return { ...base, icmp: undefined, partial: true };
  if (ip.fragment?.first === false) return base;
  if (isIcmp(protocol)) return { ...base, ...icmpPart(window, at, protocol), payloadBytes: behind(size, 8) };
  if (!WITH_PORTS.has(protocol)) return base;

  if (size < 4) throw new Malformed('no room for ports');
  if (!window.sees(at, 4)) throw new Malformed('ports are cut');
  const part = { ...base, srcPort: window.u16(at), dstPort: window.u16(at + 2) };
  if (protocol === TCP) return { ...part, ...tcpPart(window, at, size) };
  if (protocol === UDP) return { ...part, ...udpPart(window, at, size) };
  if (protocol === DCCP)
    return {
      ...part,
      partial: !window.sees(at, 5),
      payloadBytes: behind(size, window.sees(at, 5) ? window.u8(at + 4) * 4 : 12),
    };
  return { ...part, payloadBytes: behind(size, protocol === SCTP ? 12 : 8) };
}

const isIcmp = (protocol: number): boolean => protocol === ICMP || protocol === ICMPV6;

const behind = (size: number, header: number): number => Math.max(0, size - header);

function tcpPart(
  window: Window,
  at: number,
  size: number,
): Pick<Transport, 'tcpFlags' | 'seq' | 'ack' | 'payloadBytes' | 'partial' | 'badOffset'> {
  const header = window.sees(at, 13) ? (window.u8(at + 12) >> 4) * 4 : 20;
  return {
    tcpFlags: window.sees(at, 14) ? window.u16(at + 12) & 0x0fff : 0,
    seq: window.sees(at, 8) ? window.uint(at + 4, 4) : undefined,
    ack: window.sees(at, 12) ? window.uint(at + 8, 4) : undefined,
    // Where the payload begins is not known.
    payloadBytes: header < 20 ? 0 : behind(size, header),
    badOffset: header < 20,
    partial: !window.sees(at, 20),
  };
}

function udpPart(window: Window, at: number, size: number): Pick<Transport, 'payloadBytes' | 'partial'> {
  const length = window.sees(at, 6) ? window.u16(at + 4) : 0;
  return {
    payloadBytes: length < 8 ? behind(size, 8) : Math.min(behind(size, 8), length - 8),
    partial: !window.sees(at, 6),
  };
}

function icmpPart(window: Window, at: number, protocol: number): Pick<Transport, 'icmp' | 'message' | 'partial'> {
  const partial = !window.sees(at, 2);
  const message = partial ? {} : { message: { type: window.u8(at), code: window.u8(at + 1) } };
  return { partial, ...message, ...icmpExchange(window, at, protocol) };
}

/** `partial` only when the identifier is out of sight. */
function icmpExchange(
  window: Window,
  at: number,
  protocol: number,
): Pick<Transport, 'icmp'> & { readonly partial?: true } {
  if (!window.sees(at, 1)) return { icmp: ICMP_UNKNOWN };
  const type = window.u8(at);
  const pair = (protocol === ICMP ? ICMP_PAIRS : ICMPV6_PAIRS).find(
    ({ request, reply }) => type === request || type === reply,
  );
  if (pair === undefined) return { icmp: { class: type, id: 0 } };
  if (!pair.id) return { icmp: { class: pair.request, id: 0 } };
  if (!window.sees(at, 6)) return { icmp: { class: pair.request, id: 0 }, partial: true };
  return { icmp: { class: pair.request, id: window.u16(at + 4) } };
}
