/**
 * What is over at the ticks of the wheel ends, tick by tick, each tick's flows in order. Where very many flows are due
 * the work can pause between its steps, so that the host has its turn: their flows are then neither in the wheel nor
 * ended.
 */
import { closedLimit, state32, state64 } from "../control";
import { NIL, STATE_CLOSED_COUNT, STATE_ORDERED_BASE, STATE_TICK, TICK_NS } from "../layout";
import { linkAt, linkHash } from "../table/flow";
import { giveWay } from "../table/give_way";
import { beginOrder, beginSort, endOrder, orderedFlow, putInOrder, sortSome, STEP } from "../table/order";
import { prefetchSlot } from "../table/table";
import { endUnfiled } from "./ending";
import { deliverableFrom, dueTick, expiryReason } from "./expiry";
import { fileFlow, isSpreading, nextDueTick, takeDue } from "./wheel";

/** Flows looked at before a pause. */
const SLICE: u32 = 8192;
/** Flows whose index slots are touched before they end. */
const TOUCHED: u32 = 32;

/** What is done at the present tick. */
const IDLE: u32 = 0;
const GATHER: u32 = 1;
const SORT: u32 = 2;
const END: u32 = 3;

let phase: u32 = IDLE;
/** Flows that end at this tick, and those that have ended. */
let size: u32 = 0;
let ended: u32 = 0;

/**
 * Ends what is over at each tick up to `target`. With `pausing` it is false when it stops before, after a slice or when
 * the host must read closed flows: then it is to be called again.
 */
export function runTicks(target: u64, pausing: bool): bool {
  const budget = pausing ? SLICE : u32.MAX_VALUE;
  while (phase != IDLE || nextDueTick(target, budget)) {
    if (phase == IDLE) beginTick();
    if (!runTick(budget)) return false;
  }
  return !isSpreading();
}

/** Ends the tick that has paused, if one has: the order sets are needed. */
export function completeTick(): void {
  if (phase != IDLE) runTick(u32.MAX_VALUE);
}

function beginTick(): void {
  beginOrder();
  phase = GATHER;
  size = 0;
  ended = 0;
}

function runTick(budget: u32): bool {
  if (phase == GATHER && !gather(budget)) return false;
  if (phase == SORT && !sort(budget)) return false;
  const base: usize = state32(STATE_ORDERED_BASE);
  while (ended < size) {
    if (ended % TOUCHED == 0) touchSlots(base, ended, min(size, ended + TOUCHED));
    if (budget != u32.MAX_VALUE && state32(STATE_CLOSED_COUNT) >= closedLimit) return false;
    const flow = orderedFlow(base, ended++);
    endUnfiled(flow, expiryReason(flow));
    giveWay();
  }
  endOrder();
  phase = IDLE;
  return true;
}

/** Starts the reads of the index slots of flows that are about to end: they lie anywhere. */
function touchSlots(base: usize, from: u32, to: u32): void {
  let sum: u64 = 0;
  for (let place = from; place < to; place++) sum ^= prefetchSlot(linkHash(linkAt(orderedFlow(base, place))));
  touched = sum;
}

/** Keeps the loads of touchSlots from being removed. */
let touched: u64 = 0;

function gather(budget: u32): bool {
  const tick = state64(STATE_TICK);
  const now = tick * TICK_NS;
  for (let index = takeDue(); index != NIL; index = takeDue()) {
    if (deliverableFrom(index) < now) putInOrder(size++, index);
    else fileFlow(index, dueTick(index), tick + 1);
    giveWay();
    if (--budget == 0) return false;
  }
  beginSort();
  phase = SORT;
  return true;
}

function sort(budget: u32): bool {
  for (let steps = budget / STEP; !sortSome(size, STEP); steps--) {
    giveWay();
    if (steps == 0) return false;
  }
  phase = END;
  return true;
}
