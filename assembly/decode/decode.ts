/**
 * Decodes a frame to a packet: link layer, IP, transport and, on request, through tunnels to the innermost packet.
 * Never reads past the captured bytes; lengths in headers are hints until they are checked. Writes one verdict.
 */
import { decapsulate, isStrict, keepsMore, setState32, sides } from "../control";
import {
  PACKET_BIT_FIRST, PACKET_BIT_LATER, PACKET_ID, PACKET_INNER, PACKET_SEQ, PACKET_SIZE, PACKET_VERDICT, SIDE_LINK,
  STATE_UNCAPTURED,
  VERDICT_DELIVER,
} from "../layout";
import { decodeIpv4 } from "./ipv4";
import { decodeIpv6 } from "./ipv6";
import { fits } from "../wire/bytes";
import { ETHERNET_HEADER_SIZE, etherType } from "../wire/ethernet";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, LINKTYPE_ETHERNET } from "../wire/numbers";
import { VLAN_SIZE, vlanTagSize } from "../wire/tag";
import { networkOf } from "./link";
import { isIp, networkAt, networkKind, NETWORK_IPV4 } from "./network";
import {
  packetBits, packetCaptured, packetFrame, packetLinkType, packetTime, packetTransport, packetTransportEnd,
  packetTransportWire, packetWireBytes, setPacketBits, setPacketFrame, setPacketIp, setPacketLink, setPacketTime,
  setPacketVerdict, setPacketWireBytes,
} from "./packet";
import { strictVerdict } from "./strict";
import { innerNetwork } from "./tunnel";
import { noteTunnel } from "./tunnel_kind";

/** Tunnels inside tunnels that are followed. */
export const LEVELS_MAX: u32 = 8;

/**
 * Decodes the frame of `captured` bytes, `wireLength` bytes long on the wire, into the scratch packet. The packet's
 * time and its length on the wire are the caller's to set.
 */
export function decodeFrame(packet: usize, frame: usize, captured: u32, wireLength: u32, linkType: u32): void {
  const end = frame + captured;
  const uncaptured = wireLength > captured ? wireLength - captured : 0;
  let verdict: u32;
  // As nearly all frames are: IPv4 or IPv6 in Ethernet.
  if (linkType == LINKTYPE_ETHERNET && fits(frame, ETHERNET_HEADER_SIZE + VLAN_SIZE, end)) {
    const behind = frame + vlanTagSize(etherType(frame));
    const ptr = behind + ETHERNET_HEADER_SIZE;
    const type = etherType(behind);
    clearFields(packet);
    if (keepsMore) keepPlaces(packet, frame, ptr, linkType, captured);
    if (type == ETHERTYPE_IPV4) verdict = decodeIpv4(packet, ptr, end, uncaptured);
    else if (type == ETHERTYPE_IPV6) verdict = decodeIpv6(packet, ptr, end, uncaptured);
    else verdict = decodeOther(packet, frame, captured, uncaptured, linkType);
  } else {
    verdict = decodeOther(packet, frame, captured, uncaptured, linkType);
  }
  if (isStrict && verdict == VERDICT_DELIVER) verdict = strictVerdict(packet);
  if (decapsulate && verdict == VERDICT_DELIVER) verdict = followTunnels(packet);
  setPacketVerdict(packet, verdict);
}

/** Any other frame. Returns a verdict. */
@cold function decodeOther(packet: usize, frame: usize, captured: u32, uncaptured: u32, linkType: u32): u32 {
  const end = frame + captured;
  setState32(STATE_UNCAPTURED, uncaptured);
  const found = networkOf(linkType, frame, end);
  if (!isIp(found)) return networkKind(found);
  keepPlaces(packet, frame, networkAt(found), linkType, captured);
  return decodeIp(packet, found, end, uncaptured);
}

/** Where frame and IP header are, outside of all tunnels. */
@inline function keepPlaces(packet: usize, frame: usize, ip: usize, linkType: u32, captured: u32): void {
  setPacketFrame(packet, frame);
  setPacketIp(packet, ip);
  setPacketLink(packet, linkType, captured, 0);
}

@inline function decodeIp(packet: usize, found: u64, end: usize, uncaptured: u32): u32 {
  clearFields(packet);
  const ptr = networkAt(found);
  return networkKind(found) == NETWORK_IPV4
    ? decodeIpv4(packet, ptr, end, uncaptured) : decodeIpv6(packet, ptr, end, uncaptured);
}

/** Clears the fields from sequence number to IP version, which a packet may leave unset. */
@inline function clearFields(packet: usize): void {
  store<u64>(packet, 0, PACKET_SEQ);
  store<u64>(packet, 0, PACKET_ID);
  store<u64>(packet, 0, PACKET_VERDICT);
}

/** Replaces the packet by the innermost one that can be decoded. Returns a verdict. */
@cold function followTunnels(packet: usize): u32 {
  for (let level: u32 = 0; level < LEVELS_MAX; level++) {
    const first = packetBits(packet) & PACKET_BIT_FIRST;
    if (!enterTunnel(packet, level)) return VERDICT_DELIVER;
    setPacketBits(packet, packetBits(packet) | first);
    const verdict = isStrict ? strictVerdict(packet) : VERDICT_DELIVER;
    if (verdict != VERDICT_DELIVER) return verdict;
  }
  return VERDICT_DELIVER;
}

/** Replaces the packet, which is in `level` tunnels, by the one in it. False: there is none that can be decoded. */
export function enterTunnel(packet: usize, level: u32): bool {
  if ((packetBits(packet) & PACKET_BIT_LATER) != 0) return false;
  const end = packetTransportEnd(packet);
  const uncaptured = packetTransportWire(packet) - <u32>(end - packetTransport(packet));
  setState32(STATE_UNCAPTURED, uncaptured);
  const found = innerNetwork(packet);
  if (!isIp(found)) return false;
  setPacketTime(PACKET_INNER, packetTime(packet));
  setPacketWireBytes(PACKET_INNER, packetWireBytes(packet));
  keepPlaces(PACKET_INNER, packetFrame(packet), networkAt(found), packetLinkType(packet), packetCaptured(packet));
  if (decodeIp(PACKET_INNER, found, end, uncaptured) != VERDICT_DELIVER) return false;
  if ((sides & SIDE_LINK) != 0) noteTunnel(PACKET_INNER, packet, level + 1);
  memory.copy(packet, PACKET_INNER, PACKET_SIZE);
  return true;
}

/** Decodes the frame of a packet again, up to the packet outside of all tunnels, which has been found sound. */
export function decodeOutermost(outer: usize, packet: usize): void {
  const captured = packetCaptured(packet);
  setPacketTime(outer, packetTime(packet));
  setPacketWireBytes(outer, packetWireBytes(packet));
  decodeOther(outer, packetFrame(packet), captured, packetWireBytes(packet) - captured, packetLinkType(packet));
}
