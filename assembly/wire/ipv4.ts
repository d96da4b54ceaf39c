/** IPv4 (RFC 791), with the Authentication Header (RFC 4302) walked as if it were an option. */
import { decodeFragment4 } from "../fragments";
import {
  PACKET_BIT_FRAGMENT, VERDICT_IP_HEADER_LENGTH, VERDICT_IP_TOTAL_LENGTH, VERDICT_IP_TRUNCATED,
  VERDICT_IP_VERSION,
} from "../layout";
import {
  packetBits, setPacketBits, setPacketId, setPacketIpBytes, setPacketTtl, setPacketUpper,
} from "../packet";
import { be16, fits, u8At } from "./bytes";
import { authenticationSize, PROTOCOL_AH } from "./ipv6";
import { decodeTransport, decodeTransportOf } from "./transport";

const HEADER_MIN: usize = 20;
const TOTAL_LENGTH: usize = 2;
const IDENTIFICATION: usize = 4;
const FRAGMENT: usize = 6;
const TTL: usize = 8;
const PROTOCOL: usize = 9;
const SOURCE: usize = 12;
const MORE_FRAGMENTS: u32 = 0x2000;
const OFFSET_MASK: u32 = 0x1fff;

/**
 * Decodes the packet at `ptr` of which `end - ptr` bytes were captured and `beyond` more were on the wire.
 * A total length of 0 stands for a packet that segmentation offload made larger than the field can say: the frame's
 * length counts. Returns a verdict.
 */
@inline export function decodeIpv4(packet: usize, ptr: usize, end: usize, beyond: u32): u32 {
  if (!fits(ptr, HEADER_MIN, end)) return VERDICT_IP_TRUNCATED;
  const first = u8At(ptr);
  if (first >> 4 != 4) return VERDICT_IP_VERSION;
  const headerSize = (first & 15) << 2;
  if (headerSize < HEADER_MIN) return VERDICT_IP_HEADER_LENGTH;
  if (!fits(ptr, headerSize, end)) return VERDICT_IP_TRUNCATED;
  const wire = <u32>(end - ptr) + beyond;
  let total = be16(ptr + TOTAL_LENGTH);
  if (total == 0) total = wire;
  else if (total < headerSize || total > wire) return VERDICT_IP_TOTAL_LENGTH;
  setPacketIpBytes(packet, total);
  setPacketTtl(packet, u8At(ptr + TTL));
  setPacketId(packet, be16(ptr + IDENTIFICATION));
  const protocol = u8At(ptr + PROTOCOL);
  const fragment = be16(ptr + FRAGMENT);
  const captured = min(end, ptr + total);
  const upper = ptr + headerSize;
  const upperWire = total - headerSize;
  if ((fragment & (MORE_FRAGMENTS | OFFSET_MASK)) == 0) {
    setPacketUpper(packet, upper, captured, upperWire);
    if (protocol == PROTOCOL_AH) return decodeAuthenticated(packet, ptr + SOURCE, upper, captured, upperWire);
    return decodeTransport(packet, protocol, ptr + SOURCE, 4);
  }
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_FRAGMENT);
  setPacketUpper(packet, upper, captured, upperWire);
  return decodeFragment4(packet, protocol, ptr + SOURCE, fragment & OFFSET_MASK);
}

/** What stands behind one or more authentication headers. */
function decodeAuthenticated(packet: usize, source: usize, upper: usize, end: usize, wire: u32): u32 {
  let protocol = PROTOCOL_AH;
  while (protocol == PROTOCOL_AH) {
    const size = authenticationSize(upper, end, wire);
    if (size == 0) break;
    protocol = u8At(upper);
    upper += size;
    wire -= size;
  }
  setPacketUpper(packet, upper, end, wire);
  return decodeTransportOf(packet, protocol, source, 4);
}
