/**
 * Flow rows as text: JSON Lines, CSV, or any format that the host's field program describes. The program has the piece
 * of text that goes before each field, and where the field lies; the values are written here: addresses (IPv6 as RFC
 * 5952 wants it), numbers in decimal, seconds with nine decimals. ASCII only. A step may stand for an
 * object that the flow does not have; then the steps of its fields are left out.
 */
import { dtoa_buffered } from "util/number";
import { rowBytes } from "../control";
import {
  ABSENT_ALWAYS, ABSENT_NEVER, ABSENT_NOT_TCP, ABSENT_NO_FORWARD, ABSENT_NO_REVERSE, ABSENT_SENTINEL, COUNT_PACKETS, PROGRAM, PROGRAM_COUNT,
  PROGRAM_NONE, PROGRAM_STEPS, ROWS, ROW_FORWARD, ROW_PROTOCOL, ROW_REVERSE, ROW_VERSION, STEP_ABSENT,
  STEP_LAST_WORD, STEP_OFFSET, STEP_PIECE, STEP_QUOTE, STEP_SIZE, STEP_SKIP, STEP_VALUE, STEP_WORDS, TEXT,
  TEXT_VALUE_HEADER, TEXT_VALUE_LENGTH, VALUE_ADDRESS, VALUE_DECIMAL, VALUE_F64, VALUE_TEXT, VALUE_TIME,
  VALUE_U16, VALUE_U32, VALUE_U64, VALUE_U8, VALUE_WORD, WORD_SIZE,
} from "../layout";
import { PROTOCOL_TCP } from "../wire/numbers";
import { be16, u8At } from "../wire/bytes";

const SECOND_NS: u64 = 1000000000;

/** Where the next byte goes. */
let to: usize = 0;

/** Writes the first `rows` rows as lines at TEXT. Returns how many bytes that are. */
export function writeText(rows: u32): u32 {
  to = TEXT;
  for (let n: u32 = 0; n < rows; n++) writeLine(ROWS + <usize>n * rowBytes);
  return <u32>(to - TEXT);
}

function writeLine(row: usize): void {
  const end: usize = PROGRAM + PROGRAM_STEPS + <usize>load<u32>(PROGRAM, PROGRAM_COUNT) * STEP_SIZE;
  for (let step: usize = PROGRAM + PROGRAM_STEPS; step < end; step += STEP_SIZE) {
    putPiece(step + STEP_PIECE);
    const value = <u32>load<u8>(step, STEP_VALUE);
    const at = row + <usize>load<u16>(step, STEP_OFFSET);
    const absent = <u32>load<u8>(step, STEP_ABSENT);
    if (absent != ABSENT_NEVER && isAbsent(absent, row, value, at)) {
      putPiece(PROGRAM + PROGRAM_NONE);
      step += <usize>load<u16>(step, STEP_SKIP) * STEP_SIZE;
      continue;
    }
    const quote = load<u8>(step, STEP_QUOTE);
    if (quote != 0) putByte(quote);
    switch (value) {
      case VALUE_ADDRESS: putAddress(row, at); break;
      case VALUE_U8: putDigits(<u64>load<u8>(at)); break;
      case VALUE_U16: putDigits(<u64>load<u16>(at)); break;
      case VALUE_U32: putDigits(<u64>load<u32>(at)); break;
      case VALUE_U64: putDigits(load<u64>(at)); break;
      case VALUE_F64: putDigits(<u64>load<f64>(at)); break;
      case VALUE_DECIMAL: putDecimal(load<f64>(at)); break;
      case VALUE_TIME: putTime(load<u64>(at)); break;
      case VALUE_WORD: putWord(step, load<u8>(at)); break;
      case VALUE_TEXT: putText(at, quote); break;
    }
    if (quote != 0) putByte(quote);
  }
}

/** Does the flow lack the value at `at`, by this rule? */
function isAbsent(rule: u32, row: usize, value: u32, at: usize): bool {
  switch (rule) {
    case ABSENT_NOT_TCP: return u8At(row + ROW_PROTOCOL) != PROTOCOL_TCP;
    case ABSENT_NO_FORWARD: return load<f64>(row, ROW_FORWARD + COUNT_PACKETS) == 0;
    case ABSENT_NO_REVERSE: return load<f64>(row, ROW_REVERSE + COUNT_PACKETS) == 0;
    case ABSENT_SENTINEL: return isAllOnes(value, at);
    case ABSENT_ALWAYS: return true;
  }
  return false;
}

