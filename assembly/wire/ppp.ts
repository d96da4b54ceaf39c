/** PPP (RFC 1661), its HDLC framing (RFC 1662), and PPP over Ethernet (RFC 2516). */
import { be16, u8At } from "./bytes";

// HDLC framing, which may be left out: 0 address u8 | 1 control u8
const ADDRESS_AND_CONTROL: usize = 0;
export const HDLC_SIZE: usize = 2;
const ALL_STATIONS_UNNUMBERED: u32 = 0xff03;

// Protocol u16, or u8 when compressed. Its last byte is odd, all others are even.
const PROTOCOL: usize = 0;
const COMPRESSED_BIT: u32 = 0x01;

@inline export function hasHdlcFraming(ptr: usize): bool {
  return be16(ptr + ADDRESS_AND_CONTROL) == ALL_STATIONS_UNNUMBERED;
}

/** Is the protocol field one byte long? */
@inline export function pppIsCompressed(ptr: usize): bool { return (u8At(ptr + PROTOCOL) & COMPRESSED_BIT) != 0; }
@inline export function pppCompressedProtocol(ptr: usize): u32 { return u8At(ptr + PROTOCOL); }
@inline export function pppProtocol(ptr: usize): u32 { return be16(ptr + PROTOCOL); }

// PPPoE: 0 version and type u8 | 1 code u8 | 2 session u16 | 4 length u16
const VERSION_AND_TYPE: usize = 0;
const CODE: usize = 1;
export const PPPOE_HEADER_SIZE: usize = 6;
const VERSION_1_TYPE_1: u32 = 0x11;
const CODE_SESSION: u32 = 0;

/** Does a PPP frame of a session follow? */
@inline export function pppoeIsSession(ptr: usize): bool {
  return u8At(ptr + VERSION_AND_TYPE) == VERSION_1_TYPE_1 && u8At(ptr + CODE) == CODE_SESSION;
}
