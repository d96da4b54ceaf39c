/** Network service header (RFC 8300 §2.2), and the next protocol numbers that it shares with VXLAN-GPE. */
import { be16, u8At } from "./bytes";

// 0 version 2 bits, OAM 1 bit, unassigned, TTL 6 bits, length 6 bits | 2 metadata type u8 | 3 next protocol u8
// 4 service path 3 | 7 index u8 | metadata
const FIRST: usize = 0;
const NEXT: usize = 3;
export const NSH_MIN: usize = 8;
const VERSION_AND_OAM: u32 = 0xe000;
const LENGTH_MASK: u32 = 0x003f;

export const NEXT_IPV4: u32 = 1;
export const NEXT_IPV6: u32 = 2;
export const NEXT_ETHERNET: u32 = 3;
export const NEXT_NSH: u32 = 4;
export const NEXT_MPLS: u32 = 5;

/** Version 0, and not a message of operation and maintenance. */
@inline export function nshCarriesData(ptr: usize): bool { return (be16(ptr + FIRST) & VERSION_AND_OAM) == 0; }
/** Bytes, 0..252. */
@inline export function nshSize(ptr: usize): usize { return (be16(ptr + FIRST) & LENGTH_MASK) << 2; }
@inline export function nshNext(ptr: usize): u32 { return u8At(ptr + NEXT); }
