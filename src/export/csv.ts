/** CSV (RFC 4180) with a header line. No field needs quotes: addresses, numbers and fixed words. Null is empty. */
import { FIELDS, secondsText } from './columns.ts';
import type { FlowFormat } from './sink.ts';

export const csv: FlowFormat = {
  header: () => `${FIELDS.join(',')}\n`,
  flow: (f) =>
    `${f.srcAddress},${f.srcPort},${f.dstAddress},${f.dstPort},${f.protocol},${secondsText(f.firstSeen)}` +
    `,${secondsText(f.lastSeen)},${f.packetsForward},${f.packetsReverse},${f.bytesForward},${f.bytesReverse}` +
    `,${f.wireBytesForward},${f.wireBytesReverse},${f.payloadBytesForward},${f.payloadBytesReverse}` +
    `,${f.tcpFlagsForward ?? ''},${f.tcpFlagsReverse ?? ''},${f.endReason}\n`,
  footer: () => '',
};
