/**
 * The capture clock: the latest time of the packets, as far as they can be believed. It drives the wheel.
 *
 * A packet that is more than a day away from the clock, and farther than a flow can be silent, is not believed before the
 * next packet confirms it by being within the same distance of it. Until then it is in a flow of its own, neither in the
 * table nor in the wheel, and the clock stands. Confirmed from ahead, the clock jumps there: what is over by then ends,
 * the flow enters the table. Confirmed from behind, the clock was wrong (as when the first packets of a device have a
 * date of before it knew the time): it starts again there, and all other flows end. Not confirmed, the packet was an
 * outlier: its flow ends. The rule depends on the packets alone. Outliers, jumps and restarts are counted.
 */
import {
  addSaturated, count, finTimeout, flowTimeout, setState32, setState64, setStateF64, state32, state64, stateF64,
  zeekCuts,
} from "../control";
import {
  COUNTER_BACKWARDS, COUNTER_JUMPS, COUNTER_LATE, COUNTER_OUTLIERS, COUNTER_RESTARTS, COUNTER_SEEN, END_FORCED,
  END_IDLE, FLOW_BIT_CLOSED, NIL, PACKET_KEY, SCRATCH_PACKET, STATE_AVERAGE_PPS, STATE_CLOCK, STATE_FIRST_TIME,
  STATE_HAS_AVERAGE, STATE_LAST_PACKET, STATE_LATE_BY, STATE_LATE_NUMBER, STATE_NEXT_EVENT, STATE_OUTLIER_NUMBER,
  STATE_OUTLIER_TIME, STATE_SECOND_END, STATE_SECOND_PACKETS, STATE_SILENT, STATE_STARTED, STATE_SUSPECT,
  STATE_SUSPECT_FLOW, STATE_SUSPECT_NUMBER, STATE_SUSPECT_TIME, STATE_TICK, TICK_NS,
} from "../layout";
import { zeekEndReason } from "../side/zeek_deadline";
import { flowAt, flowBits, flowCloseReason, linkAt, linkHash, linkNext, writeKey } from "../table/flow";
import { giveWay } from "../table/give_way";
import { beginOrder, endOrder, orderedFlow, putInOrder, sortOrder } from "../table/order";
import { findFlow, initTable, insertFlow } from "../table/table";
import { deliverAllWaiting, deliverOverdue, nextWaitingTick } from "./deliver";
import { closeFlow, endFlow } from "./ending";
import { initEviction, noteFlow } from "./eviction";
import { dueTick, silenceReason } from "./expiry";
import { runTicks } from "./ticks";
import { fileFlow, initWheel, nextTickTime, setWheelTime, takeAll } from "./wheel";

const SECOND_NS: u64 = 1000000000;
const DAY_NS: u64 = 86400000000000;
/** Empty seconds after which the average rate is 0 for any purpose. */
const EMPTY_SECONDS_MAX: u64 = 400;

export function initClock(): void {
  setState32(STATE_SUSPECT_FLOW, NIL);
}

/** A packet was seen at `time`. Nearly always the clock only moves on a little; false: see moveFar. */
@inline export function moveClock(time: u64): bool {
  if (time < state64(STATE_CLOCK) || time >= state64(STATE_NEXT_EVENT)) return false;
  setState64(STATE_CLOCK, time);
  return true;
}

/**
 * Does what is due before a packet at `time`, which moveFar would do at once, in slices. False: the host may take what
 * has ended, and what else it does; then it is to be called again.
 */
@cold export function prepareFar(time: u64): bool {
  if (state32(STATE_STARTED) == 0) return true;
  const clock = state64(STATE_CLOCK);
  const isDoubted = state32(STATE_SUSPECT) != 0;
  if (!isNear(time, isDoubted ? state64(STATE_SUSPECT_TIME) : clock)) return true;
  const target = isDoubted ? state64(STATE_SUSPECT_TIME) : time;
  return target <= clock || runWaitingTicks(target / TICK_NS, true);
}

