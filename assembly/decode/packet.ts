/** Accessors of the decoded packet: the scratch record between decoder and tracker. */
import {
  PACKET_ACK, PACKET_ADDRESSES, PACKET_BITS, PACKET_BIT_ICMP, PACKET_DESTINATION_PORT, PACKET_FRAGMENT_PROTOCOL,
  PACKET_FRAME, PACKET_IP, PACKET_LINK, PACKET_LINK_CAPTURED_SHIFT, PACKET_LINK_DEPTH_MASK, PACKET_LINK_DEPTH_SHIFT,
  PACKET_LINK_TYPE_MASK, PACKET_OUTER, PACKET_SOURCE_PORT, PACKET_VERSION, PACKET_HASH, PACKET_ICMP_CODE,
  PACKET_ICMP_TYPE, PACKET_ID,
  PACKET_IP_BYTES, PACKET_LIKELY_FLOW, PACKET_PAYLOAD_BYTES, PACKETS, PACKET_SIZE, PACKET_SEQ, PACKET_SIDE,
  PACKET_TCP_FLAGS, PACKET_TIME, PACKET_TTL, PACKET_TRANSPORT, PACKET_TRANSPORT_END, PACKET_TRANSPORT_WIRE,
  PACKET_VERDICT, PACKET_WINDOW, PACKET_WIRE_BYTES, KEY_HIGH_PORT, KEY_LOW_PORT, KEY_PROTOCOL, KEY_VERSION, PACKET_KEY,
} from "../layout";

/** Scratch packet number `index` of the batch. */
@inline export function batchPacket(index: u32): usize { return PACKETS + <usize>index * PACKET_SIZE; }

@inline export function packetTime(p: usize): u64 { return load<u64>(p, PACKET_TIME); }
@inline export function setPacketTime(p: usize, v: u64): void { store<u64>(p, v, PACKET_TIME); }
@inline export function packetHash(p: usize): u32 { return load<u32>(p, PACKET_HASH); }
@inline export function setPacketHash(p: usize, v: u32): void { store<u32>(p, v, PACKET_HASH); }
@inline export function packetIpBytes(p: usize): u32 { return load<u32>(p, PACKET_IP_BYTES); }
@inline export function setPacketIpBytes(p: usize, v: u32): void { store<u32>(p, v, PACKET_IP_BYTES); }
@inline export function packetWireBytes(p: usize): u32 { return load<u32>(p, PACKET_WIRE_BYTES); }
@inline export function setPacketWireBytes(p: usize, v: u32): void { store<u32>(p, v, PACKET_WIRE_BYTES); }
@inline export function packetPayloadBytes(p: usize): u32 { return load<u32>(p, PACKET_PAYLOAD_BYTES); }
@inline export function setPacketPayloadBytes(p: usize, v: u32): void { store<u32>(p, v, PACKET_PAYLOAD_BYTES); }
@inline export function packetSeq(p: usize): u32 { return load<u32>(p, PACKET_SEQ); }
@inline export function setPacketSeq(p: usize, v: u32): void { store<u32>(p, v, PACKET_SEQ); }
@inline export function packetAck(p: usize): u32 { return load<u32>(p, PACKET_ACK); }
@inline export function setPacketAck(p: usize, v: u32): void { store<u32>(p, v, PACKET_ACK); }
@inline export function packetId(p: usize): u32 { return load<u32>(p, PACKET_ID); }
@inline export function setPacketId(p: usize, v: u32): void { store<u32>(p, v, PACKET_ID); }
@inline export function packetWindow(p: usize): u32 { return <u32>load<u16>(p, PACKET_WINDOW); }
@inline export function setPacketWindow(p: usize, v: u32): void { store<u16>(p, <u16>v, PACKET_WINDOW); }
@inline export function packetTcpFlags(p: usize): u32 { return <u32>load<u16>(p, PACKET_TCP_FLAGS); }
@inline export function setPacketTcpFlags(p: usize, v: u32): void { store<u16>(p, <u16>v, PACKET_TCP_FLAGS); }
@inline export function packetVerdict(p: usize): u32 { return <u32>load<u8>(p, PACKET_VERDICT); }
@inline export function setPacketVerdict(p: usize, v: u32): void { store<u8>(p, <u8>v, PACKET_VERDICT); }
@inline export function packetSide(p: usize): u32 { return <u32>load<u8>(p, PACKET_SIDE); }
@inline export function setPacketSide(p: usize, v: u32): void { store<u8>(p, <u8>v, PACKET_SIDE); }
@inline export function packetBits(p: usize): u32 { return <u32>load<u8>(p, PACKET_BITS); }
@inline export function setPacketBits(p: usize, v: u32): void { store<u8>(p, <u8>v, PACKET_BITS); }
@inline export function packetTtl(p: usize): u32 { return <u32>load<u8>(p, PACKET_TTL); }
@inline export function setPacketTtl(p: usize, v: u32): void { store<u8>(p, <u8>v, PACKET_TTL); }
@inline export function packetIcmpType(p: usize): u32 { return <u32>load<u8>(p, PACKET_ICMP_TYPE); }
@inline export function setPacketIcmpType(p: usize, v: u32): void { store<u8>(p, <u8>v, PACKET_ICMP_TYPE); }
@inline export function packetIcmpCode(p: usize): u32 { return <u32>load<u8>(p, PACKET_ICMP_CODE); }
@inline export function setPacketIcmpCode(p: usize, v: u32): void { store<u8>(p, <u8>v, PACKET_ICMP_CODE); }
/** 1 + type and 1 + code of an ICMP message, u16 each; 0 when they are not known. */
@inline export function packetIcmp(p: usize): u32 {
  return (packetBits(p) & PACKET_BIT_ICMP) == 0 ? 0 : packetIcmpType(p) + 1 | (packetIcmpCode(p) + 1) << 16;
}

