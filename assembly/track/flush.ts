/** All active flows in order, for listings and for the end of the capture, which ends them in slices. */
import { setState32, state32 } from "../control";
import { flowAt, flowState } from "../table/flow";
import {
  END_FORCED, FLOW_STATE_ACTIVE, STATE_FLUSHED, STATE_ORDERED, STATE_ORDERED_BASE, STATE_POOL_TOP,
} from "../layout";
import { beginOrder, orderedFlow, putInOrder, sortOrder, STEP } from "../table/order";
import { initTable } from "../table/table";
import { settleAtEnd } from "./clock";
import { deliverAllWaiting } from "./deliver";
import { closeFlow } from "./ending";
import { initWheel } from "./wheel";

/** Orders all active flows by last packet, first packet, key. Returns how many; see STATE_ORDERED_BASE. */
export function orderActive(): u32 {
  beginOrder();
  const top = state32(STATE_POOL_TOP);
  let size: u32 = 0;
  let from: u32 = 0;
  for (; from + STEP < top; from += STEP) size = gatherStep(from, from + STEP, size);
  size = gatherStep(from, top, size);
  setState32(STATE_ORDERED_BASE, <u32>sortOrder(size));
  setState32(STATE_ORDERED, size);
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
  deliverAllWaiting();
  settleAtEnd();
  const size = orderActive();
  initTable();
  initWheel();
  setState32(STATE_FLUSHED, 0);
  return size;
}

/** Ends up to `amount` more flows of the flush. Returns how many are left. */
export function flushSome(amount: u32): u32 {
  const size = state32(STATE_ORDERED);
  const from = state32(STATE_FLUSHED);
  const to = min(size, from + amount);
  const base: usize = state32(STATE_ORDERED_BASE);
  for (let place = from; place < to; place++) closeFlow(orderedFlow(base, place), END_FORCED);
  setState32(STATE_FLUSHED, to);
  return size - to;
}
