/**
 * Transports: TCP, UDP, UDP-Lite, DCCP, SCTP, ICMP and ICMPv6. Any other protocol gives a flow without ports.
 *
 * A packet counts as soon as its ports were captured. Fields that were not captured are 0, and the packet is partial.
 */
import { bidirectional, sides, zeekCuts } from "../control";
import {
  PACKET_BIT_ICMP, PACKET_BIT_PARTIAL, PACKET_BIT_TCP_OFFSET, VERDICT_DELIVER, VERDICT_PORTS_MISSING,
  VERDICT_PORTS_TRUNCATED,
} from "../layout";
import { fits } from "../wire/bytes";
import {
  hasIdentifier, icmpClass, icmpCode, icmpCounterpart, ICMP_CODE_END, ICMP_HEADER_SIZE, icmpIdentifier,
  ICMP_IDENTIFIER_END, ICMP_ONE_WAY, icmpType, ICMP_TYPE_END, isIcmp,
} from "../wire/icmp";
import { PROTOCOL_DCCP, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP, TCP_SYN } from "../wire/numbers";
import { destinationPort, hasPorts, PORTS_SIZE, sourcePort } from "../wire/ports";
import {
  flagsOf, offsetSize, tcpAcknowledgment, TCP_ACKNOWLEDGMENT_END, tcpFlags, TCP_FLAGS_END, TCP_HEADER_MIN,
  tcpHeaderSize, tcpOffsetAndFlags, TCP_OFFSET_END, tcpSequence, TCP_SEQUENCE_END, tcpWindow, TCP_WINDOW_END,
} from "../wire/tcp";
import {
  dccpHeaderSize, DCCP_HEADER_MIN, DCCP_OFFSET_END, SCTP_HEADER_SIZE, UDP_HEADER_SIZE, udpLength, UDP_LENGTH_END,
} from "../wire/udp";
import { setKey } from "./key";
import {
  packetBits, packetIcmpCode, packetIcmpType, packetTransport, packetTransportEnd, packetTransportWire, setPacketAck,
  setPacketBits, setPacketIcmpCode, setPacketIcmpType, setPacketPayloadBytes, setPacketPorts, setPacketSeq,
  setPacketTcpFlags, setPacketWindow,
} from "./packet";

/** ICMP class of a message whose type was not captured. */
const CLASS_UNKNOWN: u32 = 255;

@inline function setPayload(packet: usize, wireLength: u32, header: u32): void {
  setPacketPayloadBytes(packet, select<u32>(wireLength - header, 0, wireLength >= header));
}

function markPartial(packet: usize): void {
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_PARTIAL);
}

/**
 * Reads the transport header at `ptr` when it is one of TCP or UDP and in full sight: `end - ptr` bytes of the IP
 * payload were captured, `wireLength` were sent. False: it is not, and nothing was decoded. The key, with the ports at
 * `ptr`, is the caller's to make; what only side records need is keepTcpFields's to read.
 */
@inline export function decodeCommonTransport(
  packet: usize, protocol: u32, ptr: usize, end: usize, wireLength: u32,
): bool {
  if (protocol == PROTOCOL_TCP && fits(ptr, TCP_HEADER_MIN, end)) {
    decodeTcp(packet, ptr, wireLength);
    return true;
  }
  if (protocol == PROTOCOL_UDP && fits(ptr, UDP_LENGTH_END, end)) {
    const length = udpLength(ptr);
    const used = length >= UDP_HEADER_SIZE && length < wireLength ? length : wireLength;
    setPayload(packet, used, UDP_HEADER_SIZE);
    return true;
  }
  return false;
}

@inline function decodeTcp(packet: usize, ptr: usize, wireLength: u32): void {
  const offsetAndFlags = tcpOffsetAndFlags(ptr);
  let headerSize = offsetSize(offsetAndFlags);
  if (headerSize < TCP_HEADER_MIN) headerSize = impossibleOffset(packet, wireLength);
  const flags = flagsOf(offsetAndFlags);
  // The numbers of SYN and SYN+ACK are needed to tell a new connection from a repeated SYN.
  if ((flags & TCP_SYN) != 0) setSequenceNumbers(packet, ptr);
  setPacketTcpFlags(packet, flags);
  setPayload(packet, wireLength, headerSize);
}

@inline function setSequenceNumbers(packet: usize, ptr: usize): void {
  setPacketSeq(packet, tcpSequence(ptr));
  setPacketAck(packet, tcpAcknowledgment(ptr));
}

/** What only side records need of the header that decodeCommonTransport has read. */
@inline export function keepTcpFields(packet: usize, protocol: u32, ptr: usize): void {
  if (protocol != PROTOCOL_TCP) return;
  setSequenceNumbers(packet, ptr);
  setPacketWindow(packet, tcpWindow(ptr));
}

/** A data offset below 5. The ports are readable, so the packet is its flow's; everything else is taken as header. */
@cold function impossibleOffset(packet: usize, wireLength: u32): u32 {
  setPacketBits(packet, packetBits(packet) | PACKET_BIT_TCP_OFFSET);
  return wireLength;
}

