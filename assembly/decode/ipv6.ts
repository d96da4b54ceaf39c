/** IPv6. Addresses are those of the IPv6 header itself, whatever routing headers or options say. */
import { keepsMore, sides } from "../control";
import { VERDICT_DELIVER, VERDICT_IP_TOTAL_LENGTH, VERDICT_IP_TRUNCATED, VERDICT_IP_VERSION } from "../layout";
import { fits } from "../wire/bytes";
import { isExtension } from "../wire/extension";
import { ipVersion } from "../wire/ipv4";
import {
  ipv6Addresses, IPV6_HEADER_SIZE, ipv6HopLimit, ipv6NextHeader, ipv6PayloadLength, jumboLength,
} from "../wire/ipv6";
import { PROTOCOL_HOP_BY_HOP, PROTOCOL_NO_NEXT_HEADER } from "../wire/numbers";
import { destinationPort, sourcePort } from "../wire/ports";
import { walkExtensions } from "./extensions";
import { setKey6 } from "./key";
import { setPacketAddresses, setPacketIpBytes, setPacketTransport, setPacketTtl } from "./packet";
import { decodeCommonTransport, decodeTransport, keepTcpFields } from "./transport";

/** As decodeIpv4, for IPv6. */
@cold export function decodeIpv6(packet: usize, ptr: usize, end: usize, uncaptured: u32): u32 {
  if (!fits(ptr, 1, end)) return VERDICT_IP_TRUNCATED;
  if (ipVersion(ptr) != 6) return VERDICT_IP_VERSION;
  if (!fits(ptr, IPV6_HEADER_SIZE, end)) return VERDICT_IP_TRUNCATED;
  const nextHeader = ipv6NextHeader(ptr);
  const total = totalLength(ptr, end, <u32>(end - ptr) + uncaptured);
  if (total == 0) return VERDICT_IP_TOTAL_LENGTH;
  setPacketIpBytes(packet, total);
  const captured = select<usize>(ptr + total, end, fits(ptr, total, end));
  const transport = ptr + IPV6_HEADER_SIZE;
  const wireLength = total - <u32>IPV6_HEADER_SIZE;
  if (keepsMore) {
    setPacketTransport(packet, transport, captured, wireLength);
    setPacketTtl(packet, ipv6HopLimit(ptr));
  }
  if (decodeCommonTransport(packet, nextHeader, transport, captured, wireLength)) {
    if (sides != 0) keepTcpFields(packet, nextHeader, transport);
    setKey6(packet, ipv6Addresses(ptr), sourcePort(transport), destinationPort(transport), nextHeader, true);
    return VERDICT_DELIVER;
  }
  setPacketAddresses(packet, ipv6Addresses(ptr), 6);
  setPacketTransport(packet, transport, captured, wireLength);
  return isExtension(nextHeader, 6) ? walkExtensions(packet, nextHeader) : decodeTransport(packet, nextHeader);
}

/**
 * Header included. A payload length of 0 is a jumbogram (RFC 2675), no payload at all, or a packet that segmentation
 * offload made too large for the field: then the frame's length counts. 0: the option is present but invalid.
 */
function totalLength(ptr: usize, end: usize, frameLength: u32): u32 {
  const header = <u32>IPV6_HEADER_SIZE;
  const payload = ipv6PayloadLength(ptr);
  if (payload != 0) return payload + header;
  const nextHeader = ipv6NextHeader(ptr);
  if (nextHeader == PROTOCOL_NO_NEXT_HEADER) return header;
  if (nextHeader == PROTOCOL_HOP_BY_HOP) {
    const jumbo = jumboLength(ptr + IPV6_HEADER_SIZE, end);
    if (jumbo > 0xffff) return jumbo > 0xffff_ffff - header ? 0 : jumbo + header;
  }
  return frameLength;
}
