/**
 * What an EtherType may announce, and what stands between it and the network layer: tags, LLC, MPLS, PPPoE, PPP, a
 * whole Ethernet frame once more. `depth` counts Ethernet frames in Ethernet frames and headers that may repeat.
 */
import { fits } from "../wire/bytes";
import { ETHERNET_HEADER_SIZE, etherType, FABRICPATH_TAG_SIZE, PBB_TAG_SIZE } from "../wire/ethernet";
import { ipVersion } from "../wire/ipv4";
import { llcIsUnnumbered, LLC_SIZE, llcSaps, SAPS_IP, SAPS_SNAP, SNAP_SIZE, snapType } from "../wire/llc";
import { CONTROL_WORD_SIZE, labelIsBottom, LABEL_SIZE, labelValue } from "../wire/mpls";
import {
  NEXT_ETHERNET, NEXT_IPV4, NEXT_IPV6, NEXT_MPLS, NEXT_NSH, nshCarriesData, NSH_MIN, nshNext, nshSize,
} from "../wire/nsh";
import {
  ETHERTYPE_FABRICPATH, ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_MACSEC, ETHERTYPE_MIN, ETHERTYPE_MPLS,
  ETHERTYPE_MPLS_MULTICAST, ETHERTYPE_NSH, ETHERTYPE_PBB, ETHERTYPE_PPPOE_SESSION, PPP_IPV4, PPP_IPV6, PPP_MPLS,
  PPP_MPLS_MULTICAST,
} from "../wire/numbers";
import {
  hasHdlcFraming, HDLC_SIZE, pppCompressedProtocol, pppIsCompressed, pppoeIsSession, PPPOE_HEADER_SIZE, pppProtocol,
} from "../wire/ppp";
import { isReadableMacsec, isTag, isVlanTag, tagSize, typeBehind, vlanId } from "../wire/tag";
import { linkTruncated, network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";
import { isCutIp, isSound, isSoundIpv4, isSoundIpv6 } from "./sound";
import { notedTags, noteLabel, noteVlan, noting, takeBackTags } from "./tags";

const TAGS_MAX: u32 = 8;
const LABELS_MAX: u32 = 16;
const DEPTH_MAX: u32 = 4;

@inline export function ethernet(ptr: usize, end: usize): u64 {
  if (!fits(ptr, ETHERNET_HEADER_SIZE, end)) return linkTruncated();
  return etherPayload(etherType(ptr), ptr + ETHERNET_HEADER_SIZE, end);
}

/** What an EtherType announces at `ptr`. */
@inline export function etherPayload(type: u32, ptr: usize, end: usize): u64 {
  if (type == ETHERTYPE_IPV4) return network(ptr, NETWORK_IPV4);
  return taggedPayload(type, ptr, end, 0, false);
}

/** An Ethernet frame inside of another one. */
function innerEthernet(ptr: usize, end: usize, depth: u32): u64 {
  if (depth > DEPTH_MAX) return notIp();
  if (!fits(ptr, ETHERNET_HEADER_SIZE, end)) return linkTruncated();
  return taggedPayload(etherType(ptr), ptr + ETHERNET_HEADER_SIZE, end, depth, false);
}

/** `inSnap`: a value below 0x0600 is not a length any more, so that LLC never stands in LLC. */
function taggedPayload(type: u32, ptr: usize, end: usize, depth: u32, inSnap: bool): u64 {
  for (let tags: u32 = 0; isTag(type); tags++) {
    if (tags == TAGS_MAX) return notIp();
    const size = tagSize(type, ptr, end);
    if (size == 0 || !fits(ptr, size, end)) return linkTruncated();
    if (type == ETHERTYPE_MACSEC && !isReadableMacsec(ptr)) return notIp();
    if (noting && isVlanTag(type)) noteVlan(vlanId(ptr));
    type = typeBehind(ptr, size);
    ptr += size;
  }
  if (type < <u32>ETHERTYPE_MIN) return inSnap ? notIp() : llcFrame(ptr, end, depth);
  switch (type) {
    case ETHERTYPE_IPV4: return network(ptr, NETWORK_IPV4);
    case ETHERTYPE_IPV6: return network(ptr, NETWORK_IPV6);
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST: return labelled(ptr, end, depth);
    case ETHERTYPE_PPPOE_SESSION: return pppoeSession(ptr, end, depth);
    case ETHERTYPE_PBB: return behindTag(ptr, PBB_TAG_SIZE, end, depth);
    case ETHERTYPE_FABRICPATH: return behindTag(ptr, FABRICPATH_TAG_SIZE, end, depth);
    case ETHERTYPE_NSH: return serviceHeader(ptr, end, depth);
    default: return notIp();
  }
}

/** A whole Ethernet frame behind a tag. */
function behindTag(ptr: usize, size: usize, end: usize, depth: u32): u64 {
  return fits(ptr, size, end) ? innerEthernet(ptr + size, end, depth + 1) : linkTruncated();
}

export function llc(ptr: usize, end: usize): u64 { return llcFrame(ptr, end, 0); }

/** IEEE 802.2 LLC: SNAP, or the SAP of IP. */
function llcFrame(ptr: usize, end: usize, depth: u32): u64 {
  if (!fits(ptr, LLC_SIZE, end)) return linkTruncated();
  if (!llcIsUnnumbered(ptr)) return notIp();
  const saps = llcSaps(ptr);
  if (saps == SAPS_IP) return network(ptr + LLC_SIZE, NETWORK_IPV4);
  if (saps != SAPS_SNAP) return notIp();
  if (!fits(ptr, SNAP_SIZE, end)) return linkTruncated();
  return taggedPayload(snapType(ptr), ptr + SNAP_SIZE, end, depth, true);
}

export function mpls(ptr: usize, end: usize): u64 { return labelled(ptr, end, 0); }

function labelled(ptr: usize, end: usize, depth: u32): u64 {
  for (let labels: u32 = 0; labels < LABELS_MAX; labels++) {
    if (!fits(ptr, LABEL_SIZE, end)) return linkTruncated();
    const bottom = labelIsBottom(ptr);
    if (noting) noteLabel(labelValue(ptr));
    ptr += LABEL_SIZE;
    if (bottom) return behindLabels(ptr, end, depth);
  }
  return notIp();
}

/**
 * The label stack does not say what is inside, and the first nibble (RFC 4928 §3) is also that of a MAC address in a
 * pseudowire (RFC 4448), with a control word in front of it or without: what is sound is believed.
 */
function behindLabels(ptr: usize, end: usize, depth: u32): u64 {
  if (!fits(ptr, 1, end)) return linkTruncated();
  if (isSoundIpv4(ptr, end)) return network(ptr, NETWORK_IPV4);
  const noted = notedTags();
  let inner = innerEthernet(ptr, end, depth + 1);
  if (isSound(inner, end)) return inner;
  takeBackTags(noted);
  if (ipVersion(ptr) == 0 && fits(ptr, CONTROL_WORD_SIZE, end)) {
    inner = innerEthernet(ptr + CONTROL_WORD_SIZE, end, depth + 1);
    if (isSound(inner, end)) return inner;
    takeBackTags(noted);
  }
  if (isSoundIpv6(ptr, end)) return network(ptr, NETWORK_IPV6);
  return isCutIp(ptr, end) ? byVersion(ptr, end) : notIp();
}

/** IPv4 or IPv6 as the first nibble says; anything else is not IP. */
export function byVersion(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 1, end)) return linkTruncated();
  const version = ipVersion(ptr);
  if (version == 4) return network(ptr, NETWORK_IPV4);
  return version == 6 ? network(ptr, NETWORK_IPV6) : notIp();
}

