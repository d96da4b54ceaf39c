/**
 * Extension headers: IPv6 hop-by-hop, routing, destination options and fragment (RFC 8200 §4), mobility (RFC 6275),
 * PROTOCOL_HIP (RFC 7401), shim6 (RFC 5533), and the Authentication Header (RFC 4302), which IPv4 has as well.
 */
import {
  PROTOCOL_AH, PROTOCOL_DESTINATION_OPTIONS, PROTOCOL_FRAGMENT, PROTOCOL_HIP, PROTOCOL_HOP_BY_HOP, PROTOCOL_MOBILITY, PROTOCOL_ROUTING, PROTOCOL_SHIM6,
} from "../wire/numbers";
import { decodeFragment } from "./fragments";
import { PACKET_BIT_FRAGMENT, PACKET_BIT_PARTIAL, VERDICT_IP_EXTENSION } from "../layout";
import { packetBits, setPacketBits, setPacketId, setPacketTransport } from "./packet";
import { be16, be32, fits, u8At } from "../wire/bytes";
import { decodePortless, decodeTransportOf } from "./transport";


const EXTENSION_MIN: u32 = 8;
const OFFSET_MASK: u32 = 0xfff8;
const MORE_FRAGMENTS: u32 = 0x0001;

/** In IPv4 only the Authentication Header is one. */
@inline export function isExtension(header: u32, version: u32): bool {
  if (header == PROTOCOL_AH) return true;
  return version == 6 && (header == PROTOCOL_HOP_BY_HOP || header == PROTOCOL_ROUTING || header == PROTOCOL_FRAGMENT
    || header == PROTOCOL_DESTINATION_OPTIONS || header == PROTOCOL_MOBILITY || header == PROTOCOL_HIP || header == PROTOCOL_SHIM6);
}

/** Size of the extension header at `ptr`: in units of 4 for AH (RFC 4302 §2.2), of 8 for all others. */
@inline function extensionSize(header: u32, ptr: usize): u32 {
  if (header == PROTOCOL_FRAGMENT) return EXTENSION_MIN;
  return header == PROTOCOL_AH ? (u8At(ptr + 1) + 2) << 2 : (u8At(ptr + 1) + 1) << 3;
}

/**
 * Walks the chain that begins with `header` at `ptr` and decodes what stands behind it. `wire` bytes of it were sent,
 * `end - ptr` captured. Returns a verdict.
 */
export function walkExtensions(
  packet: usize, source: usize, version: u32, header: u32, ptr: usize, end: usize, wire: u32,
): u32 {
  // Headers behind the fragment header (in IPv4 all of them) belong to the first fragment; later ones name only the
  // protocol that stands beside the fragment fields.
  let first = (packetBits(packet) & PACKET_BIT_FRAGMENT) != 0;
  let fragmentProtocol = header;
  while (isExtension(header, version)) {
    if (wire < EXTENSION_MIN) return VERDICT_IP_EXTENSION;
    if (!fits(ptr, EXTENSION_MIN, end)) return cutChain(packet, source, version, header, ptr, end, wire);
    const next = u8At(ptr);
    const size = extensionSize(header, ptr);
    if (size > wire) return VERDICT_IP_EXTENSION;
    wire -= size;
    if (header == PROTOCOL_FRAGMENT) {
      const fragment = be16(ptr + 2);
      if ((fragment & (OFFSET_MASK | MORE_FRAGMENTS)) != 0 && !first) {
        setPacketBits(packet, packetBits(packet) | PACKET_BIT_FRAGMENT);
        setPacketId(packet, be32(ptr + 4));
        if ((fragment & OFFSET_MASK) != 0) {
          return decodeFragment(packet, next, next, source, version, fragment & OFFSET_MASK, ptr + size, end, wire);
        }
        first = true;
        fragmentProtocol = next;
      } else if (!first) {
        setPacketId(packet, be32(ptr + 4));
      }
    }
    if (!fits(ptr, size, end)) return cutChain(packet, source, version, next, end, end, wire);
    ptr += size;
    header = next;
  }
  if (first) return decodeFragment(packet, header, fragmentProtocol, source, version, 0, ptr, end, wire);
  setPacketTransport(packet, ptr, end, wire);
  return decodeTransportOf(packet, header, source, version, ptr, end, wire);
}

/** The chain goes on beyond the captured bytes: the flow is that of the last header known, without ports. */
function cutChain(
  packet: usize, source: usize, version: u32, header: u32, ptr: usize, end: usize, wire: u32,
): u32 {
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_PARTIAL);
  setPacketTransport(packet, ptr, end, wire);
  return decodePortless(packet, header, source, version, wire);
}
