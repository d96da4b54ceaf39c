/**
 * The flow tracker: one decoded packet after the other moves the clock, finds or starts its flow and is counted.
 *
 * Where a flow is cut depends on its own packets and the options. The wheel only decides when an ended flow is handed
 * over: at multiples of 100 ms of capture time, which are the same whatever the blocks, batches or files.
 */
import {
  activeTimeout, addSaturated, closedLimit, count, countProtocol, finTimeout, maxFlows,
  setState32, setState64, setStateF64, sides, softLimit, state32, state64, stateF64,
} from "../control";
import { closeFlow, endFlow, endUnfiled } from "./ending";
import { evictIdle, evictOne, makeRoom, noteNewFlow } from "./eviction";
import { activeDeadline, deadlineOf, dueTick, expiryReason, silenceLimit, silenceReason } from "./expiry";
import {
  addToCounts, copyKey, flowAt, flowFirst, flowLast, flowState, initCounts, initFlowState, protocolClass, linkAt,
  linkNext, orTcpFlags, setFlowFirst, setFlowLast, setLinkGeneration, setLinkHash, setLinkStart, flowCloseReason,
} from "../table/flow";
import {
  BATCH_COUNT, COUNTER_ACTIVE_BY_CLASS, COUNTER_BACKWARDS, COUNTER_FLOWS_STARTED, COUNTER_FRAGMENTS_UNMATCHED,
  COUNTER_JUMPS, COUNTER_MISSES, COUNTER_SEEN, COUNTER_TABLE_FULL, COUNTER_TRUNCATED, COUNTER_VERDICTS,
  COUNTER_WIRE_BYTES, END_ACTIVE, END_FORCED, END_NONE, FLOW_BIT_ORIGINATOR_HIGH, FLOW_COUNTS, FLOW_KEY,
  FLOW_STATE_ACTIVE, NIL, PACKETS, PACKET_BIT_PARTIAL, PACKET_BIT_UNMATCHED, PACKET_KEY, PACKET_SIZE,
  STATE_ACTIVE_COUNT, STATE_AVERAGE_PPS, STATE_CLOCK, STATE_CLOSED_COUNT, STATE_FIRST_TIME, STATE_FLUSHED,
  STATE_HAS_AVERAGE, STATE_LAST_PACKET, STATE_NEXT_EVENT, STATE_ORDERED, STATE_ORDERED_BASE, STATE_POOL_TOP,
  STATE_SECOND_END, STATE_SECOND_PACKETS, STATE_SILENT, STATE_STARTED, STATE_TICK, TICK_NS, VERDICT_DELIVER,
} from "../layout";
import { sameKey } from "../decode/key";
import { beginOrder, orderedFlow, putInOrder, sortOrder, STEP } from "../table/order";
import { packetSides, sidesHaveRoom, startSides } from "../side/side";
import {
  packetBits, packetHash, packetIcmp, packetIpBytes, packetLikelyFlow, packetPayloadBytes, packetProtocol, packetSide,
  packetTcpFlags, packetTime, packetVerdict, packetWireBytes, setPacketLikelyFlow,
} from "../decode/packet";
import { allocateFlow } from "../table/pool";
import { noteStart } from "../side/starts";
import { findFlow, initTable, insertFlow, likelyFlow, prefetchSlot } from "../table/table";
import { endReasonForNewSyn, isBareSyn, noteTcpEvent } from "./tcp_state";
import { TCP_FIN, TCP_RST, TCP_SYN } from "../wire/numbers";
import { fileFlow, initWheel, nextDueTick, nextTickTime, setWheelTime, takeDue, unfileFlow } from "./wheel";

const SECOND_NS: u64 = 1000000000;
const DAY_NS: u64 = 86400000000000;
/** Empty seconds after which the average rate is 0 for any purpose. */
const EMPTY_SECONDS_MAX: u64 = 400;
/** From this many flows on the table no longer fits the cache and slots are fetched ahead. */
const PREFETCH_MIN: u32 = 16384;

/** Must the host read closed flows before another batch? */
export function mustDrain(): bool {
  const closed = state32(STATE_CLOSED_COUNT);
  if (closed >= closedLimit) return true;
  return sides != 0 && closed != 0 && !sidesHaveRoom();
}

