/** The fields of a flow record in their order, for JSON Lines and CSV. */

import type { Moment } from '../flow.ts';

export const FIELDS = [
  'srcAddress', 'srcPort', 'dstAddress', 'dstPort', 'protocol', 'firstSeen', 'lastSeen', 'packetsForward',
  'packetsReverse', 'bytesForward', 'bytesReverse', 'wireBytesForward', 'wireBytesReverse', 'payloadBytesForward',
  'payloadBytesReverse', 'tcpFlagsForward', 'tcpFlagsReverse', 'endReason',
] as const;

const SECOND_NS = 1_000_000_000;

/** Seconds since the epoch with nine decimals: exact, which one number would not be. */
export function secondsText(moment: Moment): string {
  return `${moment.seconds}.${String(SECOND_NS + moment.nanos).slice(1)}`;
}
