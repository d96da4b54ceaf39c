/**
 * GRE header (RFC 2784, RFC 2890), its source routes (RFC 1701) and PPTP's version (RFC 2637), and what is known only
 * after it: ERSPAN (draft-foschiano-erspan) and WCCP (draft-mclaggan-wccp-v2rev1).
 */
import { be16, be32, fits, u8At } from "./bytes";

// 0 flags and version u16 | 2 EtherType u16 | as flagged: checksum and offset u32 | key u32 | sequence number u32
const FLAGS: usize = 0;
const TYPE: usize = 2;
export const GRE_MIN: usize = 4;
/** Of each field that a flag announces. */
const OPTIONAL_SIZE: usize = 4;

const CHECKSUM: u32 = 0x8000;
const ROUTING: u32 = 0x4000;
const KEY: u32 = 0x2000;
const SEQUENCE: u32 = 0x1000;
const ACKNOWLEDGMENT: u32 = 0x0080;
const VERSION_MASK: u32 = 0x0007;
const CALL_MASK: u32 = 0xffff;

@inline export function greVersion(ptr: usize): u32 { return be16(ptr + FLAGS) & VERSION_MASK; }
@inline export function greType(ptr: usize): u32 { return be16(ptr + TYPE); }
@inline export function greHasRoutes(ptr: usize): bool { return (be16(ptr + FLAGS) & ROUTING) != 0; }
@inline export function greHasKey(ptr: usize): bool { return (be16(ptr + FLAGS) & KEY) != 0; }
@inline export function greHasSequence(ptr: usize): bool { return (be16(ptr + FLAGS) & SEQUENCE) != 0; }

/** Without the source routes. Versions 0 and 1: the latter has an acknowledgment number as well, and no checksum. */
export function greSize(ptr: usize): usize {
  const flags = be16(ptr + FLAGS);
  let size = GRE_MIN;
  if ((flags & (CHECKSUM | ROUTING)) != 0 && (flags & VERSION_MASK) == 0) size += OPTIONAL_SIZE;
  if ((flags & KEY) != 0) size += OPTIONAL_SIZE;
  if ((flags & SEQUENCE) != 0) size += OPTIONAL_SIZE;
  if ((flags & ACKNOWLEDGMENT) != 0 && (flags & VERSION_MASK) == 1) size += OPTIONAL_SIZE;
  return size;
}

/** The header has one. That of PPTP's version is the length of the payload and the number of the call: the latter. */
@inline export function greKey(ptr: usize): u32 {
  const hasChecksum = (be16(ptr + FLAGS) & (CHECKSUM | ROUTING)) != 0 && greVersion(ptr) == 0;
  const key = be32(ptr + GRE_MIN + (hasChecksum ? OPTIONAL_SIZE : 0));
  return greVersion(ptr) == 0 ? key : key & CALL_MASK;
}

/** What follows the header and its source routes, all of which are in sight. */
@inline export function grePayload(ptr: usize): usize {
  return greHasRoutes(ptr) ? afterRoutes(ptr + greSize(ptr), usize.MAX_VALUE) : ptr + greSize(ptr);
}

// Source route entry: 0 address family u16 | 2 offset u8 | 3 length u8 | route. All 0 ends them.
const ROUTE_FAMILY: usize = 0;
const ROUTE_LENGTH: usize = 3;
const ROUTE_MIN: usize = 4;

/** Address after the source routes at `ptr`; 0: truncated. */
export function afterRoutes(ptr: usize, end: usize): usize {
  while (fits(ptr, ROUTE_MIN, end)) {
    const size = ROUTE_MIN + u8At(ptr + ROUTE_LENGTH);
    if (!fits(ptr, size, end)) return 0;
    if (be16(ptr + ROUTE_FAMILY) == 0 && size == ROUTE_MIN) return ptr + ROUTE_MIN;
    ptr += size;
  }
  return 0;
}

// ERSPAN type II: 8 bytes. Type III: 12 bytes, and 8 more of a platform when the last bit of byte 11 is set.
export const ERSPAN_II_SIZE: usize = 8;
export const ERSPAN_III_MIN: usize = 12;
const ERSPAN_III_FLAGS: usize = 11;
const ERSPAN_SESSION: usize = 2;
const ERSPAN_SESSION_MASK: u32 = 0x03ff;
const PLATFORM_BIT: u32 = 0x01;
const PLATFORM_SIZE: usize = 8;

/** Types II and III: 0 version 4 bits, VLAN 12 bits | 2 flags 6 bits, session 10 bits */
@inline export function erspanSession(ptr: usize): u32 { return be16(ptr + ERSPAN_SESSION) & ERSPAN_SESSION_MASK; }
@inline export function erspan3Size(ptr: usize): usize {
  return (u8At(ptr + ERSPAN_III_FLAGS) & PLATFORM_BIT) != 0 ? ERSPAN_III_MIN + PLATFORM_SIZE : ERSPAN_III_MIN;
}

/** Redirect header of WCCP version 2; version 1 has none. */
export const WCCP_SIZE: usize = 4;

// Aruba's GRE carries 802.11 frames, a type for each kind of tunnel.
const ARUBA_FIRST: u32 = 0x8200;
const ARUBA_LAST: u32 = 0x8370;
const ARUBA_MASK: u32 = 0x000f;

@inline export function isArubaType(type: u32): bool {
  return type >= ARUBA_FIRST && type <= ARUBA_LAST && (type & ARUBA_MASK) == 0;
}
