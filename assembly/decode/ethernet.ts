/**
 * Ethernet II and IEEE 802.3 (LLC, SNAP), and what an EtherType may stand in front of: IEEE 802.1Q/802.1ad tags,
 * PPPoE (RFC 2516), PPP (RFC 1661), MPLS (RFC 3032).
 */
import {
  ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_MIN, ETHERTYPE_MPLS, ETHERTYPE_MPLS_MULTICAST, ETHERTYPE_PPPOE_SESSION, ETHERTYPE_QINQ, ETHERTYPE_QINQ_9100, ETHERTYPE_QINQ_9200, ETHERTYPE_QINQ_9300, ETHERTYPE_VLAN, PPP_IPV4, PPP_IPV6, PPP_MPLS, PPP_MPLS_MULTICAST,
} from "../wire/numbers";
import { be16, fits, u8At } from "../wire/bytes";
import { linkTruncated, network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";

const HEADER_SIZE: usize = 14;
const TYPE_OFFSET: usize = 12;
/** Values below are lengths of an 802.3 frame. */
const TAGS_MAX: u32 = 8;
const LABELS_MAX: u32 = 16;
const LABEL_SIZE: usize = 4;
const LABEL_BOTTOM: u32 = 0x01;
const PPPOE_HEADER_SIZE: usize = 6;
const PPPOE_VERSION_TYPE: u32 = 0x11;

@inline export function ethernet(ptr: usize, end: usize): u64 {
  if (!fits(ptr, HEADER_SIZE, end)) return linkTruncated();
  return etherPayload(be16(ptr + TYPE_OFFSET), ptr + HEADER_SIZE, end);
}

/** What an EtherType announces at `ptr`. */
@inline export function etherPayload(type: u32, ptr: usize, end: usize): u64 {
  if (type == ETHERTYPE_IPV4) return network(ptr, NETWORK_IPV4);
  return taggedPayload(type, ptr, end, false);
}

/** `inSnap`: a value below 0x0600 is no length any more, so that LLC never stands in LLC. */
function taggedPayload(type: u32, ptr: usize, end: usize, inSnap: bool): u64 {
  let tags: u32 = 0;
  while (isTag(type)) {
    if (++tags > TAGS_MAX) return notIp();
    if (!fits(ptr, 4, end)) return linkTruncated();
    type = be16(ptr + 2);
    ptr += 4;
  }
  if (type == ETHERTYPE_IPV4) return network(ptr, NETWORK_IPV4);
  if (type == ETHERTYPE_IPV6) return network(ptr, NETWORK_IPV6);
  if (type == ETHERTYPE_MPLS || type == ETHERTYPE_MPLS_MULTICAST) return mpls(ptr, end);
  if (type == ETHERTYPE_PPPOE_SESSION) return pppoe(ptr, end);
  if (type < <u32>ETHERTYPE_MIN && !inSnap) return llc(ptr, end);
  return notIp();
}

@inline function isTag(type: u32): bool {
  return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ
    || type == ETHERTYPE_QINQ_9100 || type == ETHERTYPE_QINQ_9200 || type == ETHERTYPE_QINQ_9300;
}

/** IEEE 802.2 LLC: SNAP (AA AA 03, OUI, EtherType) or the SAP of IP (06 06 03). */
export function llc(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 3, end)) return linkTruncated();
  const saps = be16(ptr);
  if (u8At(ptr + 2) != 0x03) return notIp();
  if (saps == 0x0606) return network(ptr + 3, NETWORK_IPV4);
  if (saps != 0xaaaa) return notIp();
  if (!fits(ptr, 8, end)) return linkTruncated();
  return taggedPayload(be16(ptr + 6), ptr + 8, end, true);
}

/** The label stack says nothing about what is inside: the first nibble does (RFC 4928 §3). */
export function mpls(ptr: usize, end: usize): u64 {
  for (let labels: u32 = 0; labels < LABELS_MAX; labels++) {
    if (!fits(ptr, LABEL_SIZE, end)) return linkTruncated();
    const bottom = u8At(ptr + 2) & LABEL_BOTTOM;
    ptr += LABEL_SIZE;
    if (bottom != 0) return byVersion(ptr, end);
  }
  return notIp();
}

/** IPv4 or IPv6 as the first nibble says; anything else is not IP. */
export function byVersion(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 1, end)) return linkTruncated();
  const version = u8At(ptr) >> 4;
  if (version == 4) return network(ptr, NETWORK_IPV4);
  if (version == 6) return network(ptr, NETWORK_IPV6);
  return notIp();
}

export function pppoe(ptr: usize, end: usize): u64 {
  if (!fits(ptr, PPPOE_HEADER_SIZE, end)) return linkTruncated();
  if (u8At(ptr) != PPPOE_VERSION_TYPE || u8At(ptr + 1) != 0) return notIp();
  return ppp(ptr + PPPOE_HEADER_SIZE, end);
}

/** PPP with or without the HDLC address and control bytes; the protocol field may be compressed to one byte. */
export function ppp(ptr: usize, end: usize): u64 {
  if (fits(ptr, 2, end) && be16(ptr) == 0xff03) ptr += 2;
  if (!fits(ptr, 1, end)) return linkTruncated();
  let protocol = u8At(ptr);
  if ((protocol & 1) != 0) {
    ptr += 1;
  } else {
    if (!fits(ptr, 2, end)) return linkTruncated();
    protocol = be16(ptr);
    ptr += 2;
  }
  if (protocol == PPP_IPV4) return network(ptr, NETWORK_IPV4);
  if (protocol == PPP_IPV6) return network(ptr, NETWORK_IPV6);
  if (protocol == PPP_MPLS || protocol == PPP_MPLS_MULTICAST) return mpls(ptr, end);
  return notIp();
}
