/** The supported link types (LINKTYPE_ values of the pcap registry), and where the network layer begins in each. */
import {
  ETHERTYPE_MIN,
} from "../wire/numbers";
import {
  LINKTYPE_C_HDLC, LINKTYPE_ETHERNET, LINKTYPE_IEEE802_11, LINKTYPE_IEEE802_11_RADIOTAP, LINKTYPE_IPV4,
  LINKTYPE_IPV6, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2, LINKTYPE_LOOP, LINKTYPE_NULL, LINKTYPE_PPI, LINKTYPE_PPP,
  LINKTYPE_PPP_ETHER, LINKTYPE_PPP_HDLC, LINKTYPE_PPP_WITH_DIR, LINKTYPE_RAW, LINKTYPE_RAW_BSD, LINKTYPE_RAW_OPENBSD,
} from "../wire/numbers";
import { fits } from "../wire/bytes";
import { CISCO_HDLC_SIZE, ciscoProtocol, isCiscoHdlc } from "../wire/cisco_hdlc";
import { SLL2_SIZE, sll2Protocol, SLL_LLC, SLL_SIZE, sllProtocol } from "../wire/cooked";
import { isFamilyIpv4, isFamilyIpv6, loopbackFamily, LOOPBACK_SIZE, loopbackType } from "../wire/loopback";
import { byVersion, ethernet, etherPayload, llc, ppp, pppoe } from "./ethernet";
import { linkTruncated, network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";
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
      return notIp();
  }
}

function cooked(frame: usize, end: usize): u64 {
  return fits(frame, SLL_SIZE, end) ? cookedPayload(sllProtocol(frame), frame + SLL_SIZE, end) : linkTruncated();
}

function cooked2(frame: usize, end: usize): u64 {
  return fits(frame, SLL2_SIZE, end) ? cookedPayload(sll2Protocol(frame), frame + SLL2_SIZE, end) : linkTruncated();
}

@inline function cookedPayload(protocol: u32, ptr: usize, end: usize): u64 {
  if (protocol >= <u32>ETHERTYPE_MIN) return etherPayload(protocol, ptr, end);
  return protocol == SLL_LLC ? llc(ptr, end) : notIp();
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
