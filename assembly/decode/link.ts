/** Link types (the pcap registry's LINKTYPE_ values): which are known, and where the network layer begins in each. */
import { fits } from "../wire/bytes";
import { CISCO_HDLC_SIZE, ciscoProtocol, isCiscoHdlc } from "../wire/cisco_hdlc";
import { SLL2_SIZE, sll2Protocol, SLL_LLC, SLL_SIZE, sllProtocol } from "../wire/cooked";
import { SWITCH_TAG_SIZE } from "../wire/ethernet";
import { PKTAP_MIN, pktapLinkType, pktapSize, SLIP_BSDOS_SIZE, SLIP_SIZE } from "../wire/link_headers";
import { isFamilyIpv4, isFamilyIpv6, loopbackFamily, LOOPBACK_SIZE, loopbackType } from "../wire/loopback";
import {
  ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_MIN, LINKTYPE_ARCNET, LINKTYPE_ARCNET_LINUX, LINKTYPE_C_HDLC,
  LINKTYPE_DSA_TAG_BRCM,
  LINKTYPE_DSA_TAG_BRCM_PREPEND, LINKTYPE_DSA_TAG_DSA, LINKTYPE_DSA_TAG_EDSA, LINKTYPE_ETHERNET, LINKTYPE_FDDI,
  LINKTYPE_FRELAY, LINKTYPE_IEEE802_11, LINKTYPE_IEEE802_11_RADIOTAP, LINKTYPE_IPNET, LINKTYPE_IPOIB, LINKTYPE_IPV4,
  LINKTYPE_IPV6, LINKTYPE_JUNIPER_ETHER, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_LOOP, LINKTYPE_NFLOG,
  LINKTYPE_NULL, LINKTYPE_PFLOG, LINKTYPE_PKTAP, LINKTYPE_PPI, LINKTYPE_PPP, LINKTYPE_PPP_ETHER, LINKTYPE_PPP_HDLC,
  LINKTYPE_PPP_WITH_DIR, LINKTYPE_RAW, LINKTYPE_RAW_BSD, LINKTYPE_RAW_OPENBSD, LINKTYPE_SLIP, LINKTYPE_SLIP_BSDOS,
} from "../wire/numbers";
import { typeBehind, vlanId, VLAN_SIZE } from "../wire/tag";
import { byVersion, ethernet, etherPayload, llc, ppp, pppoe } from "./ethernet";
import {
  isIp, linkTruncated, network, networkAt, networkKind, NETWORK_IPV4, NETWORK_IPV6, notIp,
} from "./network";
import {
  arcnet, arcnetLinux, edsaTagged, fddi, frameRelay, ipBehind, ipnet, ipoib, juniperEthernet, nflog, pflog,
  switchTagged,
} from "./rare_links";
import { isSound } from "./sound";
import { notedTags, noteVlan, noting, takeBackTags } from "./tags";
import { ieee80211, ppi, radiotap } from "./wireless";

/** LINKTYPE_PPP_WITH_DIR: a direction byte precedes PPP. */
const DIRECTION_SIZE: usize = 1;

export function isKnownLinkType(linkType: u32): bool {
  switch (linkType) {
    case LINKTYPE_NULL:
    case LINKTYPE_ETHERNET:
    case LINKTYPE_PPP:
    case LINKTYPE_RAW_BSD:
    case LINKTYPE_RAW_OPENBSD:
    case LINKTYPE_PPP_HDLC:
    case LINKTYPE_PPP_ETHER:
    case LINKTYPE_RAW:
    case LINKTYPE_C_HDLC:
    case LINKTYPE_IEEE802_11:
    case LINKTYPE_LOOP:
    case LINKTYPE_LINUX_SLL:
    case LINKTYPE_IEEE802_11_RADIOTAP:
    case LINKTYPE_PPI:
    case LINKTYPE_PPP_WITH_DIR:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
    case LINKTYPE_LINUX_SLL2:
    case LINKTYPE_PFLOG:
    case LINKTYPE_JUNIPER_ETHER:
    case LINKTYPE_NFLOG:
    case LINKTYPE_IPOIB:
    case LINKTYPE_PKTAP:
    case LINKTYPE_DSA_TAG_BRCM:
    case LINKTYPE_DSA_TAG_BRCM_PREPEND:
    case LINKTYPE_DSA_TAG_DSA:
    case LINKTYPE_DSA_TAG_EDSA:
    case LINKTYPE_FDDI:
    case LINKTYPE_ARCNET:
    case LINKTYPE_ARCNET_LINUX:
    case LINKTYPE_SLIP:
    case LINKTYPE_SLIP_BSDOS:
    case LINKTYPE_FRELAY:
    case LINKTYPE_IPNET:
      return true;
    default:
      return false;
  }
}

