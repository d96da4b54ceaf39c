/**
 * IPv6 (RFC 8200) and its extension headers: hop-by-hop, routing, destination options, fragment, authentication
 * (RFC 4302), mobility (RFC 6275), HIP (RFC 7401), shim6 (RFC 5533). Addresses are those of the IPv6 header itself.
 */
import { decodeFragment6 } from "../fragments";
import {
  PACKET_BIT_FRAGMENT, PACKET_BIT_PARTIAL, VERDICT_IP_EXTENSION, VERDICT_IP_TOTAL_LENGTH, VERDICT_IP_TRUNCATED,
  VERDICT_IP_VERSION,
} from "../layout";
import {
  packetBits, setPacketBits, setPacketId, setPacketIpBytes, setPacketTtl, setPacketUpper,
} from "../packet";
import { be16, be32, fits, u8At } from "./bytes";
import { decodePortless, decodeTransportOf } from "./transport";

const HEADER_SIZE: usize = 40;
const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE: usize = 8;

const HOP_BY_HOP: u32 = 0;
const ROUTING: u32 = 43;
const FRAGMENT: u32 = 44;
export const PROTOCOL_AH: u32 = 51;
const NO_NEXT_HEADER: u32 = 59;
const DESTINATION_OPTIONS: u32 = 60;
const MOBILITY: u32 = 135;
const HIP: u32 = 139;
const SHIM6: u32 = 140;

const EXTENSIONS_MAX: u32 = 16;
const FRAGMENT_SIZE: usize = 8;
const OFFSET_MASK: u32 = 0xfff8;
const MORE_FRAGMENTS: u32 = 0x0001;
const OPTION_PAD1: u32 = 0;
const OPTION_JUMBO: u32 = 0xc2;

/** As decodeIpv4, for IPv6. */
export function decodeIpv6(packet: usize, ptr: usize, end: usize, beyond: u32): u32 {
  if (!fits(ptr, 1, end)) return VERDICT_IP_TRUNCATED;
  if (u8At(ptr) >> 4 != 6) return VERDICT_IP_VERSION;
  if (!fits(ptr, HEADER_SIZE, end)) return VERDICT_IP_TRUNCATED;
  const wire = <u32>(end - ptr) + beyond;
  const nextHeader = u8At(ptr + NEXT_HEADER);
  const total = totalLength(ptr, end, wire, nextHeader);
  if (total == 0 || total > wire) return VERDICT_IP_TOTAL_LENGTH;
  setPacketIpBytes(packet, total);
  setPacketTtl(packet, u8At(ptr + HOP_LIMIT));
  setPacketId(packet, 0);
  const captured = min(end, ptr + total);
  const upper = ptr + HEADER_SIZE;
  if (!isExtension(nextHeader)) {
    setPacketUpper(packet, upper, captured, total - <u32>HEADER_SIZE);
    return decodeTransportOf(packet, nextHeader, ptr + SOURCE, 6);
  }
  return walkExtensions(packet, ptr + SOURCE, nextHeader, upper, captured, total - <u32>HEADER_SIZE);
}

/**
 * Header included. A payload length of 0 is a jumbogram (RFC 2675), no payload at all, or a packet that segmentation
 * offload made too large for the field: then the frame's length counts. 0: the option is there but makes no sense.
 */
function totalLength(ptr: usize, end: usize, wire: u32, nextHeader: u32): u32 {
  const payload = be16(ptr + PAYLOAD_LENGTH);
  if (payload != 0) return payload + <u32>HEADER_SIZE;
  if (nextHeader == NO_NEXT_HEADER) return <u32>HEADER_SIZE;
  if (nextHeader == HOP_BY_HOP) {
    const jumbo = jumboLength(ptr + HEADER_SIZE, end);
    if (jumbo > 0xffff) return jumbo > 0xffff_ffff - <u32>HEADER_SIZE ? 0 : jumbo + <u32>HEADER_SIZE;
  }
  return wire;
}

