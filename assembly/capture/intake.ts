/** Takes one captured record into the batch: filter first, then decoding. */
import { setPacketTime, setPacketVerdict, setPacketWireBytes } from "../packet";
import { snaplen } from "../control";
import { decodeFrame } from "../decode";
import { PACKETS, PACKET_SIZE, VERDICT_FILTERED, VERDICT_UNSUPPORTED_LINK } from "../layout";
import { filterOf, isSupported, linkTypeOf, snaplenOf } from "./interfaces";

/**
 * @param place where in the batch
 * @param time nanoseconds since the epoch
 * @param captured bytes at `frame`; what is beyond the interface's snaplen is not looked at, by the filter neither
 * @param wire original length as the record says it
 */
@inline export function takeFrame(
  place: u32, time: u64, frame: usize, captured: u32, wire: u32, captureInterface: usize,
): void {
  const packet: usize = PACKETS + <usize>place * PACKET_SIZE;
  const original = max(wire, captured);
  const limit = snaplenOf(captureInterface);
  if (limit != 0 && captured > limit) captured = limit;
  setPacketTime(packet, time);
  if (!isSupported(captureInterface)) {
    setPacketVerdict(packet, VERDICT_UNSUPPORTED_LINK);
  } else {
    const filter = filterOf(captureInterface);
    if (filter != 0 && call_indirect<i32>(filter, <i32>frame, <i32>captured, <i32>wire) == 0) {
      setPacketVerdict(packet, VERDICT_FILTERED);
    } else {
      if (snaplen != 0 && captured > snaplen) captured = snaplen;
      decodeFrame(packet, frame, captured, original, linkTypeOf(captureInterface));
    }
  }
  setPacketWireBytes(packet, wire);
}
