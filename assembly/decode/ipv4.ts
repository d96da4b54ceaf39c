/** IPv4 (RFC 791). An Authentication Header (RFC 4302) is walked like an IPv6 extension header. */
import { decapsulate, sides } from "../control";
import { decodeFragment } from "./fragments";
import {
  PACKET_BIT_FRAGMENT, VERDICT_IP_HEADER_LENGTH, VERDICT_IP_TOTAL_LENGTH, VERDICT_IP_TRUNCATED, VERDICT_IP_VERSION,
} from "../layout";
import { packetBits, setPacketBits, setPacketId, setPacketIpBytes, setPacketTtl, setPacketTransport } from "./packet";
import { be16, fits, u8At } from "../wire/bytes";
import { PROTOCOL_AH } from "../wire/numbers";
import { walkExtensions } from "./extensions";
import { decodeTransport } from "./transport";

const HEADER_MIN: usize = 20;
const TOTAL_LENGTH: usize = 2;
const IDENTIFICATION: usize = 4;
const FRAGMENT: usize = 6;
const TTL: usize = 8;
const PROTOCOL: usize = 9;
const SOURCE: usize = 12;
const OFFSET_MASK: u32 = 0x1fff;
/** More-fragments flag and offset (0x3fff), as a little-endian load sees them. */
const FRAGMENT_BITS_SWAPPED: u16 = 0xff3f;

/** Version 4 and a header of five words: nearly every packet there is. */
const PLAIN: u32 = 0x45;

/**
 * Decodes the packet at `ptr` of which `end - ptr` bytes were captured and `beyond` more were on the wire.
 * A total length of 0 stands for a packet that segmentation offload made larger than the field can say: the frame's
 * length counts. One that is larger than the frame is believed, as all tools do: captures are cut in many ways.
 * Returns a verdict.
 */
@inline export function decodeIpv4(packet: usize, ptr: usize, end: usize, beyond: u32): u32 {
  if (!fits(ptr, HEADER_MIN, end)) return VERDICT_IP_TRUNCATED;
  if (u8At(ptr) == PLAIN) return decodeBehind(packet, ptr, <u32>HEADER_MIN, end, beyond);
  return decodeWithOptions(packet, ptr, end, beyond);
}

function decodeWithOptions(packet: usize, ptr: usize, end: usize, beyond: u32): u32 {
  const first = u8At(ptr);
  if (first >> 4 != 4) return VERDICT_IP_VERSION;
  const headerSize = (first & 15) << 2;
  if (headerSize < HEADER_MIN) return VERDICT_IP_HEADER_LENGTH;
  if (!fits(ptr, headerSize, end)) return VERDICT_IP_TRUNCATED;
  return decodeBehind(packet, ptr, headerSize, end, beyond);
}

/** The header's fields and what is behind it. */
@inline function decodeBehind(packet: usize, ptr: usize, headerSize: u32, end: usize, beyond: u32): u32 {
  let total = be16(ptr + TOTAL_LENGTH);
  if (total < headerSize) {
    if (total != 0) return VERDICT_IP_TOTAL_LENGTH;
    total = <u32>(end - ptr) + beyond;
  }
  setPacketIpBytes(packet, total);
  if (sides != 0) {
    setPacketTtl(packet, u8At(ptr + TTL));
    setPacketId(packet, be16(ptr + IDENTIFICATION));
  }
  const protocol = u8At(ptr + PROTOCOL);
  const captured = select<usize>(ptr + total, end, fits(ptr, total, end));
  const upper = ptr + headerSize;
  const wire = total - headerSize;
  if ((load<u16>(ptr, FRAGMENT) & FRAGMENT_BITS_SWAPPED) == 0) {
    if (protocol == PROTOCOL_AH) return walkExtensions(packet, ptr + SOURCE, 4, protocol, upper, captured, wire);
    if (decapsulate || sides != 0) setPacketTransport(packet, upper, captured, wire);
    return decodeTransport(packet, protocol, ptr + SOURCE, 4, upper, captured, wire);
  }
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_FRAGMENT);
  setPacketId(packet, be16(ptr + IDENTIFICATION));
  const offset = be16(ptr + FRAGMENT) & OFFSET_MASK;
  if (protocol == PROTOCOL_AH && offset == 0) {
    return walkExtensions(packet, ptr + SOURCE, 4, protocol, upper, captured, wire);
  }
  return decodeFragment(packet, protocol, protocol, ptr + SOURCE, 4, offset, upper, captured, wire);
}
