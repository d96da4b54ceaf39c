/**
 * Headers of tunnels in UDP: VXLAN (RFC 7348 §5), Geneve (RFC 8926 §3.4), GTP-U (3GPP TS 29.281 §5) and Teredo
 * (RFC 4380 §5.1.1).
 */
import { be16, fits, u8At } from "./bytes";

// VXLAN: 0 flags u8 | 1 reserved 3 | 4 VNI 3 | 7 reserved u8
const VXLAN_FLAGS: usize = 0;
export const VXLAN_SIZE: usize = 8;
const VNI_PRESENT: u32 = 0x08;

@inline export function vxlanHasVni(ptr: usize): bool { return (u8At(ptr + VXLAN_FLAGS) & VNI_PRESENT) != 0; }

// Geneve: 0 version 2 bits, options length 6 bits | 1 flags u8 | 2 EtherType u16 | 4 VNI 3 | 7 reserved u8 | options
const GENEVE_VERSION_AND_LENGTH: usize = 0;
const GENEVE_TYPE: usize = 2;
export const GENEVE_MIN: usize = 8;

@inline export function geneveVersion(ptr: usize): u32 { return u8At(ptr + GENEVE_VERSION_AND_LENGTH) >> 6; }
@inline export function geneveSize(ptr: usize): usize {
  return GENEVE_MIN + ((u8At(ptr + GENEVE_VERSION_AND_LENGTH) & 0x3f) << 2);
}
@inline export function geneveType(ptr: usize): u32 { return be16(ptr + GENEVE_TYPE); }

// GTP-U: 0 version 3 bits, GTP 1 bit, reserved, extension E, sequence S, N-PDU PN | 1 message type u8 | 2 length u16
// 4 tunnel u32 | with E, S or PN: 8 sequence u16 | 10 N-PDU u8 | 11 next extension u8
const GTPU_FLAGS: usize = 0;
const GTPU_MESSAGE: usize = 1;
const GTPU_NEXT_EXTENSION: usize = 11;
export const GTPU_MIN: usize = 8;
const GTPU_LONG: usize = 12;
const VERSION_1_GTP: u32 = 0x30;
const VERSION_AND_GTP_MASK: u32 = 0xf0;
const LONG_MASK: u32 = 0x07;
const HAS_EXTENSION: u32 = 0x04;
const MESSAGE_TPDU: u32 = 255;

/** Does a packet of a user follow? Version 1, GTP and not GTP'. */
@inline export function gtpuIsTpdu(ptr: usize): bool {
  return (u8At(ptr + GTPU_FLAGS) & VERSION_AND_GTP_MASK) == VERSION_1_GTP && u8At(ptr + GTPU_MESSAGE) == MESSAGE_TPDU;
}

/**
 * Address after the header and its extensions, each in units of 4 bytes with the next one's type at its end; 0:
 * truncated.
 */
export function afterGtpu(ptr: usize, end: usize): usize {
  const flags = u8At(ptr + GTPU_FLAGS);
  if ((flags & LONG_MASK) == 0) return ptr + GTPU_MIN;
  if (!fits(ptr, GTPU_LONG, end)) return 0;
  let extension = (flags & HAS_EXTENSION) != 0 ? u8At(ptr + GTPU_NEXT_EXTENSION) : 0;
  ptr += GTPU_LONG;
  while (extension != 0) {
    if (!fits(ptr, 4, end)) return 0;
    const size = <usize>u8At(ptr) << 2;
    if (size == 0 || !fits(ptr, size, end)) return 0;
    extension = u8At(ptr + size - 1);
    ptr += size;
  }
  return ptr;
}

// Teredo authentication: 0 indicator 1 u16 | 2 client length u8 | 3 value length u8 | both | nonce 8 | confirmation u8
// Teredo origin: 0 indicator 0 u16 | 2 port u16 | 4 address 4
const INDICATOR: usize = 0;
const CLIENT_LENGTH: usize = 2;
const VALUE_LENGTH: usize = 3;
const AUTHENTICATION_MIN: usize = 13;
const ORIGIN_SIZE: usize = 8;
const INDICATOR_AUTHENTICATION: u32 = 1;
const INDICATOR_ORIGIN: u32 = 0;

/** Address after the authentication and origin headers that may be at `ptr`; 0: truncated. */
export function afterTeredo(ptr: usize, end: usize): usize {
  if (fits(ptr, 4, end) && be16(ptr + INDICATOR) == INDICATOR_AUTHENTICATION) {
    const size = AUTHENTICATION_MIN + u8At(ptr + CLIENT_LENGTH) + u8At(ptr + VALUE_LENGTH);
    if (!fits(ptr, size, end)) return 0;
    ptr += size;
  }
  if (fits(ptr, ORIGIN_SIZE, end) && be16(ptr + INDICATOR) == INDICATOR_ORIGIN) ptr += ORIGIN_SIZE;
  return ptr;
}
