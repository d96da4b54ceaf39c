/** The flow key, and which side of it a packet comes from. */

import { compareBytes } from './address.ts';
import type { IcmpExchange } from './transport.ts';
import type { DecodedPacket } from './decode.ts';

/** Ports and ICMP exchange of the flow a packet belongs to; not its own when it is a later fragment. */
export interface Upper {
  readonly protocol: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly icmp: IcmpExchange | undefined;
}

/** `low` and `high` are the two ends in canonical order (bi), or source and destination (uni). */
export interface FlowKey {
  readonly low: Uint8Array;
  readonly lowPort: number;
  readonly high: Uint8Array;
  readonly highPort: number;
  readonly protocol: number;
  readonly version: 4 | 6;
  readonly icmp: IcmpExchange;
}

/** 0: the packet was sent by the low end, 1: by the high end. */
export type Side = 0 | 1;

const NO_ICMP: IcmpExchange = { class: 0, id: 0 };

export function keyOf(packet: DecodedPacket, upper: Upper, direction: 'uni' | 'bi'): { key: FlowKey; side: Side } {
  const { src, dst, version } = packet;
  const { srcPort, dstPort, protocol } = upper;
  const swap = direction === 'bi' && (compareBytes(src, dst) || srcPort - dstPort) > 0;
  const icmp = direction === 'bi' ? (upper.icmp ?? NO_ICMP) : NO_ICMP;
  const key = swap
    ? { low: dst, lowPort: dstPort, high: src, highPort: srcPort, protocol, version, icmp }
    : { low: src, lowPort: srcPort, high: dst, highPort: dstPort, protocol, version, icmp };
  return { key, side: swap ? 1 : 0 };
}

/** The key as a string for a Map. */
export const keyText = ({ low, lowPort, high, highPort, protocol, version, icmp }: FlowKey): string =>
  [low.join('.'), lowPort, high.join('.'), highPort, protocol, version, icmp.class, icmp.id].join(' ');

/** Order of keys: addresses, ports (where ICMP has none: class and identifier), protocol, version. */
export const compareKeys = (a: FlowKey, b: FlowKey): number =>
  compareBytes(a.low, b.low) ||
  compareBytes(a.high, b.high) ||
  (a.lowPort || a.icmp.class) - (b.lowPort || b.icmp.class) ||
  (a.highPort || a.icmp.id) - (b.highPort || b.icmp.id) ||
  a.protocol - b.protocol ||
  a.version - b.version;

/** A later fragment whose first one is not known: its protocol, and no more. */
export const upperOfOrphan = (packet: DecodedPacket): Upper => ({
  protocol: packet.protocol,
  srcPort: 0,
  dstPort: 0,
  icmp: undefined,
});
