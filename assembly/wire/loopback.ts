/** BSD loopback of the pcap registry: LINKTYPE_NULL (the capturing host's byte order), LINKTYPE_LOOP (big-endian). */
import { be16, be32, le32 } from "./bytes";

// 0 address family u32
const FAMILY: usize = 0;
/** Where some writers put an EtherType. */
const TYPE: usize = 2;
export const LOOPBACK_SIZE: usize = 4;

const FAMILY_MAX: u32 = 0xffff;
const FAMILY_INET: u32 = 2;
const FAMILY_INET6_LINUX: u32 = 10;
const FAMILY_INET6_OPENBSD: u32 = 24;
const FAMILY_INET6_FREEBSD: u32 = 28;
const FAMILY_INET6_DARWIN: u32 = 30;

/** Families are small numbers, so the byte order shows by itself. */
@inline export function loopbackFamily(ptr: usize): u32 {
  const family = le32(ptr + FAMILY);
  return family > FAMILY_MAX ? be32(ptr + FAMILY) : family;
}

@inline export function loopbackType(ptr: usize): u32 { return be16(ptr + TYPE); }
@inline export function isFamilyIpv4(family: u32): bool { return family == FAMILY_INET; }

@inline export function isFamilyIpv6(family: u32): bool {
  return family == FAMILY_INET6_LINUX || family == FAMILY_INET6_OPENBSD
    || family == FAMILY_INET6_FREEBSD || family == FAMILY_INET6_DARWIN;
}
