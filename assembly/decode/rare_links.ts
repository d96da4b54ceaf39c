/** The network layer in frames of the less common link types. */
import { be16, fits, u8At } from "../wire/bytes";
import {
  EDSA_TAG_SIZE, ETHERNET_ADDRESSES_SIZE, ETHERNET_HEADER_SIZE, etherType, SWITCH_TAG_SIZE,
} from "../wire/ethernet";
import {
  arcnetCarriesIp, ARCNET_LINUX_MIN, arcnetLinuxType, ARCNET_MIN, arcnetRest, arcnetType, CONTROL_UNNUMBERED,
  fddiCarriesLlc, FDDI_SIZE, ipnetIsIpv4, ipnetIsIpv6, IPNET_SIZE, IPOIB_SIZE, ipoibType, isJuniper, isNflog,
  juniperHasLinkHeader, JUNIPER_MIN, juniperSize, nflogPayload, NFLOG_SIZE, NLPID_IPV4, NLPID_IPV6, NLPID_PADDING,
  NLPID_SNAP, NLPID_SNAP_SIZE, nlpidSnapType, PFLOG_MIN, pflogSize, q922Size,
} from "../wire/link_headers";
import { ETHERTYPE_EDSA, ETHERTYPE_MIN } from "../wire/numbers";
import { byVersion, ethernet, etherPayload, llc } from "./ethernet";
import { linkTruncated, network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";

/** IP behind a header of fixed size. */
export function ipBehind(frame: usize, size: usize, end: usize): u64 {
  return fits(frame, size, end) ? byVersion(frame + size, end) : linkTruncated();
}

export function fddi(frame: usize, end: usize): u64 {
  if (!fits(frame, FDDI_SIZE, end)) return linkTruncated();
  return fddiCarriesLlc(frame) ? llc(frame + FDDI_SIZE, end) : notIp();
}

export function arcnet(frame: usize, end: usize): u64 {
  return fits(frame, ARCNET_MIN, end) ? arcnetPacket(arcnetType(frame), frame + ARCNET_MIN, end) : linkTruncated();
}

export function arcnetLinux(frame: usize, end: usize): u64 {
  if (!fits(frame, ARCNET_LINUX_MIN, end)) return linkTruncated();
  return arcnetPacket(arcnetLinuxType(frame), frame + ARCNET_LINUX_MIN, end);
}

function arcnetPacket(type: u32, ptr: usize, end: usize): u64 {
  return arcnetCarriesIp(type) ? ipBehind(ptr, arcnetRest(type), end) : notIp();
}

/** RFC 2427, or Cisco's with an EtherType behind the address. */
export function frameRelay(frame: usize, end: usize): u64 {
  const size = q922Size(frame, end);
  if (size == 0) return fits(frame, 4, end) ? notIp() : linkTruncated();
  let ptr = frame + size;
  if (!fits(ptr, 2, end)) return linkTruncated();
  if (u8At(ptr) != CONTROL_UNNUMBERED) {
    const type = be16(ptr);
    return type >= <u32>ETHERTYPE_MIN ? etherPayload(type, ptr + 2, end) : notIp();
  }
  ptr += 1;
  if (u8At(ptr) == NLPID_PADDING) ptr += 1;
  if (!fits(ptr, 1, end)) return linkTruncated();
  const nlpid = u8At(ptr);
  ptr += 1;
  if (nlpid == NLPID_IPV4) return network(ptr, NETWORK_IPV4);
  if (nlpid == NLPID_IPV6) return network(ptr, NETWORK_IPV6);
  if (nlpid != NLPID_SNAP) return notIp();
  if (!fits(ptr, NLPID_SNAP_SIZE, end)) return linkTruncated();
  const type = nlpidSnapType(ptr);
  return type >= <u32>ETHERTYPE_MIN ? etherPayload(type, ptr + NLPID_SNAP_SIZE, end) : notIp();
}

export function ipnet(frame: usize, end: usize): u64 {
  if (!fits(frame, IPNET_SIZE, end)) return linkTruncated();
  if (ipnetIsIpv4(frame)) return network(frame + IPNET_SIZE, NETWORK_IPV4);
  return ipnetIsIpv6(frame) ? network(frame + IPNET_SIZE, NETWORK_IPV6) : notIp();
}

/** The packet is that of any family, so its version says what it is. */
export function nflog(frame: usize, end: usize): u64 {
  if (!fits(frame, NFLOG_SIZE, end)) return linkTruncated();
  if (!isNflog(frame)) return notIp();
  const payload = nflogPayload(frame + NFLOG_SIZE, end);
  return payload == 0 ? linkTruncated() : byVersion(payload, end);
}

export function ipoib(frame: usize, end: usize): u64 {
  if (!fits(frame, IPOIB_SIZE, end)) return linkTruncated();
  const type = ipoibType(frame);
  return type >= <u32>ETHERTYPE_MIN ? etherPayload(type, frame + IPOIB_SIZE, end) : notIp();
}

export function pflog(frame: usize, end: usize): u64 {
  if (!fits(frame, 1, end)) return linkTruncated();
  const size = pflogSize(frame);
  return size < PFLOG_MIN ? notIp() : ipBehind(frame, size, end);
}

export function juniperEthernet(frame: usize, end: usize): u64 {
  if (!fits(frame, JUNIPER_MIN, end)) return linkTruncated();
  if (!isJuniper(frame)) return notIp();
  const size = juniperSize(frame, end);
  if (size == 0 || !fits(frame, size, end)) return linkTruncated();
  return juniperHasLinkHeader(frame) ? ethernet(frame + size, end) : byVersion(frame + size, end);
}

/** Ethernet with the 4 bytes of a switch chip between addresses and type. */
export function switchTagged(frame: usize, end: usize): u64 {
  return typeBehindTag(frame, SWITCH_TAG_SIZE, end);
}

/** The same with a longer tag that has an EtherType of its own; frames without one are Ethernet. */
export function edsaTagged(frame: usize, end: usize): u64 {
  if (!fits(frame, ETHERNET_HEADER_SIZE, end)) return linkTruncated();
  return etherType(frame) == ETHERTYPE_EDSA ? typeBehindTag(frame, EDSA_TAG_SIZE, end) : ethernet(frame, end);
}

function typeBehindTag(frame: usize, tagSize: usize, end: usize): u64 {
  const size = ETHERNET_HEADER_SIZE + tagSize;
  if (!fits(frame, size, end)) return linkTruncated();
  return etherPayload(be16(frame + ETHERNET_ADDRESSES_SIZE + tagSize), frame + size, end);
}
