/** Takes one captured record: converts it, or filters the frame and decodes it into the batch. */
import { count, snaplen } from "../control";
import { decodeFrame } from "../decode/decode";
import { packetTime, setPacketVerdict, setPacketWireBytes } from "../decode/packet";
import {
  COUNTER_BEYOND_SNAPLEN, COUNTER_WIRE_TOO_SHORT, INTERFACE_BIT_CONVERTED, INTERFACE_BIT_SUPPORTED, VERDICT_FILTERED,
  VERDICT_UNSUPPORTED_LINK,
} from "../layout";
import { convertFrame } from "./convert";
import { bitsOf, filterOf, isSupported, linkTypeOf, snaplenOf } from "./interfaces";
import { isInWindow } from "./window";

/**
 * Takes a frame of a known capture interface. A frame with an unsupported link type is counted and skipped. Bytes past
 * the interface's snaplen are ignored, also by the filter.
 * @param packet of the batch; its time is set
 * @param captured bytes at `frame`
 * @param wireLength original length as the record says it; fewer bytes than were captured cannot have been on the wire
 * @returns packets taken into the batch: 0 when the frame was converted, else 1
 */
@inline export function takeFrame(
  packet: usize, frame: usize, captured: u32, wireLength: u32, captureInterface: usize,
): u32 {
  if (captured > wireLength) {
    count(COUNTER_WIRE_TOO_SHORT);
    wireLength = captured;
  }
  if (bitsOf(captureInterface) != INTERFACE_BIT_SUPPORTED) {
    return takeUncommon(packet, frame, captured, wireLength, captureInterface);
  }
  takeSupported(packet, frame, captured, wireLength, captureInterface);
  return 1;
}

@inline function takeSupported(
  packet: usize, frame: usize, captured: u32, wireLength: u32, captureInterface: usize,
): void {
  captured = withinSnaplen(captured, captureInterface);
  setPacketWireBytes(packet, wireLength);
  const filter = filterOf(captureInterface);
  if (filter != 0 && call_indirect<i32>(filter, <i32>frame, <i32>captured, <i32>wireLength) == 0) {
    setPacketVerdict(packet, VERDICT_FILTERED);
  } else {
    if (snaplen != 0 && captured > snaplen) captured = snaplen;
    decodeFrame(packet, frame, captured, wireLength, linkTypeOf(captureInterface));
  }
}

/** What is beyond the interface's snaplen is not looked at. */
@inline function withinSnaplen(captured: u32, captureInterface: usize): u32 {
  const limit = snaplenOf(captureInterface);
  if (limit == 0 || captured <= limit) return captured;
  count(COUNTER_BEYOND_SNAPLEN);
  return limit;
}

/** Converts the frame, or counts and skips it if its link type is not supported or its time is not wanted. */
function takeUncommon(packet: usize, frame: usize, captured: u32, wireLength: u32, captureInterface: usize): u32 {
  if ((bitsOf(captureInterface) & INTERFACE_BIT_CONVERTED) != 0) {
    captured = withinSnaplen(captured, captureInterface);
    convertFrame(packetTime(packet), frame, captured, wireLength, linkTypeOf(captureInterface));
    return 0;
  }
  if (!isSupported(captureInterface)) {
    setPacketWireBytes(packet, wireLength);
    setPacketVerdict(packet, VERDICT_UNSUPPORTED_LINK);
  } else if (isInWindow(packetTime(packet))) {
    takeSupported(packet, frame, captured, wireLength, captureInterface);
  } else {
    setPacketWireBytes(packet, wireLength);
    setPacketVerdict(packet, VERDICT_FILTERED);
  }
  return 1;
}
