/**
 * Puts flows into the order of delivery: last packet, first packet, key. Used for the flows that one tick ends, for the
 * flush and for listings.
 *
 * An element is a flow and a rank: its last time, counted back from the clock in units that make 32 bits reach to the
 * first packet of the capture. A radix sort (stable, byte by byte, constant bytes skipped) orders the ranks; runs of
 * equal rank are ordered by the records themselves. Small sets are sorted by insertion.
 *
 * Long loops run in steps, one call each, because the VM replaces its first-tier code only between calls, and because
 * between the steps the tracker gives way to the host. The host can also sort in slices.
 */
import { orderA, orderB, setOrderSets, setState32, state32, state64 } from "../control";
import { compareFlowKeys, flowAt, flowLast, linkAt, linkFirst } from "./flow";
import {
  HISTOGRAMS, ORDER_FLOW, ORDER_RANK, ORDER_SIZE, STATE_CLOCK, STATE_FIRST_TIME, STATE_ORDERED_BASE, STATE_ORDERING,
  STATE_SORT_PASS, STATE_SORT_PLACE,
} from "../layout";
import { giveWay } from "./give_way";

const INSERTION_MAX: u32 = 48;
/** Elements per call of a loop's body. */
export const STEP: u32 = 2048;
const DIGITS: u32 = 4;
const RANK_MAX: u64 = 0xffffffff;

@inline function elementAt(base: usize, place: u32): usize { return base + <usize>place * ORDER_SIZE; }
@inline function elementRank(e: usize): u32 { return load<u32>(e, ORDER_RANK); }
@inline function elementFlow(e: usize): u32 { return load<u32>(e, ORDER_FLOW); }
@inline function element(e: usize): u64 { return load<u64>(e); }
@inline function setElement(e: usize, value: u64): void { store<u64>(e, value); }
@inline function flowOf(value: u64): u32 { return <u32>value; }
@inline function rankOf(value: u64): u32 { return <u32>(value >> 32); }

/** Units of the rank, as a shift of nanoseconds. Set by beginOrder. */
let rankShift: u64 = 0;

/** Passes of the sort: the digits are counted, sorted by one after the other, then the runs of equal rank are. */
const PASS_COUNT: u32 = 0;
const PASS_RUNS: u32 = DIGITS + 1;

/**
 * Begins a set: ranks reach from the clock back to the capture's first packet. The order sets are in use until the call
 * of endOrder.
 */
export function beginOrder(): void {
  setState32(STATE_ORDERING, 1);
  const span = state64(STATE_CLOCK) - state64(STATE_FIRST_TIME);
  rankShift = span > RANK_MAX ? 32 - clz<u64>(span) : 0;
}

export function endOrder(): void {
  setState32(STATE_ORDERING, 0);
}

/** Puts a flow at a place of the set. Later is higher; flows older than the first packet share the lowest rank. */
@inline export function putInOrder(place: u32, index: u32): void {
  const clock = state64(STATE_CLOCK);
  const last = flowLast(flowAt(index));
  // A flow may be ahead of the clock that does not believe its packet.
  const age = last < clock ? (clock - last) >> rankShift : 0;
  setElement(elementAt(orderA, place), <u64>index | ((RANK_MAX - min(age, RANK_MAX)) << 32));
}

/** The flow at a place of an ordered set. */
@inline export function orderedFlow(base: usize, place: u32): u32 {
  return elementFlow(elementAt(base, place));
}

/** Orders the first `size` elements. Returns where the ordered set lies. */
export function sortOrder(size: u32): usize {
  beginSort();
  while (!sortSome(size, STEP)) giveWay();
  return state32(STATE_ORDERED_BASE);
}

/**
 * Sets of `size` elements go into the region of the index that was in use, whose pages are there already: nobody looks
 * flows up any more. At `base` there are `bytes`, too few where the table is as full as can be.
 */
export function orderInPlaceOf(base: usize, bytes: usize, size: u32): void {
  const own = <usize>size * ORDER_SIZE;
  if ((own << 1) <= bytes) setOrderSets(base, base + own);
}

/** Begins to sort the set. */
export function beginSort(): void {
  setState32(STATE_SORT_PASS, PASS_COUNT);
  setState32(STATE_SORT_PLACE, 0);
  setState32(STATE_ORDERED_BASE, <u32>orderA);
  memory.fill(HISTOGRAMS, 0, DIGITS << 10);
}

/** Continues to sort the first `size` elements, with about `amount` of them. True when they are in order */
export function sortSome(size: u32, amount: u32): bool {
  const pass = state32(STATE_SORT_PASS);
  const base: usize = state32(STATE_ORDERED_BASE);
  if (size <= INSERTION_MAX) {
    insertionSort(base, 0, size);
    return true;
  }
  const from = state32(STATE_SORT_PLACE);
  let to = min(size, from + amount);
  if (pass == PASS_COUNT) countStep(from, to);
  else if (pass == PASS_RUNS) to = sortRuns(base, from, to, size);
  else to = sortDigit(pass - 1, base, from, to, size);
  if (to < size) {
    setState32(STATE_SORT_PLACE, to);
    return false;
  }
  setState32(STATE_SORT_PLACE, 0);
  setState32(STATE_SORT_PASS, pass + 1);
  return pass == PASS_RUNS;
}

