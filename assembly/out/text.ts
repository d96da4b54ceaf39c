/**
 * Flow rows as text: JSON Lines, CSV, or any format that the host's field program describes. The program has the piece
 * of text that goes before each field, and where the field lies; the values are written here: addresses (IPv6 as RFC
 * 5952 wants it), numbers in decimal, seconds with nine decimals. ASCII only. A step may stand for an
 * object that the flow does not have; then the steps of its fields are left out.
 */
import { rowBytes } from "../control";
import {
  ABSENT_ALWAYS, ABSENT_NEVER, ABSENT_NOT_TCP, ABSENT_NO_FORWARD, ABSENT_NO_PACKETS, ABSENT_NO_REVERSE, ABSENT_SENTINEL,
  COUNTS_SIZE, COUNT_PACKETS, IP_VALUE_ADDRESS, IP_VALUE_VERSION, PROGRAM, PROGRAM_COUNT, PROGRAM_NONE, PROGRAM_STEPS,
  REFERENCE_LENGTH, REFERENCE_TEXT, ROW_FIRST, ROW_FORWARD, ROW_LAST, ROW_PROTOCOL, ROW_REVERSE, ROW_VERSION,
  STEP_ABSENT, STEP_BRACKETS, STEP_LAST_WORD, STEP_NULL_FROM, STEP_OFFSET, STEP_OPTIONAL, STEP_PIECE, STEP_QUOTE,
  STEP_SHIFT, STEP_SIZE, STEP_SKIP, STEP_VALUE, STEP_WORDS, STEP_ZERO_FROM, STEP_ZERO_TO, TEXT, TEXT_VALUE_HEADER,
  TEXT_VALUE_LENGTH, VALUE_ADDRESS, VALUE_BOTH, VALUE_DECIMAL, VALUE_F64, VALUE_IP, VALUE_ISO, VALUE_LIST, VALUE_MAC,
  VALUE_MICROS, VALUE_NONE, VALUE_NS, VALUE_OCTETS, VALUE_PACKETS, VALUE_REFERENCE, VALUE_SPAN, VALUE_TEXT, VALUE_TIME,
  VALUE_U16, VALUE_U32, VALUE_U64, VALUE_U8, VALUE_WORD, WORD_SIZE,
} from "../layout";
import { PROTOCOL_TCP } from "../wire/numbers";
import { be16, u8At } from "../wire/bytes";
import { putDecimal } from "./decimal";
import { putDigits, putIpv4, putTime } from "./digits";
import { putBase64, putList, putMac, putPackets } from "./lists";
import { putIsoTime } from "./iso_time";

/** Decimals of a time beyond its microseconds. */
export const NANOSECOND_DIGITS: usize = 3;

/** Writes `rows` rows from `from` on as lines at TEXT. Returns how many bytes that are. */
export function writeText(from: usize, rows: u32): u32 {
  const first: usize = PROGRAM + PROGRAM_STEPS;
  const end = first + <usize>load<u32>(PROGRAM, PROGRAM_COUNT) * STEP_SIZE;
  let to: usize = TEXT;
  for (let n: u32 = 0; n < rows; n++) to = writeLine(to, from + <usize>n * rowBytes, first, end);
  return <u32>(to - TEXT);
}

