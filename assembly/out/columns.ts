/**
 * Flow rows as columns: an array of numbers for each field, or texts behind each other with an array of their ends. The
 * host's column list says which, how wide and where. What a flow does not have is 0 or an empty text, and its byte in
 * the array of presence is 0. Addresses and words are as in lines: see text.ts; a word is its code.
 */
import { rowBytes } from "../control";
import {
  ABSENT_NEVER, BINARY_ADDRESS_SIZE, COLUMN_ABSENT, COLUMN_BINARY, COLUMN_LAST_WORD, COLUMN_LIST, COLUMN_LIST_COLUMNS,
  COLUMN_LIST_COUNT, COLUMN_OFFSET, COLUMN_PRESENT, COLUMN_SIZE, COLUMN_TEXT, COLUMN_VALUE, COLUMN_VALUES,
  COLUMN_WIDTH, IP_VALUE_ADDRESS, IP_VALUE_VERSION, ROWS, ROW_VERSION, VALUE_DECIMAL, VALUE_F64, VALUE_IP, VALUE_U16,
  VALUE_U32, VALUE_U8, VALUE_WORD,
} from "../layout";
import { isAbsent, putPlain } from "./text";

/** Writes the columns of the first `rows` rows. */
export function writeColumns(rows: u32): void {
  const end: usize = COLUMN_LIST + COLUMN_LIST_COLUMNS + <usize>load<u32>(COLUMN_LIST, COLUMN_LIST_COUNT) * COLUMN_SIZE;
  for (let column: usize = COLUMN_LIST + COLUMN_LIST_COLUMNS; column < end; column += COLUMN_SIZE) {
    const value = <u32>load<u8>(column, COLUMN_VALUE);
    if (load<u8>(column, COLUMN_WIDTH) == 0) writeTexts(column, value, rows);
    else writeNumbers(column, value, rows);
  }
}

/** Whether the flow has the column's value; it is noted where the column wants that. */
@inline function notePresence(column: usize, value: u32, row: usize, n: usize): bool {
  const absent = <u32>load<u8>(column, COLUMN_ABSENT);
  if (absent == ABSENT_NEVER) return true;
  const present = !isAbsent(absent, row, value, row + <usize>load<u16>(column, COLUMN_OFFSET));
  store<u8>(<usize>load<u32>(column, COLUMN_PRESENT) + n, present ? 1 : 0);
  return present;
}

function writeNumbers(column: usize, value: u32, rows: u32): void {
  const offset = <usize>load<u16>(column, COLUMN_OFFSET);
  const width = <usize>load<u8>(column, COLUMN_WIDTH);
  const lastWord = <u64>load<u8>(column, COLUMN_LAST_WORD);
  let to = <usize>load<u32>(column, COLUMN_VALUES);
  let row: usize = ROWS;
  for (let n: usize = 0; n < <usize>rows; n++) {
    let number: u64 = 0;
    if (notePresence(column, value, row, n)) {
      number = storedNumber(value, row + offset);
      if (value == VALUE_WORD) number = min(number, lastWord);
    }
    switch (<u32>width) {
      case 1: store<u8>(to, <u8>number); break;
      case 2: store<u16>(to, <u16>number); break;
      case 4: store<u32>(to, <u32>number); break;
      default: store<u64>(to, number);
    }
    to += width;
    row += rowBytes;
  }
}

/** Counters as whole numbers, a f64 with its bits. Eight bytes are signed: a number that is greater is the greatest. */
@inline export function storedNumber(value: u32, at: usize): u64 {
  switch (value) {
    case VALUE_U8: case VALUE_WORD: return <u64>load<u8>(at);
    case VALUE_U16: return <u64>load<u16>(at);
    case VALUE_U32: return <u64>load<u32>(at);
    case VALUE_F64: return <u64>load<f64>(at);
  }
  return value == VALUE_DECIMAL ? load<u64>(at) : min(load<u64>(at), <u64>i64.MAX_VALUE);
}

function writeTexts(column: usize, value: u32, rows: u32): void {
  const offset = <usize>load<u16>(column, COLUMN_OFFSET);
  const ends = <usize>load<u32>(column, COLUMN_VALUES);
  const text = <usize>load<u32>(column, COLUMN_TEXT);
  const binary = load<u8>(column, COLUMN_BINARY) != 0;
  let to = text;
  let row: usize = ROWS;
  for (let n: usize = 0; n < <usize>rows; n++) {
    if (notePresence(column, value, row, n)) {
      to = binary ? putAddressBytes(to, value, row, row + offset) : putPlain(to, value, row, row + offset);
    }
    store<u32>(ends + (n << 2), <u32>(to - text));
    row += rowBytes;
  }
}

/** ::ffff:0:0/96 (RFC 4291 2.5.5.2), the upper eight bytes of which are 0: the four that an IPv4 address follows. */
const MAPPED: u32 = 0xffff0000;

/** An address as 16 bytes. Returns the address behind them. */
function putAddressBytes(to: usize, value: u32, row: usize, at: usize): usize {
  const version = value == VALUE_IP ? load<u8>(at, IP_VALUE_VERSION) : load<u8>(row, ROW_VERSION);
  const address = value == VALUE_IP ? at + IP_VALUE_ADDRESS : at;
  if (version == 4) {
    store<u64>(to, 0);
    store<u32>(to, MAPPED, 8);
    store<u32>(to, load<u32>(address), 12);
  } else {
    store<u64>(to, load<u64>(address));
    store<u64>(to, load<u64>(address, 8), 8);
  }
  return to + BINARY_ADDRESS_SIZE;
}
