/**
 * What stands behind IP: TCP (RFC 9293), UDP (RFC 768), UDP-Lite (RFC 3828), DCCP (RFC 4340), SCTP (RFC 9260), ICMP
 * (RFC 792), ICMPv6 (RFC 4443); any other protocol is a flow without ports. Makes the flow key.
 *
 * A packet counts as soon as its ports are in sight. Fields beyond the captured bytes are 0 and the packet is partial.
 */
import {
  PROTOCOL_DCCP, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_UDPLITE,
} from "../wire/numbers";
import { bidirectional, sides } from "../control";
import { setKey4, setKey6 } from "./key";
import {
  PACKET_BIT_PARTIAL, VERDICT_DELIVER, VERDICT_PORTS_MISSING, VERDICT_PORTS_TRUNCATED, VERDICT_TCP_OFFSET,
} from "../layout";
import {
  packetBits, setPacketAck, setPacketBits, setPacketIcmpCode,
  setPacketIcmpType, setPacketPayloadBytes, setPacketSeq, setPacketTcpFlags, setPacketWindow,
} from "./packet";
import { be16, be32, fits, u8At } from "../wire/bytes";


const PORTS_SIZE: u32 = 4;
const TCP_HEADER_MIN: u32 = 20;
const UDP_HEADER_SIZE: u32 = 8;
const UDP_LENGTH: usize = 4;
const UDP_LENGTH_END: usize = 6;
const SCTP_HEADER_SIZE: u32 = 12;
const ICMP_HEADER_SIZE: u32 = 8;
const TCP_FLAGS_MASK: u32 = 0x0fff;
/** A SYN's sequence number is needed to tell a new connection from a repeated SYN. */
const TCP_SYN: u32 = 0x0002;

/** ICMP class of a message whose type is beyond the captured bytes. */
const CLASS_UNKNOWN: u32 = 255;

/** Makes the packet's key. Ports that are not `paired` with the addresses stay where they are: see setKey4. */
export function setKey(
  packet: usize, source: usize, version: u32, sourcePort: u32, destinationPort: u32, protocol: u32, paired: bool,
): void {
  if (version == 4) setKey4(packet, source, sourcePort, destinationPort, protocol, paired);
  else setKey6(packet, source, sourcePort, destinationPort, protocol, paired);
}

@inline function setPayload(packet: usize, wire: u32, header: u32): void {
  setPacketPayloadBytes(packet, select<u32>(wire - header, 0, wire >= header));
}

function markPartial(packet: usize): void {
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_PARTIAL);
}

@inline export function hasPorts(protocol: u32): bool {
  return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP
    || protocol == PROTOCOL_DCCP || protocol == PROTOCOL_UDPLITE;
}

/** decodeTransport as a function of its own, for callers that are not the common path. */
export function decodeTransportOf(
  packet: usize, protocol: u32, source: usize, version: u32, ptr: usize, end: usize, wire: u32,
): u32 {
  return decodeTransport(packet, protocol, source, version, ptr, end, wire);
}

/**
 * Reads the transport header at `ptr`: `end - ptr` bytes of the IP payload were captured, `wire` were sent. `source`
 * is where the IP header's source address lies. Returns a verdict.
 */
@inline export function decodeTransport(
  packet: usize, protocol: u32, source: usize, version: u32, ptr: usize, end: usize, wire: u32,
): u32 {
  if (protocol == PROTOCOL_TCP && fits(ptr, TCP_HEADER_MIN, end)) {
    const offsetAndFlags = be16(ptr + 12);
    const headerSize = (offsetAndFlags >> 12) << 2;
    if (headerSize < TCP_HEADER_MIN) return VERDICT_TCP_OFFSET;
    if (sides != 0) {
      setPacketAck(packet, be32(ptr + 8));
      setPacketWindow(packet, be16(ptr + 14));
    }
    if (sides != 0 || (offsetAndFlags & TCP_SYN) != 0) setPacketSeq(packet, be32(ptr + 4));
    setPacketTcpFlags(packet, offsetAndFlags & TCP_FLAGS_MASK);
    setPayload(packet, wire, headerSize);
  } else if (protocol == PROTOCOL_UDP && fits(ptr, UDP_LENGTH_END, end)) {
    const length = be16(ptr + UDP_LENGTH);
    setPayload(packet, length >= UDP_HEADER_SIZE && length < wire ? length : wire, UDP_HEADER_SIZE);
  } else {
    return decodeSeldom(packet, protocol, source, version, ptr, end, wire);
  }
  setPorts(packet, protocol, source, version, ptr);
  return VERDICT_DELIVER;
}

/** The key, with the ports at `ptr`. */
@inline function setPorts(packet: usize, protocol: u32, source: usize, version: u32, ptr: usize): void {
  if (version == 4) setKey4(packet, source, be16(ptr), be16(ptr + 2), protocol, true);
  else setKey6(packet, source, be16(ptr), be16(ptr + 2), protocol, true);
}