/** Tracks the first `size` scratch packets, in order. */
export function trackBatch(size: u32): void {
  const prefetched = size == BATCH_COUNT && state32(STATE_ACTIVE_COUNT) >= PREFETCH_MIN;
  if (prefetched) prefetchBatch();
  let wireBytes: u64 = 0;
  for (let n: u32 = 0; n < size; n++) {
    const packet: usize = PACKETS + <usize>n * PACKET_SIZE;
    moveClock(packetTime(packet));
    count(COUNTER_SEEN);
    const verdict = packetVerdict(packet);
    if (verdict == VERDICT_DELIVER) deliver(packet, prefetched);
    else count(COUNTER_VERDICTS + (verdict << 3));
    wireBytes += packetWireBytes(packet);
  }
  count(COUNTER_WIRE_BYTES, wireBytes);
}

/**
 * Starts the memory reads of a whole batch before the first of them is needed: index slots, then records. Also finds
 * the likely flow of each packet, so that the index need not be walked again.
 */
function prefetchBatch(): void {
  let sum: u64 = 0;
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    sum ^= prefetchSlot(packetHash(PACKETS + <usize>n * PACKET_SIZE));
  }
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    const packet: usize = PACKETS + <usize>n * PACKET_SIZE;
    const index = likelyFlow(packetHash(packet));
    setPacketLikelyFlow(packet, index);
    const flow = flowAt(select<u32>(0, index, index == NIL));
    sum ^= flowLast(flow) ^ load<u64>(flow, FLOW_COUNTS);
  }
  prefetchSum = sum;
}

/** Keeps the loads of prefetchBatch from being removed. */
let prefetchSum: u64 = 0;

/** The clock is the latest timestamp seen. It never goes back. */
@inline function moveClock(time: u64): void {
  const clock = state64(STATE_CLOCK);
  if (time >= clock) {
    setState64(STATE_CLOCK, time);
    if (time >= state64(STATE_NEXT_EVENT)) advanceTo(clock, time);
  } else {
    count(COUNTER_BACKWARDS);
    if (time > state64(STATE_LAST_PACKET)) setState64(STATE_LAST_PACKET, time);
  }
}

/**
 * The line was silent up to `time`: the clock moves without a packet. A packet that is older than it all the same still
 * finds its flow, unless that was over by then.
 */
export function passTime(time: u64): void {
  const clock = state64(STATE_CLOCK);
  if (state32(STATE_STARTED) == 0 || time <= clock) return;
  if (clock != state64(STATE_SILENT)) setState64(STATE_LAST_PACKET, clock);
  setState64(STATE_SILENT, time);
  setState64(STATE_CLOCK, time);
  if (time >= state64(STATE_NEXT_EVENT)) advanceTo(clock, time);
}

