/**
 * Flow rows as data records of IPFIX (RFC 7011 §3.4.3) and NetFlow v9: numbers of fixed width, big-endian, one behind
 * the other. The host's lists of parts say which, one list for each IP version and direction. A flow has a record of its
 * own for the reverse direction when the host lists parts for it; then a direction without packets has none. What a flow
 * does not have is 0.
 */
import { rowBytes } from "../control";
import {
  ABSENT_NEVER, COUNT_PACKETS, DATA, DATA_NOTES, DATA_NOTE_SECONDS, DATA_NOTE_SIZE, DATA_NOTE_VERSION, DATA_RECORDS,
  FORM_BYTES, FORM_CONSTANT, FORM_MILLIS, FORM_NTP, FORM_TEXT, FORM_UPTIME, PART_ABSENT, PART_FORM, PART_LAST_WORD,
  PART_LIST, PART_LIST_BEGIN, PART_LIST_FORWARD_V4, PART_LIST_FORWARD_V6, PART_LIST_PARTS, PART_LIST_REVERSE_V4,
  PART_LIST_REVERSE_V6, PART_NUMBERS, PART_OFFSET, PART_SIZE, PART_VALUE, PART_WIDTH, REFERENCE_LENGTH,
  REFERENCE_TEXT, ROWS, ROW_FORWARD, ROW_LAST, ROW_REVERSE, ROW_VERSION, VALUE_WORD,
} from "../layout";
import { isAbsent } from "./text";
import { storedNumber } from "./columns";

const SECOND_NS: u64 = 1000000000;
const MILLISECOND_NS: u64 = 1000000;
/** Seconds from 1900, where NTP begins, to 1970 (RFC 5905 §6). */
const NTP_EPOCH: u64 = 2208988800;

/** Where the next byte goes. */
let to: usize = 0;

/** Writes the records of the first `rows` rows at DATA_RECORDS, and a note of each. Returns how many they are. */
export function writeDataRecords(rows: u32): u32 {
  to = DATA + DATA_RECORDS;
  let note: usize = DATA + DATA_NOTES;
  for (let n: usize = 0; n < <usize>rows; n++) {
    const row: usize = ROWS + n * rowBytes;
    const isV4 = load<u8>(row, ROW_VERSION) == 4;
    const reverse = isV4 ? PART_LIST_REVERSE_V4 : PART_LIST_REVERSE_V6;
    const hasReverse = load<u16>(PART_LIST + reverse, 2) != 0;
    if (!hasReverse || load<f64>(row, ROW_FORWARD + COUNT_PACKETS) != 0) {
      note = writeRecord(row, isV4 ? PART_LIST_FORWARD_V4 : PART_LIST_FORWARD_V6, note);
    }
    if (hasReverse && load<f64>(row, ROW_REVERSE + COUNT_PACKETS) != 0) note = writeRecord(row, reverse, note);
  }
  return <u32>((note - DATA - DATA_NOTES) / DATA_NOTE_SIZE);
}

/** Writes a record and its note. Returns where the next note goes. */
function writeRecord(row: usize, list: usize, note: usize): usize {
  const first: usize = <usize>load<u16>(PART_LIST + list);
  const count: usize = <usize>load<u16>(PART_LIST + list, 2);
  const end: usize = PART_LIST + PART_LIST_PARTS + (first + count) * PART_SIZE;
  for (let part: usize = PART_LIST + PART_LIST_PARTS + first * PART_SIZE; part < end; part += PART_SIZE) {
    writePart(part, row);
  }
  store<u32>(note, <u32>load<u8>(row, ROW_VERSION), DATA_NOTE_VERSION);
  const last = load<u64>(row, ROW_LAST);
  store<u32>(note, <u32>(last / SECOND_NS) + (last % SECOND_NS == 0 ? 0 : 1), DATA_NOTE_SECONDS);
  return note + DATA_NOTE_SIZE;
}

function writePart(part: usize, row: usize): void {
  const form = <u32>load<u8>(part, PART_FORM);
  const at: usize = row + <usize>load<u16>(part, PART_OFFSET);
  const width = <usize>load<u8>(part, PART_WIDTH);
  const value = <u32>load<u8>(part, PART_VALUE);
  const absent = <u32>load<u8>(part, PART_ABSENT);
  const isThere = absent == ABSENT_NEVER || !isAbsent(absent, row, value, at);
  if (form == FORM_BYTES) {
    if (isThere) memory.copy(to, at, width);
    else memory.fill(to, 0, width);
    to += width;
    return;
  }
  if (form == FORM_TEXT) return writeReferred(at, width);
  let number: u64 = 0;
  if (form == FORM_CONSTANT) number = <u64>load<u16>(part, PART_OFFSET);
  else if (isThere) number = numberOf(part, value, form, at);
  switch (<u32>width) {
    case 1: store<u8>(to, <u8>number); break;
    case 2: store<u16>(to, bswap<u16>(<u16>number)); break;
    case 4: store<u32>(to, bswap<u32>(<u32>number)); break;
    default: store<u64>(to, bswap<u64>(number));
  }
  to += width;
}

/** A text of fixed width. */
function writeReferred(reference: usize, width: usize): void {
  const length = min<usize>(<usize>load<u32>(reference, REFERENCE_LENGTH), width);
  memory.copy(to, <usize>load<u32>(reference, REFERENCE_TEXT), length);
  memory.fill(to + length, 0, width - length);
  to += width;
}

@inline function numberOf(part: usize, value: u32, form: u32, at: usize): u64 {
  const number = storedNumber(value, at);
  if (value == VALUE_WORD) {
    const code = <usize>min(number, <u64>load<u8>(part, PART_LAST_WORD));
    return <u64>load<u8>(<usize>load<u32>(part, PART_NUMBERS) + code);
  }
  switch (form) {
    case FORM_MILLIS: return number / MILLISECOND_NS;
    case FORM_NTP: return ntpTime(number);
    case FORM_UPTIME: return (number - load<u64>(PART_LIST, PART_LIST_BEGIN)) / MILLISECOND_NS;
  }
  return number;
}

/**
 * Seconds since 1900 and 2^-32 seconds. A nanosecond is 4.29 of these: with one or two more than there are, the time
 * comes back when it is rounded down, by floating point as well, and when it is rounded.
 */
function ntpTime(time: u64): u64 {
  const nanos = time % SECOND_NS;
  const fraction = nanos == 0 ? 0 : (nanos << 32) / SECOND_NS + 2;
  return ((time / SECOND_NS + NTP_EPOCH) << 32) | fraction;
}
