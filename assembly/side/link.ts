/**
 * Side records of the link and the IP layer: VLANs, MPLS labels, MAC addresses, what the IP headers of each side said,
 * and the innermost tunnel. Tags and MAC addresses are those of the frame, TTL and the like those of the IP header that
 * the flow's addresses are from.
 *
 * What "changed" is compared with the first packet: VLANs with that of the flow, all else with that of the same side.
 */
import { decapsulate } from "../control";
import { packetBits, packetIp, packetTtl } from "../decode/packet";
import {
  FRAME_TAGS, LAYERS_BITS, LAYERS_BIT_DSCP_CHANGED, LAYERS_BIT_FROM, LAYERS_BIT_MAC_CHANGED, LAYERS_BIT_SEEN,
  LAYERS_BIT_TO, LAYERS_BIT_VLAN_CHANGED, LAYERS_DF, LAYERS_ECN_CE, LAYERS_FLOW_LABEL, LAYERS_FRAGMENTS, LAYERS_FROM,
  LAYERS_OPTIONS, LAYERS_SIDE_SIZE, LAYERS_SIZE, LAYERS_TAGS, LAYERS_TO, LAYERS_TOS_FIRST, LAYERS_TOS_LAST,
  LAYERS_BIT_TUNNEL_CHANGED, LAYERS_TTL_FIRST, LAYERS_TTL_MAX, LAYERS_TTL_MIN, LAYERS_TUNNEL_SIZE, PACKET_BIT_FRAGMENT,
  SIDE_LINK, TAGS_LABEL_COUNT,
  TAGS_SIZE, TAGS_VLAN_COUNT,
} from "../layout";
import { u8At } from "../wire/bytes";
import { MAC_SIZE } from "../wire/ethernet";
import { isExtension } from "../wire/extension";
import {
  ipv4HeaderSize, IPV4_HEADER_MIN, ipv4MayNotFragment, ipv4Protocol, ipv4Service, ipVersion,
} from "../wire/ipv4";
import { ipv6FlowLabel, ipv6NextHeader, ipv6Service } from "../wire/ipv6";
import { bump } from "./figures";
import { findTags, isBareEthernet, senderMac, targetMac } from "./link_tags";
import { startTunnel, tunnelChanges } from "./link_tunnel";
import { sideRecord } from "./record";

/** Codepoint "congestion experienced" of the ECN field. */
const ECN_MASK: u32 = 3;
const ECN_CE: u32 = 3;
const DSCP_SHIFT: u32 = 2;

@inline export function linkRecord(index: u32): usize {
  return sideRecord(SIDE_LINK, index);
}

/** A flow starts with this packet, which linkOfPacket gets as well. */
@cold export function startLink(index: u32, packet: usize): void {
  const record = linkRecord(index);
  memory.fill(record, 0, decapsulate ? LAYERS_TUNNEL_SIZE : LAYERS_SIZE);
  if (!isBareEthernet(packet)) {
    findTags(packet);
    memory.copy(record + LAYERS_TAGS, FRAME_TAGS, TAGS_SIZE);
  }
  if (decapsulate) startTunnel(record, packet);
}

/** A packet that `side`, 0 or 1 of the key, has sent. */
export function linkOfPacket(index: u32, packet: usize, side: u32): void {
  const record = linkRecord(index);
  const own = record + <usize>side * LAYERS_SIDE_SIZE;
  const ip = packetIp(packet);
  const isIpv4 = ipVersion(ip) == 4;
  const bits = <u32>load<u8>(own, LAYERS_BITS);
  const tos = isIpv4 ? ipv4Service(ip) : ipv6Service(ip);
  if ((bits & LAYERS_BIT_SEEN) == 0) noteFirst(own, packet, tos, isIpv4 ? 0 : ipv6FlowLabel(ip));
  else noteFurther(own, packet, tos, bits);
  if ((tos & ECN_MASK) == ECN_CE) bump(own + LAYERS_ECN_CE);
  if (isIpv4 && ipv4MayNotFragment(ip)) bump(own + LAYERS_DF);
  if (isIpv4 ? hasOptions4(ip) : isExtension(ipv6NextHeader(ip), 6)) bump(own + LAYERS_OPTIONS);
  if ((packetBits(packet) & PACKET_BIT_FRAGMENT) != 0) bump(own + LAYERS_FRAGMENTS);
  if (!isBareEthernet(packet)) compareTags(record, own, packet);
  else if (load<u8>(record, LAYERS_TAGS + TAGS_VLAN_COUNT) != 0) addBits(own, LAYERS_BIT_VLAN_CHANGED);
  if (decapsulate && tunnelChanges(record, packet, side, (bits & LAYERS_BIT_SEEN) == 0)) {
    addBits(own, LAYERS_BIT_TUNNEL_CHANGED);
  }
}

