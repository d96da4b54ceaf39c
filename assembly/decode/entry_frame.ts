/** What side records read of a packet beyond its entry, on the way to the engine of its shard: see entry.ts. */
import { payloadMax, sides } from "../control";
import {
  ENTRY_FRAME_HEADER, ENTRY_FRAME_ID, ENTRY_FRAME_IP, ENTRY_FRAME_LINK, ENTRY_FRAME_OUTER, ENTRY_FRAME_SIZE,
  ENTRY_FRAME_TRANSPORT, ENTRY_FRAME_TRANSPORT_END, ENTRY_FRAME_TRANSPORT_WIRE, NARROW_SIZE, PACKET_LINK, PACKET_OUTER,
  SIDE_ENTROPY, SIDE_STATS,
} from "../layout";
import {
  packetCaptured, packetFrame, packetId, packetIp, packetTransport, packetTransportEnd, packetTransportWire,
  setPacketFrame, setPacketId, setPacketIp, setPacketTransport,
} from "./packet";

/** Of a TCP header with all options. Of other packets as much is copied: it is less than a branch costs. */
const TRANSPORT_HEADER_MAX: u32 = 60;

/** Do side records read more than what the shortest entries have? */
@inline export function needsFrames(): bool { return (sides & ~SIDE_STATS) != 0; }

@inline function needsPayload(): bool { return (sides & SIDE_ENTROPY) != 0; }

/** Writes it behind the packet's entry. Returns where the next entry goes. */
export function writeEntryFrame(at: usize, packet: usize): usize {
  const frame = packetFrame(packet);
  const captured = packetCaptured(packet);
  const transport = <u32>(packetTransport(packet) - frame);
  const size = needsPayload() ? captured : min(captured, transport + TRANSPORT_HEADER_MAX + payloadMax);
  store<u32>(at, packetId(packet), ENTRY_FRAME_ID);
  store<u32>(at, size, ENTRY_FRAME_SIZE);
  store<u32>(at, transport, ENTRY_FRAME_TRANSPORT);
  store<u32>(at, <u32>(packetTransportEnd(packet) - frame), ENTRY_FRAME_TRANSPORT_END);
  store<u32>(at, packetTransportWire(packet), ENTRY_FRAME_TRANSPORT_WIRE);
  store<u32>(at, <u32>(packetIp(packet) - frame), ENTRY_FRAME_IP);
  store<u64>(at, load<u64>(packet, PACKET_LINK), ENTRY_FRAME_LINK);
  memory.copy(at + ENTRY_FRAME_HEADER, frame, size);
  return at + ENTRY_FRAME_HEADER + roundUp(size);
}

/** Reads it. The packet points into the list. Returns where the next entry is. */
export function readEntryFrame(packet: usize, at: usize): usize {
  const frame = at + ENTRY_FRAME_HEADER;
  setPacketFrame(packet, frame);
  setPacketId(packet, load<u32>(at, ENTRY_FRAME_ID));
  setPacketTransport(
    packet, frame + load<u32>(at, ENTRY_FRAME_TRANSPORT), frame + load<u32>(at, ENTRY_FRAME_TRANSPORT_END),
    load<u32>(at, ENTRY_FRAME_TRANSPORT_WIRE),
  );
  setPacketIp(packet, frame + load<u32>(at, ENTRY_FRAME_IP));
  store<u64>(packet, load<u64>(at, ENTRY_FRAME_LINK), PACKET_LINK);
  return frame + roundUp(load<u32>(at, ENTRY_FRAME_SIZE));
}

@inline export function roundUp(size: usize): usize { return (size + (NARROW_SIZE - 1)) & ~<usize>(NARROW_SIZE - 1); }
