/** Flows as JSON Lines, the text kept beside each capture in `pcaps/`. */

import type { Flow } from '../../src/flow/flow.ts';

/** One line without its line end: fixed key order, times in seconds with nine decimals, no spaces. */
export function flowLine(flow: Flow): string {
  const {
    firstSeenNs,
    lastSeenNs,
    endReason,
    tcpFlagsForward,
    tcpFlagsReverse,
    srcAddress,
    srcPort,
    dstAddress,
    dstPort,
    protocol,
  } = flow;
  const fields: readonly (readonly [name: string, json: string])[] = [
    ['srcAddress', JSON.stringify(srcAddress)],
    ['srcPort', `${srcPort}`],
    ['dstAddress', JSON.stringify(dstAddress)],
    ['dstPort', `${dstPort}`],
    ['protocol', `${protocol}`],
    ['firstSeen', seconds(firstSeenNs)],
    ['lastSeen', seconds(lastSeenNs)],
    ['packetsForward', `${flow.packetsForward}`],
    ['packetsReverse', `${flow.packetsReverse}`],
    ['bytesForward', `${flow.bytesForward}`],
    ['bytesReverse', `${flow.bytesReverse}`],
    ['wireBytesForward', `${flow.wireBytesForward}`],
    ['wireBytesReverse', `${flow.wireBytesReverse}`],
    ['payloadBytesForward', `${flow.payloadBytesForward}`],
    ['payloadBytesReverse', `${flow.payloadBytesReverse}`],
    ['tcpFlagsForward', `${tcpFlagsForward}`],
    ['tcpFlagsReverse', `${tcpFlagsReverse}`],
    ['endReason', JSON.stringify(endReason)],
    ['icmpType', `${flow.icmpType}`],
    ['icmpCode', `${flow.icmpCode}`],
  ];
  return `{${fields.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
}

export const flowLines = (flows: readonly Flow[]): string => flows.map((flow) => `${flowLine(flow)}\n`).join('');

const seconds = (ns: bigint): string => `${ns / 1_000_000_000n}.${String(ns % 1_000_000_000n).padStart(9, '0')}`;
