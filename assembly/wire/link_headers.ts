/**
 * Headers of less common link types, as the pcap registry describes them: FDDI, ARCNET, SLIP, frame relay (RFC 2427),
 * Solaris IPNET, NFLOG, IP over InfiniBand (RFC 4391), PKTAP, pflog, Juniper Ethernet.
 */
import { be16, be32, fits, le16, le32, u8At } from "./bytes";

// FDDI: 0 frame control u8 | 1 destination 6 | 7 source 6 | LLC
const FDDI_CONTROL: usize = 0;
export const FDDI_SIZE: usize = 13;
const FDDI_FORMAT_MASK: u32 = 0x70;
const FDDI_LLC: u32 = 0x50;

/** A frame of LLC data, asynchronous or synchronous. */
@inline export function fddiCarriesLlc(ptr: usize): bool {
  return (u8At(ptr + FDDI_CONTROL) & FDDI_FORMAT_MASK) == FDDI_LLC;
}

// ARCNET: 0 source u8 | 1 destination u8 | Linux: 2 offset u16 | type u8 | RFC 1201 only: flag u8 | sequence number u16
const ARCNET_TYPE: usize = 2;
const ARCNET_LINUX_TYPE: usize = 4;
export const ARCNET_MIN: usize = 3;
export const ARCNET_LINUX_MIN: usize = 5;
const ARCNET_SPLIT_SIZE: usize = 3;
/** RFC 1051. */
const ARCNET_IP_OLD: u32 = 240;
const ARCNET_IP: u32 = 212;
const ARCNET_IPV6: u32 = 196;

@inline export function arcnetType(ptr: usize): u32 { return u8At(ptr + ARCNET_TYPE); }
@inline export function arcnetLinuxType(ptr: usize): u32 { return u8At(ptr + ARCNET_LINUX_TYPE); }
@inline export function arcnetCarriesIp(type: u32): bool {
  return type == ARCNET_IP || type == ARCNET_IP_OLD || type == ARCNET_IPV6;
}
/** What follows the type before the packet. */
@inline export function arcnetRest(type: u32): usize { return type == ARCNET_IP_OLD ? 0 : ARCNET_SPLIT_SIZE; }

// SLIP as libpcap writes it: 0 direction u8 | 1 compressed header 15. BSD/OS: 24 bytes.
export const SLIP_SIZE: usize = 16;
export const SLIP_BSDOS_SIZE: usize = 24;

// Frame relay: Q.922 address of 2, 3 or 4 bytes, the last one odd | control u8 | padding u8? | NLPID u8
// Cisco: address | EtherType u16
const Q922_MIN: usize = 2;
const Q922_MAX: usize = 4;
const Q922_LAST_BIT: u32 = 0x01;
export const CONTROL_UNNUMBERED: u32 = 0x03;
export const NLPID_PADDING: u32 = 0x00;
export const NLPID_SNAP: u32 = 0x80;
export const NLPID_IPV6: u32 = 0x8e;
export const NLPID_IPV4: u32 = 0xcc;
/** Organization u24 and EtherType u16. */
export const NLPID_SNAP_SIZE: usize = 5;
const NLPID_SNAP_TYPE: usize = 3;

/** Size of the address; 0: it is not one, or cut. */
export function q922Size(ptr: usize, end: usize): usize {
  for (let size = Q922_MIN; size <= Q922_MAX && fits(ptr, size, end); size++) {
    if ((u8At(ptr + size - 1) & Q922_LAST_BIT) != 0) return size;
  }
  return 0;
}

@inline export function nlpidSnapType(ptr: usize): u32 { return be16(ptr + NLPID_SNAP_TYPE); }

// IPNET: 0 version u8 | 1 family u8 | 2 hook u16 | 4 length u32 | 8 interfaces 2 x u32 | 16 zones 2 x u32
const IPNET_FAMILY: usize = 1;
export const IPNET_SIZE: usize = 24;
const IPNET_INET: u32 = 2;
const IPNET_INET6: u32 = 26;

@inline export function ipnetIsIpv4(ptr: usize): bool { return u8At(ptr + IPNET_FAMILY) == IPNET_INET; }
@inline export function ipnetIsIpv6(ptr: usize): bool { return u8At(ptr + IPNET_FAMILY) == IPNET_INET6; }

