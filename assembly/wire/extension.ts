/**
 * Extension headers: IPv6 hop-by-hop, routing, destination options and fragment (RFC 8200 §4), mobility (RFC 6275),
 * HIP (RFC 7401), shim6 (RFC 5533), and the Authentication Header (RFC 4302), which IPv4 has as well.
 */
import { be16, be32, u8At } from "./bytes";
import {
  PROTOCOL_AH, PROTOCOL_DESTINATION_OPTIONS, PROTOCOL_FRAGMENT, PROTOCOL_HIP, PROTOCOL_HOP_BY_HOP, PROTOCOL_MOBILITY,
  PROTOCOL_ROUTING, PROTOCOL_SHIM6,
} from "./numbers";

// 0 next header u8 | 1 size u8, or reserved in a fragment header | 2 ...
const NEXT_HEADER: usize = 0;
const LENGTH: usize = 1;
// Fragment header: 2 offset and more-fragments flag u16 | 4 identification u32
const FRAGMENT: usize = 2;
const IDENTIFICATION: usize = 4;
export const EXTENSION_MIN: u32 = 8;

const OFFSET_MASK: u32 = 0xfff8;
const MORE_FRAGMENTS: u32 = 0x0001;

/** In IPv4 only the Authentication Header is one. */
@inline export function isExtension(header: u32, version: u32): bool {
  if (header == PROTOCOL_AH) return true;
  return version == 6 && (header == PROTOCOL_HOP_BY_HOP || header == PROTOCOL_ROUTING || header == PROTOCOL_FRAGMENT
    || header == PROTOCOL_DESTINATION_OPTIONS || header == PROTOCOL_MOBILITY || header == PROTOCOL_HIP
    || header == PROTOCOL_SHIM6);
}

/** Mobility, HIP and shim6 headers are messages of their own when no other header follows. */
@inline export function isMessage(header: u32): bool {
  return header == PROTOCOL_MOBILITY || header == PROTOCOL_HIP || header == PROTOCOL_SHIM6;
}

@inline export function extensionNextHeader(ptr: usize): u32 { return u8At(ptr + NEXT_HEADER); }

/** Size of the extension header at `ptr`: in units of 4 for AH (RFC 4302 §2.2), of 8 for all others. */
@inline export function extensionSize(header: u32, ptr: usize): u32 {
  if (header == PROTOCOL_FRAGMENT) return EXTENSION_MIN;
  const length = u8At(ptr + LENGTH);
  return header == PROTOCOL_AH ? (length + 2) << 2 : (length + 1) << 3;
}

/** A fragment header of offset 0 that is the last one too belongs to a packet that is whole (RFC 6946). */
@inline export function isFragmented(ptr: usize): bool {
  return (be16(ptr + FRAGMENT) & (OFFSET_MASK | MORE_FRAGMENTS)) != 0;
}
/** In bytes. */
@inline export function fragmentOffset(ptr: usize): u32 { return be16(ptr + FRAGMENT) & OFFSET_MASK; }
@inline export function fragmentIdentification(ptr: usize): u32 { return be32(ptr + IDENTIFICATION); }

// Routing header (RFC 8200 §4.4): 2 type u8 | 3 segments left u8 | 4 ... | 8 addresses
const ROUTING_TYPE: usize = 2;
const SEGMENTS_LEFT: usize = 3;
const ROUTING_ADDRESSES: usize = 8;
const ADDRESS_SIZE: usize = 16;
const ROUTING_SOURCE: u32 = 0;
const ROUTING_HOME: u32 = 2;
const ROUTING_SEGMENTS: u32 = 4;

/**
 * The last address of the routing header at `ptr`, which is whole, while its packet is still on the way there: of the
 * types source route (RFC 2460), home address (RFC 6275) and segments (RFC 8754, which lists them backwards). Else 0.
 */
export function finalDestination(ptr: usize): usize {
  const type = u8At(ptr + ROUTING_TYPE);
  const addresses = <usize>(extensionSize(PROTOCOL_ROUTING, ptr) - EXTENSION_MIN) / ADDRESS_SIZE;
  if (u8At(ptr + SEGMENTS_LEFT) == 0 || addresses == 0) return 0;
  if (type == ROUTING_SEGMENTS) return ptr + ROUTING_ADDRESSES;
  if (type != ROUTING_SOURCE && type != ROUTING_HOME) return 0;
  return ptr + ROUTING_ADDRESSES + (addresses - 1) * ADDRESS_SIZE;
}
