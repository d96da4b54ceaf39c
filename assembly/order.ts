/**
 * Puts flows into the order of handing over: last packet, first packet, key. Used for the flows that one tick ends,
 * for the flush and for listings.
 *
 * An element is a flow and a rank: its last time, counted back from the clock in units that make 32 bits reach to the
 * first packet of the capture. A radix sort (stable, byte by byte, constant bytes skipped) orders the ranks; runs of
 * equal rank are ordered by the records themselves. Small sets are sorted by insertion.
 */
import { orderA, orderB, state64 } from "./control";
import { flowAt, flowFirst, flowLast } from "./flow";
import { compareKeys } from "./key";
import { HISTOGRAMS, ORDER_FLOW, ORDER_RANK, ORDER_SIZE, STATE_CLOCK, STATE_FIRST_TIME } from "./layout";

const INSERTION_MAX: u32 = 48;
const DIGITS: usize = 4;
const RANK_MAX: u64 = 0xffffffff;

@inline function elementAt(base: usize, place: u32): usize { return base + <usize>place * ORDER_SIZE; }
@inline function elementRank(e: usize): u32 { return load<u32>(e, ORDER_RANK); }
@inline function elementFlow(e: usize): u32 { return load<u32>(e, ORDER_FLOW); }
@inline function element(e: usize): u64 { return load<u64>(e); }
@inline function setElement(e: usize, value: u64): void { store<u64>(e, value); }
@inline function flowOf(value: u64): u32 { return <u32>value; }
@inline function rankOf(value: u64): u32 { return <u32>(value >> 32); }

/** Flow and, until sortOrder ranks it, nothing else. */
@inline export function putInOrder(place: u32, index: u32): void {
  setElement(elementAt(orderA, place), <u64>index);
}

/** The flow at a place of an ordered set. */
@inline export function orderedFlow(base: usize, place: u32): u32 {
  return elementFlow(elementAt(base, place));
}

/** Orders the first `size` elements. Returns where the ordered set lies. */
export function sortOrder(size: u32): usize {
  rankElements(size);
  if (size <= INSERTION_MAX) {
    insertionSort(orderA, 0, size);
    return orderA;
  }
  const base = radixSort(size);
  let run: u32 = 0;
  for (let place: u32 = 1; place <= size; place++) {
    if (place < size && elementRank(elementAt(base, place)) == elementRank(elementAt(base, run))) continue;
    const length = place - run;
    if (length > INSERTION_MAX) heapSort(elementAt(base, run), length);
    else if (length > 1) insertionSort(base, run, place);
    run = place;
  }
  return base;
}

/** Later is higher. Flows older than the capture's first packet share the lowest rank. */
function rankElements(size: u32): void {
  const clock = state64(STATE_CLOCK);
  const span = clock - state64(STATE_FIRST_TIME);
  const shift: u64 = span > RANK_MAX ? 32 - clz<u64>(span) : 0;
  for (let place: u32 = 0; place < size; place++) {
    const e = elementAt(orderA, place);
    const age = (clock - flowLast(flowAt(elementFlow(e)))) >> shift;
    const rank = RANK_MAX - min(age, RANK_MAX);
    setElement(e, <u64>elementFlow(e) | (rank << 32));
  }
}

/** Order of two elements by last packet, first packet, key. */
function compare(a: u64, b: u64): i32 {
  if (rankOf(a) != rankOf(b)) return rankOf(a) < rankOf(b) ? -1 : 1;
  const x = flowAt(flowOf(a));
  const y = flowAt(flowOf(b));
  if (flowLast(x) != flowLast(y)) return flowLast(x) < flowLast(y) ? -1 : 1;
  if (flowFirst(x) != flowFirst(y)) return flowFirst(x) < flowFirst(y) ? -1 : 1;
  return compareKeys(x, y);
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

function radixSort(size: u32): usize {
  memory.fill(HISTOGRAMS, 0, DIGITS << 10);
  for (let place: u32 = 0; place < size; place++) {
    const rank = elementRank(elementAt(orderA, place));
    for (let digit: usize = 0; digit < DIGITS; digit++) {
      const at = HISTOGRAMS + (digit << 10) + <usize>(((rank >> (<u32>digit << 3)) & 0xff) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  let from = orderA;
  let to = orderB;
  const sample = elementRank(orderA);
  for (let digit: usize = 0; digit < DIGITS; digit++) {
    const histogram = HISTOGRAMS + (digit << 10);
    const shift = <u32>digit << 3;
    if (load<u32>(histogram + <usize>(((sample >> shift) & 0xff) << 2)) == size) continue;
    radixPass(histogram, shift, from, to, size);
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

function radixPass(histogram: usize, shift: u32, from: usize, to: usize, size: u32): void {
  let sum: u32 = 0;
  for (let value: usize = 0; value < 256; value++) {
    const at = histogram + (value << 2);
    const amount = load<u32>(at);
    store<u32>(at, sum);
    sum += amount;
  }
  for (let place: u32 = 0; place < size; place++) {
    const value = element(elementAt(from, place));
    const at = histogram + <usize>(((rankOf(value) >> shift) & 0xff) << 2);
    const position = load<u32>(at);
    store<u32>(at, position + 1);
    setElement(elementAt(to, position), value);
  }
}

/** For long runs of equal times: in place, n log n whatever the input. */
function heapSort(base: usize, size: u32): void {
  for (let root = size >> 1; root > 0; root--) siftDown(base, root - 1, size);
  for (let end = size - 1; end > 0; end--) {
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
