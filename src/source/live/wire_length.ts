/** Original length of a truncated frame whose capture does not record it: from its IP header. */
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_QINQ,
  ETHERTYPE_QINQ_9100,
  ETHERTYPE_VLAN,
  LINKTYPE_ETHERNET,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_RAW,
} from '../../../assembly/wire/numbers.ts';

/** Place of the EtherType and size of the header. */
const LINK_HEADERS: ReadonlyMap<number, readonly [type: number, size: number]> = new Map([
  [LINKTYPE_ETHERNET, [12, 14]],
  [LINKTYPE_LINUX_SLL, [14, 16]],
  [LINKTYPE_LINUX_SLL2, [0, 20]],
]);

const VLAN_TAGS: readonly number[] = [ETHERTYPE_VLAN, ETHERTYPE_QINQ, ETHERTYPE_QINQ_9100];
const IPV6_HEADER_SIZE = 40;

/** The greater of `capLen` and the length by the IP header. Bytes, link-layer header included. */
export function wireLengthOf(linkType: number, frame: Buffer, capLen: number): number {
  if (linkType === LINKTYPE_RAW) return Math.max(capLen, ipLength(frame, 0));
  const header = LINK_HEADERS.get(linkType);
  if (header === undefined) return capLen;
  let [typeOffset, offset] = header;
  while (VLAN_TAGS.includes(frame.readUInt16BE(typeOffset)) && offset + 4 < capLen) {
    typeOffset = offset + 2;
    offset += 4;
  }
  const type = frame.readUInt16BE(typeOffset);
  if (type !== ETHERTYPE_IPV4 && type !== ETHERTYPE_IPV6) return capLen;
  return Math.max(capLen, offset + ipLength(frame, offset));
}

function ipLength(frame: Buffer, offset: number): number {
  return frame.readUInt8(offset) >>> 4 === 6
    ? IPV6_HEADER_SIZE + frame.readUInt16BE(offset + 4)
    : frame.readUInt16BE(offset + 2);
}
