/**
 * Lines of conn.log, from rows with the group zeek: the same as text.ts writes by the same field program, whose steps
 * are conn.log's columns in order. Here it is known what each of them is, so little is decided from value to value.
 */
import { rowBytes } from "../control";
import {
  PROGRAM, PROGRAM_CONN, PROGRAM_NONE, PROGRAM_STEPS, STEP_OFFSET, STEP_OPTIONAL, STEP_PIECE, STEP_QUOTE, STEP_SIZE,
  TEXT, TEXT_VALUE_HEADER, TEXT_VALUE_LENGTH,
} from "../layout";
import { putDigits, putTime } from "./digits";
import { NANOSECOND_DIGITS, putAddress, putPiece, wordOf, writeText } from "./text";

/** Columns by number. */
const TS: usize = 0;
const UID: usize = 1;
const ORIG_H: usize = 2;
const ORIG_P: usize = 3;
const RESP_H: usize = 4;
const RESP_P: usize = 5;
const PROTO: usize = 6;
const SERVICE: usize = 7;
const DURATION: usize = 8;
const ORIG_BYTES: usize = 9;
const RESP_BYTES: usize = 10;
const CONN_STATE: usize = 11;
const LOCAL_ORIG: usize = 12;
const LOCAL_RESP: usize = 13;
const MISSED_BYTES: usize = 14;
const HISTORY: usize = 15;
const ORIG_PKTS: usize = 16;
const ORIG_IP_BYTES: usize = 17;
const RESP_PKTS: usize = 18;
const RESP_IP_BYTES: usize = 19;
const TUNNEL_PARENTS: usize = 20;
const IP_PROTO: usize = 21;
const END: usize = 22;

/** As writeText. */
export function writeLines(from: usize, rows: u32): u32 {
  if (load<u32>(PROGRAM, PROGRAM_CONN) == 0) return writeText(from, rows);
  let to: usize = TEXT;
  for (let n: u32 = 0; n < rows; n++) to = writeConn(to, from + <usize>n * rowBytes);
  return <u32>(to - TEXT);
}

/** Writes at `to` and returns the address behind the line. As all functions here. */
function writeConn(to: usize, row: usize): usize {
  to = putMicros(to, TS, row);
  to = putText(to, UID, row);
  to = putHost(to, ORIG_H, row);
  to = putCount(to, ORIG_P, load<u16>(at(ORIG_P, row)));
  to = putHost(to, RESP_H, row);
  to = putCount(to, RESP_P, load<u16>(at(RESP_P, row)));
  to = putWord(to, PROTO, row);
  to = putNone(to, SERVICE);
  if (load<u64>(at(DURATION, row)) != u64.MAX_VALUE) {
    to = putMicros(to, DURATION, row);
    to = putCount(to, ORIG_BYTES, load<u64>(at(ORIG_BYTES, row)));
    to = putCount(to, RESP_BYTES, load<u64>(at(RESP_BYTES, row)));
  } else {
    to = putNone(putNone(putNone(to, DURATION), ORIG_BYTES), RESP_BYTES);
  }
  to = putWord(to, CONN_STATE, row);
  if (load<u8>(at(LOCAL_ORIG, row)) != u8.MAX_VALUE) to = putWord(putWord(to, LOCAL_ORIG, row), LOCAL_RESP, row);
  else to = putNone(putNone(to, LOCAL_ORIG), LOCAL_RESP);
  to = putCount(to, MISSED_BYTES, load<u64>(at(MISSED_BYTES, row)));
  if (load<u8>(at(HISTORY, row)) != u8.MAX_VALUE) to = putText(to, HISTORY, row);
  else to = putNone(to, HISTORY);
  to = putCount(to, ORIG_PKTS, countAt(ORIG_PKTS, row));
  to = putCount(to, ORIG_IP_BYTES, countAt(ORIG_IP_BYTES, row));
  to = putCount(to, RESP_PKTS, countAt(RESP_PKTS, row));
  to = putCount(to, RESP_IP_BYTES, countAt(RESP_IP_BYTES, row));
  to = putNone(to, TUNNEL_PARENTS);
  to = putCount(to, IP_PROTO, load<u8>(at(IP_PROTO, row)));
  return putPiece(to, stepOf(END) + STEP_PIECE);
}

@inline function stepOf(column: usize): usize { return PROGRAM + PROGRAM_STEPS + column * STEP_SIZE; }
/** Where the value of a column is. */
@inline function at(column: usize, row: usize): usize { return row + <usize>load<u16>(stepOf(column), STEP_OFFSET); }
@inline function countAt(column: usize, row: usize): u64 { return <u64><i64>load<f64>(at(column, row)); }
@inline function putName(to: usize, column: usize): usize { return putPiece(to, stepOf(column) + STEP_PIECE); }

@inline function putQuote(to: usize, column: usize): usize {
  const quote = load<u8>(stepOf(column), STEP_QUOTE);
  store<u8>(to, quote);
  return to + <usize>(quote != 0);
}

/** A column that is not set. */
@inline function putNone(to: usize, column: usize): usize {
  if (load<u8>(stepOf(column), STEP_OPTIONAL) != 0) return to;
  return putPiece(putName(to, column), PROGRAM + PROGRAM_NONE);
}

@inline function putCount(to: usize, column: usize, count: u64): usize { return putDigits(putName(to, column), count); }

@inline function putMicros(to: usize, column: usize, row: usize): usize {
  return putTime(putName(to, column), load<u64>(at(column, row))) - NANOSECOND_DIGITS;
}

@inline function putHost(to: usize, column: usize, row: usize): usize {
  to = putAddress(putQuote(putName(to, column), column), row, at(column, row));
  return putQuote(to, column);
}

@inline function putWord(to: usize, column: usize, row: usize): usize {
  to = putQuote(putName(to, column), column);
  to = putPiece(to, wordOf(stepOf(column), load<u8>(at(column, row))));
  return putQuote(to, column);
}

/** A TEXT_VALUE of letters and digits. */
@inline function putText(to: usize, column: usize, row: usize): usize {
  to = putQuote(putName(to, column), column);
  const value = at(column, row);
  const length = <usize>load<u8>(value, TEXT_VALUE_LENGTH);
  for (let n: usize = 0; n < length; n += 16) v128.store(to + n, v128.load(value + n, TEXT_VALUE_HEADER));
  return putQuote(to + length, column);
}
