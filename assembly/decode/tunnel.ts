/**
 * Tunnels: where the inner packet begins. IP-in-IP (RFC 2003), 6in4 (RFC 4213), GRE, PPTP's GRE, ERSPAN, WCCP, Aruba's
 * GRE, MPLS-in-IP (RFC 4023), EtherIP, Ethernet in IPv6, L2TP version 3, PIM register; for UDP see udp_tunnel.ts.
 * Whatever cannot be read as a tunnel is not one: the outer packet keeps the frame.
 */
import { fits } from "../wire/bytes";
import {
  afterRoutes, ERSPAN_II_SIZE, ERSPAN_III_MIN, erspan3Size, greHasKey, greHasRoutes, greHasSequence, GRE_MIN, greSize,
  greType, greVersion, isArubaType, WCCP_SIZE,
} from "../wire/gre";
import { ETHERIP_SIZE, isEtherip, pimCarriesPacket, PIM_REGISTER_SIZE } from "../wire/ip_tunnel";
import { ipVersion } from "../wire/ipv4";
import { L2TP_3_SESSION_SIZE, l2tpSession3 } from "../wire/l2tp";
import {
  ETHERTYPE_CMD, ETHERTYPE_ERSPAN, ETHERTYPE_ERSPAN_III, ETHERTYPE_PPP, ETHERTYPE_TEB, ETHERTYPE_WCCP,
  PROTOCOL_ETHERIP, PROTOCOL_ETHERNET, PROTOCOL_GRE, PROTOCOL_IPIP, PROTOCOL_IPV6, PROTOCOL_L2TP, PROTOCOL_MPLS,
  PROTOCOL_PIM, PROTOCOL_UDP,
} from "../wire/numbers";
import { metaDataSize, META_DATA_MIN, typeBehind } from "../wire/tag";
import { byVersion, ethernet, etherPayload, mpls, ppp } from "./ethernet";
import { network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";
import { packetProtocol, packetTransport, packetTransportEnd } from "./packet";
import { isSound, soundIp } from "./sound";
import { udpTunnel } from "./udp_tunnel";
import { ieee80211 } from "./wireless";

/** Cookie of 8 bytes and sublayer. */
const L2TP_3_SKIPPED_MAX: usize = 12;
const TYPE_SIZE: usize = 2;

/** The network layer inside the packet's payload, or not IP. */
export function innerNetwork(packet: usize): u64 {
  const ptr = packetTransport(packet);
  const end = packetTransportEnd(packet);
  switch (packetProtocol(packet)) {
    case PROTOCOL_IPIP: return network(ptr, NETWORK_IPV4);
    case PROTOCOL_IPV6: return network(ptr, NETWORK_IPV6);
    case PROTOCOL_GRE: return gre(ptr, end);
    case PROTOCOL_MPLS: return mpls(ptr, end);
    case PROTOCOL_UDP: return udpTunnel(ptr, end);
    case PROTOCOL_ETHERIP: return etherip(ptr, end);
    case PROTOCOL_ETHERNET: return ethernet(ptr, end);
    case PROTOCOL_L2TP: return l2tp3(ptr, end);
    case PROTOCOL_PIM: return pimRegister(ptr, end);
    default: return notIp();
  }
}

export function gre(ptr: usize, end: usize): u64 {
  if (!fits(ptr, GRE_MIN, end)) return notIp();
  const version = greVersion(ptr);
  if (version == 1) return pptp(ptr, end);
  const size = greSize(ptr);
  if (version != 0 || !fits(ptr, size, end)) return notIp();
  const payload = greHasRoutes(ptr) ? afterRoutes(ptr + size, end) : ptr + size;
  if (payload == 0) return notIp();
  const type = greType(ptr);
  switch (type) {
    case ETHERTYPE_TEB: return ethernet(payload, end);
    case ETHERTYPE_ERSPAN: return erspan(payload, end, greHasSequence(ptr));
    case ETHERTYPE_ERSPAN_III: return erspan3(payload, end);
    case ETHERTYPE_WCCP: return wccp(payload, end);
    case ETHERTYPE_CMD: return metaData(payload, end);
    default: return isArubaType(type) ? ieee80211(payload, end, false) : etherPayload(type, payload, end);
  }
}

/** GRE version 1: always with a key, PPP inside. */
function pptp(ptr: usize, end: usize): u64 {
  if (greType(ptr) != ETHERTYPE_PPP || !greHasKey(ptr)) return notIp();
  const size = greSize(ptr);
  return fits(ptr, size + 1, end) ? ppp(ptr + size, end) : notIp();
}

/** Type II has a sequence number and its own header, type I has neither. */
function erspan(ptr: usize, end: usize, hasSequence: bool): u64 {
  if (!hasSequence) return ethernet(ptr, end);
  return fits(ptr, ERSPAN_II_SIZE, end) ? ethernet(ptr + ERSPAN_II_SIZE, end) : notIp();
}

function erspan3(ptr: usize, end: usize): u64 {
  if (!fits(ptr, ERSPAN_III_MIN, end)) return notIp();
  const size = erspan3Size(ptr);
  return fits(ptr, size, end) ? ethernet(ptr + size, end) : notIp();
}

/** WCCP v1 redirects a bare packet, v2 puts a header in front of it. */
function wccp(ptr: usize, end: usize): u64 {
  if (!fits(ptr, WCCP_SIZE + 1, end)) return notIp();
  return ipVersion(ptr) == 4 ? network(ptr, NETWORK_IPV4) : byVersion(ptr + WCCP_SIZE, end);
}

function etherip(ptr: usize, end: usize): u64 {
  return fits(ptr, ETHERIP_SIZE, end) && isEtherip(ptr) ? ethernet(ptr + ETHERIP_SIZE, end) : notIp();
}

/** Cisco's MetaData in GRE: the EtherType stands in front of it. */
function metaData(ptr: usize, end: usize): u64 {
  if (!fits(ptr, TYPE_SIZE + META_DATA_MIN, end)) return notIp();
  const size = TYPE_SIZE + metaDataSize(ptr + TYPE_SIZE);
  return fits(ptr, size, end) ? etherPayload(typeBehind(ptr, TYPE_SIZE), ptr + size, end) : notIp();
}

/**
 * L2TP version 3: the session says how long the cookie is, whether a sublayer of 4 bytes follows, and what is inside.
 * None of that is in the packet, so what is sound is believed.
 */
export function l2tp3(ptr: usize, end: usize): u64 {
  if (!fits(ptr, L2TP_3_SESSION_SIZE, end) || l2tpSession3(ptr) == 0) return notIp();
  ptr += L2TP_3_SESSION_SIZE;
  for (let skipped: usize = 0; skipped <= L2TP_3_SKIPPED_MAX && fits(ptr, skipped, end); skipped += 4) {
    const frame = ethernet(ptr + skipped, end);
    if (isSound(frame, end)) return frame;
    const framed = ppp(ptr + skipped, end);
    if (isSound(framed, end)) return framed;
    const packet = soundIp(ptr + skipped, end);
    if (isSound(packet, end)) return packet;
  }
  return notIp();
}

function pimRegister(ptr: usize, end: usize): u64 {
  if (!fits(ptr, PIM_REGISTER_SIZE + 1, end) || !pimCarriesPacket(ptr)) return notIp();
  return byVersion(ptr + PIM_REGISTER_SIZE, end);
}
