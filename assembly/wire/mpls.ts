/** MPLS label stack entry (RFC 3032 §2.1). */
import { be32, u8At } from "./bytes";

// 0 label 20 bits, traffic class 3 bits, bottom of stack 1 bit | 3 TTL u8
const LABEL_SHIFT: u32 = 12;
const BOTTOM: usize = 2;
export const LABEL_SIZE: usize = 4;

const BOTTOM_BIT: u32 = 0x01;

@inline export function labelValue(ptr: usize): u32 { return be32(ptr) >> LABEL_SHIFT; }
/** Is it the last label of the stack? */
@inline export function labelIsBottom(ptr: usize): bool { return (u8At(ptr + BOTTOM) & BOTTOM_BIT) != 0; }

/** Control word of a pseudowire (RFC 4385 §3): first nibble 0, flags, length, sequence number. */
export const CONTROL_WORD_SIZE: usize = 4;
