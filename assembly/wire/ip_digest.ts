/**
 * A digest of an IP packet: 128 bits of what copies of it at several places have in common. That are all its captured
 * bytes, from the IP header to the end of the packet, without what routers change (time to live or hop limit, checksum
 * of the IPv4 header) and, where the packet is there as a whole, without the checksum of TCP or UDP, which the sender
 * may leave to its network card.
 */
import { fits } from "./bytes";
import {
  ipv4HeaderSize, IPV4_HEADER_MIN, ipv4IsFragment, ipv4Protocol, ipv4TotalLength, ipVersion,
} from "./ipv4";
import { IPV6_HEADER_SIZE, ipv6NextHeader, ipv6PayloadLength } from "./ipv6";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "./numbers";

/** Bytes 8 to 15 of an IPv4 header without TTL and checksum, bytes 0 to 7 of an IPv6 header without hop limit. */
const IPV4_MASK: u64 = 0xffff_ffff_0000_ff00;
const IPV6_MASK: u64 = 0x00ff_ffff_ffff_ffff;
/** Where the checksum is in the transport header. */
const TCP_CHECKSUM: usize = 16;
const UDP_CHECKSUM: usize = 6;
const CHECKSUM_SIZE: usize = 2;
/** Odd numbers without a pattern, of splitmix64. */
const MULTIPLIER_A: u64 = 0xbf58_476d_1ce4_e5b9;
const MULTIPLIER_B: u64 = 0x94d0_49bb_1331_11eb;

/** The result: scratch values of a single call. */
export let digestA: u64 = 0;
export let digestB: u64 = 0;

/**
 * @param uncaptured bytes behind `end` that were on the wire
 * @returns false when the header is not there as a whole, or says what cannot be
 */
export function digestIp(ptr: usize, end: usize, uncaptured: u32, seedA: u64, seedB: u64): bool {
  digestA = seedA;
  digestB = seedB;
  if (!fits(ptr, IPV4_HEADER_MIN, end)) return false;
  return ipVersion(ptr) == 4 ? digestIpv4(ptr, end, uncaptured) : digestIpv6(ptr, end, uncaptured);
}

function digestIpv4(ptr: usize, end: usize, uncaptured: u32): bool {
  const headerSize = ipv4HeaderSize(ptr);
  const length = ipv4TotalLength(ptr);
  if (headerSize < IPV4_HEADER_MIN || (length != 0 && length < headerSize)) return false;
  const total = length != 0 ? length : <u32>(end - ptr) + uncaptured;
  const protocol = ipv4IsFragment(ptr) ? 0 : ipv4Protocol(ptr);
  mix(load<u64>(ptr));
  mix(load<u64>(ptr, 8) & IPV4_MASK);
  mixRest(ptr + 16, ptr, total, end, ptr + headerSize, protocol);
  return true;
}

function digestIpv6(ptr: usize, end: usize, uncaptured: u32): bool {
  if (ipVersion(ptr) != 6 || !fits(ptr, IPV6_HEADER_SIZE, end)) return false;
  const length = ipv6PayloadLength(ptr);
  const total = length != 0 ? length + <u32>IPV6_HEADER_SIZE : <u32>(end - ptr) + uncaptured;
  mix(load<u64>(ptr) & IPV6_MASK);
  mixRest(ptr + 8, ptr, total, end, ptr + IPV6_HEADER_SIZE, ipv6NextHeader(ptr));
  return true;
}

/** What is behind `at`, of the packet of `total` bytes at `ptr`, whose transport begins at `transport`. */
function mixRest(at: usize, ptr: usize, total: u32, end: usize, transport: usize, protocol: u32): void {
  const whole = fits(ptr, total, end);
  const stop = whole ? ptr + total : end;
  mix(<u64>(stop - ptr));
  const isTcp = protocol == PROTOCOL_TCP;
  const hole = transport + (isTcp ? TCP_CHECKSUM : UDP_CHECKSUM);
  if (whole && (isTcp || protocol == PROTOCOL_UDP) && hole + CHECKSUM_SIZE <= stop) {
    mixBytes(at, hole);
    at = hole + CHECKSUM_SIZE;
  }
  mixBytes(at, stop);
}

function mixBytes(at: usize, stop: usize): void {
  for (; at + 8 <= stop; at += 8) mix(load<u64>(at));
  if (at + 4 <= stop) {
    mix(<u64>load<u32>(at));
    at += 4;
  }
  for (; at < stop; at++) mix(<u64>load<u8>(at));
}

@inline function mix(word: u64): void {
  const a = (digestA ^ word) * MULTIPLIER_A;
  digestA = a ^ (a >> 29);
  const b = (digestB + word) * MULTIPLIER_B;
  digestB = b ^ (b >> 31);
}