/** The network layer of a frame. The link type is a known one. */
@inline export function networkOf(linkType: u32, frame: usize, end: usize): u64 {
  return linkType == LINKTYPE_ETHERNET ? ethernet(frame, end) : otherNetwork(linkType, frame, end);
}

function otherNetwork(linkType: u32, frame: usize, end: usize): u64 {
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return ethernet(frame, end);
    case LINKTYPE_RAW_BSD:
    case LINKTYPE_RAW_OPENBSD:
    case LINKTYPE_RAW:
      return byVersion(frame, end);
    case LINKTYPE_IPV4:
      return network(frame, NETWORK_IPV4);
    case LINKTYPE_IPV6:
      return network(frame, NETWORK_IPV6);
    case LINKTYPE_LINUX_SLL:
      return cooked(frame, end);
    case LINKTYPE_LINUX_SLL2:
      return cooked2(frame, end);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
      return loopback(frame, end);
    case LINKTYPE_PPP:
    case LINKTYPE_PPP_HDLC:
      return fits(frame, 1, end) && isCiscoHdlc(frame) ? ciscoHdlc(frame, end) : ppp(frame, end);
    case LINKTYPE_PPP_WITH_DIR:
      return fits(frame, DIRECTION_SIZE, end) ? ppp(frame + DIRECTION_SIZE, end) : linkTruncated();
    case LINKTYPE_PPP_ETHER:
      return pppoe(frame, end);
    case LINKTYPE_C_HDLC:
      return ciscoHdlc(frame, end);
    case LINKTYPE_IEEE802_11:
      return ieee80211(frame, end, false);
    case LINKTYPE_IEEE802_11_RADIOTAP:
      return radiotap(frame, end);
    case LINKTYPE_PPI:
      return ppi(frame, end);
    default:
      return rareNetwork(linkType, frame, end);
  }
}

/** Captures whose link type is wrong are known of these: then a sound packet in an Ethernet frame is believed. */
function rareNetwork(linkType: u32, frame: usize, end: usize): u64 {
  const found = behindRareHeader(linkType, frame, end);
  if (isIp(found)) return found;
  takeBackTags(0);
  const inEthernet = ethernet(frame, end);
  return isSound(inEthernet, end) ? inEthernet : found;
}

function behindRareHeader(linkType: u32, frame: usize, end: usize): u64 {
  switch (linkType) {
    case LINKTYPE_FDDI:
      return fddi(frame, end);
    case LINKTYPE_ARCNET:
      return arcnet(frame, end);
    case LINKTYPE_ARCNET_LINUX:
      return arcnetLinux(frame, end);
    case LINKTYPE_SLIP:
      return ipBehind(frame, SLIP_SIZE, end);
    case LINKTYPE_SLIP_BSDOS:
      return ipBehind(frame, SLIP_BSDOS_SIZE, end);
    case LINKTYPE_FRELAY:
      return frameRelay(frame, end);
    case LINKTYPE_IPNET:
      return ipnet(frame, end);
    case LINKTYPE_PFLOG:
      return pflog(frame, end);
    case LINKTYPE_JUNIPER_ETHER:
      return juniperEthernet(frame, end);
    case LINKTYPE_NFLOG:
      return nflog(frame, end);
    case LINKTYPE_IPOIB:
      return ipoib(frame, end);
    case LINKTYPE_PKTAP:
      return pktap(frame, end);
    case LINKTYPE_DSA_TAG_BRCM:
    case LINKTYPE_DSA_TAG_DSA:
      return switchTagged(frame, end);
    case LINKTYPE_DSA_TAG_BRCM_PREPEND:
      return fits(frame, SWITCH_TAG_SIZE, end) ? ethernet(frame + SWITCH_TAG_SIZE, end) : linkTruncated();
    case LINKTYPE_DSA_TAG_EDSA:
      return edsaTagged(frame, end);
    default:
      return notIp();
  }
}

