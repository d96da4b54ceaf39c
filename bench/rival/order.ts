import { FIRST, KEY_WORDS, LAST, RECORD_WORDS } from './records.ts';
import type { FlowRecords } from './records.ts';

const DIGIT_BITS = 11;
const DIGIT_COUNT = 1 << DIGIT_BITS;
const DIGIT_MASK = DIGIT_COUNT - 1;
/** Times that differ by more (71 minutes) do not fit into 32 bits of microseconds. */
const RADIX_RANGE_MAX = 0xffff_ffff;
/** Below this a comparison sort is faster. */
const RADIX_COUNT_MIN = 512;

/** Sorts record numbers in place by (last, first, key). */
export function sortByEnd(records: FlowRecords, list: Int32Array): void {
  const { min, max } = timeSpan(records, list);
  if (list.length < RADIX_COUNT_MIN || max - min > RADIX_RANGE_MAX) {
    list.sort((a, b) => compare(records, a, b));
    return;
  }
  sortByLast(records, list, min, max - min);
  for (let from = 0; from < list.length; ) {
    const last = lastOf(records, list[from]!);
    let to = from + 1;
    while (to < list.length && lastOf(records, list[to]!) === last) to++;
    if (to - from > 1) list.subarray(from, to).sort((a, b) => compare(records, a, b));
    from = to;
  }
}

/** Least-significant-digit radix sort over 32-bit times relative to the earliest. */
function sortByLast(records: FlowRecords, list: Int32Array, min: number, range: number): void {
  const count = list.length;
  let source: Int32Array = list;
  let target: Int32Array = new Int32Array(count);
  let times = Uint32Array.from(list, (record) => lastOf(records, record) - min);
  let targetTimes = new Uint32Array(count);
  const starts = new Int32Array(DIGIT_COUNT + 1);
  for (let shift = 0; shift < 32 && range >>> shift !== 0; shift += DIGIT_BITS) {
    starts.fill(0);
    for (let at = 0; at < count; at++) starts[((times[at]! >>> shift) & DIGIT_MASK) + 1]!++;
    for (let digit = 1; digit < DIGIT_COUNT; digit++) starts[digit]! += starts[digit - 1]!;
    for (let at = 0; at < count; at++) {
      const place = starts[(times[at]! >>> shift) & DIGIT_MASK]!++;
      target[place] = source[at]!;
      targetTimes[place] = times[at]!;
    }
    [source, target] = [target, source];
    [times, targetTimes] = [targetTimes, times];
  }
  if (source !== list) list.set(source);
}

/** Earliest and latest `last`, microseconds. */
function timeSpan(records: FlowRecords, list: Int32Array): { min: number; max: number } {
  let min = Infinity;
  let max = 0;
  for (const record of list) {
    const last = lastOf(records, record);
    if (last < min) min = last;
    if (last > max) max = last;
  }
  return { min, max };
}

function lastOf(records: FlowRecords, record: number): number {
  return records.doubles[record * (RECORD_WORDS / 2) + LAST]!;
}

function compare(records: FlowRecords, a: number, b: number): number {
  const { doubles, words } = records;
  const byLast = lastOf(records, a) - lastOf(records, b);
  if (byLast !== 0) return byLast;
  const byFirst = doubles[a * (RECORD_WORDS / 2) + FIRST]! - doubles[b * (RECORD_WORDS / 2) + FIRST]!;
  if (byFirst !== 0) return byFirst;
  for (let word = 0; word < KEY_WORDS; word++) {
    const left = words[a * RECORD_WORDS + word]! >>> 0;
    const right = words[b * RECORD_WORDS + word]! >>> 0;
    if (left !== right) return left - right;
  }
  return 0;
}