export function nsh(ptr: usize, end: usize): u64 { return serviceHeader(ptr, end, 0); }

function serviceHeader(ptr: usize, end: usize, depth: u32): u64 {
  if (!fits(ptr, NSH_MIN, end)) return linkTruncated();
  const size = nshSize(ptr);
  if (!nshCarriesData(ptr) || size < NSH_MIN) return notIp();
  return fits(ptr, size, end) ? nextProtocol(nshNext(ptr), ptr + size, end, depth) : linkTruncated();
}

/** What a next protocol number of NSH or VXLAN-GPE announces. */
export function nextProtocol(next: u32, ptr: usize, end: usize, depth: u32): u64 {
  switch (next) {
    case NEXT_IPV4: return network(ptr, NETWORK_IPV4);
    case NEXT_IPV6: return network(ptr, NETWORK_IPV6);
    case NEXT_ETHERNET: return innerEthernet(ptr, end, depth + 1);
    case NEXT_NSH: return depth < DEPTH_MAX ? serviceHeader(ptr, end, depth + 1) : notIp();
    case NEXT_MPLS: return labelled(ptr, end, depth);
    default: return notIp();
  }
}

export function pppoe(ptr: usize, end: usize): u64 { return pppoeSession(ptr, end, 0); }

function pppoeSession(ptr: usize, end: usize, depth: u32): u64 {
  if (!fits(ptr, PPPOE_HEADER_SIZE, end)) return linkTruncated();
  return pppoeIsSession(ptr) ? pppFrame(ptr + PPPOE_HEADER_SIZE, end, depth) : notIp();
}

export function ppp(ptr: usize, end: usize): u64 { return pppFrame(ptr, end, 0); }

/** PPP with or without the HDLC address and control bytes; the protocol field may be compressed to one byte. */
function pppFrame(ptr: usize, end: usize, depth: u32): u64 {
  if (fits(ptr, HDLC_SIZE, end) && hasHdlcFraming(ptr)) ptr += HDLC_SIZE;
  if (!fits(ptr, 1, end)) return linkTruncated();
  if (pppIsCompressed(ptr)) return pppPayload(pppCompressedProtocol(ptr), ptr + 1, end, depth);
  return fits(ptr, 2, end) ? pppPayload(pppProtocol(ptr), ptr + 2, end, depth) : linkTruncated();
}

function pppPayload(protocol: u32, ptr: usize, end: usize, depth: u32): u64 {
  if (protocol == PPP_IPV4) return network(ptr, NETWORK_IPV4);
  if (protocol == PPP_IPV6) return network(ptr, NETWORK_IPV6);
  return protocol == PPP_MPLS || protocol == PPP_MPLS_MULTICAST ? labelled(ptr, end, depth) : notIp();
}