/** A frame of another link type behind a header; never one more of these. */
function pktap(frame: usize, end: usize): u64 {
  if (!fits(frame, PKTAP_MIN, end)) return linkTruncated();
  const size = pktapSize(frame);
  const linkType = pktapLinkType(frame);
  if (size < PKTAP_MIN || linkType == LINKTYPE_PKTAP) return notIp();
  if (!fits(frame, size, end)) return linkTruncated();
  return isKnownLinkType(linkType) ? otherNetwork(linkType, frame + size, end) : notIp();
}

function cooked(frame: usize, end: usize): u64 {
  return fits(frame, SLL_SIZE, end) ? cookedPayload(sllProtocol(frame), frame + SLL_SIZE, end) : linkTruncated();
}

function cooked2(frame: usize, end: usize): u64 {
  return fits(frame, SLL2_SIZE, end) ? cookedPayload(sll2Protocol(frame), frame + SLL2_SIZE, end) : linkTruncated();
}

@inline function cookedPayload(protocol: u32, ptr: usize, end: usize): u64 {
  if (protocol >= <u32>ETHERTYPE_MIN) return behindHiddenTags(etherPayload(protocol, ptr, end), end);
  return protocol == SLL_LLC ? llc(ptr, end) : notIp();
}

/**
 * Linux strips the outer VLAN tag of a frame; of an inner one it leaves number and EtherType, but announces what is
 * behind: IP begins with a tag then. A sound header is believed first, whatever its bytes look like.
 */
@inline function behindHiddenTags(found: u64, end: usize): u64 {
  return isIp(found) && hidesTag(networkAt(found), end, networkKind(found)) ? withoutTags(found, end) : found;
}

/** Are number and EtherType of a VLAN tag where IP of this kind is announced? */
@inline function hidesTag(ptr: usize, end: usize, kind: u32): bool {
  const type = kind == NETWORK_IPV4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
  return fits(ptr, VLAN_SIZE + 1, end) && typeBehind(ptr, VLAN_SIZE) == <u32>type;
}

/** Behind the tags must be a sound header; otherwise they are none. */
@cold function withoutTags(found: u64, end: usize): u64 {
  const kind = networkKind(found);
  const noted = notedTags();
  for (let ptr = networkAt(found), inner = found; ; ptr += VLAN_SIZE, inner = network(ptr, kind)) {
    if (isSound(inner, end)) return inner;
    if (!hidesTag(ptr, end, kind)) break;
    if (noting) noteVlan(vlanId(ptr));
  }
  takeBackTags(noted);
  return found;
}

/** An address family, or the EtherType that some writers put there. */
function loopback(frame: usize, end: usize): u64 {
  if (!fits(frame, LOOPBACK_SIZE, end)) return linkTruncated();
  const payload = frame + LOOPBACK_SIZE;
  const family = loopbackFamily(frame);
  if (isFamilyIpv4(family)) return network(payload, NETWORK_IPV4);
  if (isFamilyIpv6(family)) return network(payload, NETWORK_IPV6);
  const type = loopbackType(frame);
  return type >= <u32>ETHERTYPE_MIN ? etherPayload(type, payload, end) : notIp();
}

function ciscoHdlc(frame: usize, end: usize): u64 {
  if (!fits(frame, CISCO_HDLC_SIZE, end)) return linkTruncated();
  return isCiscoHdlc(frame) ? etherPayload(ciscoProtocol(frame), frame + CISCO_HDLC_SIZE, end) : notIp();
}