/** What is not a TCP or UDP header in full sight. */
function decodeSeldom(
  packet: usize, protocol: u32, source: usize, version: u32, ptr: usize, end: usize, wire: u32,
): u32 {
  if (!hasPorts(protocol)) {
    if (protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6) {
      return decodeIcmp(packet, protocol, source, version, ptr, end, wire);
    }
    return decodePortless(packet, protocol, source, version, wire);
  }
  if (!fits(ptr, PORTS_SIZE, end)) return wire < PORTS_SIZE ? VERDICT_PORTS_MISSING : VERDICT_PORTS_TRUNCATED;
  if (protocol == PROTOCOL_TCP) {
    const verdict = decodeCutTcp(packet, ptr, end, wire);
    if (verdict != VERDICT_DELIVER) return verdict;
  } else {
    decodePortedPayload(packet, protocol, ptr, end, wire);
  }
  setPorts(packet, protocol, source, version, ptr);
  return VERDICT_DELIVER;
}

/** As many of the TCP fields as were captured. */
function decodeCutTcp(packet: usize, ptr: usize, end: usize, wire: u32): u32 {
  markPartial(packet);
  let headerSize = TCP_HEADER_MIN;
  if (fits(ptr, 8, end)) setPacketSeq(packet, be32(ptr + 4));
  if (fits(ptr, 12, end)) setPacketAck(packet, be32(ptr + 8));
  if (fits(ptr, 13, end)) {
    headerSize = (u8At(ptr + 12) >> 4) << 2;
    if (headerSize < TCP_HEADER_MIN) return VERDICT_TCP_OFFSET;
  }
  if (fits(ptr, 14, end)) setPacketTcpFlags(packet, be16(ptr + 12) & TCP_FLAGS_MASK);
  if (fits(ptr, 16, end)) setPacketWindow(packet, be16(ptr + 14));
  setPayload(packet, wire, headerSize);
  return VERDICT_DELIVER;
}

/** Cut UDP, UDP-Lite, DCCP and SCTP: only the size of the payload depends on the protocol. */
function decodePortedPayload(packet: usize, protocol: u32, ptr: usize, end: usize, wire: u32): void {
  if (protocol == PROTOCOL_UDP) {
    markPartial(packet);
    setPayload(packet, wire, UDP_HEADER_SIZE);
  } else if (protocol == PROTOCOL_DCCP) {
    if (fits(ptr, 5, end)) {
      setPayload(packet, wire, u8At(ptr + 4) << 2);
      return;
    }
    markPartial(packet);
    setPayload(packet, wire, SCTP_HEADER_SIZE);
  } else {
    setPayload(packet, wire, protocol == PROTOCOL_SCTP ? SCTP_HEADER_SIZE : UDP_HEADER_SIZE);
  }
}

/** A flow of addresses and protocol alone. */
export function decodePortless(packet: usize, protocol: u32, source: usize, version: u32, wire: u32): u32 {
  setPacketPayloadBytes(packet, wire);
  setKey(packet, source, version, 0, 0, protocol, true);
  return VERDICT_DELIVER;
}

/** In bi a request and its reply are one flow, told apart by class and identifier; in uni addresses are all. */
function decodeIcmp(
  packet: usize, protocol: u32, source: usize, version: u32, ptr: usize, end: usize, wire: u32,
): u32 {
  let messageClass = CLASS_UNKNOWN;
  let identifier: u32 = 0;
  setPayload(packet, wire, ICMP_HEADER_SIZE);
  if (fits(ptr, 1, end)) {
    const type = u8At(ptr);
    setPacketIcmpType(packet, type);
    messageClass = protocol == PROTOCOL_ICMP ? icmpClass(type) : icmpv6Class(type);
    if (fits(ptr, 2, end)) setPacketIcmpCode(packet, u8At(ptr + 1));
    else markPartial(packet);
    if (hasIdentifier(protocol, messageClass)) {
      if (fits(ptr, 6, end)) identifier = be16(ptr + 4);
      else markPartial(packet);
    }
  } else {
    markPartial(packet);
  }
  if (bidirectional) setKey(packet, source, version, messageClass, identifier, protocol, false);
  else setKey(packet, source, version, 0, 0, protocol, true);
  return VERDICT_DELIVER;
}

/** The request's type for both messages of a pair; any other type stands for itself. */
function icmpClass(type: u32): u32 {
  if (type == 0) return 8;
  if (type == 9) return 10;
  if (type == 14 || type == 16 || type == 18) return type - 1;
  return type;
}

function icmpv6Class(type: u32): u32 {
  return type == 129 || type == 134 || type == 136 || type == 140 ? type - 1 : type;
}

function hasIdentifier(protocol: u32, messageClass: u32): bool {
  if (protocol == PROTOCOL_ICMPV6) return messageClass == 128;
  return messageClass == 8 || messageClass == 13 || messageClass == 15 || messageClass == 17;
}