/** Reads the header of any protocol, where the packet says that it begins, and makes the key. Returns a verdict. */
export function decodeTransport(packet: usize, protocol: u32): u32 {
  const ptr = packetTransport(packet);
  const end = packetTransportEnd(packet);
  const wireLength = packetTransportWire(packet);
  if (decodeCommonTransport(packet, protocol, ptr, end, wireLength)) {
    if (sides != 0) keepTcpFields(packet, protocol, ptr);
  } else {
    // Zeek knows no ports but those of TCP and UDP.
    if (!hasPorts(protocol) || (zeekCuts && protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP)) {
      if (!isIcmp(protocol)) return decodePortless(packet, protocol);
      decodeIcmp(packet, protocol, ptr, end, wireLength);
      setKey(packet, protocol);
      return VERDICT_DELIVER;
    }
    if (!fits(ptr, PORTS_SIZE, end)) return wireLength < PORTS_SIZE ? VERDICT_PORTS_MISSING : VERDICT_PORTS_TRUNCATED;
    if (protocol == PROTOCOL_TCP) decodeCutTcp(packet, ptr, end, wireLength);
    else decodePortedPayload(packet, protocol, ptr, end, wireLength);
  }
  setPacketPorts(packet, sourcePort(ptr), destinationPort(ptr));
  setKey(packet, protocol);
  return VERDICT_DELIVER;
}

/** A flow of addresses and protocol alone. */
export function decodePortless(packet: usize, protocol: u32): u32 {
  setPacketPayloadBytes(packet, packetTransportWire(packet));
  setPacketPorts(packet, 0, 0);
  setKey(packet, protocol);
  return VERDICT_DELIVER;
}

/** As many of the TCP fields as were captured. */
function decodeCutTcp(packet: usize, ptr: usize, end: usize, wireLength: u32): void {
  markPartial(packet);
  let headerSize = TCP_HEADER_MIN;
  if (fits(ptr, TCP_SEQUENCE_END, end)) setPacketSeq(packet, tcpSequence(ptr));
  if (fits(ptr, TCP_ACKNOWLEDGMENT_END, end)) setPacketAck(packet, tcpAcknowledgment(ptr));
  if (fits(ptr, TCP_OFFSET_END, end)) {
    headerSize = tcpHeaderSize(ptr);
    if (headerSize < TCP_HEADER_MIN) headerSize = impossibleOffset(packet, wireLength);
  }
  if (fits(ptr, TCP_FLAGS_END, end)) setPacketTcpFlags(packet, tcpFlags(ptr));
  if (fits(ptr, TCP_WINDOW_END, end)) setPacketWindow(packet, tcpWindow(ptr));
  setPayload(packet, wireLength, headerSize);
}

/** Cut UDP, UDP-Lite, DCCP and SCTP: only the size of the payload depends on the protocol. */
function decodePortedPayload(packet: usize, protocol: u32, ptr: usize, end: usize, wireLength: u32): void {
  let headerSize = UDP_HEADER_SIZE;
  if (protocol == PROTOCOL_UDP) {
    markPartial(packet);
  } else if (protocol == PROTOCOL_SCTP) {
    headerSize = SCTP_HEADER_SIZE;
  } else if (protocol == PROTOCOL_DCCP) {
    if (fits(ptr, DCCP_OFFSET_END, end)) {
      headerSize = dccpHeaderSize(ptr);
    } else {
      markPartial(packet);
      headerSize = DCCP_HEADER_MIN;
    }
  }
  setPayload(packet, wireLength, headerSize);
}

/** Marks the sender of a one-way message in the key. */
const ONE_WAY: u32 = 0x100;

/** Zeek's flows have types in place of ports: the sender its own, the other that of the answer, or else the code. */
function setZeekPorts(packet: usize, protocol: u32): void {
  const type = packetIcmpType(packet);
  const answer = icmpCounterpart(protocol, type);
  if (answer != ICMP_ONE_WAY) setPacketPorts(packet, type, answer);
  else setPacketPorts(packet, type | ONE_WAY, packetIcmpCode(packet));
}

/** In bi a request and its reply are one flow, identified by class and identifier; in uni by addresses alone. */
function decodeIcmp(packet: usize, protocol: u32, ptr: usize, end: usize, wireLength: u32): void {
  let messageClass = CLASS_UNKNOWN;
  let identifier: u32 = 0;
  setPayload(packet, wireLength, ICMP_HEADER_SIZE);
  if (fits(ptr, ICMP_TYPE_END, end)) {
    const type = icmpType(ptr);
    setPacketIcmpType(packet, type);
    messageClass = icmpClass(protocol, type);
    if (fits(ptr, ICMP_CODE_END, end)) {
      setPacketIcmpCode(packet, icmpCode(ptr));
      setPacketBits(packet, packetBits(packet) | PACKET_BIT_ICMP);
    } else {
      markPartial(packet);
    }
    if (hasIdentifier(protocol, messageClass)) {
      if (fits(ptr, ICMP_IDENTIFIER_END, end)) identifier = icmpIdentifier(ptr);
      else markPartial(packet);
    }
  } else {
    markPartial(packet);
  }
  if (zeekCuts) setZeekPorts(packet, protocol);
  else if (bidirectional) setPacketPorts(packet, messageClass, identifier);
  else setPacketPorts(packet, 0, 0);
}
