/**
 * What a finished flow looks like outside the engine.
 *
 * Words: *forward* is originator -> responder, *reverse* the opposite (biflow, RFC 5103). Byte counts are always
 * those of the original packet, never of the captured part.
 */

/** Why a flow ended. `fin` and `rst` are IPFIX "end of flow detected". */
export type EndReason = 'idle' | 'active' | 'fin' | 'rst' | 'evicted' | 'end';

/** IPFIX flowEndReason (RFC 5102 §5.11.3): 1 idle, 2 active, 3 end detected, 4 forced end, 5 lack of resources. */
export type EndReasonIpfix = 1 | 2 | 3 | 4 | 5;

/** One finished flow, as `readFlows` yields it and as one JSON Lines record holds it. Frozen. */
export interface Flow {
  /** Address of the originator: IPv4 dotted quad, or IPv6 as in RFC 5952. */
  readonly srcAddress: string;
  /** Port of the originator, 0..65535; 0 where the protocol has none. */
  readonly srcPort: number;
  /** Address of the responder. */
  readonly dstAddress: string;
  /** Port of the responder, 0..65535; 0 where the protocol has none. */
  readonly dstPort: number;
  /** IANA protocol number, 0..255. */
  readonly protocol: number;
  /** Earliest packet, nanoseconds since the epoch. */
  readonly firstSeenNs: bigint;
  /** Latest packet, nanoseconds since the epoch. */
  readonly lastSeenNs: bigint;
  readonly packetsForward: number;
  readonly packetsReverse: number;
  /** Sum of IP lengths, header included (IPFIX octetTotalCount). */
  readonly bytesForward: number;
  readonly bytesReverse: number;
  /** Sum of frame lengths on the wire, link headers and padding included. */
  readonly wireBytesForward: number;
  readonly wireBytesReverse: number;
  /** Sum of bytes behind the transport header. */
  readonly payloadBytesForward: number;
  readonly payloadBytesReverse: number;
  /** All TCP flags seen, or-ed: the 12 bits between data offset and window (RFC 9293 §3.1); `null` when not TCP. */
  readonly tcpFlagsForward: number | null;
  readonly tcpFlagsReverse: number | null;
  readonly endReason: EndReason;
}

/** A moment in two numbers: no bigint is needed to write it down. */
export interface Moment {
  /** Whole seconds since the epoch. */
  readonly seconds: number;
  /** Nanoseconds in the second, 0..999,999,999. */
  readonly nanos: number;
}

/** The same flow as the text formats see it: a view that is only good until the next flow is looked at. */
export interface FlowView extends Omit<Flow, 'firstSeenNs' | 'lastSeenNs'> {
  readonly firstSeen: Moment;
  readonly lastSeen: Moment;
}

/** The fields of a flow in the order of every text format. */
export const FLOW_FIELDS = [
  'srcAddress',
  'srcPort',
  'dstAddress',
  'dstPort',
  'protocol',
  'firstSeen',
  'lastSeen',
  'packetsForward',
  'packetsReverse',
  'bytesForward',
  'bytesReverse',
  'wireBytesForward',
  'wireBytesReverse',
  'payloadBytesForward',
  'payloadBytesReverse',
  'tcpFlagsForward',
  'tcpFlagsReverse',
  'endReason',
] as const;

export type FlowField = (typeof FLOW_FIELDS)[number];

/**
 * A text format that only puts fixed text between the fields of a flow: the engine writes the lines itself.
 * Addresses, numbers and the end reason are written as they are, times as seconds since the epoch with nine decimals.
 * Every text is ASCII, 31 characters at most.
 */
export interface LineTemplate {
  /** Written once, before the first line. */
  readonly header: string;
  /** What goes before each field, in the order of FLOW_FIELDS. */
  readonly before: readonly string[];
  /** What goes behind the last field. */
  readonly lineEnd: string;
  /** Stands for a field that the flow does not have. */
  readonly none: string;
}
