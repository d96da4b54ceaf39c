/** Packets that are tracked later than their batch: a copy, with what was captured of the frame as far as there is room. */
import { sides } from "../control";
import {
  packetCaptured, packetDepth, packetFrame, packetIp, packetLinkType, packetTransport, packetTransportEnd,
  packetTransportWire, setPacketFrame, setPacketIp, setPacketLink, setPacketTransport,
} from "../decode/packet";
import { KEPT_FRAME, KEPT_FRAME_MAX, PACKET_SIZE } from "../layout";
import { IPV6_HEADER_SIZE } from "../wire/ipv6";

/** Copies a packet of the batch to `kept`, which is then a packet itself. */
export function keepPacket(kept: usize, packet: usize): void {
  memory.copy(kept, packet, PACKET_SIZE);
  if (sides != 0) keepFrame(kept, packet);
}

/** The kept packet points to the copy of its frame. */
function keepFrame(kept: usize, packet: usize): void {
  const frame = packetFrame(packet);
  const size = min<usize>(packetCaptured(packet), KEPT_FRAME_MAX);
  const copy = kept + KEPT_FRAME;
  memory.copy(copy, frame, size);
  setPacketFrame(kept, copy);
  setPacketLink(kept, packetLinkType(packet), <u32>size, packetDepth(packet));
  setPacketIp(kept, copy + keptIp(copy, packetIp(packet), frame));
  const end = copy + min<usize>(packetTransportEnd(packet) - frame, size);
  setPacketTransport(kept, min(copy + (packetTransport(packet) - frame), end), end, packetTransportWire(packet));
}

/** Where the copied IP header is in the copy. One that lies too far behind takes the place of the last bytes. */
function keptIp(copy: usize, ip: usize, frame: usize): usize {
  const at = ip - frame;
  if (at + IPV6_HEADER_SIZE <= <usize>KEPT_FRAME_MAX) return at;
  memory.copy(copy + KEPT_FRAME_MAX - IPV6_HEADER_SIZE, ip, IPV6_HEADER_SIZE);
  return KEPT_FRAME_MAX - IPV6_HEADER_SIZE;
}
