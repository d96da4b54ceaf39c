/**
 * Headers of tunnels in UDP: VXLAN (RFC 7348 §5), Geneve (RFC 8926 §3.4), GTP-U (3GPP TS 29.281 §5) and Teredo
 * (RFC 4380 §5.1.1), VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe §3), AYIYA (draft-massar-v6ops-ayiya §3), CAPWAP data
 * (RFC 5415 §4.3), GTP' and GTP version 0 (3GPP TS 32.295, TS 09.60).
 */
import { be16, be32, fits, u8At } from "./bytes";

// VXLAN: 0 flags u8 | 1 reserved 3 | 4 VNI 3 | 7 reserved u8
const VXLAN_FLAGS: usize = 0;
export const VXLAN_SIZE: usize = 8;
const VNI_PRESENT: u32 = 0x08;
const VNI: usize = 4;
const VNI_SHIFT: u32 = 8;

/** VNI of VXLAN, VXLAN-GPE and Geneve: all have it in the same place. */
@inline export function virtualNetwork(ptr: usize): u32 { return be32(ptr + VNI) >> VNI_SHIFT; }
@inline export function vxlanHasVni(ptr: usize): bool { return (u8At(ptr + VXLAN_FLAGS) & VNI_PRESENT) != 0; }

// VXLAN-GPE: 0 flags u8 | 1 reserved 2 | 3 next protocol u8 | 4 VNI 3 | 7 reserved u8
const GPE_NEXT: usize = 3;
const GPE_HAS_NEXT: u32 = 0x04;
const GPE_VERSION_AND_OAM: u32 = 0x31;

/** Version 0, and not a message of operation and maintenance. */
@inline export function gpeCarriesData(ptr: usize): bool {
  return (u8At(ptr + VXLAN_FLAGS) & GPE_VERSION_AND_OAM) == 0;
}
/** Without it the payload is Ethernet. */
@inline export function gpeHasNext(ptr: usize): bool { return (u8At(ptr + VXLAN_FLAGS) & GPE_HAS_NEXT) != 0; }
@inline export function gpeNext(ptr: usize): u32 { return u8At(ptr + GPE_NEXT); }

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
const GTPU_TUNNEL: usize = 4;
const GTPU_NEXT_EXTENSION: usize = 11;
export const GTPU_MIN: usize = 8;
const GTPU_LONG: usize = 12;
const VERSION_1_GTP: u32 = 0x30;
const VERSION_AND_GTP_MASK: u32 = 0xf0;
const LONG_MASK: u32 = 0x07;
const HAS_EXTENSION: u32 = 0x04;
const MESSAGE_TPDU: u32 = 255;

@inline export function gtpuTunnel(ptr: usize): u32 { return be32(ptr + GTPU_TUNNEL); }
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

// A Teredo packet has an address of the prefix 2001::/32 on one side (RFC 4380 §2.6).
const TEREDO_PREFIX: u32 = 0x20010000;
const IPV6_SOURCE: usize = 8;
const IPV6_DESTINATION: usize = 24;

/** The IPv6 header at `ptr` is whole. */
@inline export function hasTeredoAddress(ptr: usize): bool {
  return be32(ptr + IPV6_SOURCE) == TEREDO_PREFIX || be32(ptr + IPV6_DESTINATION) == TEREDO_PREFIX;
}

// GTP': 0 version 3 bits, PT 1 bit (0: GTP'), ..., short header 1 bit | 1 message type u8 | 2 length u16
// 4 sequence u16
// GTP version 0, and GTP' of version 0 without the last bit: 20 bytes
const GTP_PT: u32 = 0x10;
const GTP_VERSION_SHIFT: u32 = 5;
const GTP_SHORT: u32 = 0x01;
export const GTP_PRIME_SIZE: usize = 6;
const GTP_0_SIZE: usize = 20;

@inline export function isGtpPrimeOr0(ptr: usize): bool {
  const flags = u8At(ptr + GTPU_FLAGS);
  return (flags & GTP_PT) == 0 || flags >> GTP_VERSION_SHIFT == 0;
}
@inline export function gtpMessageIsTpdu(ptr: usize): bool { return u8At(ptr + GTPU_MESSAGE) == MESSAGE_TPDU; }
/** Of GTP' or GTP version 0. */
@inline export function gtpPrimeSize(ptr: usize): usize {
  const flags = u8At(ptr + GTPU_FLAGS);
  if ((flags & GTP_PT) != 0) return GTP_0_SIZE;
  return flags >> GTP_VERSION_SHIFT != 0 || (flags & GTP_SHORT) != 0 ? GTP_PRIME_SIZE : GTP_0_SIZE;
}

// AYIYA: 0 identity's length (power of 2) and type, 4 bits each | 1 signature's length in words, hash
// 2 authentication, operation | 3 next header u8 | 4 time u32 | identity | signature
const AYIYA_IDENTITY: usize = 0;
const AYIYA_SIGNATURE: usize = 1;
const AYIYA_OPERATION: usize = 2;
const AYIYA_NEXT: usize = 3;
export const AYIYA_MIN: usize = 8;
const AYIYA_FORWARD: u32 = 1;

@inline export function ayiyaForwards(ptr: usize): bool {
  return (u8At(ptr + AYIYA_OPERATION) & 0x0f) == AYIYA_FORWARD;
}
@inline export function ayiyaNext(ptr: usize): u32 { return u8At(ptr + AYIYA_NEXT); }
@inline export function ayiyaSize(ptr: usize): usize {
  return AYIYA_MIN + (<usize>1 << (u8At(ptr + AYIYA_IDENTITY) >> 4)) + ((u8At(ptr + AYIYA_SIGNATURE) >> 4) << 2);
}

// CAPWAP: 0 version and type, 4 bits each (0, 0: not DTLS) | 1 header length 5 bits, in words, radio 5 bits,
// binding 5 bits, native frame, fragment, last, wireless, MAC, keep-alive, reserved 3 | 4 fragment number u16 | 6 offset 13 bits ...
const CAPWAP_WORD: usize = 0;
const CAPWAP_OFFSET: usize = 6;
export const CAPWAP_MIN: usize = 8;
const CAPWAP_NATIVE: u32 = 0x00000100;
const CAPWAP_FRAGMENT: u32 = 0x00000080;
const CAPWAP_KEEP_ALIVE: u32 = 0x00000008;
const CAPWAP_PREAMBLE_MASK: u32 = 0xff000000;
const CAPWAP_OFFSET_MASK: u32 = 0xfff8;

/** In the clear, the whole of a frame or its beginning. */
@inline export function capwapCarriesData(ptr: usize): bool {
  const word = be32(ptr + CAPWAP_WORD);
  if ((word & (CAPWAP_PREAMBLE_MASK | CAPWAP_KEEP_ALIVE)) != 0) return false;
  return (word & CAPWAP_FRAGMENT) == 0 || (be16(ptr + CAPWAP_OFFSET) & CAPWAP_OFFSET_MASK) == 0;
}
/** An 802.11 frame, not an 802.3 one. */
@inline export function capwapIsNative(ptr: usize): bool { return (be32(ptr + CAPWAP_WORD) & CAPWAP_NATIVE) != 0; }
@inline export function capwapSize(ptr: usize): usize { return ((be32(ptr + CAPWAP_WORD) >> 19) & 0x1f) << 2; }
