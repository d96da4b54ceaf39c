/** Takes one captured record into the batch: filter first, then decoding. */
import { setPacketTime, setPacketVerdict, setPacketWireBytes } from "../decode/packet";
import { snaplen } from "../control";
import { decodeFrame } from "../decode/decode";
import { FILTER_CONVERT, PACKETS, PACKET_SIZE, VERDICT_FILTERED, VERDICT_UNSUPPORTED_LINK } from "../layout";
import { convertFrame } from "./convert";
import { filterOf, isSupported, linkTypeOf, snaplenOf } from "./interfaces";

/**
 * @param place where in the batch
 * @param time nanoseconds since the epoch
 * @param captured bytes at `frame`; what is beyond the interface's snaplen `limit` (0: none) is not looked at, by the
 *   filter neither
 * @param wire original length as the record says it
 * @param filter the filter's place in the function table, 0, or FILTER_CONVERT
 */
@inline export function takeFrame(
  place: u32, time: u64, frame: usize, captured: u32, wire: u32, linkType: u32, limit: u32, filter: u32,
): void {
  const packet: usize = PACKETS + <usize>place * PACKET_SIZE;
  const original = select<u32>(wire, captured, wire > captured);
  if (limit != 0 && captured > limit) captured = limit;
  setPacketTime(packet, time);
  setPacketWireBytes(packet, wire);
  if (filter != 0 && !passes(filter, time, frame, captured, wire, linkType)) {
    setPacketVerdict(packet, VERDICT_FILTERED);
  } else {
    if (snaplen != 0 && captured > snaplen) captured = snaplen;
    decodeFrame(packet, frame, captured, original, linkType);
  }
}

@inline function passes(filter: u32, time: u64, frame: usize, captured: u32, wire: u32, linkType: u32): bool {
  if (filter == FILTER_CONVERT) {
    convertFrame(time, frame, captured, wire, linkType);
    return false;
  }
  return call_indirect<i32>(filter, <i32>frame, <i32>captured, <i32>wire) != 0;
}

/** The same for a frame of an interface that is described; of a link type that is not supported it is only counted. */
export function takeInterfaceFrame(
  place: u32, time: u64, frame: usize, captured: u32, wire: u32, captureInterface: usize,
): void {
  const limit = snaplenOf(captureInterface);
  if (isSupported(captureInterface)) {
    takeFrame(place, time, frame, captured, wire, linkTypeOf(captureInterface), limit, filterOf(captureInterface));
    return;
  }
  if (filterOf(captureInterface) == FILTER_CONVERT) {
    if (limit != 0 && captured > limit) captured = limit;
    convertFrame(time, frame, captured, wire, linkTypeOf(captureInterface));
  }
  const packet: usize = PACKETS + <usize>place * PACKET_SIZE;
  setPacketTime(packet, time);
  setPacketWireBytes(packet, wire);
  setPacketVerdict(packet, VERDICT_UNSUPPORTED_LINK);
}
