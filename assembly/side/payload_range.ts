/** Which bytes of a packet are its payload, as the core counts it, and how many of them were captured. */
import {
  packetBits, packetPayloadBytes, packetProtocol, packetTransport, packetTransportEnd, packetTransportWire,
} from "../decode/packet";
import { PACKET_BIT_LATER, PACKET_BIT_PARTIAL } from "../layout";
import { PROTOCOL_UDP } from "../wire/numbers";
import { UDP_HEADER_SIZE } from "../wire/udp";

/** Where the payload begins. The packet is not partial. */
@inline export function payloadStart(packet: usize): usize {
  const transport = packetTransport(packet);
  // A UDP length below that of the packet leaves out what follows, not what precedes.
  if (packetProtocol(packet) == PROTOCOL_UDP && (packetBits(packet) & PACKET_BIT_LATER) == 0) {
    return transport + UDP_HEADER_SIZE;
  }
  return transport + <usize>(packetTransportWire(packet) - packetPayloadBytes(packet));
}

/** Bytes of the payload that were captured; of a partial packet, whose header is cut, none. */
@inline export function payloadCaptured(packet: usize): u32 {
  if ((packetBits(packet) & PACKET_BIT_PARTIAL) != 0) return 0;
  const start = payloadStart(packet);
  const end = packetTransportEnd(packet);
  return start >= end ? 0 : min<u32>(<u32>(end - start), packetPayloadBytes(packet));
}
