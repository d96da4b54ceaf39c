/** IPv4 header (RFC 791 §3.1). */
import { be16, u8At } from "./bytes";

// 0 version and header length u8 | 1 service u8 | 2 total length u16 | 4 identification u16 | 6 flags and offset u16
// 8 TTL u8 | 9 protocol u8 | 10 checksum u16 | 12 source 4 | 16 destination 4 | options
const VERSION_AND_LENGTH: usize = 0;
const SERVICE: usize = 1;
const TOTAL_LENGTH: usize = 2;
const IDENTIFICATION: usize = 4;
const FRAGMENT: usize = 6;
const TTL: usize = 8;
const PROTOCOL: usize = 9;
const SOURCE: usize = 12;
export const IPV4_HEADER_MIN: u32 = 20;

const OFFSET_MASK: u32 = 0x1fff;
const DONT_FRAGMENT: u32 = 0x4000;
/** More-fragments flag and offset (0x3fff), as a little-endian load sees them. */
const FRAGMENT_BITS_SWAPPED: u16 = 0xff3f;
/** Version 4 and a header of five words: nearly every packet there is. */
const PLAIN: u32 = 0x45;

@inline export function ipv4IsPlain(ptr: usize): bool { return u8At(ptr + VERSION_AND_LENGTH) == PLAIN; }
@inline export function ipVersion(ptr: usize): u32 { return u8At(ptr + VERSION_AND_LENGTH) >> 4; }
/** Bytes, 0..60. */
@inline export function ipv4HeaderSize(ptr: usize): u32 { return (u8At(ptr + VERSION_AND_LENGTH) & 15) << 2; }
@inline export function ipv4TotalLength(ptr: usize): u32 { return be16(ptr + TOTAL_LENGTH); }
@inline export function ipv4Identification(ptr: usize): u32 { return be16(ptr + IDENTIFICATION); }
@inline export function ipv4IsFragment(ptr: usize): bool {
  return (load<u16>(ptr, FRAGMENT) & FRAGMENT_BITS_SWAPPED) != 0;
}
/** In units of 8 bytes. */
@inline export function ipv4FragmentOffset(ptr: usize): u32 { return be16(ptr + FRAGMENT) & OFFSET_MASK; }
/** Differentiated services and ECN (RFC 2474, RFC 3168). */
@inline export function ipv4Service(ptr: usize): u32 { return u8At(ptr + SERVICE); }
@inline export function ipv4MayNotFragment(ptr: usize): bool { return (be16(ptr + FRAGMENT) & DONT_FRAGMENT) != 0; }
@inline export function ipv4Ttl(ptr: usize): u32 { return u8At(ptr + TTL); }
@inline export function ipv4Protocol(ptr: usize): u32 { return u8At(ptr + PROTOCOL); }
/** Address of the source address; the destination's is behind it. */
@inline export function ipv4Addresses(ptr: usize): usize { return ptr + SOURCE; }

/** Is the checksum right of the header at `ptr`, which is whole and in sight? (RFC 1071) */
export function ipv4ChecksumHolds(ptr: usize): bool {
  const end = ptr + ipv4HeaderSize(ptr);
  let sum: u32 = 0;
  for (let at = ptr; at < end; at += 2) sum += be16(at);
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16) == 0xffff;
}