/** Walks the steps in [first, end). As all functions here: writes at `to` and returns the address behind the text. */
function writeLine(to: usize, row: usize, first: usize, end: usize): usize {
  for (let step = first; step < end; step += STEP_SIZE) {
    const bits = bitsOf(step, row);
    const isKnown = load<u32>(step, STEP_NULL_FROM) == 0 || bits != allOnes(step);
    if (bits == 0 || !isKnown) {
      const at = isKnown ? STEP_ZERO_FROM : STEP_NULL_FROM;
      const text = <usize>load<u32>(step + at);
      if (text != 0) {
        step = lastAlike(step, row, at);
        to = putTexts(to, text, <usize>load<u32>(step + at, STEP_ZERO_TO - STEP_ZERO_FROM));
        continue;
      }
    }
    const value = <u32>load<u8>(step, STEP_VALUE);
    const at = row + <usize>load<u16>(step, STEP_OFFSET);
    const absent = <u32>load<u8>(step, STEP_ABSENT);
    if (absent != ABSENT_NEVER && load<u32>(step, STEP_NULL_FROM) == 0 && isAbsent(absent, row, value, at)) {
      if (load<u8>(step, STEP_OPTIONAL) == 0) to = putPiece(putPiece(to, step + STEP_PIECE), PROGRAM + PROGRAM_NONE);
      step += <usize>load<u16>(step, STEP_SKIP) * STEP_SIZE;
      continue;
    }
    to = putPiece(to, step + STEP_PIECE);
    let number: u64 = 0;
    switch (value) {
      case VALUE_U8: number = <u64>load<u8>(at); break;
      case VALUE_U16: number = <u64>load<u16>(at); break;
      case VALUE_U32: number = <u64>load<u32>(at); break;
      case VALUE_U64: number = load<u64>(at); break;
      // Signed: the conversion is one instruction, and no counter reaches 2^63.
      case VALUE_F64: number = <u64><i64>load<f64>(at); break;
      case VALUE_BOTH: number = <u64><i64>(load<f64>(at) + load<f64>(at, COUNTS_SIZE)); break;
      case VALUE_SPAN: number = load<u64>(row, ROW_LAST) - load<u64>(row, ROW_FIRST); break;
      case VALUE_TIME: to = putTime(to, load<u64>(at)); continue;
      case VALUE_MICROS: to = putTime(to, load<u64>(at)) - NANOSECOND_DIGITS; continue;
      case VALUE_NONE: continue;
      default: to = putOther(to, step, row, at); continue;
    }
    to = putDigits(to, number);
  }
  return to;
}

/** The value's bits, at the upper end of 64. */
@inline function bitsOf(step: usize, row: usize): u64 {
  return load<u64>(row + <usize>load<u16>(step, STEP_OFFSET)) << <u64>load<u8>(step, STEP_SHIFT);
}
@inline function allOnes(step: usize): u64 { return u64.MAX_VALUE << <u64>load<u8>(step, STEP_SHIFT); }

/**
 * The last step of a run whose values have all bits 0, or all bits 1, as that of this step: `at` is STEP_ZERO_FROM or
 * STEP_NULL_FROM. The last step of a program has no value.
 */
@inline function lastAlike(step: usize, row: usize, at: usize): usize {
  let next = step + STEP_SIZE;
  if (at == STEP_ZERO_FROM) {
    while (bitsOf(next, row) == 0 && load<u32>(next, STEP_ZERO_FROM) != 0) next += STEP_SIZE;
  } else {
    while (bitsOf(next, row) == allOnes(next) && load<u32>(next, STEP_NULL_FROM) != 0) next += STEP_SIZE;
  }
  return next - STEP_SIZE;
}

@inline function putTexts(to: usize, from: usize, end: usize): usize {
  for (let at: usize = 0; at < end - from; at += 16) v128.store(to + at, v128.load(from + at));
  return to + end - from;
}

/** A value that is no whole number, in quotes when the step wants them. */
function putOther(to: usize, step: usize, row: usize, at: usize): usize {
  const quote = load<u8>(step, STEP_QUOTE);
  const quoteSize = <usize>(quote != 0);
  store<u8>(to, quote);
  to += quoteSize;
  switch (<u32>load<u8>(step, STEP_VALUE)) {
    case VALUE_ADDRESS: to = putAddress(to, row, at); break;
    case VALUE_WORD: to = putPiece(to, wordOf(step, load<u8>(at))); break;
    case VALUE_DECIMAL: to = putDecimal(to, load<f64>(at)); break;
    case VALUE_TEXT: to = putText(to, at, quote); break;
    case VALUE_IP: to = putIp(to, at); break;
    case VALUE_MAC: to = putMac(to, at); break;
    case VALUE_PACKETS: to = putPackets(to, at, load<u8>(step, STEP_BRACKETS) != 0); break;
    case VALUE_OCTETS: to = putBase64(to, at); break;
    case VALUE_LIST: to = putList(to, at, load<u8>(step, STEP_BRACKETS) != 0); break;
    case VALUE_NS: to = putDigits(to, load<u64>(at)); break;
    case VALUE_REFERENCE: to = putReference(to, at); break;
    case VALUE_ISO: to = putIsoTime(to, load<u64>(at)); break;
  }
  store<u8>(to, quote);
  return to + quoteSize;
}

