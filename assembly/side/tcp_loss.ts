/**
 * Segments that do not follow those before them: holes, retransmissions, what comes out of order. Sequence numbers are
 * counted in i64 from the flow's first 2^32 on, so holes may lie on both sides of a wrap.
 */
import {
  TCP_BIT_HOLES_LOST, TCP_BIT_SAMPLE_FAR, TCP_BIT_SAMPLE_VALID, TCP_GAPS, TCP_LOST_BYTES, TCP_NEXT,
  TCP_OUT_OF_ORDER_PACKETS, TCP_RETRANSMITTED_BYTES, TCP_RETRANSMITTED_PACKETS, TCP_SAMPLE_END, TCP_WRAPS,
} from "../layout";
import { bump } from "./figures";
import { fillHoles, openHole } from "./tcp_holes";
import { takeRest } from "./tcp_record";
import { advance } from "./tcp_sequence";

/**
 * `length` sequence numbers from `first` on were sent, and `first` is not the highest end so far. Returns the new bits
 * of the side.
 */
@cold export function takeOutOfPlace(
  index: u32, sender: u32, own: usize, first: u32, length: u64, time: u64, bits: u32,
): u32 {
  const rest = takeRest(index, sender);
  const next = <i64>load<u32>(rest, TCP_WRAPS) << 32 | <i64>load<u32>(own, TCP_NEXT);
  // Below 0 when it is before the flow's first one.
  const seq = next + <i64><i32>(first - <u32>next);
  const end = seq + <i64>length;
  if (end > next) {
    if (seq < next) {
      retransmit(rest, next - seq);
    } else {
      bump(rest + TCP_GAPS);
      if (openHole(rest, next, seq)) bits |= TCP_BIT_HOLES_LOST;
    }
    return advance(index, sender, own, <u32>next, <u64>(end - next), time, false, bits);
  }
  const lostBefore = load<u64>(rest, TCP_LOST_BYTES);
  const filled = fillHoles(rest, seq, end);
  if (load<u64>(rest, TCP_LOST_BYTES) != lostBefore) bits |= TCP_BIT_HOLES_LOST;
  if (filled != 0) {
    bump(rest + TCP_OUT_OF_ORDER_PACKETS);
    addRetransmitted(rest, end - seq - filled);
  } else {
    retransmit(rest, end - seq);
  }
  // Karn: an acknowledgement of what was sent twice does not say which of the two it is for.
  const isSample = (bits & TCP_BIT_SAMPLE_FAR) == 0 && next - seq > <i64>(<u32>next - load<u32>(own, TCP_SAMPLE_END));
  return isSample ? bits & ~TCP_BIT_SAMPLE_VALID : bits;
}

function retransmit(rest: usize, bytes: i64): void {
  bump(rest + TCP_RETRANSMITTED_PACKETS);
  addRetransmitted(rest, bytes);
}

@inline function addRetransmitted(rest: usize, bytes: i64): void {
  store<i64>(rest, load<i64>(rest, TCP_RETRANSMITTED_BYTES) + bytes, TCP_RETRANSMITTED_BYTES);
}
