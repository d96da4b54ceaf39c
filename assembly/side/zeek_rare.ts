/**
 * What few connections need beside their record: numbers beyond 32 bits, counts above 255, blocks above a gap, a long
 * history. Each flow has a place for it; the memory is touched, and so taken, only for the flows that have such things.
 */
import { sideBytes } from "../control";
import {
  SIDE_ZEEK, ZEEK_COUNTS, ZEEK_COUNT_GAP, ZEEK_END_BITS, ZEEK_END_FAR, ZEEK_END_MANY, ZEEK_FURTHER, ZEEK_HISTORY,
  ZEEK_LAST_SYN, ZEEK_LONG_HISTORY, ZEEK_MANY_COUNTS, ZEEK_RARE_SIDES, ZEEK_RARE_SIDE_SIZE, ZEEK_SHORT_MAX, ZEEK_SIDES,
  ZEEK_SIDE_SIZE, ZEEK_UPPERS,
} from "../layout";
import { copyWords, sideRecord, sideRest } from "./record";

/** ZEEK_RARE of the flow whose record this is. */
function rareOf(record: usize): usize {
  return sideRest(SIDE_ZEEK, <u32>((record - sideRecord(SIDE_ZEEK, 0)) / <usize>sideBytes));
}

/** ZEEK_RARE_SIDE of an end. */
export function rareEnd(end: usize): usize {
  const away = end - sideRecord(SIDE_ZEEK, 0);
  const index = away / <usize>sideBytes;
  const side = <usize>(away - index * sideBytes != ZEEK_SIDES);
  return sideRest(SIDE_ZEEK, <u32>index) + ZEEK_RARE_SIDES + side * ZEEK_RARE_SIDE_SIZE;
}

@inline function isFar(end: usize): bool { return (load<u16>(end, ZEEK_END_BITS) & ZEEK_END_FAR) != 0; }

/** A relative number of an end; its lower half is at `end` + `at`. */
@inline export function numberAt(end: usize, at: usize): i64 {
  const lower = <i64>load<u32>(end + at);
  return isFar(end) ? farNumber(end, at, lower) : lower;
}

@inline export function setNumber(end: usize, at: usize, number: i64): void {
  store<u32>(end + at, <u32>number);
  if ((<u64>number >> 32) != 0 || isFar(end)) setUpper(end, at, <u32>(number >> 32));
}

/** Where the upper half is: those of ZEEK_SIDE, then those of ZEEK_FURTHER. */
function upperAt(end: usize, at: usize): usize {
  return rareEnd(end) + ZEEK_UPPERS + (at < <usize>ZEEK_FURTHER ? at : at - ZEEK_FURTHER + ZEEK_SIDE_SIZE);
}

@cold function farNumber(end: usize, at: usize, lower: i64): i64 {
  return lower | (<i64>load<u32>(upperAt(end, at)) << 32);
}

@cold function setUpper(end: usize, at: usize, upper: u32): void {
  makeFar(end);
  store<u32>(upperAt(end, at), upper);
}

function makeFar(end: usize): void {
  if (isFar(end)) return;
  store<u16>(end, load<u16>(end, ZEEK_END_BITS) | ZEEK_END_FAR, ZEEK_END_BITS);
  memory.fill(rareEnd(end), 0, ZEEK_MANY_COUNTS);
}

/** Relative number of the last SYN: mostly it was the first segment. */
export function lastSyn(end: usize): i64 { return isFar(end) ? load<i64>(rareEnd(end), ZEEK_LAST_SYN) : 0; }
export function setLastSyn(end: usize, number: i64): void {
  if (number == lastSyn(end)) return;
  makeFar(end);
  store<i64>(rareEnd(end), number, ZEEK_LAST_SYN);
}

/**
 * A count that does not fit, or did not. Returns it, one higher; it stays at the largest u32.
 * @param gaps of the end, as far as they did fit
 */
@cold export function countMany(end: usize, counter: usize, gaps: u32): u32 {
  const counts = rareEnd(end) + ZEEK_MANY_COUNTS;
  if ((load<u16>(end, ZEEK_END_BITS) & ZEEK_END_MANY) == 0) {
    store<u16>(end, load<u16>(end, ZEEK_END_BITS) | ZEEK_END_MANY, ZEEK_END_BITS);
    for (let n: usize = 0; n < <usize>ZEEK_COUNT_GAP; n++) {
      store<u32>(counts + (n << 2), <u32>load<u8>(end + n, ZEEK_FURTHER + ZEEK_COUNTS));
    }
    store<u32>(counts + (<usize>ZEEK_COUNT_GAP << 2), gaps);
  }
  const at = counts + (counter << 2);
  const before = load<u32>(at);
  if (before == u32.MAX_VALUE) return before;
  store<u32>(at, before + 1);
  return before + 1;
}

/** Where the history is, a TEXT_VALUE. */
@inline export function historyOf(record: usize): usize {
  const isShort = load<u8>(record, ZEEK_HISTORY) <= <u8>ZEEK_SHORT_MAX;
  return isShort ? record + ZEEK_HISTORY : rareOf(record) + ZEEK_LONG_HISTORY;
}

/** The long history of a record whose own has become full. */
export function lengthenHistory(record: usize): void {
  copyWords(rareOf(record) + ZEEK_LONG_HISTORY, record + ZEEK_HISTORY, 1 + ZEEK_SHORT_MAX);
}