/** A value that is text, as it is: without quotes, numbers of a list with spaces between them. */
export function putPlain(to: usize, value: u32, row: usize, at: usize): usize {
  switch (value) {
    case VALUE_ADDRESS: return putAddress(to, row, at);
    case VALUE_IP: return putIp(to, at);
    case VALUE_MAC: return putMac(to, at);
    case VALUE_LIST: return putList(to, at, false);
    case VALUE_PACKETS: return putPackets(to, at, false);
    case VALUE_OCTETS: return putBase64(to, at);
  }
  const length = <usize>load<u8>(at, TEXT_VALUE_LENGTH);
  memory.copy(to, at + TEXT_VALUE_HEADER, length);
  return to + length;
}

/** An address of the flow's IP version. */
export function putAddress(to: usize, row: usize, at: usize): usize {
  return u8At(row + ROW_VERSION) == 4 ? putIpv4(to, at) : putIpv6(to, at);
}

/** Does the flow lack the value at `at`, by this rule? */
export function isAbsent(rule: u32, row: usize, value: u32, at: usize): bool {
  switch (rule) {
    case ABSENT_NOT_TCP: return u8At(row + ROW_PROTOCOL) != PROTOCOL_TCP;
    case ABSENT_NO_FORWARD: return load<f64>(row, ROW_FORWARD + COUNT_PACKETS) == 0;
    case ABSENT_NO_REVERSE: return load<f64>(row, ROW_REVERSE + COUNT_PACKETS) == 0;
    case ABSENT_NO_PACKETS:
      return load<f64>(row, ROW_FORWARD + COUNT_PACKETS) + load<f64>(row, ROW_REVERSE + COUNT_PACKETS) == 0;
    case ABSENT_SENTINEL: return isAllOnes(value, at);
    case ABSENT_ALWAYS: return true;
  }
  return false;
}

@cold function isAllOnes(value: u32, at: usize): bool {
  switch (value) {
    case VALUE_U8: case VALUE_WORD: case VALUE_TEXT: case VALUE_IP: return load<u8>(at) == u8.MAX_VALUE;
    case VALUE_U16: return load<u16>(at) == u16.MAX_VALUE;
    case VALUE_U32: case VALUE_LIST: return load<u32>(at) == u32.MAX_VALUE;
    case VALUE_ADDRESS: return (load<u64>(at) & load<u64>(at, 8)) == u64.MAX_VALUE;
  }
  return load<u64>(at) == u64.MAX_VALUE;
}

/** A piece of the program: its length in the first byte, then its text, copied sixteen bytes at a time. */
@inline export function putPiece(to: usize, piece: usize): usize {
  const size = <usize>load<u8>(piece);
  v128.store(to, v128.load(piece, 1));
  for (let at: usize = 16; at < size; at += 16) v128.store(to + at, v128.load(piece + at, 1));
  return to + size;
}

@inline export function wordOf(step: usize, code: u8): usize {
  return <usize>load<u32>(step, STEP_WORDS) + <usize>min(code, load<u8>(step, STEP_LAST_WORD)) * WORD_SIZE;
}

/**
 * Text of the row. In quotes (JSON) a backslash goes before a quote or a backslash; else (CSV) text with a comma or a
 * quote is put in quotes, which are doubled in it.
 */