/** The jumbo payload option's length in a hop-by-hop header, or 0. */
function jumboLength(ptr: usize, end: usize): u32 {
  if (!fits(ptr, 8, end)) return 0;
  const size = (<usize>u8At(ptr + 1) + 1) << 3;
  const stop = fits(ptr, size, end) ? ptr + size : end;
  let option = ptr + 2;
  while (option < stop) {
    const type = u8At(option);
    if (type == OPTION_PAD1) {
      option += 1;
      continue;
    }
    if (!fits(option, 2, stop)) return 0;
    const length = u8At(option + 1);
    if (type == OPTION_JUMBO) return length == 4 && fits(option, 6, stop) ? be32(option + 2) : 0;
    option += 2 + length;
  }
  return 0;
}

@inline function isExtension(header: u32): bool {
  return header == HOP_BY_HOP || header == ROUTING || header == FRAGMENT || header == DESTINATION_OPTIONS
    || header == PROTOCOL_AH || header == MOBILITY || header == HIP || header == SHIM6;
}

function walkExtensions(packet: usize, source: usize, header: u32, upper: usize, end: usize, wire: u32): u32 {
  for (let count: u32 = 0; count < EXTENSIONS_MAX && isExtension(header); count++) {
    if (wire < 8) return VERDICT_IP_EXTENSION;
    if (!fits(upper, 8, end)) return cutChain(packet, source, header, upper, end, wire);
    const next = u8At(upper);
    if (header == FRAGMENT) {
      const fragment = be16(upper + 2);
      setPacketId(packet, be32(upper + 4));
      upper += FRAGMENT_SIZE;
      wire -= <u32>FRAGMENT_SIZE;
      if ((fragment & (OFFSET_MASK | MORE_FRAGMENTS)) != 0) {
        setPacketBits(packet, packetBits(packet) | PACKET_BIT_FRAGMENT);
        if ((fragment & OFFSET_MASK) != 0) {
          setPacketUpper(packet, upper, end, wire);
          return decodeFragment6(packet, next, source, next, fragment & OFFSET_MASK);
        }
        return firstFragment(packet, source, next, upper, end, wire);
      }
    } else {
      const size = header == PROTOCOL_AH ? (u8At(upper + 1) + 2) << 2 : (u8At(upper + 1) + 1) << 3;
      if (size > wire) return VERDICT_IP_EXTENSION;
      wire -= size;
      if (!fits(upper, size, end)) return cutChain(packet, source, next, end, end, wire);
      upper += size;
    }
    header = next;
  }
  setPacketUpper(packet, upper, end, wire);
  return decodeTransportOf(packet, header, source, 6);
}

/** A first fragment may have more extension headers (destination options) in front of its transport header. */
function firstFragment(packet: usize, source: usize, fragmentHeader: u32, upper: usize, end: usize, wire: u32): u32 {
  let header = fragmentHeader;
  for (let count: u32 = 0; count < EXTENSIONS_MAX && isExtension(header) && header != FRAGMENT; count++) {
    if (wire < 8 || !fits(upper, 8, end)) return cutChain(packet, source, header, upper, end, wire);
    const size = header == PROTOCOL_AH ? (u8At(upper + 1) + 2) << 2 : (u8At(upper + 1) + 1) << 3;
    if (size > wire || !fits(upper, size, end)) return cutChain(packet, source, header, upper, end, wire);
    header = u8At(upper);
    upper += size;
    wire -= size;
  }
  setPacketUpper(packet, upper, end, wire);
  return decodeFragment6(packet, header, source, fragmentHeader, 0);
}

/** The chain goes on beyond the captured bytes: the flow is that of the last header known, without ports. */
function cutChain(packet: usize, source: usize, header: u32, upper: usize, end: usize, wire: u32): u32 {
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_PARTIAL);
  setPacketUpper(packet, upper, end, wire);
  return decodePortless(packet, header, source, 6);
}

/** Size of an authentication header, or 0 when it is not all there. */
export function authenticationSize(ptr: usize, end: usize, wire: u32): u32 {
  if (!fits(ptr, 8, end)) return 0;
  const size = (u8At(ptr + 1) + 2) << 2;
  return size <= wire && fits(ptr, size, end) ? size : 0;
}
