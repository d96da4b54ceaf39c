/** All active flows in order, for listings and for the end of the capture, which ends them in slices. */
import { setState32, state32 } from "../control";
import { flowAt, flowLast, flowState, linkAt, linkFirst, linkNext } from "../table/flow";
import {
  END_FORCED, FLOW_STATE_ACTIVE, FLUSH_END, FLUSH_GATHER, FLUSH_SORT, STATE_ACTIVE_COUNT, STATE_FLUSHED,
  STATE_FLUSH_PHASE, STATE_ORDERED, STATE_ORDERED_BASE, STATE_POOL_TOP,
} from "../layout";
import {
  beginOrder, beginSort, endOrder, orderedFlow, orderInPlaceOf, putInOrder, sortOrder, sortSome, STEP,
} from "../table/order";
import { initTable, usedIndex, usedIndexBytes } from "../table/table";
import { settleAtEnd } from "./clock";
import { deliverAllWaiting } from "./deliver";
import { closeFlow } from "./ending";
import { completeTick } from "./ticks";
import { completeBatch } from "./tracker";
import { initWheel } from "./wheel";

/** Flows ended at a time at most: they are still in the cache, and their pages known, when they are read and released. */
const END_MAX: u32 = 512;
/** Flows whose memory is touched before they are ended. */
const TOUCHED: u32 = 32;

/** Orders all active flows by last packet, first packet, key. Returns how many; see STATE_ORDERED_BASE. */
export function orderActive(): u32 {
  completeTick();
  beginOrder();
  const top = state32(STATE_POOL_TOP);
  let size: u32 = 0;
  for (let from: u32 = 0; from < top; from += STEP) size = gatherStep(from, min(top, from + STEP), size);
  sortOrder(size);
  setState32(STATE_ORDERED, size);
  endOrder();
  return size;
}

/** Adds the active flows among these to the `size` that are to be ordered. Returns how many there are then. */
function gatherStep(from: u32, to: u32, size: u32): u32 {
  for (let index = from; index < to; index++) {
    if (flowState(flowAt(index)) == FLOW_STATE_ACTIVE) putInOrder(size++, index);
  }
  return size;
}

/** Begins the end of the capture: takes all active flows out of table and wheel. Returns how many there are. */
export function beginFlush(): u32 {
  completeBatch();
  deliverAllWaiting();
  settleAtEnd();
  const index = usedIndex();
  const bytes = usedIndexBytes();
  initTable();
  initWheel();
  orderInPlaceOf(index, bytes, state32(STATE_ACTIVE_COUNT));
  setState32(STATE_FLUSH_PHASE, FLUSH_GATHER);
  setState32(STATE_FLUSHED, 0);
  setState32(STATE_ORDERED, 0);
  return state32(STATE_ACTIVE_COUNT);
}

/** Continues the flush with up to `amount` flows. Returns how many are left, at least 1 before any is ended. */
export function flushSome(amount: u32): u32 {
  switch (state32(STATE_FLUSH_PHASE)) {
    case FLUSH_GATHER:
      gatherSome(amount);
      break;
    case FLUSH_SORT:
      if (sortSome(state32(STATE_ORDERED), amount)) setState32(STATE_FLUSH_PHASE, FLUSH_END);
      break;
    default:
      return endSome(amount);
  }
  return max<u32>(1, state32(STATE_ACTIVE_COUNT));
}

function gatherSome(amount: u32): void {
  const top = state32(STATE_POOL_TOP);
  const from = state32(STATE_FLUSHED);
  const to = min(top, from + amount);
  beginOrder();
  setState32(STATE_ORDERED, gatherStep(from, to, state32(STATE_ORDERED)));
  setState32(STATE_FLUSHED, to);
  if (to < top) return;
  beginSort();
  setState32(STATE_FLUSH_PHASE, FLUSH_SORT);
  setState32(STATE_FLUSHED, 0);
}

function endSome(amount: u32): u32 {
  const size = state32(STATE_ORDERED);
  const from = state32(STATE_FLUSHED);
  const to = min(size, from + min(amount, END_MAX));
  const base: usize = state32(STATE_ORDERED_BASE);
  for (let place = from; place < to; place += TOUCHED) endTouched(base, place, min(to, place + TOUCHED));
  setState32(STATE_FLUSHED, to);
  return size - to;
}

/** Ends some flows, which lie anywhere: the memory reads for all of them are started before the first is needed. */
function endTouched(base: usize, from: u32, to: u32): void {
  let sum: u64 = 0;
  for (let place = from; place < to; place++) {
    const index = orderedFlow(base, place);
    sum ^= flowLast(flowAt(index)) ^ <u64>linkNext(linkAt(index)) ^ linkFirst(linkAt(index));
  }
  touched = sum;
  for (let place = from; place < to; place++) closeFlow(orderedFlow(base, place), END_FORCED);
}

/** Keeps the loads of endTouched from being removed. */
let touched: u64 = 0;
