/** L2TP version 2 (RFC 2661 §3.1) and 3 (RFC 3931 §3.2, §4.1). */
import { be16, be32 } from "./bytes";

// Version 2, and 3 over UDP: 0 flags and version u16. Version 2 as flagged: length u16 | tunnel u16 | session u16 |
// sequence numbers 2 x u16 | offset u16, and so many bytes. Version 3: 2 reserved u16 | 4 session u32 | cookie 0, 4, 8
const FLAGS: usize = 0;
const FLAGS_SIZE: usize = 2;
const LENGTH_SIZE: usize = 2;
const IDS_SIZE: usize = 4;
const TUNNEL_SIZE: usize = 2;
const SEQUENCE_SIZE: usize = 4;
const OFFSET_SIZE: usize = 2;
export const L2TP_MIN: usize = 6;
export const L2TP_3_UDP_HEADER: usize = 4;
export const L2TP_3_SESSION_SIZE: usize = 4;

const CONTROL: u32 = 0x8000;
const HAS_LENGTH: u32 = 0x4000;
const HAS_SEQUENCE: u32 = 0x0800;
const HAS_OFFSET: u32 = 0x0200;
const VERSION_MASK: u32 = 0x000f;

@inline export function l2tpIsControl(ptr: usize): bool { return (be16(ptr + FLAGS) & CONTROL) != 0; }
@inline export function l2tpVersion(ptr: usize): u32 { return be16(ptr + FLAGS) & VERSION_MASK; }

/** Size of version 2's header without the bytes that the offset field skips. */
@inline export function l2tpSize(ptr: usize): usize {
  const flags = be16(ptr + FLAGS);
  let size = FLAGS_SIZE + IDS_SIZE;
  if ((flags & HAS_LENGTH) != 0) size += LENGTH_SIZE;
  if ((flags & HAS_SEQUENCE) != 0) size += SEQUENCE_SIZE;
  if ((flags & HAS_OFFSET) != 0) size += OFFSET_SIZE;
  return size;
}

/** Bytes skipped behind the header, whose `size` bytes are in sight. */
@inline export function l2tpOffset(ptr: usize, size: usize): usize {
  return (be16(ptr + FLAGS) & HAS_OFFSET) != 0 ? be16(ptr + size - OFFSET_SIZE) : 0;
}

/** Of version 2, whose header is in sight. */
@inline export function l2tpSession(ptr: usize): u32 {
  const length: usize = (be16(ptr + FLAGS) & HAS_LENGTH) != 0 ? LENGTH_SIZE : 0;
  return be16(ptr + FLAGS_SIZE + length + TUNNEL_SIZE);
}

/** Session 0 is the control connection. */
@inline export function l2tpSession3(ptr: usize): u32 { return be32(ptr); }
