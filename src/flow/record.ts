/** Written by `npm run docs:schema` from schema.ts: change the schema, not this file. */
import type { EndReason } from './flow.ts';

/** One finished flow, as `readFlows` yields it and as one JSON Lines record holds it. Frozen. */
export interface Flow {
  /** Address of the originator: IPv4 dotted quad, or IPv6 as in RFC 5952. */
  readonly srcAddress: string;
  /** Port of the originator; 0 where the protocol has none. 0..65_535. */
  readonly srcPort: number;
  /** Address of the responder: IPv4 dotted quad, or IPv6 as in RFC 5952. */
  readonly dstAddress: string;
  /** Port of the responder; 0 where the protocol has none. 0..65_535. */
  readonly dstPort: number;
  /** IANA protocol number. 0..255. */
  readonly protocol: number;
  /** Earliest packet, since the epoch. Nanoseconds. */
  readonly firstSeenNs: bigint;
  /** Latest packet, since the epoch. Nanoseconds. */
  readonly lastSeenNs: bigint;
  /** Packets from the originator. */
  readonly packetsForward: number;
  /** Packets from the responder. */
  readonly packetsReverse: number;
  /** Sum of the IP lengths of packets from the originator, headers included. */
  readonly bytesForward: number;
  /** Sum of the IP lengths of packets from the responder, headers included. */
  readonly bytesReverse: number;
  /** Sum of the frame lengths on the wire from the originator, link headers and padding included. */
  readonly wireBytesForward: number;
  /** Sum of the frame lengths on the wire from the responder, link headers and padding included. */
  readonly wireBytesReverse: number;
  /** Bytes from the originator that lie behind the transport header. */
  readonly payloadBytesForward: number;
  /** Bytes from the responder that lie behind the transport header. */
  readonly payloadBytesReverse: number;
  /**
   * All TCP flags seen from the originator, or-ed: the 12 bits between data offset and window (RFC 9293 §3.1).
   * 0..4_095. `null` when the flow is not TCP.
   */
  readonly tcpFlagsForward: number | null;
  /**
   * All TCP flags seen from the responder, or-ed: the 12 bits between data offset and window (RFC 9293 §3.1). 0..4_095.
   * `null` when the flow is not TCP.
   */
  readonly tcpFlagsReverse: number | null;
  /** Why the flow ended. */
  readonly endReason: EndReason;
}

type CoreKey =
  | 'srcAddress'
  | 'srcPort'
  | 'dstAddress'
  | 'dstPort'
  | 'protocol'
  | 'firstSeenNs'
  | 'lastSeenNs'
  | 'packetsForward'
  | 'packetsReverse'
  | 'bytesForward'
  | 'bytesReverse'
  | 'wireBytesForward'
  | 'wireBytesReverse'
  | 'payloadBytesForward'
  | 'payloadBytesReverse'
  | 'tcpFlagsForward'
  | 'tcpFlagsReverse'
  | 'endReason';

/**
 * Makes records of the core fields.
 * @param readers by key: each gives its value of the row at `row`
 */
export function coreRecord<Views>(
  readers: Readonly<Record<CoreKey, (views: Views, row: number) => unknown>>,
): (views: Views, row: number) => Record<string, unknown> {
  const {
    srcAddress,
    srcPort,
    dstAddress,
    dstPort,
    protocol,
    firstSeenNs,
    lastSeenNs,
    packetsForward,
    packetsReverse,
    bytesForward,
    bytesReverse,
    wireBytesForward,
    wireBytesReverse,
    payloadBytesForward,
    payloadBytesReverse,
    tcpFlagsForward,
    tcpFlagsReverse,
    endReason,
  } = readers;
  return (views, row) => ({
    srcAddress: srcAddress(views, row),
    srcPort: srcPort(views, row),
    dstAddress: dstAddress(views, row),
    dstPort: dstPort(views, row),
    protocol: protocol(views, row),
    firstSeenNs: firstSeenNs(views, row),
    lastSeenNs: lastSeenNs(views, row),
    packetsForward: packetsForward(views, row),
    packetsReverse: packetsReverse(views, row),
    bytesForward: bytesForward(views, row),
    bytesReverse: bytesReverse(views, row),
    wireBytesForward: wireBytesForward(views, row),
    wireBytesReverse: wireBytesReverse(views, row),
    payloadBytesForward: payloadBytesForward(views, row),
    payloadBytesReverse: payloadBytesReverse(views, row),
    tcpFlagsForward: tcpFlagsForward(views, row),
    tcpFlagsReverse: tcpFlagsReverse(views, row),
    endReason: endReason(views, row),
  });
}
