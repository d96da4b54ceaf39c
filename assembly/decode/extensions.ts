/** The chain of extension headers between IP and its transport. */
import { PACKET_BIT_FRAGMENT, PACKET_BIT_PARTIAL, VERDICT_IP_EXTENSION } from "../layout";
import { fits } from "../wire/bytes";
import {
  EXTENSION_MIN, extensionNextHeader, extensionSize, fragmentIdentification, fragmentOffset, isExtension, isFragmented,
  isMessage,
} from "../wire/extension";
import { PROTOCOL_FRAGMENT, PROTOCOL_NO_NEXT_HEADER } from "../wire/numbers";
import { decodeFragment, rememberBroken } from "./fragments";
import {
  packetBits, packetTransport, packetTransportEnd, packetTransportWire, packetVersion, setPacketBits,
  setPacketFragmentProtocol, setPacketId, setPacketTransport,
} from "./packet";
import { decodePortless, decodeTransport } from "./transport";

/**
 * Walks the chain of extension headers that starts with `header`, then decodes the transport after it. Returns a
 * verdict.
 */
export function walkExtensions(packet: usize, header: u32): u32 {
  const version = packetVersion(packet);
  const end = packetTransportEnd(packet);
  let ptr = packetTransport(packet);
  let wireLength = packetTransportWire(packet);
  // Headers after the fragment header (in IPv4 all of them) belong to the first fragment; later ones name only the
  // protocol that stands beside the fragment fields.
  let first = (packetBits(packet) & PACKET_BIT_FRAGMENT) != 0;
  while (isExtension(header, version)) {
    if (wireLength < EXTENSION_MIN) return broken(packet, first);
    if (!fits(ptr, EXTENSION_MIN, end)) return cutChain(packet, header, ptr, wireLength);
    const next = extensionNextHeader(ptr);
    if (isMessage(header) && next == PROTOCOL_NO_NEXT_HEADER) break;
    const size = extensionSize(header, ptr);
    if (size > wireLength) return broken(packet, first);
    wireLength -= size;
    if (header == PROTOCOL_FRAGMENT && !first) {
      setPacketId(packet, fragmentIdentification(ptr));
      if (isFragmented(ptr)) {
        setPacketBits(packet, packetBits(packet) | PACKET_BIT_FRAGMENT);
        const offset = fragmentOffset(ptr);
        if (offset != 0) {
          setPacketTransport(packet, ptr + size, end, wireLength);
          return decodeFragment(packet, next, offset);
        }
        first = true;
        setPacketFragmentProtocol(packet, next);
      }
    }
    if (!fits(ptr, size, end)) return cutChain(packet, next, end, wireLength);
    ptr += size;
    header = next;
  }
  setPacketTransport(packet, ptr, end, wireLength);
  return first ? decodeFragment(packet, header, 0) : decodeTransport(packet, header);
}

/** A header that runs over the end of the packet. */
function broken(packet: usize, first: bool): u32 {
  if (first) rememberBroken(packet);
  return VERDICT_IP_EXTENSION;
}

/** The chain continues past the captured bytes: the flow gets the protocol of the last known header, without ports. */
function cutChain(packet: usize, header: u32, ptr: usize, wireLength: u32): u32 {
  if ((packetBits(packet) & PACKET_BIT_FRAGMENT) != 0) rememberBroken(packet);
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_PARTIAL);
  setPacketTransport(packet, ptr, packetTransportEnd(packet), wireLength);
  return decodePortless(packet, header);
}
