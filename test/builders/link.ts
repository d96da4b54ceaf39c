/** Link layers: Ethernet and its tags, cooked captures, loopback, PPP and Cisco HDLC. */

import { macBytes } from './address.ts';
import { concat, swapped, u16, u32, u8, zeros } from './bytes.ts';
import { layer, type Kind, type Packet } from './packet.ts';

/** LINKTYPE_ numbers of the pcap registry. */
export const LINKTYPE = {
  NULL: 0,
  ETHERNET: 1,
  ARCNET: 7,
  SLIP: 8,
  PPP: 9,
  FDDI: 10,
  RAW_BSD: 12,
  RAW_OPENBSD: 14,
  PPP_HDLC: 50,
  PPP_ETHER: 51,
  RAW: 101,
  C_HDLC: 104,
  IEEE802_11: 105,
  FRELAY: 107,
  LOOP: 108,
  LINUX_SLL: 113,
  PFLOG: 117,
  RADIOTAP: 127,
  ARCNET_LINUX: 129,
  JUNIPER_ETHER: 178,
  PPI: 192,
  PPP_WITH_DIR: 204,
  IPNET: 226,
  IPV4: 228,
  IPV6: 229,
  NFLOG: 239,
  IPOIB: 242,
  PKTAP: 258,
  LINUX_SLL2: 276,
  DSA_TAG_BRCM: 281,
  DSA_TAG_BRCM_PREPEND: 282,
  DSA_TAG_DSA: 284,
  DSA_TAG_EDSA: 285,
} as const;

export interface EthernetFields {
  readonly src?: string;
  readonly dst?: string;
  /** EtherType; default: that of the payload. */
  readonly etherType?: number;
  /** Zeros behind the payload up to this frame size; 60 is what a real frame has (without FCS). Default 0. */
  readonly minSize?: number;
}

const etherTypeOf = (inner: Packet, given: number | undefined): Uint8Array => u16(given ?? inner.kind.etherType ?? 0);

/** Ethernet II. */
export function ethernet(fields: EthernetFields = {}): Packet {
  const { src = '02:00:00:00:00:01', dst = '02:00:00:00:00:02', minSize = 0 } = fields;
  return layer({ etherType: 0x6558 }, (inner) => {
    const frame = concat(macBytes(dst), macBytes(src), etherTypeOf(inner, fields.etherType), inner);
    return frame.length < minSize ? concat(frame, zeros(minSize - frame.length)) : frame;
  });
}

/** IEEE 802.3 with a length field; carries `llc` or `snap`. */
export function ieee8023(fields: { readonly src?: string; readonly dst?: string } = {}): Packet {
  const { src = '02:00:00:00:00:01', dst = '02:00:00:00:00:02' } = fields;
  return layer({}, (inner) => concat(macBytes(dst), macBytes(src), u16(inner.length), inner));
}

/** LLC (IEEE 802.2) with unnumbered information; SAP 6 is IP. */
export const llc = (sap = 0x06): Packet => layer({}, (inner) => concat(u8(sap), u8(sap), u8(3), inner));

/** LLC + SNAP (RFC 1042). */
export const snap = (etherType?: number): Packet =>
  layer({}, (inner) => concat(Uint8Array.of(0xaa, 0xaa, 3, 0, 0, 0), etherTypeOf(inner, etherType), inner));

/** IEEE 802.1Q tag; `tpid` 0x88a8 makes it the outer one of 802.1ad. */
export const vlan = (id: number, tpid = 0x8100): Packet =>
  layer({ etherType: tpid }, (inner) => concat(u16(id), etherTypeOf(inner, undefined), inner));

/** Two tags, IEEE 802.1ad: service tag outside, customer tag inside. */
export const qinq = (outer: number, inner: number): Packet => {
  const tags = (payload: Packet): Packet => payload.over(vlan(inner)).over(vlan(outer, 0x88a8));
  return layer({ etherType: 0x88a8 }, tags);
};

