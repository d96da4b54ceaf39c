/**
 * Tunnels in UDP, by their port: VXLAN, VXLAN-GPE, Geneve, GTP-U, GTP' and GTP version 0, L2TP, GRE (RFC 8086) and MPLS
 * (RFC 7510) in UDP, CAPWAP data, AYIYA; Teredo also by its content.
 */
import { fits } from "../wire/bytes";
import { ipVersion } from "../wire/ipv4";
import { IPV6_HEADER_SIZE, ipv6PayloadLength } from "../wire/ipv6";
import { l2tpIsControl, L2TP_MIN, l2tpOffset, l2tpSize, l2tpVersion, L2TP_3_UDP_HEADER } from "../wire/l2tp";
import {
  ETHERTYPE_TEB, PORT_AYIYA, PORT_CAPWAP_DATA, PORT_GENEVE, PORT_GRE, PORT_GTPU, PORT_GTP_0, PORT_L2TP, PORT_MPLS,
  PORT_TEREDO, PORT_VXLAN, PORT_VXLAN_GPE, PORT_VXLAN_LINUX, PROTOCOL_IPIP, PROTOCOL_IPV6,
} from "../wire/numbers";
import { destinationPort, sourcePort } from "../wire/ports";
import { UDP_HEADER_SIZE, udpLength } from "../wire/udp";
import {
  afterGtpu, afterTeredo, ayiyaForwards, AYIYA_MIN, ayiyaNext, ayiyaSize, capwapCarriesData, capwapIsNative,
  CAPWAP_MIN, capwapSize, GENEVE_MIN, geneveSize, geneveType, geneveVersion, gpeCarriesData, gpeHasNext, gpeNext,
  gtpMessageIsTpdu, gtpPrimeSize, GTP_PRIME_SIZE, gtpuIsTpdu, GTPU_MIN, hasTeredoAddress, isGtpPrimeOr0, vxlanHasVni,
  VXLAN_SIZE,
} from "../wire/udp_tunnel";
import { ethernet, etherPayload, mpls, nextProtocol, ppp } from "./ethernet";
import { byVersion } from "./ethernet";
import { network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";
import { isSound, soundIp } from "./sound";
import { gre, l2tp3 } from "./tunnel";
import { ieee80211, ieee80211Swapped } from "./wireless";

export function udpTunnel(ptr: usize, end: usize): u64 {
  if (!fits(ptr, UDP_HEADER_SIZE, end)) return notIp();
  const payload = ptr + UDP_HEADER_SIZE;
  switch (destinationPort(ptr)) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX: return vxlan(payload, end);
    case PORT_VXLAN_GPE: return vxlanGpe(payload, end);
    case PORT_GENEVE: return geneve(payload, end);
    case PORT_GRE: return gre(payload, end);
    case PORT_MPLS: return mpls(payload, end);
    default: break;
  }
  if (isEither(ptr, PORT_GTPU) || isEither(ptr, PORT_GTP_0)) return gtp(payload, end);
  if (isEither(ptr, PORT_L2TP)) return l2tp(payload, end);
  if (isEither(ptr, PORT_CAPWAP_DATA)) return capwap(payload, end);
  if (isEither(ptr, PORT_AYIYA)) return ayiya(payload, end);
  if (isEither(ptr, PORT_TEREDO)) return teredo(payload, end);
  return teredoByContent(ptr, payload, end);
}

/** Is it the port of one of the two ends? */
@inline function isEither(ptr: usize, port: u32): bool {
  return destinationPort(ptr) == port || sourcePort(ptr) == port;
}

function vxlan(ptr: usize, end: usize): u64 {
  return fits(ptr, VXLAN_SIZE, end) && vxlanHasVni(ptr) ? ethernet(ptr + VXLAN_SIZE, end) : notIp();
}

function vxlanGpe(ptr: usize, end: usize): u64 {
  if (!fits(ptr, VXLAN_SIZE, end) || !gpeCarriesData(ptr)) return notIp();
  const payload = ptr + VXLAN_SIZE;
  return gpeHasNext(ptr) ? nextProtocol(gpeNext(ptr), payload, end, 0) : ethernet(payload, end);
}

