/**
 * Rewrites records in place as those of a classic little-endian microsecond pcap file. No record grows, so unread input
 * is never overwritten; a file already in the target format is unchanged. A note for each record keeps what the format
 * cannot express.
 */
import { count, setState32, snaplen, state32 } from "../control";
import {
  CONVERT_COUNT, CONVERT_FROM, CONVERT_TO, COUNTER_SEEN, MODE_CONVERT, RECORD_EXTRAS, RECORD_EXTRA_INTERFACE_SHIFT,
  RECORD_EXTRA_LINK_TYPE_BITS, RECORD_EXTRA_SECONDS_SHIFT, RECORD_EXTRA_SIZE, READER_BIG_ENDIAN, RECORD_CAPTURED,
  RECORD_FRACTION, RECORD_HEADER, RECORD_SECONDS, RECORD_WIRE, WALK_MODE,
} from "../layout";
import { moveClock, moveFar } from "../track/clock";

const SECOND_NS: u64 = 1000000000;

@inline export function converting(): bool {
  return state32(WALK_MODE) == MODE_CONVERT;
}

/** Converted records are written one after the other from `at` on. */
export function beginConversion(at: usize): void {
  setState32(CONVERT_FROM, <u32>at);
  setState32(CONVERT_TO, <u32>at);
  setState32(CONVERT_COUNT, 0);
}

/**
 * Adds one record. Its bytes may overlap the source record. A simple packet block has a shorter header, but as many
 * more bytes after its frame.
 */
export function convertFrame(time: u64, frame: usize, captured: u32, wireLength: u32, linkType: u32): void {
  const record: usize = state32(CONVERT_TO);
  if (snaplen != 0 && captured > snaplen) captured = snaplen;
  if (record + RECORD_HEADER != frame) memory.copy(record + RECORD_HEADER, frame, captured);
  const seconds = time / SECOND_NS;
  const nanos = <u32>(time - seconds * SECOND_NS);
  const micros = nanos / 1000;
  store<u32>(record, <u32>seconds, RECORD_SECONDS);
  store<u32>(record, micros, RECORD_FRACTION);
  store<u32>(record, captured, RECORD_CAPTURED);
  store<u32>(record, wireLength, RECORD_WIRE);
  setState32(CONVERT_TO, <u32>record + RECORD_HEADER + captured);
  const place = state32(CONVERT_COUNT);
  const source = linkType | state32(READER_BIG_ENDIAN) << RECORD_EXTRA_LINK_TYPE_BITS;
  const note = (nanos - micros * 1000) | source << RECORD_EXTRA_INTERFACE_SHIFT | <u32>(seconds >> 32) << RECORD_EXTRA_SECONDS_SHIFT;
  store<u32>(RECORD_EXTRAS + <usize>place * RECORD_EXTRA_SIZE, note);
  setState32(CONVERT_COUNT, place + 1);
  // The clock says what a packet without a time gets, here as where packets are tracked.
  if (!moveClock(time)) moveFar(time);
  count(COUNTER_SEEN);
}
