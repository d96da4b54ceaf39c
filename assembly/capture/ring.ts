/**
 * Consumer side of the frame ring. One producer, one consumer, each in its own thread: the producer writes a piece and
 * then moves RING_HEAD; the consumer processes the piece in place and then moves RING_TAIL. Apart from that they share
 * only the table, which has a lock (see src/engine/lock.ts). The producer is src/ring/writer.ts.
 */
import { describeInterface, interfaceAt, markCooked, setScale } from "./interfaces";
import { walkPiece } from "./pcap";
import { closedLimit, count, ringBase, ringMask, setState32, state32 } from "../control";
import { releaseClosed } from "../track/ending";
import {
  CONTROL, COUNTER_FLOWS_DROPPED, FORMAT_PCAP, PIECE_BIT_PADDED, PIECE_BITS, PIECE_BYTES, PIECE_DESCRIPTION,
  PIECE_SECONDS_HIGH_SHIFT, PIECE_HEADER, PIECE_INTERFACE, PIECE_SIZE, READER_FORMAT, READER_INTERFACES,
  READER_BIG_ENDIAN, RING_DESCRIBE, RING_DRAIN, RING_EMPTY, RING_HEAD, RING_PROGRESS, RING_TAIL, RING_TAKEN,
  SCALE_MULTIPLY,
} from "../layout";
import { mustDrain } from "../track/tracker";

/** Flows dropped at a time when too many wait. */
const DROP_STEP: u32 = 64;

/** Processes the next piece, or the rest of one. Returns what it found: RING_*. */
export function consumePiece(): u32 {
  const tail = atomic.load<u32>(CONTROL + RING_TAIL);
  if (tail == atomic.load<u32>(CONTROL + RING_HEAD)) return RING_EMPTY;
  const piece = ringBase + <usize>(tail & ringMask);
  const source = load<u32>(piece, PIECE_INTERFACE);
  if (source < PIECE_DESCRIPTION) {
    const records = piece + PIECE_HEADER;
    const end = records + load<u32>(piece, PIECE_BYTES);
    const bits = load<u32>(piece, PIECE_BITS);
    const padding: usize = (bits & PIECE_BIT_PADDED) != 0 ? 3 : 0;
    const at = walkPiece(records + state32(RING_PROGRESS), end, interfaceAt(source), padding, bits >> PIECE_SECONDS_HIGH_SHIFT);
    if (at < end) {
      setState32(RING_PROGRESS, <u32>(at - records));
      return RING_DRAIN;
    }
    setState32(RING_PROGRESS, 0);
  }
  atomic.store<u32>(CONTROL + RING_TAIL, tail + load<u32>(piece, PIECE_SIZE));
  return source == PIECE_DESCRIPTION ? RING_DESCRIBE : RING_TAKEN;
}

/**
 * Describes capture interface `number` of the ring. Its filter, if it needs one, was registered before.
 * @param unitNs nanoseconds that the fraction of a record's time counts in
 * @param cooked 1: the capture has put a cooked header in the place of the device's own
 */
export function describeSource(number: u32, linkType: u32, bigEndian: u32, unitNs: u32, cooked: u32): void {
  const entry = interfaceAt(number);
  setState32(READER_BIG_ENDIAN, bigEndian);
  describeInterface(entry, linkType, 0);
  if (cooked != 0) markCooked(entry);
  setScale(entry, SCALE_MULTIPLY, unitNs, 0);
  setState32(READER_FORMAT, FORMAT_PCAP);
  setState32(READER_INTERFACES, max(state32(READER_INTERFACES), number + 1));
}

/** Drops closed flows, the oldest first, until packets can be taken again. */
export function dropClosed(): void {
  while (mustDrain()) count(COUNTER_FLOWS_DROPPED, releaseClosed(min(DROP_STEP, closedLimit)));
}
