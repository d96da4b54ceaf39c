/**
 * Tunnels: where the inner packet begins. IP-in-IP (RFC 2003), 6in4 (RFC 4213), GRE, PPTP's GRE, ERSPAN, WCCP,
 * MPLS-in-IP (RFC 4023), VXLAN, Geneve, GTP-U, Teredo. If the tunnel cannot be decoded, the frame counts for the outer
 * packet.
 */
import { fits } from "../wire/bytes";
import {
  afterRoutes, ERSPAN_II_SIZE, ERSPAN_III_MIN, erspan3Size, greHasKey, greHasRoutes, greHasSequence, GRE_MIN, greSize,
  greType, greVersion, WCCP_SIZE,
} from "../wire/gre";
import { ipVersion } from "../wire/ipv4";
import { IPV6_HEADER_SIZE } from "../wire/ipv6";
import {
  ETHERTYPE_ERSPAN, ETHERTYPE_ERSPAN_III, ETHERTYPE_PPP, ETHERTYPE_TEB, ETHERTYPE_WCCP, PORT_GENEVE, PORT_GTPU,
  PORT_TEREDO, PORT_VXLAN, PORT_VXLAN_LINUX, PROTOCOL_GRE, PROTOCOL_IPIP, PROTOCOL_IPV6, PROTOCOL_MPLS, PROTOCOL_UDP,
} from "../wire/numbers";
import { destinationPort, sourcePort } from "../wire/ports";
import { UDP_HEADER_SIZE } from "../wire/udp";
import {
  afterGtpu, afterTeredo, GENEVE_MIN, geneveSize, geneveType, geneveVersion, gtpuIsTpdu, GTPU_MIN, vxlanHasVni, VXLAN_SIZE,
} from "../wire/udp_tunnel";
import { byVersion, ethernet, etherPayload, mpls, ppp } from "./ethernet";
import { network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";
import { packetProtocol, packetTransport, packetTransportEnd } from "./packet";

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
    default: return notIp();
  }
}

function gre(ptr: usize, end: usize): u64 {
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
    default: return etherPayload(type, payload, end);
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

function udpTunnel(ptr: usize, end: usize): u64 {
  if (!fits(ptr, UDP_HEADER_SIZE, end)) return notIp();
  const source = sourcePort(ptr);
  const destination = destinationPort(ptr);
  const payload = ptr + UDP_HEADER_SIZE;
  if (destination == PORT_VXLAN || destination == PORT_VXLAN_LINUX) return vxlan(payload, end);
  if (destination == PORT_GENEVE) return geneve(payload, end);
  if (destination == PORT_GTPU || source == PORT_GTPU) return gtpu(payload, end);
  if (destination == PORT_TEREDO || source == PORT_TEREDO) return teredo(payload, end);
  return notIp();
}

function vxlan(ptr: usize, end: usize): u64 {
  return fits(ptr, VXLAN_SIZE, end) && vxlanHasVni(ptr) ? ethernet(ptr + VXLAN_SIZE, end) : notIp();
}

function geneve(ptr: usize, end: usize): u64 {
  if (!fits(ptr, GENEVE_MIN, end) || geneveVersion(ptr) != 0) return notIp();
  const size = geneveSize(ptr);
  if (!fits(ptr, size, end)) return notIp();
  const type = geneveType(ptr);
  return type == ETHERTYPE_TEB ? ethernet(ptr + size, end) : etherPayload(type, ptr + size, end);
}

function gtpu(ptr: usize, end: usize): u64 {
  if (!fits(ptr, GTPU_MIN, end) || !gtpuIsTpdu(ptr)) return notIp();
  const payload = afterGtpu(ptr, end);
  return payload == 0 ? notIp() : byVersion(payload, end);
}

/** Always IPv6, with a whole header. */
function teredo(ptr: usize, end: usize): u64 {
  const payload = afterTeredo(ptr, end);
  if (payload == 0 || !fits(payload, IPV6_HEADER_SIZE, end) || ipVersion(payload) != 6) return notIp();
  return network(payload, NETWORK_IPV6);
}
