/** Less common link layers, as the pcap registry describes them. */

import { macBytes } from './address.ts';
import { concat, swapped, u16, u32, u8, zeros } from './bytes.ts';
import { layer, type Packet } from './packet.ts';

const MACS = concat(macBytes('02:00:00:00:00:02'), macBytes('02:00:00:00:00:01'));
const typeOf = (inner: Packet): Uint8Array => u16(inner.kind.etherType ?? 0);

/** FDDI; carries LLC. */
export const fddi = (control = 0x50): Packet => layer({}, (inner) => concat(u8(control), MACS, inner));

const arcnetType = (inner: Packet): number => (inner.kind.etherType === 0x86dd ? 196 : 212);

/** LINKTYPE_ARCNET, RFC 1201, or 1051 without the bytes behind the type. */
export const arcnet = (old = false): Packet =>
  layer({}, (inner) => concat(u8(1), u8(2), u8(old ? 240 : arcnetType(inner)), zeros(old ? 0 : 3), inner));

/** LINKTYPE_ARCNET_LINUX: an offset more. */
export const arcnetLinux = (): Packet =>
  layer({}, (inner) => concat(u8(1), u8(2), u16(0), u8(arcnetType(inner)), zeros(3), inner));

/** LINKTYPE_SLIP. */
export const slip = (): Packet => layer({}, (inner) => concat(zeros(16), inner));

/** Frame relay with an address of 2 to 4 bytes: NLPID (RFC 2427), SNAP behind it, or Cisco's EtherType. */
export function frameRelay(
  kind: 'nlpid' | 'snap' | 'cisco' = 'nlpid',
  { addressSize = 2, padded = false } = {},
): Packet {
  const address = concat(zeros(addressSize - 1), u8(1));
  return layer({}, (inner) => {
    if (kind === 'cisco') return concat(address, typeOf(inner), inner);
    const control = concat(u8(3), zeros(padded ? 1 : 0));
    if (kind === 'snap') return concat(address, control, u8(0x80), zeros(3), typeOf(inner), inner);
    return concat(address, control, u8(inner.kind.etherType === 0x86dd ? 0x8e : 0xcc), inner);
  });
}

/** LINKTYPE_IPNET. */
export const ipnet = (): Packet =>
  layer({}, (inner) =>
    concat(u8(1), u8(inner.kind.etherType === 0x86dd ? 26 : 2), u16(0), u32(inner.length), zeros(16), inner),
  );

/** LINKTYPE_NFLOG: attributes in the byte order of the host, the packet as the last one. */
export function nflog({ bigEndian = false } = {}): Packet {
  const half = (value: number): Uint8Array => (bigEndian ? u16(value) : swapped(u16(value)));
  return layer({}, (inner) =>
    concat(
      u8(inner.kind.etherType === 0x86dd ? 10 : 2),
      u8(0),
      u16(2),
      half(8),
      half(1),
      u16(0x0800),
      u8(1),
      u8(0),
      half(5),
      half(10),
      u8(0),
      zeros(3),
      half(4 + inner.length),
      half(9),
      inner,
    ),
  );
}

/** LINKTYPE_IPOIB. */
export const ipoib = (): Packet => layer({}, (inner) => concat(zeros(40), typeOf(inner), u16(0), inner));

/** LINKTYPE_PKTAP in front of a frame of another link type. */
export const pktap = (linkType: number, size = 108): Packet =>
  layer({}, (inner) => concat(swapped(u32(size)), swapped(u32(1)), swapped(u32(linkType)), zeros(size - 12), inner));

/** LINKTYPE_PFLOG: `length` without the padding that follows. */
export const pflog = (length = 61): Packet =>
  layer({}, (inner) =>
    concat(u8(length), u8(inner.kind.etherType === 0x86dd ? 24 : 2), zeros(Math.ceil(length / 4) * 4 - 2), inner),
  );

/** LINKTYPE_JUNIPER_ETHER; carries Ethernet, or IP without a link header. */
export const juniper = ({ linkHeader = true, extensions = 0 } = {}): Packet =>
  layer({}, (inner) =>
    concat(
      u8(0x4d),
      u8(0x47),
      u8(0x43),
      u8((linkHeader ? 0 : 2) | (extensions > 0 ? 0x80 : 0)),
      extensions > 0 ? concat(u16(extensions), zeros(extensions)) : zeros(0),
      inner,
    ),
  );

/** Tags of switch chips between the addresses and the type. */
export const dsa = (): Packet => layer({}, (inner) => concat(MACS, u32(0xc00a0000), typeOf(inner), inner));
export const edsa = (): Packet =>
  layer({}, (inner) => concat(MACS, u16(0xdada), u16(0), u32(0xc00a0000), typeOf(inner), inner));
/** LINKTYPE_DSA_TAG_BRCM_PREPEND; carries Ethernet. */
export const brcmPrepend = (): Packet => layer({}, (inner) => concat(u32(0x20000001), inner));
