/** IPv4. An Authentication Header is walked like an IPv6 extension header. */
import { keepsMore, sides } from "../control";
import {
  PACKET_BIT_FRAGMENT, VERDICT_DELIVER, VERDICT_IP_HEADER_LENGTH, VERDICT_IP_TOTAL_LENGTH, VERDICT_IP_TRUNCATED,
  VERDICT_IP_VERSION,
} from "../layout";
import { fits } from "../wire/bytes";
import {
  ipv4Addresses, ipv4FragmentOffset, ipv4HeaderSize, IPV4_HEADER_MIN, ipv4Identification, ipv4IsFragment, ipv4IsPlain,
  ipv4Protocol, ipv4TotalLength, ipv4Ttl, ipVersion,
} from "../wire/ipv4";
import { PROTOCOL_AH } from "../wire/numbers";
import { destinationPort, sourcePort } from "../wire/ports";
import { walkExtensions } from "./extensions";
import { decodeFragment } from "./fragments";
import { setKey4 } from "./key";
import {
  packetBits, setPacketAddresses, setPacketBits, setPacketFragmentProtocol, setPacketId, setPacketIpBytes,
  setPacketTransport, setPacketTtl,
} from "./packet";
import { decodeCommonTransport, decodeTransport, keepTcpFields } from "./transport";

/**
 * Decodes the packet at `ptr` of which `end - ptr` bytes were captured and `uncaptured` more were on the wire. A total
 * length of 0 means that segmentation offload made the packet too large for the field: the frame's length counts. A
 * length that exceeds the frame is trusted, as in all common tools, because captures are truncated in many ways.
 * Returns a verdict.
 */
@inline export function decodeIpv4(packet: usize, ptr: usize, end: usize, uncaptured: u32): u32 {
  if (!fits(ptr, IPV4_HEADER_MIN, end)) return VERDICT_IP_TRUNCATED;
  if (ipv4IsPlain(ptr)) return decodeBehind(packet, ptr, IPV4_HEADER_MIN, end, uncaptured);
  return decodeWithOptions(packet, ptr, end, uncaptured);
}

@cold function decodeWithOptions(packet: usize, ptr: usize, end: usize, uncaptured: u32): u32 {
  if (ipVersion(ptr) != 4) return VERDICT_IP_VERSION;
  const headerSize = ipv4HeaderSize(ptr);
  if (headerSize < IPV4_HEADER_MIN) return VERDICT_IP_HEADER_LENGTH;
  if (!fits(ptr, headerSize, end)) return VERDICT_IP_TRUNCATED;
  return decodeBehind(packet, ptr, headerSize, end, uncaptured);
}

/** The header's fields and what is behind it. */
@inline function decodeBehind(packet: usize, ptr: usize, headerSize: u32, end: usize, uncaptured: u32): u32 {
  let total = ipv4TotalLength(ptr);
  if (total < headerSize) {
    if (total != 0) return VERDICT_IP_TOTAL_LENGTH;
    total = <u32>(end - ptr) + uncaptured;
  }
  setPacketIpBytes(packet, total);
  const captured = select<usize>(ptr + total, end, fits(ptr, total, end));
  const transport = ptr + headerSize;
  const wireLength = total - headerSize;
  if (!ipv4IsFragment(ptr)) {
    const protocol = ipv4Protocol(ptr);
    if (decodeCommonTransport(packet, protocol, transport, captured, wireLength)) {
      if (keepsMore) keepFields(packet, ptr, transport, captured, wireLength);
      setKey4(packet, ipv4Addresses(ptr), sourcePort(transport), destinationPort(transport), protocol, true);
      return VERDICT_DELIVER;
    }
  }
  return decodeUncommon(packet, ptr, transport, captured, wireLength);
}

/** What tunnels and side records need of a packet with a common transport. */
@cold function keepFields(packet: usize, ptr: usize, transport: usize, end: usize, wireLength: u32): void {
  setPacketTransport(packet, transport, end, wireLength);
  if (sides == 0) return;
  keepIpFields(packet, ptr);
  keepTcpFields(packet, ipv4Protocol(ptr), transport);
}

@inline function keepIpFields(packet: usize, ptr: usize): void {
  setPacketTtl(packet, ipv4Ttl(ptr));
  setPacketId(packet, ipv4Identification(ptr));
}

/** Fragments, an Authentication Header, and all transports except fully captured TCP and UDP. */
@cold function decodeUncommon(packet: usize, ptr: usize, transport: usize, end: usize, wireLength: u32): u32 {
  if (sides != 0) keepIpFields(packet, ptr);
  const protocol = ipv4Protocol(ptr);
  setPacketAddresses(packet, ipv4Addresses(ptr), 4);
  setPacketTransport(packet, transport, end, wireLength);
  if (!ipv4IsFragment(ptr)) {
    return protocol == PROTOCOL_AH ? walkExtensions(packet, protocol) : decodeTransport(packet, protocol);
  }
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_FRAGMENT);
  setPacketId(packet, ipv4Identification(ptr));
  const offset = ipv4FragmentOffset(ptr);
  setPacketFragmentProtocol(packet, protocol);
  if (protocol == PROTOCOL_AH && offset == 0) return walkExtensions(packet, protocol);
  return decodeFragment(packet, protocol, offset);
}
