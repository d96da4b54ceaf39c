/**
 * Tunnels: where the inner packet begins. IP-in-IP (RFC 2003), 6in4 (RFC 4213), GRE (RFC 2784, RFC 2890), PPTP's GRE
 * (RFC 2637), ERSPAN, WCCP, MPLS-in-IP (RFC 4023), VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (TS 29.281), Teredo
 * (RFC 4380). Whatever cannot be read as a tunnel is not one: the outer packet keeps the frame.
 */
import {
  ETHERTYPE_ERSPAN, ETHERTYPE_ERSPAN_III, ETHERTYPE_PPP, ETHERTYPE_TEB, ETHERTYPE_WCCP, PORT_GENEVE, PORT_GTPU, PORT_TEREDO, PORT_VXLAN, PORT_VXLAN_LINUX, PROTOCOL_GRE, PROTOCOL_IPIP, PROTOCOL_IPV6, PROTOCOL_MPLS, PROTOCOL_UDP,
} from "../wire/numbers";
import { packetProtocol, packetTransport, packetTransportEnd } from "./packet";
import { be16, be32, fits, u8At } from "../wire/bytes";
import { byVersion, ethernet, etherPayload, mpls, ppp } from "./ethernet";
import { network, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";


const GRE_CHECKSUM: u32 = 0x8000;
const GRE_ROUTING: u32 = 0x4000;
const GRE_KEY: u32 = 0x2000;
const GRE_SEQUENCE: u32 = 0x1000;
const GRE_ACKNOWLEDGMENT: u32 = 0x0080;
const GRE_VERSION: u32 = 0x0007;
const ERSPAN_II_SIZE: usize = 8;
const ERSPAN_III_SIZE: usize = 12;

const UDP_HEADER_SIZE: usize = 8;
const VXLAN_VNI_PRESENT: u32 = 0x08;
const GTPU_TPDU: u32 = 255;

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
  if (!fits(ptr, 4, end)) return notIp();
  const flags = be16(ptr);
  const type = be16(ptr + 2);
  const version = flags & GRE_VERSION;
  if (version == 1) return pptp(ptr, end, flags, type);
  if (version != 0) return notIp();
  const routed = (flags & GRE_ROUTING) != 0;
  let size: usize = 4;
  if ((flags & GRE_CHECKSUM) != 0 || routed) size += 4;
  if ((flags & GRE_KEY) != 0) size += 4;
  if ((flags & GRE_SEQUENCE) != 0) size += 4;
  if (!fits(ptr, size, end)) return notIp();
  ptr += size;
  if (routed) {
    ptr = afterRoutes(ptr, end);
    if (ptr == 0) return notIp();
  }
  if (type == ETHERTYPE_TEB) return ethernet(ptr, end);
  if (type == ETHERTYPE_ERSPAN) {
    // Type II comes with a sequence number and a header of its own, type I with neither.
    if ((flags & GRE_SEQUENCE) == 0) return ethernet(ptr, end);
    return fits(ptr, ERSPAN_II_SIZE, end) ? ethernet(ptr + ERSPAN_II_SIZE, end) : notIp();
  }
  if (type == ETHERTYPE_ERSPAN_III) return erspan3(ptr, end);
  if (type == ETHERTYPE_WCCP) return wccp(ptr, end);
  return etherPayload(type, ptr, end);
}

/** Behind the source routes (RFC 1701): family u16, offset u8, length u8 and so many bytes each; all 0 ends them. 0: cut. */
function afterRoutes(ptr: usize, end: usize): usize {
  while (fits(ptr, 4, end)) {
    const size: usize = 4 + u8At(ptr + 3);
    if (!fits(ptr, size, end)) return 0;
    if (be16(ptr) == 0 && size == 4) return ptr + 4;
    ptr += size;
  }
  return 0;
}

