import { FIRST, KEY_WORDS, LAST, RECORD_WORDS } from './records.ts';
import type { FlowRecords } from './records.ts';

const DIGIT_BITS = 11;
const DIGIT_COUNT = 1 << DIGIT_BITS;
/** Below this a comparison sort is faster. */
const RADIX_COUNT_MIN = 512;

/** Sorts record numbers in place by (last, first, key). */
export function sortByEnd(records: FlowRecords, list: Int32Array): void {
  if (list.length < RADIX_COUNT_MIN) {
    list.sort((a, b) => compare(records, a, b));
    return;
  }
  sortByLast(records, list);
  for (let from = 0; from < list.length; ) {
    const last = lastOf(records, list[from]!);
    let to = from + 1;
    while (to < list.length && lastOf(records, list[to]!) === last) to++;
    if (to - from > 1) list.subarray(from, to).sort((a, b) => compare(records, a, b));
    from = to;
  }
}

/** Least-significant-digit radix sort over the times relative to the earliest. */
function sortByLast(records: FlowRecords, list: Int32Array): void {
  let min = Infinity;
  let max = 0;
  for (const record of list) {
    const last = lastOf(records, record);
    if (last < min) min = last;
    if (last > max) max = last;
  }
  let source: Int32Array = list;
  let target: Int32Array = new Int32Array(list.length);
  for (let unit = 1; unit <= max - min; unit *= DIGIT_COUNT) {
    const digitOf = (record: number): number => Math.floor((lastOf(records, record) - min) / unit) % DIGIT_COUNT;
    const starts = new Int32Array(DIGIT_COUNT + 1);
    for (const record of source) starts[digitOf(record) + 1]!++;
    for (let digit = 1; digit < DIGIT_COUNT; digit++) starts[digit]! += starts[digit - 1]!;
    for (const record of source) target[starts[digitOf(record)]!++] = record;
    [source, target] = [target, source];
  }
  if (source !== list) list.set(source);
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
