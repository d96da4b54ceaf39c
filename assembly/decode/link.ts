/** Link types (the pcap registry's LINKTYPE_ values): which are known, and where the network layer begins in each. */
import {
  ETHERTYPE_MIN,
} from "../wire/numbers";
import {
  LINKTYPE_C_HDLC, LINKTYPE_ETHERNET, LINKTYPE_IEEE802_11, LINKTYPE_IEEE802_11_RADIOTAP, LINKTYPE_IPV4,
  LINKTYPE_IPV6, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_LOOP, LINKTYPE_NULL, LINKTYPE_PPI, LINKTYPE_PPP,
  LINKTYPE_PPP_ETHER, LINKTYPE_PPP_HDLC, LINKTYPE_PPP_WITH_DIR, LINKTYPE_RAW, LINKTYPE_RAW_BSD, LINKTYPE_RAW_OPENBSD,
} from "../wire/numbers";
import { be16, be32, fits, le32, u8At } from "../wire/bytes";
import { byVersion, ethernet, etherPayload, llc, ppp, pppoe } from "./ethernet";
import { linkTruncated, network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";
import { ieee80211, ppi, radiotap } from "./wireless";

/** Linux cooked capture: protocol values below 0x0600 name frame formats, 4 is 802.2 LLC. */
const SLL_LLC: u32 = 0x0004;
/** From here on a protocol value is an EtherType. */

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
      return ppp(frame, end);
    case LINKTYPE_PPP_HDLC:
      return fits(frame, 1, end) && isCiscoAddress(u8At(frame)) ? ciscoHdlc(frame, end) : ppp(frame, end);
    case LINKTYPE_PPP_WITH_DIR:
      return fits(frame, 1, end) ? ppp(frame + 1, end) : linkTruncated();
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
      return notIp();
  }
}

/** LINKTYPE_LINUX_SLL: 16 bytes, protocol in the last two. */
function cooked(frame: usize, end: usize): u64 {
  if (!fits(frame, 16, end)) return linkTruncated();
  return cookedPayload(be16(frame + 14), frame + 16, end);
}

/** LINKTYPE_LINUX_SLL2: 20 bytes, protocol in the first two. */
function cooked2(frame: usize, end: usize): u64 {
  if (!fits(frame, 20, end)) return linkTruncated();
  return cookedPayload(be16(frame), frame + 20, end);
}

@inline function cookedPayload(protocol: u32, ptr: usize, end: usize): u64 {
  if (protocol >= <u32>ETHERTYPE_MIN) return etherPayload(protocol, ptr, end);
  return protocol == SLL_LLC ? llc(ptr, end) : notIp();
}

/**
 * LINKTYPE_NULL (address family in the capturing host's byte order) and LINKTYPE_LOOP (big-endian). Families are
 * small numbers, so the byte order shows by itself. IPv6 has had the values 10, 24, 28 and 30. Some writers put an
 * EtherType there.
 */
function loopback(frame: usize, end: usize): u64 {
  if (!fits(frame, 4, end)) return linkTruncated();
  let family = le32(frame);
  if (family > 0xffff) family = be32(frame);
  if (family == 2) return network(frame + 4, NETWORK_IPV4);
  if (family == 10 || family == 24 || family == 28 || family == 30) return network(frame + 4, NETWORK_IPV6);
  const type = be16(frame + 2);
  return type >= <u32>ETHERTYPE_MIN ? etherPayload(type, frame + 4, end) : notIp();
}

/** Cisco HDLC: address, control, EtherType. */
function ciscoHdlc(frame: usize, end: usize): u64 {
  if (!fits(frame, 4, end)) return linkTruncated();
  if (!isCiscoAddress(u8At(frame))) return notIp();
  return etherPayload(be16(frame + 2), frame + 4, end);
}

/** Unicast or broadcast. */
@inline function isCiscoAddress(address: u32): bool {
  return address == 0x0f || address == 0x8f;
}