/** Orders the runs of equal rank that begin before `to`. Returns where the next one begins. */
function sortRuns(base: usize, from: u32, to: u32, size: u32): u32 {
  let run = from;
  while (run < to) run = sortRun(base, run, size);
  return run;
}

/** Moves some elements to where they belong by a digit. Returns the next one; a digit that all share is passed over. */
function sortDigit(digit: u32, base: usize, from: u32, to: u32, size: u32): u32 {
  const histogram = HISTOGRAMS + (<usize>digit << 10);
  const shift = digit << 3;
  const target = base == orderA ? orderB : orderA;
  if (from == 0) {
    if (load<u32>(histogram + <usize>(((elementRank(base) >> shift) & 0xff) << 2)) == size) return size;
    sumHistogram(histogram);
  }
  radixStep(histogram, shift, base, target, from, to);
  if (to == size) setState32(STATE_ORDERED_BASE, <u32>target);
  return to;
}

/** Orders the elements that share the rank of the one at `run`. Returns where the next rank begins. */
function sortRun(base: usize, run: u32, size: u32): u32 {
  const rank = elementRank(elementAt(base, run));
  let end = run + 1;
  while (end < size && elementRank(elementAt(base, end)) == rank) end++;
  if (end - run > INSERTION_MAX) heapSort(elementAt(base, run), end - run);
  else if (end - run > 1) insertionSort(base, run, end);
  return end;
}

/** Order of two elements by last packet, first packet, key. */
function compare(a: u64, b: u64): i32 {
  if (rankOf(a) != rankOf(b)) return rankOf(a) < rankOf(b) ? -1 : 1;
  const x = flowAt(flowOf(a));
  const y = flowAt(flowOf(b));
  if (flowLast(x) != flowLast(y)) return flowLast(x) < flowLast(y) ? -1 : 1;
  const first = linkFirst(linkAt(flowOf(a)));
  const other = linkFirst(linkAt(flowOf(b)));
  if (first != other) return first < other ? -1 : 1;
  return compareFlowKeys(x, y);
}

function insertionSort(base: usize, from: u32, to: u32): void {
  const lowest = elementAt(base, from);
  for (let place = from + 1; place < to; place++) {
    let hole = elementAt(base, place);
    const value = element(hole);
    while (hole > lowest && compare(element(hole - ORDER_SIZE), value) > 0) {
      setElement(hole, element(hole - ORDER_SIZE));
      hole -= ORDER_SIZE;
    }
    setElement(hole, value);
  }
}

/** Counts the values of each digit. */
function countStep(from: u32, to: u32): void {
  for (let place = from; place < to; place++) {
    const rank = elementRank(elementAt(orderA, place));
    for (let digit: u32 = 0; digit < DIGITS; digit++) {
      const at = HISTOGRAMS + <usize>((digit << 10) + (((rank >> (digit << 3)) & 0xff) << 2));
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/** Turns the count of each value into the position of its first element. */
function sumHistogram(histogram: usize): void {
  let sum: u32 = 0;
  for (let value: usize = 0; value < 256; value++) {
    const at = histogram + (value << 2);
    const amount = load<u32>(at);
    store<u32>(at, sum);
    sum += amount;
  }
}

function radixStep(histogram: usize, shift: u32, source: usize, target: usize, from: u32, to: u32): void {
  for (let place = from; place < to; place++) {
    const value = element(elementAt(source, place));
    const at = histogram + <usize>(((rankOf(value) >> shift) & 0xff) << 2);
    const position = load<u32>(at);
    store<u32>(at, position + 1);
    setElement(elementAt(target, position), value);
  }
}

/** For long runs of equal times: in place, n log n whatever the input. */
function heapSort(base: usize, size: u32): void {
  for (let root = size >> 1; root > 0; root--) {
    siftDown(base, root - 1, size);
    giveWay();
  }
  for (let end = size - 1; end > 0; end--) {
    giveWay();
    const value = element(base);
    setElement(base, element(elementAt(base, end)));
    setElement(elementAt(base, end), value);
    siftDown(base, 0, end);
  }
}

function siftDown(base: usize, from: u32, size: u32): void {
  const value = element(elementAt(base, from));
  let root = from;
  while (true) {
    let child = (root << 1) + 1;
    if (child >= size) break;
    let other = element(elementAt(base, child));
    if (child + 1 < size) {
      const right = element(elementAt(base, child + 1));
      if (compare(other, right) < 0) {
        child++;
        other = right;
      }
    }
    if (compare(value, other) >= 0) break;
    setElement(elementAt(base, root), other);
    root = child;
  }
  setElement(elementAt(base, root), value);
}