/** The clock has passed a tick or the end of a second, or it starts (the first event is due at 0). */
function advanceTo(before: u64, time: u64): void {
  if (state32(STATE_STARTED) == 0) {
    setState32(STATE_STARTED, 1);
    setState64(STATE_FIRST_TIME, time);
    setState64(STATE_SECOND_END, addSaturated(time, SECOND_NS));
    setWheelTime(time);
  } else {
    if (time - before > DAY_NS) count(COUNTER_JUMPS);
    runTicks(time / TICK_NS);
    if (time >= state64(STATE_SECOND_END)) endSecond(time);
  }
  setState64(STATE_NEXT_EVENT, min(nextTickTime(), state64(STATE_SECOND_END)));
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

/** Ends the flows that time out at each tick up to `target`, tick by tick, each tick's flows in order. */
function runTicks(target: u64): void {
  while (nextDueTick(target)) {
    const tick = state64(STATE_TICK);
    const now = tick * TICK_NS;
    beginOrder();
    let size: u32 = 0;
    let index = takeDue();
    while (index != NIL) {
      const next = linkNext(linkAt(index));
      if (deadlineOf(index) < now) putInOrder(size++, index);
      else fileFlow(index, dueTick(index), tick + 1);
      index = next;
    }
    const base = sortOrder(size);
    for (let place: u32 = 0; place < size; place++) {
      const flow = orderedFlow(base, place);
      endUnfiled(flow, expiryReason(flow));
    }
  }
}

@inline function deliver(packet: usize, prefetched: bool): void {
  const hash = packetHash(packet);
  let index = prefetched ? packetLikelyFlow(packet) : NIL;
  if (index == NIL || !isActiveWith(index, packet + PACKET_KEY)) index = findFlow(packet + PACKET_KEY, hash);
  if (index != NIL) {
    const reason = cutReason(index, packet);
    if (reason == END_NONE) {
      countDelivered(packet);
      addPacket(index, packet);
      if (softLimit != 0) evictIdle();
      return;
    }
    endFlow(index, reason);
  }
  startFlow(packet, hash);
  if (softLimit != 0) evictIdle();
}

/** Flows may have started and ended since the batch was prefetched. */
@inline function isActiveWith(index: u32, key: usize): bool {
  const flow = flowAt(index);
  return flowState(flow) == FLOW_STATE_ACTIVE && sameKey(flow + FLOW_KEY, key);
}

@inline function countDelivered(packet: usize): void {
  countProtocol(packetProtocol(packet));
  const bits = packetBits(packet);
  if ((bits & (PACKET_BIT_PARTIAL | PACKET_BIT_UNMATCHED)) != 0) {
    if ((bits & PACKET_BIT_PARTIAL) != 0) count(COUNTER_TRUNCATED);
    if ((bits & PACKET_BIT_UNMATCHED) != 0) count(COUNTER_FRAGMENTS_UNMATCHED);
  }
}

/** Why the packet does not belong to the active flow of its key, or END_NONE when it does. */
@inline function cutReason(index: u32, packet: usize): u32 {
  const flow = flowAt(index);
  const time = packetTime(packet);
  const last = flowLast(flow);
  if (activeTimeout != 0 && time > activeDeadline(index)) return END_ACTIVE;
  if (time > last && time - last > silenceLimit(flow)) return silenceReason(flow);
  if (isBareSyn(packetTcpFlags(packet))) return endReasonForNewSyn(flow, linkAt(index), packet, time);
  return END_NONE;
}

@inline function addPacket(index: u32, packet: usize): void {
  const flow = flowAt(index);
  const time = packetTime(packet);
  if (time > flowLast(flow)) setFlowLast(flow, time);
  else if (time < flowFirst(flow)) setFlowFirst(flow, time);
  addToCounts(flow, packetSide(packet), packetIpBytes(packet), packetWireBytes(packet), packetPayloadBytes(packet));
  notePacket(index, flow, packet);
}

/** What each packet adds to its flow besides the counters, the first one included. */
@inline function notePacket(index: u32, flow: usize, packet: usize): void {
  const flags = packetTcpFlags(packet);
  if (sides != 0) packetSides(index, packet, packetSide(packet));
  orTcpFlags(flow, packetSide(packet), flags);
  if ((flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0 && noteTcpEvent(flow, linkAt(index), packet)) noteClosed(index);
}

/** The FIN timeout holds from now on: over at once, or filed under a nearer tick. */
function noteClosed(index: u32): void {
  if (finTimeout == 0) {
    endFlow(index, flowCloseReason(flowAt(index)));
    return;
  }
  unfileFlow(index);
  fileFlow(index, dueTick(index), state64(STATE_TICK) + 1);
}

function startFlow(packet: usize, hash: u32): void {
  if (!makeRoom()) {
    count(COUNTER_TABLE_FULL);
    return;
  }
  if (state32(STATE_ACTIVE_COUNT) >= maxFlows) evictOne();
  count(COUNTER_MISSES);
  countDelivered(packet);
  const index = allocateFlow();
  const flow = flowAt(index);
  const link = linkAt(index);
  const time = packetTime(packet);
  copyKey(flow + FLOW_KEY, packet + PACKET_KEY);
  setFlowLast(flow, time);
  setFlowFirst(flow, time);
  initFlowState(flow, FLOW_STATE_ACTIVE, packetSide(packet) * FLOW_BIT_ORIGINATOR_HIGH, packetIcmp(packet));
  initCounts(flow, packetSide(packet), packetIpBytes(packet), packetWireBytes(packet), packetPayloadBytes(packet));
  setLinkHash(link, hash);
  setLinkStart(link, time);
  setLinkGeneration(link, <u32>state64(COUNTER_FLOWS_STARTED));
  count(COUNTER_FLOWS_STARTED);
  count(COUNTER_ACTIVE_BY_CLASS + (protocolClass(packetProtocol(packet)) << 3));
  setState32(STATE_ACTIVE_COUNT, state32(STATE_ACTIVE_COUNT) + 1);
  insertFlow(index, hash);
  fileFlow(index, dueTick(index), state64(STATE_TICK) + 1);
  noteNewFlow(index, time);
  if (sides != 0) startSides(index, packet);
  noteStart(index);
  notePacket(index, flow, packet);
}

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