function isAllOnes(value: u32, at: usize): bool {
  switch (value) {
    case VALUE_U8: case VALUE_WORD: case VALUE_TEXT: return load<u8>(at) == u8.MAX_VALUE;
    case VALUE_U16: return load<u16>(at) == u16.MAX_VALUE;
    case VALUE_U32: return load<u32>(at) == u32.MAX_VALUE;
    case VALUE_ADDRESS: return (load<u64>(at) & load<u64>(at, 8)) == u64.MAX_VALUE;
  }
  return load<u64>(at) == u64.MAX_VALUE;
}

/** A piece of the program: its length in the first byte, then its text, eight bytes at a time. */
function putPiece(piece: usize): void {
  const size = <usize>load<u8>(piece);
  for (let at: usize = 0; at < size; at += 8) store<u64>(to + at, load<u64>(piece + at, 1));
  to += size;
}

function putWord(step: usize, code: u8): void {
  putPiece(<usize>load<u32>(step, STEP_WORDS) + <usize>min(code, load<u8>(step, STEP_LAST_WORD)) * WORD_SIZE);
}

function putTime(time: u64): void {
  putDigits(time / SECOND_NS);
  store<u8>(to, 0x2e);
  let rest = <u32>(time % SECOND_NS);
  for (let at: usize = 9; at > 0; at--) {
    store<u8>(to + at, <u8>(0x30 + rest % 10));
    rest /= 10;
  }
  to += 10;
}

/** The decimal number that reads back as this one; `.0` is left out. */
function putDecimal(value: f64): void {
  // Two bytes a character: narrowed in place.
  let size: usize = dtoa_buffered(to, value);
  for (let at: usize = 0; at < size; at++) store<u8>(to + at, <u8>load<u16>(to + (at << 1)));
  if (size > 2 && load<u16>(to + size - 2) == 0x302e) size -= 2;
  to += size;
}

/**
 * Text of the row. In quotes (JSON) a backslash goes before a quote or a backslash; else (CSV) text with a comma or a quote
 * is put in quotes, which are doubled in it.
 */
function putText(at: usize, quote: u8): void {
  const end = at + TEXT_VALUE_HEADER + <usize>load<u8>(at, TEXT_VALUE_LENGTH);
  const wrapped = quote == 0 && needsQuotes(at + TEXT_VALUE_HEADER, end);
  if (wrapped) putByte(0x22);
  for (let from = at + TEXT_VALUE_HEADER; from < end; from++) {
    const byte = load<u8>(from);
    if (quote != 0 && (byte == quote || byte == 0x5c)) putByte(0x5c);
    if (wrapped && byte == 0x22) putByte(0x22);
    putByte(byte);
  }
  if (wrapped) putByte(0x22);
}

function needsQuotes(from: usize, end: usize): bool {
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 0x22 || byte == 0x2c) return true;
  }
  return false;
}

/** Decimal, no leading zeros. */
function putDigits(value: u64): void {
  let size: usize = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) size++;
  let rest = value;
  for (let at = size; at > 0; at--) {
    store<u8>(to + at - 1, <u8>(0x30 + rest % 10));
    rest /= 10;
  }
  to += size;
}

function putAddress(row: usize, address: usize): void {
  if (u8At(row + ROW_VERSION) == 4) putIpv4(address);
  else putIpv6(address);
}

function putIpv4(address: usize): void {
  for (let n: usize = 0; n < 4; n++) {
    if (n != 0) putByte(0x2e);
    putDigits(u8At(address + n));
  }
}

@inline function putByte(byte: u8): void {
  store<u8>(to, byte);
  to += 1;
}

/** Lower case, the longest run of two or more zero groups collapsed, the first of equals; mapped IPv4 dotted. */
function putIpv6(address: usize): void {
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
      putByte(0x3a);
      group += bestSize;
      if (group == 8) putByte(0x3a);
      continue;
    }
    if (group != 0) putByte(0x3a);
    putGroup(be16(address + (group << 1)));
    group++;
  }
  if (mapped) {
    putByte(0x3a);
    putIpv4(address + 12);
  }
}

/** One to four hexadecimal digits. */
function putGroup(value: u32): void {
  let shift: i32 = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0;
  for (; shift >= 0; shift -= 4) {
    const digit = (value >> shift) & 15;
    putByte(<u8>(digit < 10 ? 0x30 + digit : 0x57 + digit));
  }
}
