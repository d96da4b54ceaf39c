/**
 * What kind of tunnel a packet carries, and which number its header gives to it, asked after tunnel.ts has found a
 * packet inside: so all that is read here is there.
 */
import {
  PACKET_OUTER_IP_SHIFT, PACKET_OUTER_UDP_SHIFT, PACKET_OUTER_WORDS_MASK, PACKET_OUTER_WORDS_SHIFT, TUNNEL_4IN6,
  TUNNEL_6IN4, TUNNEL_6IN6,
  TUNNEL_AYIYA, TUNNEL_CAPWAP, TUNNEL_ERSPAN, TUNNEL_ETHERIP, TUNNEL_ETHERNET, TUNNEL_GENEVE, TUNNEL_GRE, TUNNEL_GTPU,
  TUNNEL_IPIP, TUNNEL_L2TP, TUNNEL_MPLS, TUNNEL_PIM, TUNNEL_TEREDO, TUNNEL_VXLAN, TUNNEL_VXLAN_GPE,
} from "../layout";
import { erspanSession, greHasKey, greHasSequence, greKey, grePayload, greType } from "../wire/gre";
import { ipVersion } from "../wire/ipv4";
import { l2tpSession, l2tpSession3, L2TP_3_UDP_HEADER, l2tpVersion } from "../wire/l2tp";
import {
  ETHERTYPE_ERSPAN, ETHERTYPE_ERSPAN_III, PORT_AYIYA, PORT_CAPWAP_DATA, PORT_GENEVE, PORT_GRE, PORT_GTPU, PORT_GTP_0,
  PORT_L2TP, PORT_MPLS, PORT_VXLAN, PORT_VXLAN_GPE, PORT_VXLAN_LINUX, PROTOCOL_ETHERIP, PROTOCOL_ETHERNET,
  PROTOCOL_GRE, PROTOCOL_IPIP, PROTOCOL_IPV6, PROTOCOL_L2TP, PROTOCOL_MPLS, PROTOCOL_UDP,
} from "../wire/numbers";
import { destinationPort, sourcePort } from "../wire/ports";
import { UDP_HEADER_SIZE } from "../wire/udp";
import { gtpuIsTpdu, gtpuTunnel, virtualNetwork } from "../wire/udp_tunnel";
import {
  packetCaptured, packetFrame, packetIp, packetLinkType, packetProtocol, packetTransport, setPacketLink, setPacketOuter,
} from "./packet";

/** In place of a tunnel's number. */
export const NO_TUNNEL_ID: u64 = u64.MAX_VALUE;

/** Notes in `inner` that `outer` carries it, as the tunnel number `depth` from the outside. */
export function noteTunnel(inner: usize, outer: usize, depth: u32): void {
  const ip = packetIp(outer);
  const words = min<u32>(<u32>(packetTransport(outer) - ip) >> 2, PACKET_OUTER_WORDS_MASK);
  const isUdp = u32(packetProtocol(outer) == PROTOCOL_UDP);
  setPacketLink(inner, packetLinkType(outer), packetCaptured(outer), depth);
  setPacketOuter(
    inner,
    tunnelKind(outer) | (<u32>(ip - packetFrame(outer)) << PACKET_OUTER_IP_SHIFT) | (words << PACKET_OUTER_WORDS_SHIFT)
      | (isUdp << PACKET_OUTER_UDP_SHIFT),
  );
}

function tunnelKind(packet: usize): u32 {
  const ptr = packetTransport(packet);
  const isIpv4 = ipVersion(packetIp(packet)) == 4;
  switch (packetProtocol(packet)) {
    case PROTOCOL_IPIP: return isIpv4 ? TUNNEL_IPIP : TUNNEL_4IN6;
    case PROTOCOL_IPV6: return isIpv4 ? TUNNEL_6IN4 : TUNNEL_6IN6;
    case PROTOCOL_GRE: return greKind(ptr);
    case PROTOCOL_MPLS: return TUNNEL_MPLS;
    case PROTOCOL_UDP: return udpKind(ptr);
    case PROTOCOL_ETHERIP: return TUNNEL_ETHERIP;
    case PROTOCOL_ETHERNET: return TUNNEL_ETHERNET;
    case PROTOCOL_L2TP: return TUNNEL_L2TP;
    default: return TUNNEL_PIM;
  }
}

function greKind(ptr: usize): u32 {
  const type = greType(ptr);
  return type == ETHERTYPE_ERSPAN || type == ETHERTYPE_ERSPAN_III ? TUNNEL_ERSPAN : TUNNEL_GRE;
}

/** By the same ports, in the same order as in udp_tunnel.ts. */
function udpKind(ptr: usize): u32 {
  const to = destinationPort(ptr);
  switch (to) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX: return TUNNEL_VXLAN;
    case PORT_VXLAN_GPE: return TUNNEL_VXLAN_GPE;
    case PORT_GENEVE: return TUNNEL_GENEVE;
    case PORT_GRE: return greKind(ptr + UDP_HEADER_SIZE);
    case PORT_MPLS: return TUNNEL_MPLS;
    default: break;
  }
  const from = sourcePort(ptr);
  if (to == PORT_GTPU || from == PORT_GTPU || to == PORT_GTP_0 || from == PORT_GTP_0) return TUNNEL_GTPU;
  if (to == PORT_L2TP || from == PORT_L2TP) return TUNNEL_L2TP;
  if (to == PORT_CAPWAP_DATA || from == PORT_CAPWAP_DATA) return TUNNEL_CAPWAP;
  return to == PORT_AYIYA || from == PORT_AYIYA ? TUNNEL_AYIYA : TUNNEL_TEREDO;
}

/**
 * The number in a tunnel's header: VNI, tunnel endpoint of GTP-U, key of GRE (of PPTP the call), session of ERSPAN and
 * L2TP. NO_TUNNEL_ID when it has none.
 * @param ptr what follows the IP header
 */
export function tunnelId(kind: u32, isUdp: bool, ptr: usize): u64 {
  const header = isUdp ? ptr + UDP_HEADER_SIZE : ptr;
  switch (kind) {
    case TUNNEL_VXLAN:
    case TUNNEL_VXLAN_GPE:
    case TUNNEL_GENEVE: return virtualNetwork(header);
    case TUNNEL_GTPU: return gtpuIsTpdu(header) ? <u64>gtpuTunnel(header) : NO_TUNNEL_ID;
    case TUNNEL_GRE: return greHasKey(header) ? <u64>greKey(header) : NO_TUNNEL_ID;
    case TUNNEL_ERSPAN: return erspanId(header);
    case TUNNEL_L2TP: {
      if (!isUdp) return l2tpSession3(header);
      return l2tpVersion(header) == 3 ? <u64>l2tpSession3(header + L2TP_3_UDP_HEADER) : <u64>l2tpSession(header);
    }
    default: return NO_TUNNEL_ID;
  }
}

/** Type I has no header, and so no session. */
function erspanId(gre: usize): u64 {
  if (greType(gre) == ETHERTYPE_ERSPAN && !greHasSequence(gre)) return NO_TUNNEL_ID;
  return erspanSession(grePayload(gre));
}
