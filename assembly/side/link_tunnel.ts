/** The group link's part on tunnels: the innermost one that the flow's first packet was in, and whether it changed. */
import { packetDepth, packetFrame, packetOuter } from "../decode/packet";
import { NO_TUNNEL_ID, tunnelId } from "../decode/tunnel_kind";
import {
  LAYERS_TUNNEL_BITS, LAYERS_TUNNEL_BIT_ID, LAYERS_TUNNEL_BIT_PORTS, LAYERS_TUNNEL_DEPTH, LAYERS_TUNNEL_DESTINATION,
  LAYERS_TUNNEL_DESTINATION_PORT, LAYERS_TUNNEL_DIGESTS, LAYERS_TUNNEL_ID, LAYERS_TUNNEL_KIND, LAYERS_TUNNEL_SOURCE,
  LAYERS_TUNNEL_SOURCE_PORT, LAYERS_TUNNEL_VERSION, PACKET_OUTER_IP_MASK, PACKET_OUTER_IP_SHIFT,
  PACKET_OUTER_KIND_MASK, PACKET_OUTER_UDP_SHIFT, PACKET_OUTER_WORDS_MASK, PACKET_OUTER_WORDS_SHIFT,
} from "../layout";
import { ipv4Addresses, ipVersion } from "../wire/ipv4";
import { ipv6Addresses } from "../wire/ipv6";
import { destinationPort, sourcePort } from "../wire/ports";

const DIGEST_FACTOR: u32 = 0x9e3779b1;

/** The packet around this one, which was in a tunnel. */
@inline function outerIp(packet: usize): usize {
  return packetFrame(packet) + ((packetOuter(packet) >> PACKET_OUTER_IP_SHIFT) & PACKET_OUTER_IP_MASK);
}
@inline function outerKind(packet: usize): u32 { return packetOuter(packet) & PACKET_OUTER_KIND_MASK; }
@inline function outerIsUdp(packet: usize): bool { return packetOuter(packet) >> PACKET_OUTER_UDP_SHIFT != 0; }
/** What follows its IP header; 0: too far behind. */
@inline function outerTransport(packet: usize): usize {
  const words = (packetOuter(packet) >> PACKET_OUTER_WORDS_SHIFT) & PACKET_OUTER_WORDS_MASK;
  return words == <u32>PACKET_OUTER_WORDS_MASK ? 0 : outerIp(packet) + (<usize>words << 2);
}
@inline function addressSize(ip: usize): usize { return ipVersion(ip) == 4 ? 4 : 16; }
@inline function outerAddresses(ip: usize): usize { return ipVersion(ip) == 4 ? ipv4Addresses(ip) : ipv6Addresses(ip); }

function outerId(packet: usize): u64 {
  const transport = outerTransport(packet);
  return transport == 0 ? NO_TUNNEL_ID : tunnelId(outerKind(packet), outerIsUdp(packet), transport);
}

/** The flow starts with this packet; the record is cleared. */
export function startTunnel(record: usize, packet: usize): void {
  const depth = packetDepth(packet);
  if (depth == 0) return;
  const ip = outerIp(packet);
  const size = addressSize(ip);
  const addresses = outerAddresses(ip);
  memory.copy(record + LAYERS_TUNNEL_SOURCE, addresses, size);
  memory.copy(record + LAYERS_TUNNEL_DESTINATION, addresses + size, size);
  store<u8>(record, <u8>ipVersion(ip), LAYERS_TUNNEL_VERSION);
  store<u8>(record, <u8>outerKind(packet), LAYERS_TUNNEL_KIND);
  store<u8>(record, <u8>depth, LAYERS_TUNNEL_DEPTH);
  let bits: u32 = 0;
  const transport = outerTransport(packet);
  if (transport != 0 && outerIsUdp(packet)) {
    bits |= LAYERS_TUNNEL_BIT_PORTS;
    store<u16>(record, <u16>sourcePort(transport), LAYERS_TUNNEL_SOURCE_PORT);
    store<u16>(record, <u16>destinationPort(transport), LAYERS_TUNNEL_DESTINATION_PORT);
  }
  const id = outerId(packet);
  if (id != NO_TUNNEL_ID) {
    bits |= LAYERS_TUNNEL_BIT_ID;
    store<u32>(record, <u32>id, LAYERS_TUNNEL_ID);
  }
  store<u8>(record, <u8>bits, LAYERS_TUNNEL_BITS);
}

/** Was this packet in another tunnel than the first one of its side, which it may be? Ports do not count. */
export function tunnelChanges(record: usize, packet: usize, side: u32, isFirst: bool): bool {
  const place = record + LAYERS_TUNNEL_DIGESTS + (<usize>side << 2);
  const digest = packetDepth(packet) == 0 ? 0 : digestOf(packet);
  if (isFirst) store<u32>(place, digest);
  return load<u32>(place) != digest;
}

/** Of kind, depth, addresses and number: two tunnels have the same one with a probability of 2^-32. */
function digestOf(packet: usize): u32 {
  const ip = outerIp(packet);
  const addresses = outerAddresses(ip);
  const id = outerId(packet);
  let digest = add(0, ((outerKind(packet) + 1) << 8) | packetDepth(packet));
  for (let at: usize = 0; at < 2 * addressSize(ip); at += 4) digest = add(digest, load<u32>(addresses + at));
  digest = add(digest, <u32>id);
  return add(digest, <u32>(id >> 32));
}

@inline function add(digest: u32, value: u32): u32 { return rotl<u32>((digest ^ value) * DIGEST_FACTOR, 13); }
