/**
 * Side records of each direction: its own first and last time, and the volume that its sequence numbers span.
 *
 * The span is measured from the first byte to the highest one seen, in u64, so it may pass 2^32; segments may come in
 * any order within 2^31 bytes (RFC 9293 §3.4). Segments with RST, fragments and segments whose sequence number was not
 * captured do not measure; the latter two make the span unknown. SYN and FIN each take a sequence number but are not
 * data, so empty segments after the FIN are not measured either.
 */
import { flowAt, flowBits } from "../table/flow";
import {
  DIRECTION_BITS, DIRECTION_BIT_SEEN, DIRECTION_BIT_SEQ, DIRECTION_BIT_SEQ_LOST, DIRECTION_FIRST, DIRECTION_LAST,
  DIRECTION_SEQ_SPAN, DIRECTION_SEQ_START, DIRECTION_SIDE_SIZE, DIRECTION_SIZE, FLOW_BIT_FIN_HIGH, FLOW_BIT_FIN_LOW,
  FLOW_BIT_ORIGINATOR_HIGH, SIDE_DIRECTIONS, PACKET_BIT_FRAGMENT, PACKET_BIT_PARTIAL,
} from "../layout";
import {
  packetBits, packetPayloadBytes, packetProtocol, packetSeq, packetTcpFlags, packetTime,
} from "../decode/packet";
import { sideBlock, sideRecord } from "./record";
import { TCP_RST, TCP_SYN } from "../wire/numbers";
import { PROTOCOL_TCP } from "../wire/numbers";

@inline function recordOf(index: u32): usize { return sideRecord(SIDE_DIRECTIONS, index); }

@cold export function startDirections(index: u32): void {
  memory.fill(recordOf(index), 0, DIRECTION_SIZE);
}

/** A packet that `sender`, side 0 or 1 of the key, has sent. */
export function directionsOfPacket(index: u32, packet: usize, sender: u32): void {
  const side = recordOf(index) + <usize>sender * DIRECTION_SIDE_SIZE;
  const time = packetTime(packet);
  let bits = load<u32>(side, DIRECTION_BITS);
  if ((bits & DIRECTION_BIT_SEEN) == 0) {
    store<u64>(side, time, DIRECTION_FIRST);
    store<u64>(side, time, DIRECTION_LAST);
    bits |= DIRECTION_BIT_SEEN;
  } else {
    store<u64>(side, min(load<u64>(side, DIRECTION_FIRST), time), DIRECTION_FIRST);
    store<u64>(side, max(load<u64>(side, DIRECTION_LAST), time), DIRECTION_LAST);
  }
  if (packetProtocol(packet) == PROTOCOL_TCP && (packetTcpFlags(packet) & TCP_RST) == 0) {
    if ((packetBits(packet) & (PACKET_BIT_PARTIAL | PACKET_BIT_FRAGMENT)) != 0) bits |= DIRECTION_BIT_SEQ_LOST;
    else if (packetPayloadBytes(packet) != 0 || !isFinished(index, sender)) bits = measureSequence(side, bits, packet);
  }
  store<u32>(side, bits, DIRECTION_BITS);
}

/** Has the sender sent a FIN before? */
function isFinished(index: u32, sender: u32): bool {
  return (flowBits(flowAt(index)) & (sender == 0 ? FLOW_BIT_FIN_LOW : FLOW_BIT_FIN_HIGH)) != 0;
}

function measureSequence(side: usize, bits: u32, packet: usize): u32 {
  const syn: u32 = (packetTcpFlags(packet) & TCP_SYN) != 0 ? 1 : 0;
  const begin = packetSeq(packet) + syn;
  const length = <i64>packetPayloadBytes(packet);
  if ((bits & DIRECTION_BIT_SEQ) == 0) {
    store<u32>(side, begin, DIRECTION_SEQ_START);
    store<u64>(side, length, DIRECTION_SEQ_SPAN);
    return bits | DIRECTION_BIT_SEQ;
  }
  const start = load<u32>(side, DIRECTION_SEQ_START);
  let span = <i64>load<u64>(side, DIRECTION_SEQ_SPAN);
  let offset = span + <i64><i32>(begin - (start + <u32>span));
  if (offset < 0) {
    store<u32>(side, begin, DIRECTION_SEQ_START);
    span -= offset;
    offset = 0;
  }
  store<u64>(side, max(span, offset + length), DIRECTION_SEQ_SPAN);
  return bits;
}

/** Both sides' records, the originator's first. */
@cold export function writeDirectionsBlock(row: usize, index: u32): void {
  const record = recordOf(index);
  const block = sideBlock(SIDE_DIRECTIONS, row);
  const originator: usize = (flowBits(flowAt(index)) & FLOW_BIT_ORIGINATOR_HIGH) != 0 ? 1 : 0;
  memory.copy(block, record + originator * DIRECTION_SIDE_SIZE, DIRECTION_SIDE_SIZE);
  memory.copy(block + DIRECTION_SIDE_SIZE, record + (originator ^ 1) * DIRECTION_SIDE_SIZE, DIRECTION_SIDE_SIZE);
}
