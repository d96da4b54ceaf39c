/** TCP header (RFC 9293 §3.1). */
import { be16, be32, u8At } from "./bytes";

// 0 source port u16 | 2 destination port u16 | 4 sequence number u32 | 8 acknowledgment number u32
// 12 data offset 4 bits, flags 12 bits | 14 window u16 | 16 checksum u16 | 18 urgent pointer u16 | options
const SEQUENCE: usize = 4;
const ACKNOWLEDGMENT: usize = 8;
const OFFSET_AND_FLAGS: usize = 12;
const WINDOW: usize = 14;
export const TCP_HEADER_MIN: u32 = 20;
// Behind these fields.
export const TCP_SEQUENCE_END: usize = 8;
export const TCP_ACKNOWLEDGMENT_END: usize = 12;
export const TCP_OFFSET_END: usize = 13;
export const TCP_FLAGS_END: usize = 14;
export const TCP_WINDOW_END: usize = 16;

const FLAGS_MASK: u32 = 0x0fff;

@inline export function tcpSequence(ptr: usize): u32 { return be32(ptr + SEQUENCE); }
@inline export function tcpAcknowledgment(ptr: usize): u32 { return be32(ptr + ACKNOWLEDGMENT); }
/** Bytes, 0..60. */
@inline export function tcpHeaderSize(ptr: usize): u32 { return (u8At(ptr + OFFSET_AND_FLAGS) >> 4) << 2; }
/** Data offset and flags in one word, from which offsetSize and flagsOf take their part. */
@inline export function tcpOffsetAndFlags(ptr: usize): u32 { return be16(ptr + OFFSET_AND_FLAGS); }
@inline export function offsetSize(offsetAndFlags: u32): u32 { return (offsetAndFlags >> 12) << 2; }
@inline export function flagsOf(offsetAndFlags: u32): u32 { return offsetAndFlags & FLAGS_MASK; }
/** The 12 bits between data offset and window. */
@inline export function tcpFlags(ptr: usize): u32 { return be16(ptr + OFFSET_AND_FLAGS) & FLAGS_MASK; }
@inline export function tcpWindow(ptr: usize): u32 { return be16(ptr + WINDOW); }
