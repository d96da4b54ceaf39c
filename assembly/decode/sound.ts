/**
 * Is there an IP header? Asked where nothing announces one: behind labels, in pseudowires, in tunnels whose header
 * does not say how long it is. An IPv4 header is believed with a right checksum and length, an IPv6 header with a
 * length that the frame has room for.
 */
import { state32 } from "../control";
import { STATE_UNCAPTURED } from "../layout";
import { fits } from "../wire/bytes";
import { ipv4ChecksumHolds, ipv4HeaderSize, IPV4_HEADER_MIN, ipv4TotalLength, ipVersion } from "../wire/ipv4";
import { IPV6_HEADER_SIZE, ipv6PayloadLength } from "../wire/ipv6";
import { isIp, network, networkAt, networkKind, NETWORK_IPV4, NETWORK_IPV6, notIp } from "./network";

/** Bytes on the wire from `ptr` on. */
@inline export function wireLengthFrom(ptr: usize, end: usize): u32 {
  return <u32>(end - ptr) + state32(STATE_UNCAPTURED);
}

export function isSoundIpv4(ptr: usize, end: usize): bool {
  if (!fits(ptr, IPV4_HEADER_MIN, end) || ipVersion(ptr) != 4) return false;
  const headerSize = ipv4HeaderSize(ptr);
  if (headerSize < IPV4_HEADER_MIN || !fits(ptr, headerSize, end)) return false;
  const total = ipv4TotalLength(ptr);
  return total >= headerSize && total <= wireLengthFrom(ptr, end) && ipv4ChecksumHolds(ptr);
}

export function isSoundIpv6(ptr: usize, end: usize): bool {
  if (!fits(ptr, IPV6_HEADER_SIZE, end) || ipVersion(ptr) != 6) return false;
  return ipv6PayloadLength(ptr) + <u32>IPV6_HEADER_SIZE <= wireLengthFrom(ptr, end);
}

/** Has what was found a sound header? */
export function isSound(found: u64, end: usize): bool {
  if (!isIp(found)) return false;
  const ptr = networkAt(found);
  return networkKind(found) == NETWORK_IPV4 ? isSoundIpv4(ptr, end) : isSoundIpv6(ptr, end);
}

/** The sound IP header at `ptr`, or not IP. */
export function soundIp(ptr: usize, end: usize): u64 {
  if (isSoundIpv4(ptr, end)) return network(ptr, NETWORK_IPV4);
  return isSoundIpv6(ptr, end) ? network(ptr, NETWORK_IPV6) : notIp();
}

/** Is too little captured of the IP header that may be at `ptr` to say whether it is sound? */
export function isCutIp(ptr: usize, end: usize): bool {
  const version = ipVersion(ptr);
  if (version == 6) return !fits(ptr, IPV6_HEADER_SIZE, end);
  return version == 4 && (!fits(ptr, IPV4_HEADER_MIN, end) || !fits(ptr, ipv4HeaderSize(ptr), end));
}
