/**
 * What makes a packet count nowhere although it could be decoded: a wrong checksum (`checksums: 'drop'`), or a
 * transport header that was not captured whole (preset zeek). Checksums are looked at only when all that they cover was
 * captured; a UDP checksum of 0 over IPv4 means that there is none (RFC 768).
 */
import { dropsWrongChecksums, zeekCuts } from "../control";
import {
  PACKET_BIT_FRAGMENT, PACKET_BIT_LATER, PACKET_BIT_PARTIAL, PACKET_BIT_TCP_OFFSET, VERDICT_CHECKSUM,
  VERDICT_DELIVER, VERDICT_HEADER_TRUNCATED, VERDICT_IP_CHECKSUM, VERDICT_TCP_OFFSET,
} from "../layout";
import { fits } from "../wire/bytes";
import { addWords, isWholeSum } from "../wire/checksum";
import { ICMP_HEADER_SIZE, isIcmp } from "../wire/icmp";
import { ipv4Addresses, ipv4ChecksumHolds, ipVersion } from "../wire/ipv4";
import { ipv6Addresses, IPV6_HEADER_SIZE, ipv6NextHeader } from "../wire/ipv6";
import { extensionNextHeader, extensionSize, finalDestination, isExtension } from "../wire/extension";
import { PROTOCOL_ICMP, PROTOCOL_ROUTING, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/numbers";
import { tcpHeaderSize } from "../wire/tcp";
import { udpChecksum, udpLength, UDP_HEADER_SIZE } from "../wire/udp";
import {
  packetBits, packetIp, packetProtocol, packetTransport, packetTransportEnd, packetTransportWire,
} from "./packet";

/** Of a packet that was decoded. */
export function strictVerdict(packet: usize): u32 {
  if (dropsWrongChecksums) {
    const verdict = checksumVerdict(packet);
    if (verdict != VERDICT_DELIVER) return verdict;
  }
  return zeekCuts ? headerVerdict(packet) : VERDICT_DELIVER;
}

function checksumVerdict(packet: usize): u32 {
  const ip = packetIp(packet);
  const isV4 = ipVersion(ip) == 4;
  if (isV4 && !ipv4ChecksumHolds(ip)) return VERDICT_IP_CHECKSUM;
  if ((packetBits(packet) & (PACKET_BIT_FRAGMENT | PACKET_BIT_PARTIAL)) != 0) return VERDICT_DELIVER;
  const protocol = packetProtocol(packet);
  const header = packetTransport(packet);
  let size = packetTransportWire(packet);
  if (!fits(header, size, packetTransportEnd(packet))) return VERDICT_DELIVER;
  if (protocol == PROTOCOL_UDP) {
    if (udpChecksum(header) == 0) return isV4 ? VERDICT_DELIVER : VERDICT_CHECKSUM;
    // Bytes behind the datagram are not covered.
    const length = udpLength(header);
    if (length >= UDP_HEADER_SIZE && length < size) size = length;
  } else if (protocol != PROTOCOL_TCP && !isIcmp(protocol)) {
    return VERDICT_DELIVER;
  }
  const sum = addWords(header, size, protocol == PROTOCOL_ICMP ? 0 : pseudoHeader(packet, ip, isV4, size));
  return isWholeSum(sum) ? VERDICT_DELIVER : VERDICT_CHECKSUM;
}

/** Sum of addresses, length and protocol, which the transport's checksum covers too (RFC 9293 §3.1, RFC 8200 §8.1). */
function pseudoHeader(packet: usize, ip: usize, isV4: bool, size: u32): u64 {
  const sum = <u64>bswap<u32>(size) + <u64>(packetProtocol(packet) << 8);
  if (isV4) return addWords(ipv4Addresses(ip), 8, sum);
  const source = addWords(ipv6Addresses(ip), 16, sum);
  return addWords(lastDestination(packet, ip), 16, source);
}

/** Where the address is to which the packet goes at last: in a routing header, when one leads it there. */
function lastDestination(packet: usize, ip: usize): usize {
  const transport = packetTransport(packet);
  let header = ipv6NextHeader(ip);
  for (let at = ip + IPV6_HEADER_SIZE; at < transport && isExtension(header, 6);) {
    if (header == PROTOCOL_ROUTING) {
      const destination = finalDestination(at);
      if (destination != 0) return destination;
    }
    const size = extensionSize(header, at);
    header = extensionNextHeader(at);
    at += size;
  }
  return ipv6Addresses(ip) + 16;
}

/** Zeek counts no packet of TCP, UDP or ICMP without its header, which later fragments do not have. */
function headerVerdict(packet: usize): u32 {
  const bits = packetBits(packet);
  if ((bits & PACKET_BIT_LATER) != 0) return VERDICT_HEADER_TRUNCATED;
  const protocol = packetProtocol(packet);
  const header = packetTransport(packet);
  const end = packetTransportEnd(packet);
  if (protocol == PROTOCOL_TCP) {
    if ((bits & PACKET_BIT_TCP_OFFSET) != 0) return VERDICT_TCP_OFFSET;
    if ((bits & PACKET_BIT_PARTIAL) == 0 && fits(header, tcpHeaderSize(header), end)) return VERDICT_DELIVER;
    return VERDICT_HEADER_TRUNCATED;
  }
  if (protocol == PROTOCOL_UDP) return (bits & PACKET_BIT_PARTIAL) != 0 ? VERDICT_HEADER_TRUNCATED : VERDICT_DELIVER;
  return isIcmp(protocol) && !fits(header, ICMP_HEADER_SIZE, end) ? VERDICT_HEADER_TRUNCATED : VERDICT_DELIVER;
}