/**
 * Something is due, the packet is late, or the one before it is not believed yet (then everything is due). Is the
 * packet believed?
 */
@cold export function moveFar(time: u64): bool {
  if (state32(STATE_STARTED) == 0) {
    startClock(time);
    return true;
  }
  if (state32(STATE_SUSPECT) != 0) settle(isNear(time, state64(STATE_SUSPECT_TIME)));
  const clock = state64(STATE_CLOCK);
  if (time < clock) count(COUNTER_BACKWARDS);
  if (!isNear(time, clock)) {
    suspect(time);
    return false;
  }
  if (time >= clock) {
    advanceTo(time);
    return true;
  }
  if (clock - time > flowTimeout) noteLate(clock - time);
  if (time > state64(STATE_LAST_PACKET)) setState64(STATE_LAST_PACKET, time);
  return true;
}

/** A packet is behind the clock by more than a flow may be silent: flows may have been cut in two. */
function noteLate(by: u64): void {
  if (state64(STATE_LATE_NUMBER) == 0) {
    setState64(STATE_LATE_NUMBER, state64(COUNTER_SEEN) + 1);
    setState64(STATE_LATE_BY, by);
  }
  count(COUNTER_LATE);
}

/** Not more than a day apart, nor more than a flow may be silent. */
export function isNear(a: u64, b: u64): bool {
  return (a > b ? a - b : b - a) <= max(DAY_NS, max(flowTimeout, finTimeout));
}

function startClock(time: u64): void {
  setState32(STATE_STARTED, 1);
  setState64(STATE_CLOCK, time);
  setState64(STATE_FIRST_TIME, time);
  setState64(STATE_SECOND_END, addSaturated(time, SECOND_NS));
  setWheelTime(time);
  setNextEvent();
}

/** The next packet is always looked at while one is not believed. */
function setNextEvent(): void {
  setState64(STATE_NEXT_EVENT, state32(STATE_SUSPECT) != 0 ? 0 : min(nextTickTime(), state64(STATE_SECOND_END)));
}

/** Moves the clock on, with all that is due on the way. */
function advanceTo(time: u64): void {
  setState64(STATE_CLOCK, time);
  runWaitingTicks(time / TICK_NS, false);
  if (time >= state64(STATE_SECOND_END)) endSecond(time);
  setNextEvent();
}

/** The packet that is being looked at is not believed. Its flow, when it has one, is STATE_SUSPECT_FLOW. */
function suspect(time: u64): void {
  setState32(STATE_SUSPECT, 1);
  setState32(STATE_SUSPECT_FLOW, NIL);
  setState64(STATE_SUSPECT_TIME, time);
  setState64(STATE_SUSPECT_NUMBER, state64(COUNTER_SEEN) + 1);
  setNextEvent();
}

/** What has become of the packet that was not believed. */
function settle(confirmed: bool): void {
  const flow = state32(STATE_SUSPECT_FLOW);
  const time = state64(STATE_SUSPECT_TIME);
  setState32(STATE_SUSPECT, 0);
  if (!confirmed) {
    countOutlier(time);
    setState32(STATE_SUSPECT_FLOW, NIL);
    if (flow != NIL) closeFlow(flow, END_IDLE);
    setNextEvent();
    return;
  }
  if (time > state64(STATE_CLOCK)) {
    count(COUNTER_JUMPS);
    advanceTo(time);
  } else {
    count(COUNTER_RESTARTS);
    restart(time);
  }
  setState32(STATE_SUSPECT_FLOW, NIL);
  if (flow != NIL) adopt(flow);
}

function countOutlier(time: u64): void {
  if (state64(STATE_OUTLIER_NUMBER) == 0) {
    setState64(STATE_OUTLIER_NUMBER, state64(STATE_SUSPECT_NUMBER));
    setState64(STATE_OUTLIER_TIME, time);
  }
  count(COUNTER_OUTLIERS);
}