@inline function hasOptions4(ip: usize): bool {
  return ipv4HeaderSize(ip) > IPV4_HEADER_MIN || isExtension(ipv4Protocol(ip), 4);
}

@inline function addBits(own: usize, bits: u32): void {
  store<u8>(own, load<u8>(own, LAYERS_BITS) | <u8>bits, LAYERS_BITS);
}

function noteFirst(own: usize, packet: usize, tos: u32, flowLabel: u32): void {
  const ttl = <u8>packetTtl(packet);
  store<u8>(own, ttl, LAYERS_TTL_FIRST);
  store<u8>(own, ttl, LAYERS_TTL_MIN);
  store<u8>(own, ttl, LAYERS_TTL_MAX);
  store<u8>(own, <u8>tos, LAYERS_TOS_FIRST);
  store<u8>(own, <u8>tos, LAYERS_TOS_LAST);
  store<u32>(own, flowLabel, LAYERS_FLOW_LABEL);
  let bits: u32 = LAYERS_BIT_SEEN;
  const to = targetMac(packet);
  const from = senderMac(packet);
  if (to != 0) {
    memory.copy(own + LAYERS_TO, to, MAC_SIZE);
    bits |= LAYERS_BIT_TO;
  }
  if (from != 0) {
    memory.copy(own + LAYERS_FROM, from, MAC_SIZE);
    bits |= LAYERS_BIT_FROM;
  }
  addBits(own, bits);
}

@inline function noteFurther(own: usize, packet: usize, tos: u32, bits: u32): void {
  const ttl = packetTtl(packet);
  store<u8>(own, <u8>min<u32>(u8At(own + LAYERS_TTL_MIN), ttl), LAYERS_TTL_MIN);
  store<u8>(own, <u8>max<u32>(u8At(own + LAYERS_TTL_MAX), ttl), LAYERS_TTL_MAX);
  store<u8>(own, <u8>tos, LAYERS_TOS_LAST);
  if (u8At(own + LAYERS_TOS_FIRST) >> DSCP_SHIFT != tos >> DSCP_SHIFT) addBits(own, LAYERS_BIT_DSCP_CHANGED);
  if ((bits & LAYERS_BIT_MAC_CHANGED) != 0) return;
  const to = targetMac(packet);
  const from = senderMac(packet);
  const isOther = (to != 0 && (bits & LAYERS_BIT_TO) != 0 && differs(own + LAYERS_TO, to))
    || (from != 0 && (bits & LAYERS_BIT_FROM) != 0 && differs(own + LAYERS_FROM, from));
  if (isOther) addBits(own, LAYERS_BIT_MAC_CHANGED);
}

/** Of two MAC addresses. */
@inline function differs(a: usize, b: usize): bool {
  return load<u32>(a) != load<u32>(b) || load<u16>(a, 4) != load<u16>(b, 4);
}

/** Has the frame other VLANs than the flow's first one? */
function compareTags(record: usize, own: usize, packet: usize): void {
  if ((load<u8>(own, LAYERS_BITS) & LAYERS_BIT_VLAN_CHANGED) != 0) return;
  findTags(packet);
  // The IDs that are kept and the number of all, which is behind them.
  if (memory.compare(record + LAYERS_TAGS, FRAME_TAGS, TAGS_LABEL_COUNT) != 0) addBits(own, LAYERS_BIT_VLAN_CHANGED);
}