/** Of IP, as in the key. */
@inline export function packetKeyVersion(p: usize): u32 { return <u32>load<u8>(p, PACKET_KEY + KEY_VERSION); }
@inline export function packetProtocol(p: usize): u32 { return <u32>load<u8>(p, PACKET_KEY + KEY_PROTOCOL); }

/** Ports of the key's two sides. */
@inline export function packetLowPort(p: usize): u32 { return <u32>load<u16>(p, PACKET_KEY + KEY_LOW_PORT); }
@inline export function packetHighPort(p: usize): u32 { return <u32>load<u16>(p, PACKET_KEY + KEY_HIGH_PORT); }

/** The flow that probably has the packet's key; only good after likelyFlow. */
@inline export function packetLikelyFlow(p: usize): u32 { return load<u32>(p, PACKET_LIKELY_FLOW); }
@inline export function setPacketLikelyFlow(p: usize, v: u32): void { store<u32>(p, v, PACKET_LIKELY_FLOW); }

/** Where the bytes after the last IP header begin, how far they were captured, how many were on the wire. */
@inline export function packetTransport(p: usize): usize { return load<u32>(p, PACKET_TRANSPORT); }
@inline export function packetTransportEnd(p: usize): usize { return load<u32>(p, PACKET_TRANSPORT_END); }
@inline export function packetTransportWire(p: usize): u32 { return load<u32>(p, PACKET_TRANSPORT_WIRE); }
@inline export function setPacketTransport(p: usize, ptr: usize, end: usize, wire: u32): void {
  store<u32>(p, <u32>ptr, PACKET_TRANSPORT);
  store<u32>(p, <u32>end, PACKET_TRANSPORT_END);
  store<u32>(p, wire, PACKET_TRANSPORT_WIRE);
}

/** Address of the source address in the IP header, and the version of IP. */
@inline export function packetAddresses(p: usize): usize { return load<u32>(p, PACKET_ADDRESSES); }
@inline export function packetVersion(p: usize): u32 { return <u32>load<u8>(p, PACKET_VERSION); }
@inline export function setPacketAddresses(p: usize, addresses: usize, version: u32): void {
  store<u32>(p, <u32>addresses, PACKET_ADDRESSES);
  store<u8>(p, <u8>version, PACKET_VERSION);
}

/** Ports as sent; of ICMP the class and the identifier. */
@inline export function packetSourcePort(p: usize): u32 { return <u32>load<u16>(p, PACKET_SOURCE_PORT); }
@inline export function packetDestinationPort(p: usize): u32 { return <u32>load<u16>(p, PACKET_DESTINATION_PORT); }
@inline export function setPacketPorts(p: usize, source: u32, destination: u32): void {
  store<u16>(p, <u16>source, PACKET_SOURCE_PORT);
  store<u16>(p, <u16>destination, PACKET_DESTINATION_PORT);
}

/** Addresses of the frame and of the IP header; only good with side records. */
@inline export function packetFrame(p: usize): usize { return load<u32>(p, PACKET_FRAME); }
@inline export function setPacketFrame(p: usize, v: usize): void { store<u32>(p, <u32>v, PACKET_FRAME); }
@inline export function packetIp(p: usize): usize { return load<u32>(p, PACKET_IP); }
@inline export function setPacketIp(p: usize, v: usize): void { store<u32>(p, <u32>v, PACKET_IP); }

/** Link type and captured bytes of the frame, and how many tunnels the packet was in; set only with side records. */
@inline export function packetLinkType(p: usize): u32 { return load<u32>(p, PACKET_LINK) & PACKET_LINK_TYPE_MASK; }
@inline export function packetCaptured(p: usize): u32 {
  return load<u32>(p, PACKET_LINK) >> PACKET_LINK_CAPTURED_SHIFT;
}
@inline export function packetDepth(p: usize): u32 {
  return (load<u32>(p, PACKET_LINK) >> PACKET_LINK_DEPTH_SHIFT) & PACKET_LINK_DEPTH_MASK;
}
@inline export function setPacketLink(p: usize, linkType: u32, captured: u32, depth: u32): void {
  store<u32>(p, linkType | (depth << PACKET_LINK_DEPTH_SHIFT) | (captured << PACKET_LINK_CAPTURED_SHIFT), PACKET_LINK);
}
/** The packet around it, PACKET_OUTER_; set of a packet that was in a tunnel, with the group link. */
@inline export function packetOuter(p: usize): u32 { return load<u32>(p, PACKET_OUTER); }
@inline export function setPacketOuter(p: usize, v: u32): void { store<u32>(p, v, PACKET_OUTER); }

/** The protocol beside the fragment fields of a first fragment. */
@inline export function packetFragmentProtocol(p: usize): u32 { return <u32>load<u8>(p, PACKET_FRAGMENT_PROTOCOL); }
@inline export function setPacketFragmentProtocol(p: usize, v: u32): void {
  store<u8>(p, <u8>v, PACKET_FRAGMENT_PROTOCOL);
}

/** Verdict and bits. */
const PLAIN_MASK: u64 = 0xff | (0xff << ((PACKET_BITS - PACKET_VERDICT) << 3));

/** Is it delivered, and has it none of PACKET_BIT_? */
@inline export function isPlain(p: usize): bool { return (load<u64>(p, PACKET_VERDICT) & PLAIN_MASK) == 0; }
