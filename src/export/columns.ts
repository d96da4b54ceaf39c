/** The fields of a flow record in their order, for JSON Lines and CSV. */

export const FIELDS = [
  'srcAddress', 'srcPort', 'dstAddress', 'dstPort', 'protocol', 'firstSeen', 'lastSeen', 'packetsForward',
  'packetsReverse', 'bytesForward', 'bytesReverse', 'wireBytesForward', 'wireBytesReverse', 'payloadBytesForward',
  'payloadBytesReverse', 'tcpFlagsForward', 'tcpFlagsReverse', 'endReason',
] as const;

const SECOND_NS = 1_000_000_000n;

/** Seconds since the epoch with nine decimals: exact, which a number would not be. */
export function secondsText(ns: bigint): string {
  return `${ns / SECOND_NS}.${String(ns % SECOND_NS).padStart(9, '0')}`;
}
