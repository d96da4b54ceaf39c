/**
 * Eviction, for when a limit is reached: the least recently used flow (smallest last time, then the one started first),
 * or all that have been idle long.
 *
 * No order of use is kept while packets flow. When the first eviction is due a heap over all active flows is built;
 * its entries carry the last time they were built with, which can only be too small, so an entry that comes up with
 * an old time is corrected and sinks. The order is exact, and it costs nothing until it is needed.
 */
import {
  evictionBase, evictionCapacity, flowBytes, hardLimit, setState32, setState64, softLimit, state32, state64, count,
} from "../control";
import { endFlow } from "./ending";
import { flowAt, flowLast, flowState, linkAt, linkGeneration } from "../table/flow";
import {
  COUNTER_FLOWS_EVICTED, END_EVICTED, FLOW_STATE_ACTIVE, EVICTION_FLOW, EVICTION_GENERATION, EVICTION_LAST,
  EVICTION_ENTRY_SIZE, STATE_ACTIVE_COUNT, STATE_CLOCK, STATE_EVICTION_COUNT, STATE_EVICTION_LAST, STATE_EVICTION_VALID,
  STATE_POOL_TOP, STATE_SOFT_NEXT, NIL,
} from "../layout";
import { beginOrder, orderedFlow, putInOrder, sortOrder } from "../table/order";
import { activeBytes } from "../table/pool";
import { flowInPlace, indexPlaces } from "../table/table";

/** Part of the distance between the limits that must be added before idle flows are looked for again. */
const SOFT_STEPS: u64 = 64;

@inline function entryAt(place: u32): usize { return evictionBase + <usize>place * EVICTION_ENTRY_SIZE; }
@inline function entryLast(e: usize): u64 { return load<u64>(e, EVICTION_LAST); }
@inline function entryFlow(e: usize): u32 { return load<u32>(e, EVICTION_FLOW); }
@inline function entryGeneration(e: usize): u32 { return load<u32>(e, EVICTION_GENERATION); }
@inline function writeEntry(e: usize, last: u64, flow: u32, generation: u32): void {
  store<u64>(e, last, EVICTION_LAST);
  store<u32>(e, flow, EVICTION_FLOW);
  store<u32>(e, generation, EVICTION_GENERATION);
}

export function initEviction(): void {
  setState32(STATE_EVICTION_VALID, 0);
  setState64(STATE_SOFT_NEXT, softLimit);
}

/** Evicts the least recently used flow. There is one. */
export function evictOne(): void {
  while (true) {
    if (state32(STATE_EVICTION_VALID) == 0 || state32(STATE_EVICTION_COUNT) == 0) buildHeap();
    const top = entryAt(0);
    const index = entryFlow(top);
    const flow = flowAt(index);
    const alive = flowState(flow) == FLOW_STATE_ACTIVE && linkGeneration(linkAt(index)) == entryGeneration(top);
    if (alive && flowLast(flow) == entryLast(top)) {
      removeTop();
      endFlow(index, END_EVICTED);
      count(COUNTER_FLOWS_EVICTED);
      return;
    }
    if (alive && flowLast(flow) <= state64(STATE_EVICTION_LAST)) {
      store<u64>(top, flowLast(flow), EVICTION_LAST);
      sink(0, state32(STATE_EVICTION_COUNT));
    } else {
      removeTop();
    }
  }
}

/** A new flow with an old time belongs into the heap as well. */
export function noteNewFlow(index: u32, last: u64): void {
  if (state32(STATE_EVICTION_VALID) == 0 || last > state64(STATE_EVICTION_LAST)) return;
  const size = state32(STATE_EVICTION_COUNT);
  if (size == evictionCapacity) {
    setState32(STATE_EVICTION_VALID, 0);
    return;
  }
  writeEntry(entryAt(size), last, index, linkGeneration(linkAt(index)));
  setState32(STATE_EVICTION_COUNT, size + 1);
  rise(size);
}

/** Does a new flow fit below the hard limit? Evicts until it does; false when there is nothing left to evict. */
export function makeRoom(): bool {
  while (hardLimit != 0 && activeBytes() + <u64>flowBytes > hardLimit) {
    if (state32(STATE_ACTIVE_COUNT) == 0) return false;
    evictOne();
  }
  return true;
}