// NFLOG: 0 address family u8 | 1 version u8 | 2 resource u16 | attributes: 0 length u16 | 2 type u16 | value, filled up
// to a multiple of 4. They are in the byte order of the host, and the type is a small number.
const NFLOG_VERSION: usize = 1;
const ATTRIBUTE_LENGTH: usize = 0;
const ATTRIBUTE_TYPE: usize = 2;
export const NFLOG_SIZE: usize = 4;
const ATTRIBUTE_HEADER: usize = 4;
const ATTRIBUTE_PAYLOAD: u32 = 9;
const ATTRIBUTE_TYPE_MAX: u32 = 0xff;

@inline export function isNflog(ptr: usize): bool { return u8At(ptr + NFLOG_VERSION) == 0; }

/** Where the packet begins among the attributes at `at`; 0: none of them is it, or it is cut. */
export function nflogPayload(at: usize, end: usize): usize {
  while (fits(at, ATTRIBUTE_HEADER, end)) {
    const isBig = le16(at + ATTRIBUTE_TYPE) > ATTRIBUTE_TYPE_MAX;
    const type = isBig ? be16(at + ATTRIBUTE_TYPE) : le16(at + ATTRIBUTE_TYPE);
    const length = isBig ? be16(at + ATTRIBUTE_LENGTH) : le16(at + ATTRIBUTE_LENGTH);
    if (length < ATTRIBUTE_HEADER) return 0;
    if (type == ATTRIBUTE_PAYLOAD) return at + ATTRIBUTE_HEADER;
    const size: usize = (length + 3) & ~3;
    if (!fits(at, size, end)) return 0;
    at += size;
  }
  return 0;
}

// IP over InfiniBand: 0 source 20 | 20 destination 20 | 40 EtherType u16 | 42 reserved u16
const IPOIB_TYPE: usize = 40;
export const IPOIB_SIZE: usize = 44;

@inline export function ipoibType(ptr: usize): u32 { return be16(ptr + IPOIB_TYPE); }

// PKTAP: 0 length u32 | 4 type of the next record u32 | 8 link type u32 | 12 ... little-endian, as macOS runs on
const PKTAP_LENGTH: usize = 0;
const PKTAP_LINK_TYPE: usize = 8;
export const PKTAP_MIN: usize = 12;

@inline export function pktapSize(ptr: usize): usize { return le32(ptr + PKTAP_LENGTH); }
@inline export function pktapLinkType(ptr: usize): u32 { return le32(ptr + PKTAP_LINK_TYPE); }

// pflog: 0 length u8, without padding | 1 address family u8 | 2 action, reason u8 | 4 interface ...
const PFLOG_LENGTH: usize = 0;
/** Of the oldest header. */
export const PFLOG_MIN: usize = 45;

/** Filled up to a multiple of 4. */
@inline export function pflogSize(ptr: usize): usize { return (u8At(ptr + PFLOG_LENGTH) + 3) & ~3; }

// Juniper: 0 magic "MGC" 3 | 3 flags u8 | with extensions: 4 their length u16 | extensions. Then Ethernet, or IP.
const JUNIPER_MAGIC: u32 = 0x4d474300;
const JUNIPER_MAGIC_MASK: u32 = 0xffffff00;
const JUNIPER_FLAGS: usize = 3;
const JUNIPER_EXTENSIONS: usize = 4;
export const JUNIPER_MIN: usize = 4;
const JUNIPER_EXTENDED: u32 = 0x80;
const JUNIPER_NO_LINK_HEADER: u32 = 0x02;

@inline export function isJuniper(ptr: usize): bool { return (be32(ptr) & JUNIPER_MAGIC_MASK) == JUNIPER_MAGIC; }
@inline export function juniperHasLinkHeader(ptr: usize): bool {
  return (u8At(ptr + JUNIPER_FLAGS) & JUNIPER_NO_LINK_HEADER) == 0;
}

/** 0: cut. */
export function juniperSize(ptr: usize, end: usize): usize {
  if ((u8At(ptr + JUNIPER_FLAGS) & JUNIPER_EXTENDED) == 0) return JUNIPER_MIN;
  if (!fits(ptr, JUNIPER_MIN + 2, end)) return 0;
  return JUNIPER_MIN + 2 + be16(ptr + JUNIPER_EXTENSIONS);
}
