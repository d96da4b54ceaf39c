/** JSON Lines: one flow, one line. Times are numbers with nine decimals: seconds since the epoch. */
import { secondsText } from './columns.ts';
import type { FlowFormat } from './sink.ts';

/** Example: {"srcAddress":"10.0.0.1","srcPort":40000,...,"firstSeen":1700000000.000000000,...,"endReason":"fin"} */
export const jsonLines: FlowFormat = {
  header: () => '',
  flow: (f) =>
    `{"srcAddress":"${f.srcAddress}","srcPort":${f.srcPort},"dstAddress":"${f.dstAddress}","dstPort":${f.dstPort}` +
    `,"protocol":${f.protocol},"firstSeen":${secondsText(f.firstSeen)},"lastSeen":${secondsText(f.lastSeen)}` +
    `,"packetsForward":${f.packetsForward},"packetsReverse":${f.packetsReverse}` +
    `,"bytesForward":${f.bytesForward},"bytesReverse":${f.bytesReverse}` +
    `,"wireBytesForward":${f.wireBytesForward},"wireBytesReverse":${f.wireBytesReverse}` +
    `,"payloadBytesForward":${f.payloadBytesForward},"payloadBytesReverse":${f.payloadBytesReverse}` +
    `,"tcpFlagsForward":${f.tcpFlagsForward},"tcpFlagsReverse":${f.tcpFlagsReverse},"endReason":"${f.endReason}"}\n`,
  footer: () => '',
};