@cold function putText(to: usize, at: usize, quote: u8): usize {
  const length = <usize>load<u8>(at, TEXT_VALUE_LENGTH);
  const mark = i8x16.splat(<i8>(quote != 0 ? quote : 0x22));
  const other = i8x16.splat(<i8>(quote != 0 ? 0x5c : 0x2c));
  let found = i8x16.splat(0);
  for (let n: usize = 0; n < length; n += 16) {
    const text = v128.load(at + n, TEXT_VALUE_HEADER);
    v128.store(to + n, text);
    found = v128.or(found, v128.or(i8x16.eq(text, mark), i8x16.eq(text, other)));
  }
  // What lies behind the text may look like it: then it is found out byte by byte.
  return v128.any_true(found) ? putMarked(to, at, quote) : to + length;
}

@cold function putMarked(to: usize, at: usize, quote: u8): usize {
  const end = at + TEXT_VALUE_HEADER + <usize>load<u8>(at, TEXT_VALUE_LENGTH);
  const wrapped = quote == 0 && needsQuotes(at + TEXT_VALUE_HEADER, end);
  if (wrapped) to = putByte(to, 0x22);
  for (let from = at + TEXT_VALUE_HEADER; from < end; from++) {
    const byte = load<u8>(from);
    if (quote != 0 && (byte == quote || byte == 0x5c)) to = putByte(to, 0x5c);
    if (wrapped && byte == 0x22) to = putByte(to, 0x22);
    to = putByte(to, byte);
  }
  return wrapped ? putByte(to, 0x22) : to;
}

/** Text that lies elsewhere, as it is. */
function putReference(to: usize, at: usize): usize {
  const length = <usize>load<u32>(at, REFERENCE_LENGTH);
  memory.copy(to, <usize>load<u32>(at, REFERENCE_TEXT), length);
  return to + length;
}

function needsQuotes(from: usize, end: usize): bool {
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 0x22 || byte == 0x2c) return true;
  }
  return false;
}

@inline function putByte(to: usize, byte: u8): usize {
  store<u8>(to, byte);
  return to + 1;
}

/** An address of its own version. */
@cold function putIp(to: usize, at: usize): usize {
  const address = at + IP_VALUE_ADDRESS;
  return u8At(at + IP_VALUE_VERSION) == 4 ? putIpv4(to, address) : putIpv6(to, address);
}

/** Lower case, the longest run of two or more zero groups collapsed, the first of equals; mapped IPv4 dotted. */
@cold function putIpv6(to: usize, address: usize): usize {
  let bestStart: u32 = 8;
  let bestSize: u32 = 1;
  let size: u32 = 0;
  for (let group: u32 = 0; group < 8; group++) {
    size = load<u16>(address + (group << 1)) == 0 ? size + 1 : 0;
    if (size > bestSize) {
      bestSize = size;
      bestStart = group + 1 - size;
    }
  }
  const mapped = bestStart == 0 && bestSize == 5 && load<u16>(address, 10) == 0xffff;
  const groups: u32 = mapped ? 6 : 8;
  // A colon goes before each group but the first, and one more where groups are left out.
  let group: u32 = 0;
  while (group < groups) {
    if (group == bestStart) {
      to = putByte(to, 0x3a);
      group += bestSize;
      if (group == 8) to = putByte(to, 0x3a);
      continue;
    }
    if (group != 0) to = putByte(to, 0x3a);
    to = putGroup(to, be16(address + (group << 1)));
    group++;
  }
  return mapped ? putIpv4(putByte(to, 0x3a), address + 12) : to;
}

/** One to four hexadecimal digits. */
function putGroup(to: usize, value: u32): usize {
  let shift: i32 = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0;
  for (; shift >= 0; shift -= 4) {
    const digit = (value >> shift) & 15;
    to = putByte(to, <u8>(digit < 10 ? 0x30 + digit : 0x57 + digit));
  }
  return to;
}