/** GRE version 1: key always, sequence and acknowledgment numbers as flagged, PPP inside. */
function pptp(ptr: usize, end: usize, flags: u32, type: u32): u64 {
  if (type != ETHERTYPE_PPP || (flags & GRE_KEY) == 0) return notIp();
  let size: usize = 8;
  if ((flags & GRE_SEQUENCE) != 0) size += 4;
  if ((flags & GRE_ACKNOWLEDGMENT) != 0) size += 4;
  return fits(ptr, size + 1, end) ? ppp(ptr + size, end) : notIp();
}

/** Header of 12 bytes; the last bit announces 8 more for a platform. */
function erspan3(ptr: usize, end: usize): u64 {
  if (!fits(ptr, ERSPAN_III_SIZE, end)) return notIp();
  const size: usize = (u8At(ptr + 11) & 1) != 0 ? ERSPAN_III_SIZE + 8 : ERSPAN_III_SIZE;
  return fits(ptr, size, end) ? ethernet(ptr + size, end) : notIp();
}

/** WCCP v1 redirects a bare packet, v2 puts 4 bytes in front of it. */
function wccp(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 5, end)) return notIp();
  return u8At(ptr) >> 4 == 4 ? network(ptr, NETWORK_IPV4) : byVersion(ptr + 4, end);
}

function udpTunnel(ptr: usize, end: usize): u64 {
  if (!fits(ptr, UDP_HEADER_SIZE, end)) return notIp();
  const source = be16(ptr);
  const destination = be16(ptr + 2);
  ptr += UDP_HEADER_SIZE;
  if (destination == PORT_VXLAN || destination == PORT_VXLAN_LINUX) return vxlan(ptr, end);
  if (destination == PORT_GENEVE) return geneve(ptr, end);
  if (destination == PORT_GTPU || source == PORT_GTPU) return gtpu(ptr, end);
  if (destination == PORT_TEREDO || source == PORT_TEREDO) return teredo(ptr, end);
  return notIp();
}

function vxlan(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 8, end) || (u8At(ptr) & VXLAN_VNI_PRESENT) == 0) return notIp();
  return ethernet(ptr + 8, end);
}

function geneve(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 8, end)) return notIp();
  const first = u8At(ptr);
  if (first >> 6 != 0) return notIp();
  const size: usize = 8 + ((first & 0x3f) << 2);
  if (!fits(ptr, size, end)) return notIp();
  const type = be16(ptr + 2);
  return type == ETHERTYPE_TEB ? ethernet(ptr + size, end) : etherPayload(type, ptr + size, end);
}

/** Version 1, GTP (not GTP'), message type 255; extension headers are units of 4 bytes, ended by type 0. */
function gtpu(ptr: usize, end: usize): u64 {
  if (!fits(ptr, 8, end)) return notIp();
  const flags = u8At(ptr);
  if (flags >> 5 != 1 || (flags & 0x10) == 0 || u8At(ptr + 1) != GTPU_TPDU) return notIp();
  if ((flags & 0x07) == 0) return byVersion(ptr + 8, end);
  if (!fits(ptr, 12, end)) return notIp();
  let extension = (flags & 0x04) != 0 ? u8At(ptr + 11) : 0;
  ptr += 12;
  while (extension != 0) {
    if (!fits(ptr, 4, end)) return notIp();
    const size = <usize>u8At(ptr) << 2;
    if (size == 0 || !fits(ptr, size, end)) return notIp();
    extension = u8At(ptr + size - 1);
    ptr += size;
  }
  return byVersion(ptr, end);
}

/** An authentication and an origin header may stand in front of the IPv6 packet (RFC 4380 §5.1.1). */
function teredo(ptr: usize, end: usize): u64 {
  if (fits(ptr, 4, end) && be16(ptr) == 1) {
    const size = <usize>(13 + u8At(ptr + 2) + u8At(ptr + 3));
    if (!fits(ptr, size, end)) return notIp();
    ptr += size;
  }
  if (fits(ptr, 8, end) && be16(ptr) == 0) ptr += 8;
  if (!fits(ptr, 40, end) || be32(ptr) >> 28 != 6) return notIp();
  return network(ptr, NETWORK_IPV6);
}
