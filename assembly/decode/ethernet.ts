/** Payloads that an EtherType announces, and what may precede the network layer: tags, LLC, MPLS, PPPoE, PPP. */
import { fits } from "../wire/bytes";
import { ETHERNET_HEADER_SIZE, etherType, isTag, TAG_SIZE, tagType } from "../wire/ethernet";
import { ipVersion } from "../wire/ipv4";
import { llcIsUnnumbered, LLC_SIZE, llcSaps, SAPS_IP, SAPS_SNAP, SNAP_SIZE, snapType } from "../wire/llc";
import { labelIsBottom, LABEL_SIZE } from "../wire/mpls";
import {
  ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_MIN, ETHERTYPE_MPLS, ETHERTYPE_MPLS_MULTICAST, ETHERTYPE_PPPOE_SESSION,
  PPP_IPV4, PPP_IPV6, PPP_MPLS, PPP_MPLS_MULTICAST,
} from "../wire/numbers";
import {
  hasHdlcFraming, HDLC_SIZE, pppCompressedProtocol, pppIsCompressed, pppoeIsSession, PPPOE_HEADER_SIZE, pppProtocol,
} from "../wire/ppp";
import { linkTruncated, network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";

const TAGS_MAX: u32 = 8;
const LABELS_MAX: u32 = 16;

@inline export function ethernet(ptr: usize, end: usize): u64 {
  if (!fits(ptr, ETHERNET_HEADER_SIZE, end)) return linkTruncated();
  return etherPayload(etherType(ptr), ptr + ETHERNET_HEADER_SIZE, end);
}

/** What an EtherType announces at `ptr`. */
@inline export function etherPayload(type: u32, ptr: usize, end: usize): u64 {
  if (type == ETHERTYPE_IPV4) return network(ptr, NETWORK_IPV4);
  return taggedPayload(type, ptr, end, false);
}

/** `inSnap`: a value below 0x0600 is not a length any more, so that LLC never stands in LLC. */
function taggedPayload(type: u32, ptr: usize, end: usize, inSnap: bool): u64 {
  let tags: u32 = 0;
  while (isTag(type)) {
    if (++tags > TAGS_MAX) return notIp();
    if (!fits(ptr, TAG_SIZE, end)) return linkTruncated();
    type = tagType(ptr);
    ptr += TAG_SIZE;
  }
  if (type == ETHERTYPE_IPV4) return network(ptr, NETWORK_IPV4);
  if (type == ETHERTYPE_IPV6) return network(ptr, NETWORK_IPV6);
  if (type == ETHERTYPE_MPLS || type == ETHERTYPE_MPLS_MULTICAST) return mpls(ptr, end);
  if (type == ETHERTYPE_PPPOE_SESSION) return pppoe(ptr, end);
  if (type < <u32>ETHERTYPE_MIN && !inSnap) return llc(ptr, end);
  return notIp();
}

/** IEEE 802.2 LLC: SNAP, or the SAP of IP. */
export function llc(ptr: usize, end: usize): u64 {
  if (!fits(ptr, LLC_SIZE, end)) return linkTruncated();
  if (!llcIsUnnumbered(ptr)) return notIp();
  const saps = llcSaps(ptr);
  if (saps == SAPS_IP) return network(ptr + LLC_SIZE, NETWORK_IPV4);
  if (saps != SAPS_SNAP) return notIp();
  if (!fits(ptr, SNAP_SIZE, end)) return linkTruncated();
  return taggedPayload(snapType(ptr), ptr + SNAP_SIZE, end, true);
}

/** The label stack does not name its payload; the first nibble shows it (RFC 4928 §3). */
export function mpls(ptr: usize, end: usize): u64 {
  for (let labels: u32 = 0; labels < LABELS_MAX; labels++) {
    if (!fits(ptr, LABEL_SIZE, end)) return linkTruncated();
    const bottom = labelIsBottom(ptr);
    ptr += LABEL_SIZE;
    if (bottom) return byVersion(ptr, end);
  }
  return notIp();
}

/** IPv4 or IPv6 as the first nibble says; anything else is not IP. */
export function byVersion(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 1, end)) return linkTruncated();
  const version = ipVersion(ptr);
  if (version == 4) return network(ptr, NETWORK_IPV4);
  return version == 6 ? network(ptr, NETWORK_IPV6) : notIp();
}

export function pppoe(ptr: usize, end: usize): u64 {
  if (!fits(ptr, PPPOE_HEADER_SIZE, end)) return linkTruncated();
  return pppoeIsSession(ptr) ? ppp(ptr + PPPOE_HEADER_SIZE, end) : notIp();
}

/** PPP with or without the HDLC address and control bytes; the protocol field may be compressed to one byte. */
export function ppp(ptr: usize, end: usize): u64 {
  if (fits(ptr, HDLC_SIZE, end) && hasHdlcFraming(ptr)) ptr += HDLC_SIZE;
  if (!fits(ptr, 1, end)) return linkTruncated();
  if (pppIsCompressed(ptr)) return pppPayload(pppCompressedProtocol(ptr), ptr + 1, end);
  return fits(ptr, 2, end) ? pppPayload(pppProtocol(ptr), ptr + 2, end) : linkTruncated();
}

function pppPayload(protocol: u32, ptr: usize, end: usize): u64 {
  if (protocol == PPP_IPV4) return network(ptr, NETWORK_IPV4);
  if (protocol == PPP_IPV6) return network(ptr, NETWORK_IPV6);
  return protocol == PPP_MPLS || protocol == PPP_MPLS_MULTICAST ? mpls(ptr, end) : notIp();
}