/**
 * Between the limits: with fraction f of the way from soft to hard used, ends every flow that has been idle for at
 * least (1 - f) times the longest idle time. Looked at each time a 64th of the way has been added.
 */
export function evictIdle(): void {
  const used = activeBytes();
  if (used <= state64(STATE_SOFT_NEXT)) {
    if (used < softLimit) setState64(STATE_SOFT_NEXT, softLimit);
    return;
  }
  const clock = state64(STATE_CLOCK);
  const longest = longestIdle(clock);
  if (longest != 0) {
    const fraction = min<f64>(1.0, <f64>(used - softLimit) / <f64>(hardLimit - softLimit));
    endIdle(clock - <u64>((1.0 - fraction) * <f64>longest));
  }
  setState64(STATE_SOFT_NEXT, max(activeBytes(), softLimit) + (hardLimit - softLimit) / SOFT_STEPS);
}

function longestIdle(clock: u64): u64 {
  let oldest = clock;
  const top = state32(STATE_POOL_TOP);
  for (let index: u32 = 0; index < top; index++) {
    const flow = flowAt(index);
    if (flowState(flow) == FLOW_STATE_ACTIVE) oldest = min(oldest, flowLast(flow));
  }
  return clock - oldest;
}

/** Evicts all flows whose last packet is not after `cutoff`. */
function endIdle(cutoff: u64): void {
  beginOrder();
  const top = state32(STATE_POOL_TOP);
  let size: u32 = 0;
  for (let index: u32 = 0; index < top; index++) {
    const flow = flowAt(index);
    if (flowState(flow) == FLOW_STATE_ACTIVE && flowLast(flow) <= cutoff) putInOrder(size++, index);
  }
  const base = sortOrder(size);
  for (let place: u32 = 0; place < size; place++) endFlow(orderedFlow(base, place), END_EVICTED);
  count(COUNTER_FLOWS_EVICTED, size);
}

/** From the index, which has only active flows: the pool may be full of closed ones. */
function buildHeap(): void {
  const places = indexPlaces();
  let size: u32 = 0;
  let latest: u64 = 0;
  for (let place: u32 = 0; place < places; place++) {
    const index = flowInPlace(place);
    if (index == NIL) continue;
    const last = flowLast(flowAt(index));
    latest = max(latest, last);
    writeEntry(entryAt(size++), last, index, linkGeneration(linkAt(index)));
  }
  for (let place = size >> 1; place > 0; place--) sink(place - 1, size);
  setState32(STATE_EVICTION_COUNT, size);
  setState32(STATE_EVICTION_VALID, 1);
  setState64(STATE_EVICTION_LAST, latest);
}

/** Generations rise with each flow started. */
@inline function before(aLast: u64, aGeneration: u32, b: usize): bool {
  const bLast = entryLast(b);
  return aLast != bLast ? aLast < bLast : aGeneration < entryGeneration(b);
}

function removeTop(): void {
  const size = state32(STATE_EVICTION_COUNT) - 1;
  setState32(STATE_EVICTION_COUNT, size);
  const tail = entryAt(size);
  writeEntry(entryAt(0), entryLast(tail), entryFlow(tail), entryGeneration(tail));
  sink(0, size);
}

function sink(from: u32, size: u32): void {
  const e = entryAt(from);
  const last = entryLast(e);
  const flow = entryFlow(e);
  const generation = entryGeneration(e);
  let place = from;
  while (true) {
    let child = (place << 1) + 1;
    if (child >= size) break;
    let c = entryAt(child);
    const right = entryAt(child + 1);
    if (child + 1 < size && before(entryLast(right), entryGeneration(right), c)) {
      child++;
      c = right;
    }
    if (before(last, generation, c)) break;
    writeEntry(entryAt(place), entryLast(c), entryFlow(c), entryGeneration(c));
    place = child;
  }
  writeEntry(entryAt(place), last, flow, generation);
}

function rise(from: u32): void {
  const e = entryAt(from);
  const last = entryLast(e);
  const flow = entryFlow(e);
  const generation = entryGeneration(e);
  let place = from;
  while (place > 0) {
    const parent = entryAt((place - 1) >> 1);
    if (!before(last, generation, parent)) break;
    writeEntry(entryAt(place), entryLast(parent), entryFlow(parent), entryGeneration(parent));
    place = (place - 1) >> 1;
  }
  writeEntry(entryAt(place), last, flow, generation);
}
