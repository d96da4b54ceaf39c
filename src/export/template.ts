/** Text formats that only put fixed text between the fields of a flow: the engine writes the lines itself. */

/** The fields in their order. */
export const FIELDS = [
  'srcAddress', 'srcPort', 'dstAddress', 'dstPort', 'protocol', 'firstSeen', 'lastSeen', 'packetsForward',
  'packetsReverse', 'bytesForward', 'bytesReverse', 'wireBytesForward', 'wireBytesReverse', 'payloadBytesForward',
  'payloadBytesReverse', 'tcpFlagsForward', 'tcpFlagsReverse', 'endReason',
] as const;

export type Field = (typeof FIELDS)[number];

/**
 * Addresses, numbers and the end reason are written as they are, times as seconds since the epoch with nine decimals.
 * Every text is ASCII, 31 characters at most.
 */
export interface LineTemplate {
  /** Written once, before the first line. */
  readonly header: string;
  /** What goes before each field, in the order of FIELDS. */
  readonly before: readonly string[];
  /** What goes behind the last field. */
  readonly lineEnd: string;
  /** Stands for a field that the flow does not have. */
  readonly none: string;
}
