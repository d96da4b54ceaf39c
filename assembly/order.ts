/**
 * Puts flows into the order of handing over: last packet, first packet, key. Used for the flows that one tick ends,
 * for the flush and for listings.
 *
 * Elements carry the last time; a radix sort (stable, byte by byte, constant bytes skipped) orders them by it, and only
 * runs of equal times are looked at again through the records. Small sets are sorted by insertion.
 */
import { orderA, orderB } from "./control";
import { flowAt, flowFirst, flowLast } from "./flow";
import { compareKeys } from "./key";
import { HISTOGRAMS, ORDER_FLOW, ORDER_LAST, ORDER_SIZE } from "./layout";

const INSERTION_MAX: u32 = 48;

@inline function elementAt(base: usize, place: u32): usize { return base + <usize>place * ORDER_SIZE; }
@inline function elementLast(e: usize): u64 { return load<u64>(e, ORDER_LAST); }
@inline function elementFlow(e: usize): u32 { return load<u32>(e, ORDER_FLOW); }
@inline function copyElement(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

/** Writes element `place` of the set to be ordered. */
@inline export function putInOrder(place: u32, index: u32): void {
  const e = elementAt(orderA, place);
  store<u64>(e, flowLast(flowAt(index)), ORDER_LAST);
  store<u64>(e, <u64>index, ORDER_FLOW);
}

/** The flow at a place of an ordered set. */
@inline export function orderedFlow(base: usize, place: u32): u32 {
  return elementFlow(elementAt(base, place));
}

/** Orders the first `size` elements. Returns where the ordered set lies. */
export function sortOrder(size: u32): usize {
  if (size <= INSERTION_MAX) {
    insertionSort(orderA, 0, size);
    return orderA;
  }
  const base = radixSort(size);
  let run: u32 = 0;
  for (let place: u32 = 1; place <= size; place++) {
    if (place < size && elementLast(elementAt(base, place)) == elementLast(elementAt(base, run))) continue;
    const length = place - run;
    if (length > INSERTION_MAX) heapSort(elementAt(base, run), length);
    else if (length > 1) insertionSort(base, run, place);
    run = place;
  }
  return base;
}

/** Order of two elements by last packet, first packet, key. */
function compare(aLast: u64, aFlow: u32, bLast: u64, bFlow: u32): i32 {
  if (aLast != bLast) return aLast < bLast ? -1 : 1;
  const a = flowAt(aFlow);
  const b = flowAt(bFlow);
  if (flowFirst(a) != flowFirst(b)) return flowFirst(a) < flowFirst(b) ? -1 : 1;
  return compareKeys(a, b);
}

function insertionSort(base: usize, from: u32, to: u32): void {
  for (let place = from + 1; place < to; place++) {
    const e = elementAt(base, place);
    const last = elementLast(e);
    const flow = elementFlow(e);
    let hole = e;
    while (hole > elementAt(base, from)) {
      const before = hole - ORDER_SIZE;
      if (compare(elementLast(before), elementFlow(before), last, flow) <= 0) break;
      copyElement(hole, before);
      hole = before;
    }
    store<u64>(hole, last, ORDER_LAST);
    store<u64>(hole, <u64>flow, ORDER_FLOW);
  }
}

function radixSort(size: u32): usize {
  memory.fill(HISTOGRAMS, 0, 8192);
  for (let place: u32 = 0; place < size; place++) {
    let last = elementLast(elementAt(orderA, place));
    for (let digit: usize = 0; digit < 8; digit++) {
      const at = HISTOGRAMS + (digit << 10) + (<usize>(last & 0xff) << 2);
      store<u32>(at, load<u32>(at) + 1);
      last >>= 8;
    }
  }
  let from = orderA;
  let to = orderB;
  const sample = elementLast(orderA);
  for (let digit: usize = 0; digit < 8; digit++) {
    const histogram = HISTOGRAMS + (digit << 10);
    const shift = <u64>digit << 3;
    if (load<u32>(histogram + (<usize>((sample >> shift) & 0xff) << 2)) == size) continue;
    radixPass(histogram, shift, from, to, size);
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

function radixPass(histogram: usize, shift: u64, from: usize, to: usize, size: u32): void {
  let sum: u32 = 0;
  for (let value: usize = 0; value < 256; value++) {
    const at = histogram + (value << 2);
    const amount = load<u32>(at);
    store<u32>(at, sum);
    sum += amount;
  }
  for (let place: u32 = 0; place < size; place++) {
    const e = elementAt(from, place);
    const at = histogram + (<usize>((elementLast(e) >> shift) & 0xff) << 2);
    const position = load<u32>(at);
    store<u32>(at, position + 1);
    copyElement(elementAt(to, position), e);
  }
}

/** For long runs of equal times: in place, n log n whatever the input. */
function heapSort(base: usize, size: u32): void {
  for (let root = size >> 1; root > 0; root--) siftDown(base, root - 1, size);
  for (let end = size - 1; end > 0; end--) {
    const last = elementLast(base);
    const flow = elementFlow(base);
    copyElement(base, elementAt(base, end));
    store<u64>(elementAt(base, end), last, ORDER_LAST);
    store<u64>(elementAt(base, end), <u64>flow, ORDER_FLOW);
    siftDown(base, 0, end);
  }
}

function siftDown(base: usize, from: u32, size: u32): void {
  const last = elementLast(elementAt(base, from));
  const flow = elementFlow(elementAt(base, from));
  let root = from;
  while (true) {
    let child = (root << 1) + 1;
    if (child >= size) break;
    let e = elementAt(base, child);
    if (child + 1 < size) {
      const right = e + ORDER_SIZE;
      if (compare(elementLast(e), elementFlow(e), elementLast(right), elementFlow(right)) < 0) {
        child++;
        e = right;
      }
    }
    if (compare(last, flow, elementLast(e), elementFlow(e)) >= 0) break;
    copyElement(elementAt(base, root), e);
    root = child;
  }
  const at = elementAt(base, root);
  store<u64>(at, last, ORDER_LAST);
  store<u64>(at, <u64>flow, ORDER_FLOW);
}
