/** UDP header (RFC 768); of UDP-Lite (RFC 3828), SCTP (RFC 9260 §3.1) and DCCP (RFC 4340 §5.1) what differs. */
import { be16, u8At } from "./bytes";

// 0 ports | 4 length u16 (UDP-Lite: checksum coverage) | 6 checksum u16
const LENGTH: usize = 4;
const CHECKSUM: usize = 6;
export const UDP_LENGTH_END: usize = 6;
export const UDP_HEADER_SIZE: u32 = 8;

/** Header included. */
@inline export function udpLength(ptr: usize): u32 { return be16(ptr + LENGTH); }

/** 0 over IPv4: there is none. */
@inline export function udpChecksum(ptr: usize): u32 { return be16(ptr + CHECKSUM); }

// SCTP: 0 ports | 4 verification tag u32 | 8 checksum u32 | chunks
export const SCTP_HEADER_SIZE: u32 = 12;

// DCCP: 0 ports | 4 data offset u8, in words | 5 ...
const DCCP_OFFSET: usize = 4;
export const DCCP_OFFSET_END: usize = 5;
export const DCCP_HEADER_MIN: u32 = 12;

/** Bytes. */
@inline export function dccpHeaderSize(ptr: usize): u32 { return u8At(ptr + DCCP_OFFSET) << 2; }
