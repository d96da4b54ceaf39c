/** IPv6 header (RFC 8200 §3), and the jumbo payload option of a hop-by-hop header (RFC 2675). */
import { be16, be32, fits, u8At } from "./bytes";

// 0 version, traffic class, flow label u32 | 4 payload length u16 | 6 next header u8 | 7 hop limit u8 | 8 source 16
// 24 destination 16
const SERVICE_SHIFT: u32 = 20;
const FLOW_LABEL_MASK: u32 = 0xfffff;
const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE: usize = 8;
export const IPV6_HEADER_SIZE: usize = 40;

/** Differentiated services and ECN (RFC 2474, RFC 3168). */
@inline export function ipv6Service(ptr: usize): u32 { return (be32(ptr) >> SERVICE_SHIFT) & 0xff; }
@inline export function ipv6FlowLabel(ptr: usize): u32 { return be32(ptr) & FLOW_LABEL_MASK; }
@inline export function ipv6PayloadLength(ptr: usize): u32 { return be16(ptr + PAYLOAD_LENGTH); }
@inline export function ipv6NextHeader(ptr: usize): u32 { return u8At(ptr + NEXT_HEADER); }
@inline export function ipv6HopLimit(ptr: usize): u32 { return u8At(ptr + HOP_LIMIT); }
/** Address of the source address; the destination's is behind it. */
@inline export function ipv6Addresses(ptr: usize): usize { return ptr + SOURCE; }

// Hop-by-hop options header: 0 next header u8 | 1 size in units of 8 bytes beyond the first u8 | options
const OPTIONS_LENGTH: usize = 1;
const OPTIONS: usize = 2;
const OPTIONS_MIN: usize = 8;

// Option: 0 type u8 | 1 length u8 | value. Pad1 is the type alone.
const OPTION_LENGTH: usize = 1;
const OPTION_VALUE: usize = 2;
const OPTION_PAD1: u32 = 0x00;
const OPTION_JUMBO: u32 = 0xc2;
const JUMBO_SIZE: u32 = 4;

/** The jumbo payload option's length in the hop-by-hop header at `ptr`, or 0. */
export function jumboLength(ptr: usize, end: usize): u32 {
  if (!fits(ptr, OPTIONS_MIN, end)) return 0;
  const size = (<usize>u8At(ptr + OPTIONS_LENGTH) + 1) << 3;
  const stop = fits(ptr, size, end) ? ptr + size : end;
  let option = ptr + OPTIONS;
  while (option < stop) {
    const type = u8At(option);
    if (type == OPTION_PAD1) {
      option += 1;
      continue;
    }
    if (!fits(option, OPTION_VALUE, stop)) return 0;
    const length = u8At(option + OPTION_LENGTH);
    if (type == OPTION_JUMBO) {
      return length == JUMBO_SIZE && fits(option, OPTION_VALUE + JUMBO_SIZE, stop) ? be32(option + OPTION_VALUE) : 0;
    }
    option += OPTION_VALUE + length;
  }
  return 0;
}
