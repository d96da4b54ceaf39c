/**
 * Eviction, for when a limit is reached.
 *
 * A new flow that does not fit takes the place of the flow of the lowest rank, so that a flood does not push out
 * conversations; within a rank that is the least recently used one. See eviction_heap.ts.
 *
 * Between the limits of memory, behind each packet of a flow: with fraction f of the way from the soft to the hard
 * limit used, flows that have been idle for at least (1 - f) times the longest idle time end, the least recently used
 * first, until no more than the soft limit is used. Only packets and options matter.
 */
import { count, flowBytes, hardLimit, maxFlows, softLimit, state32, state64 } from "../control";
import {
  BATCH_COUNT, COUNTER_FLOWS_EVICTED, END_EVICTED, NIL, STATE_ACTIVE_COUNT, STATE_CLOCK, STATE_SUSPECT_FLOW,
} from "../layout";
import { flowAt, flowLast } from "../table/flow";
import { giveWay } from "../table/give_way";
import { activeBytes } from "../table/pool";
import { endFlow } from "./ending";
import { findFirst, firstIn, IDLE, initHeap, noteIn, prepareFirst, RANKED, removeFirst } from "./eviction_heap";
import { endsSlice } from "./slice";

/** Flows from which on it takes long to put them in order. */
const LARGE: u32 = 16384;

export function initEviction(): void {
  initHeap(RANKED);
  initHeap(IDLE);
}

/** A flow is new, or of a lower rank than before. */
export function noteFlow(index: u32): void {
  noteIn(RANKED, index);
  if (softLimit != 0) noteIn(IDLE, index);
}

/** Does a new flow fit below the limits? Evicts until it does; false when there is nothing left to evict. */
export function makeRoom(): bool {
  while (hardLimit != 0 && activeBytes() + <u64>flowBytes > hardLimit) {
    if (!canEvict()) return false;
    evictOne();
  }
  if (state32(STATE_ACTIVE_COUNT) >= maxFlows) {
    if (!canEvict()) return false;
    evictOne();
  }
  return true;
}

/**
 * Puts a large table that the packets of a batch may fill in order, before the batch: that takes long. With `pausing` it
 * is false when the slice is over before: then it is to be called again, and no packet may come before.
 */
export function prepareRoom(pausing: bool): bool {
  const active = state32(STATE_ACTIVE_COUNT);
  if (active < LARGE || !mayFill(active)) return true;
  return prepareFirst(RANKED, <u32>BATCH_COUNT, pausing);
}

function mayFill(active: u32): bool {
  if (active + <u32>BATCH_COUNT > maxFlows) return true;
  return hardLimit != 0 && activeBytes() + <u64>BATCH_COUNT * flowBytes > hardLimit;
}

/** Is there an active flow in the table? One whose time is not believed yet is not. */
function canEvict(): bool {
  return state32(STATE_ACTIVE_COUNT) > <u32>(state32(STATE_SUSPECT_FLOW) != NIL);
}

/** Evicts one flow of the lowest rank. There is a flow. */
export function evictOne(): void {
  findFirst(RANKED, false);
  evictFirst(RANKED);
}

function evictFirst(heap: usize): void {
  const index = firstIn(heap);
  removeFirst(heap);
  endFlow(index, END_EVICTED);
  count(COUNTER_FLOWS_EVICTED);
}

/** Idle flows are being evicted: those idle for at least so long, ns; the largest number until that is known. */
let evicting: bool = false;
let shortest: f64 = 0;

/** Evicts idle flows behind a packet. With `pausing` it is false when the slice is over before; see finishEvicting. */
@inline export function evictIdle(pausing: bool): bool {
  if (activeBytes() <= softLimit) return true;
  evicting = true;
  shortest = Infinity;
  return evictLongest(pausing);
}

/** Continues what has paused, if anything has. False: it pauses again. */
@inline export function finishEvicting(pausing: bool): bool {
  return !evicting || evictLongest(pausing);
}

@cold function evictLongest(pausing: bool): bool {
  for (let used = activeBytes(); used > softLimit; used = activeBytes()) {
    if (!findFirst(IDLE, pausing)) return false;
    const index = firstIn(IDLE);
    const idle = index == NIL ? 0 : state64(STATE_CLOCK) - flowLast(flowAt(index));
    if (idle == 0) break;
    if (shortest == Infinity) {
      const fraction = <f64>(used - softLimit) / <f64>(hardLimit - softLimit);
      shortest = (1.0 - min(1.0, fraction)) * <f64>idle;
    }
    if (<f64>idle < shortest) break;
    evictFirst(IDLE);
    giveWay();
    if (pausing && endsSlice(1)) return false;
  }
  evicting = false;
  return true;
}