function geneve(ptr: usize, end: usize): u64 {
  if (!fits(ptr, GENEVE_MIN, end) || geneveVersion(ptr) != 0) return notIp();
  const size = geneveSize(ptr);
  if (!fits(ptr, size, end)) return notIp();
  const type = geneveType(ptr);
  return type == ETHERTYPE_TEB ? ethernet(ptr + size, end) : etherPayload(type, ptr + size, end);
}

function gtp(ptr: usize, end: usize): u64 {
  if (fits(ptr, GTP_PRIME_SIZE, end) && isGtpPrimeOr0(ptr)) return gtpPrime(ptr, end);
  if (!fits(ptr, GTPU_MIN, end) || !gtpuIsTpdu(ptr)) return notIp();
  const payload = afterGtpu(ptr, end);
  return payload == 0 ? notIp() : byVersion(payload, end);
}

/** What is sound: these headers have had more than one form. */
function gtpPrime(ptr: usize, end: usize): u64 {
  const size = gtpPrimeSize(ptr);
  return gtpMessageIsTpdu(ptr) && fits(ptr, size, end) ? soundIp(ptr + size, end) : notIp();
}

/** Version 2 carries PPP. Its length field is not needed. */
function l2tp(ptr: usize, end: usize): u64 {
  if (!fits(ptr, L2TP_MIN, end) || l2tpIsControl(ptr)) return notIp();
  const version = l2tpVersion(ptr);
  if (version == 3) return l2tp3(ptr + L2TP_3_UDP_HEADER, end);
  if (version != 2) return notIp();
  const size = l2tpSize(ptr);
  if (!fits(ptr, size, end)) return notIp();
  const skipped = size + l2tpOffset(ptr, size);
  return fits(ptr, skipped, end) ? ppp(ptr + skipped, end) : notIp();
}

/** 802.3 frames, or 802.11 frames, of which some access points swap the bytes of the frame control. */
function capwap(ptr: usize, end: usize): u64 {
  if (!fits(ptr, CAPWAP_MIN, end) || !capwapCarriesData(ptr)) return notIp();
  const size = capwapSize(ptr);
  if (size < CAPWAP_MIN || !fits(ptr, size, end)) return notIp();
  if (!capwapIsNative(ptr)) return ethernet(ptr + size, end);
  const frame = ieee80211(ptr + size, end, false);
  return isSound(frame, end) ? frame : ieee80211Swapped(ptr + size, end);
}

function ayiya(ptr: usize, end: usize): u64 {
  if (!fits(ptr, AYIYA_MIN, end) || !ayiyaForwards(ptr)) return notIp();
  const size = ayiyaSize(ptr);
  if (!fits(ptr, size, end)) return notIp();
  const next = ayiyaNext(ptr);
  if (next == PROTOCOL_IPV6) return network(ptr + size, NETWORK_IPV6);
  return next == PROTOCOL_IPIP ? network(ptr + size, NETWORK_IPV4) : notIp();
}

/** Always IPv6, with a whole header. */
function teredo(ptr: usize, end: usize): u64 {
  const payload = afterTeredo(ptr, end);
  if (payload == 0 || !fits(payload, IPV6_HEADER_SIZE, end) || ipVersion(payload) != 6) return notIp();
  return network(payload, NETWORK_IPV6);
}

/** On any port: an IPv6 packet that fills the datagram, with an address of Teredo's. */
function teredoByContent(udp: usize, ptr: usize, end: usize): u64 {
  const payload = afterTeredo(ptr, end);
  if (payload == 0 || !fits(payload, IPV6_HEADER_SIZE, end) || ipVersion(payload) != 6) return notIp();
  const total = <u32>(payload - udp) + <u32>IPV6_HEADER_SIZE + ipv6PayloadLength(payload);
  return total == udpLength(udp) && hasTeredoAddress(payload) ? network(payload, NETWORK_IPV6) : notIp();
}