/** MPLS label stack (RFC 3032), outermost label first. */
export function mpls(labels: readonly number[], multicast = false): Packet {
  const stack = labels.map((label, index) =>
    u32(((label << 12) | (index === labels.length - 1 ? 0x100 : 0) | 64) >>> 0),
  );
  return layer({ etherType: multicast ? 0x8848 : 0x8847, protocol: 137, ppp: 0x0281 }, (inner) =>
    concat(...stack, inner),
  );
}

/** PPPoE session header (RFC 2516) and the PPP protocol field; `short` writes the field in one byte (RFC 1661 §6.5). */
export function pppoe(
  fields: { readonly session?: number; readonly short?: boolean; readonly protocol?: number } = {},
): Packet {
  const { session = 1, short = false } = fields;
  return layer({ etherType: 0x8864 }, (inner) => {
    const protocol = fields.protocol ?? inner.kind.ppp ?? 0;
    const body = concat(short ? u8(protocol) : u16(protocol), inner);
    return concat(u8(0x11), u8(0), u16(session), u16(body.length), body);
  });
}

/** PPP (RFC 1661), with the HDLC address and control bytes of RFC 1662 unless `hdlc` is false. */
export function ppp(
  fields: { readonly hdlc?: boolean; readonly short?: boolean; readonly protocol?: number } = {},
): Packet {
  const { hdlc = true, short = false } = fields;
  return layer({ etherType: 0x880b }, (inner) => {
    const protocol = fields.protocol ?? inner.kind.ppp ?? 0;
    return concat(hdlc ? Uint8Array.of(0xff, 3) : zeros(0), short ? u8(protocol) : u16(protocol), inner);
  });
}

/** LINKTYPE_PPP_WITH_DIR: a direction byte (0 received, else sent) before PPP. */
export const pppWithDirection = (direction: number): Packet => layer({}, (inner) => concat(u8(direction), inner));

/** Cisco HDLC: address 0x0f unicast. */
export const ciscoHdlc = (): Packet =>
  layer({}, (inner) => concat(Uint8Array.of(0x0f, 0), etherTypeOf(inner, undefined), inner));

/** LINKTYPE_LINUX_SLL, 16 bytes. */
export const sll = (fields: { readonly packetType?: number; readonly etherType?: number } = {}): Packet =>
  layer({}, (inner) =>
    concat(
      u16(fields.packetType ?? 0),
      u16(1),
      u16(6),
      macBytes('02:00:00:00:00:01'),
      zeros(2),
      etherTypeOf(inner, fields.etherType),
      inner,
    ),
  );

/** LINKTYPE_LINUX_SLL2, 20 bytes. */
export const sll2 = (
  fields: { readonly packetType?: number; readonly etherType?: number; readonly interfaceIndex?: number } = {},
): Packet =>
  layer({}, (inner) =>
    concat(
      etherTypeOf(inner, fields.etherType),
      zeros(2),
      u32(fields.interfaceIndex ?? 1),
      u16(1),
      u8(fields.packetType ?? 0),
      u8(6),
      macBytes('02:00:00:00:00:01'),
      zeros(2),
      inner,
    ),
  );

const AF_INET = 2;
/** AF_INET6 where the capture was made. */
export const AF_INET6 = { LINUX: 10, NETBSD: 24, FREEBSD: 28, DARWIN: 30 } as const;

/** LINKTYPE_NULL: address family in the byte order of the host that captured. */
export const nullLoopback = (fields: { readonly bigEndian?: boolean; readonly family?: number } = {}): Packet =>
  layer({}, (inner) =>
    concat(fields.bigEndian ? familyOf(inner, fields.family) : swapped(familyOf(inner, fields.family)), inner),
  );

/** LINKTYPE_LOOP: the same in network byte order. */
export const loop = (family?: number): Packet => layer({}, (inner) => concat(familyOf(inner, family), inner));

function familyOf(inner: Packet, family: number | undefined): Uint8Array {
  return u32(family ?? (isIpv6(inner.kind) ? AF_INET6.DARWIN : AF_INET));
}

const isIpv6 = (kind: Kind): boolean => kind.etherType === 0x86dd;