/** The capture ends: nothing can confirm the last packet any more. Its flow ends with the others. */
export function settleAtEnd(): void {
  if (state32(STATE_SUSPECT) == 0) return;
  setState32(STATE_SUSPECT, 0);
  setState32(STATE_SUSPECT_FLOW, NIL);
  countOutlier(state64(STATE_SUSPECT_TIME));
}

/** Puts a flow whose time has been confirmed where others are. One of the same key was over before it began. */
function adopt(index: u32): void {
  const flow = flowAt(index);
  const hash = linkHash(linkAt(index));
  writeKey(SCRATCH_PACKET + PACKET_KEY, flow);
  const other = findFlow(SCRATCH_PACKET + PACKET_KEY, hash);
  if (other != NIL) endFlow(other, zeekCuts ? zeekEndReason(other) : silenceReason(flowAt(other)));
  insertFlow(index, hash);
  fileFlow(index, dueTick(index), state64(STATE_TICK) + 1);
  noteFlow(index);
  if (finTimeout == 0 && (flowBits(flow) & FLOW_BIT_CLOSED) != 0) endFlow(index, flowCloseReason(flow));
}

/** The clock starts again at an earlier time. All flows in the table end, in order. */
function restart(time: u64): void {
  deliverAllWaiting();
  beginOrder();
  let size: u32 = 0;
  for (let index = takeAll(); index != NIL; index = linkNext(linkAt(index))) putInOrder(size++, index);
  const base = sortOrder(size);
  initTable();
  initWheel();
  initEviction();
  for (let place: u32 = 0; place < size; place++) {
    closeFlow(orderedFlow(base, place), END_FORCED);
    giveWay();
  }
  endOrder();
  setState64(STATE_SECOND_PACKETS, state64(COUNTER_SEEN));
  startClock(time);
}

/**
 * The line was silent up to `time`: the clock moves without a packet. A packet that is older than it all the same still
 * finds its flow, unless that was over by then.
 */
export function passTime(time: u64): void {
  if (state32(STATE_STARTED) == 0) return;
  if (state32(STATE_SUSPECT) != 0 && isNear(time, state64(STATE_SUSPECT_TIME))) settle(true);
  const clock = state64(STATE_CLOCK);
  if (time <= clock) return;
  if (clock != state64(STATE_SILENT)) setState64(STATE_LAST_PACKET, clock);
  setState64(STATE_SILENT, time);
  advanceTo(time);
}

/** Packets up to `time`, or the first one at it, were seen by other engines, and believed. See list.ts. */
export function passClock(time: u64): void {
  if (state32(STATE_STARTED) == 0) startClock(time);
  else if (time > state64(STATE_CLOCK)) advanceTo(time);
}

/** One or more seconds of capture time are full: avg = 0.1 avg + 0.9 last second, the first as it is. */
function endSecond(time: u64): void {
  const seen = state64(COUNTER_SEEN);
  const packets = <f64>(seen - state64(STATE_SECOND_PACKETS));
  let average = state32(STATE_HAS_AVERAGE) != 0 ? 0.1 * stateF64(STATE_AVERAGE_PPS) + 0.9 * packets : packets;
  const empty = (time - state64(STATE_SECOND_END)) / SECOND_NS;
  for (let n = min(empty, EMPTY_SECONDS_MAX); n > 0; n--) average *= 0.1;
  setStateF64(STATE_AVERAGE_PPS, average);
  setState32(STATE_HAS_AVERAGE, 1);
  setState64(STATE_SECOND_PACKETS, seen);
  setState64(STATE_SECOND_END, addSaturated(state64(STATE_SECOND_END), (empty + 1) * SECOND_NS));
}

/** Moves on to `target`. At its tick a fragment that has waited too long is delivered before flows end. */
function runWaitingTicks(target: u64, pausing: bool): bool {
  for (let tick = nextWaitingTick(); tick <= target; tick = nextWaitingTick()) {
    if (!runTicks(tick - 1, pausing)) return false;
    deliverOverdue(tick);
  }
  return runTicks(target, pausing);
}
