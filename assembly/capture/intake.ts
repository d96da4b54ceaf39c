/** Takes one captured record: converts it, or filters the frame and decodes it into the batch. */
import { count, dedupTime, snaplen } from "../control";
import { decodeFrame } from "../decode/decode";
import { isDuplicate } from "../decode/duplicates";
import { packetTime, setPacketVerdict, setPacketWireBytes } from "../decode/packet";
import {
  COUNTER_BEYOND_SNAPLEN, COUNTER_WIRE_TOO_SHORT, INTERFACE_BIT_CONVERTED, VERDICT_DUPLICATE, VERDICT_FILTERED,
  VERDICT_UNSUPPORTED_LINK,
} from "../layout";
import { convertFrame } from "./convert";
import { bitsOf, filterOf, isCooked, isSupported, isTaken, isWindowed, linkTypeOf, snaplenOf } from "./interfaces";
import { isInWindow } from "./window";
import { HARDWARE_ETHERNET, HARDWARE_LOOPBACK, SLL2_SIZE, sll2Hardware, SLL_SIZE, sllHardware } from "../wire/cooked";
import { ETHERNET_HEADER_SIZE } from "../wire/ethernet";
import { LINKTYPE_LINUX_SLL2 } from "../wire/numbers";

/**
 * Takes a frame of a known capture interface. A frame with an unsupported link type is counted and skipped. Bytes past
 * the interface's snaplen are ignored, also by the filter.
 * @param packet of the batch; its time is set
 * @param captured bytes at `frame`
 * @param wireLength original length as the record says it
 * @returns packets taken into the batch: 0 when the frame was converted, else 1
 */
@inline export function takeFrame(
  packet: usize, frame: usize, captured: u32, wireLength: u32, captureInterface: usize,
): u32 {
  wireLength = trueLength(captured, wireLength);
  if (!isTaken(captureInterface)) return takeUncommon(packet, frame, captured, wireLength, captureInterface);
  takeSupportedOf(packet, frame, captured, wireLength, captureInterface);
  return 1;
}

/** Length on the wire: fewer bytes than were captured cannot have been there. */
@inline export function trueLength(captured: u32, wireLength: u32): u32 {
  if (captured <= wireLength) return wireLength;
  count(COUNTER_WIRE_TOO_SHORT);
  return captured;
}

@inline function takeSupportedOf(
  packet: usize, frame: usize, captured: u32, wireLength: u32, captureInterface: usize,
): void {
  const filter = filterOf(captureInterface);
  const linkType = linkTypeOf(captureInterface);
  takeSupported(packet, frame, captured, wireLength, snaplenOf(captureInterface), filter, linkType);
}

/** Takes a frame of an interface whose link type is supported, with what the interface says. */
@inline export function takeSupported(
  packet: usize, frame: usize, captured: u32, wireLength: u32, limit: u32, filter: u32, linkType: u32,
): void {
  captured = withinSnaplen(captured, limit);
  setPacketWireBytes(packet, wireLength);
  if (filter != 0 && call_indirect<i32>(filter, <i32>frame, <i32>captured, <i32>wireLength) == 0) {
    setPacketVerdict(packet, VERDICT_FILTERED);
  } else if (dedupTime != 0 && isDuplicate(packetTime(packet), frame, captured, wireLength, linkType)) {
    setPacketVerdict(packet, VERDICT_DUPLICATE);
  } else {
    if (snaplen != 0 && captured > snaplen) captured = snaplen;
    decodeFrame(packet, frame, captured, wireLength, linkType);
  }
}

/** What is beyond the interface's snaplen is not looked at. */
@inline function withinSnaplen(captured: u32, limit: u32): u32 {
  if (limit == 0 || captured <= limit) return captured;
  count(COUNTER_BEYOND_SNAPLEN);
  return limit;
}

/** Converts the frame, or counts and skips it if its link type is not supported or its time is not wanted. */
@cold export function takeUncommon(
  packet: usize, frame: usize, captured: u32, wireLength: u32, captureInterface: usize,
): u32 {
  if ((bitsOf(captureInterface) & INTERFACE_BIT_CONVERTED) != 0) {
    captured = withinSnaplen(captured, snaplenOf(captureInterface));
    convertFrame(packetTime(packet), frame, captured, wireLength, linkTypeOf(captureInterface));
    return 0;
  }
  if (!isSupported(captureInterface)) {
    setPacketWireBytes(packet, wireLength);
    setPacketVerdict(packet, VERDICT_UNSUPPORTED_LINK);
  } else if (!isWindowed(captureInterface) || isInWindow(packetTime(packet))) {
    takeSupportedOf(packet, frame, captured, wireLength, captureInterface);
  } else {
    setPacketWireBytes(packet, wireLength);
    setPacketVerdict(packet, VERDICT_FILTERED);
  }
  if (isCooked(captureInterface)) setPacketWireBytes(packet, deviceLength(frame, captured, wireLength, captureInterface));
  return 1;
}

/** Length on the wire with the device's own link header in the place of the cooked one. */
function deviceLength(frame: usize, captured: u32, wireLength: u32, captureInterface: usize): u32 {
  const isSecond = linkTypeOf(captureInterface) == LINKTYPE_LINUX_SLL2;
  const size = <u32>(isSecond ? SLL2_SIZE : SLL_SIZE);
  if (captured < size) return wireLength;
  const hardware = isSecond ? sll2Hardware(frame) : sllHardware(frame);
  const own = hardware == HARDWARE_ETHERNET || hardware == HARDWARE_LOOPBACK ? <u32>ETHERNET_HEADER_SIZE : 0;
  return wireLength - size + own;
}
