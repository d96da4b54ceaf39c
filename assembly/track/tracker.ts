/**
 * The flow tracker: one decoded packet after the other moves the clock, finds or starts its flow and is counted.
 *
 * Where a flow is cut depends on its own packets and the options. The wheel only decides when an ended flow is handed
 * over: at multiples of 100 ms of capture time, which are the same whatever the blocks, batches or files.
 */
import {
  activeTimeout, closedLimit, count, countProtocol, finTimeout, maxFlows, setState32, sides, softLimit, state32,
  state64,
} from "../control";
import { moveClock } from "./clock";
import { endFlow } from "./ending";
import { evictIdle, evictOne, makeRoom, noteNewFlow } from "./eviction";
import { activeDeadline, dueTick, silenceLimit, silenceReason } from "./expiry";
import {
  copyKey, flowAt, flowBits, flowLast, flowPackets, flowState, initCounts, initFlowState, protocolClass, linkAt,
  setFlowFirst, setFlowLast, setLinkGeneration, setLinkHash, setLinkStart, flowCloseReason,
} from "../table/flow";
import {
  BATCH_COUNT, COUNTER_ACTIVE_BY_CLASS, COUNTER_FLOWS_STARTED, COUNTER_FRAGMENTS_UNMATCHED, COUNTER_MISSES,
  COUNTER_SEEN, COUNTER_TABLE_FULL, COUNTER_TRUNCATED, COUNTER_VERDICTS, COUNTER_WIRE_BYTES, END_ACTIVE, END_NONE,
  END_IDLE, FLOW_BIT_ORIGINATOR_HIGH, FLOW_BIT_SYN_HELD, FLOW_KEY, FLOW_STATE_ACTIVE, NIL, PACKETS, PACKET_BIT_PARTIAL,
  PACKET_BIT_TCP_OFFSET, PACKET_BIT_UNMATCHED, PACKET_KEY, PACKET_SIZE, STATE_ACTIVE_COUNT, STATE_SUSPECT_FLOW,
  STATE_CLOSED_COUNT, STATE_TICK,
  VERDICT_DELIVER, VERDICT_TCP_OFFSET,
} from "../layout";
import { sameKey } from "../decode/key";
import { sidesHaveRoom, startSides } from "../side/side";
import {
  packetBits, packetHash, packetIcmp, packetIpBytes, packetLikelyFlow, packetPayloadBytes, packetProtocol, packetSide,
  packetTcpFlags, packetTime, packetVerdict, packetWireBytes, setPacketLikelyFlow,
} from "../decode/packet";
import { allocateFlow } from "../table/pool";
import { noteStart } from "../side/starts";
import { findFlow, insertFlow, likelyFlow, prefetchSlot } from "../table/table";
import { addPacket, notePacket } from "./account";
import { heldSyn, holdSyn, returnSyn, takeSyn } from "./held_syn";
import { answersSyn, endReasonForNewSyn, isBareSyn, mayBeginFlow } from "./tcp_state";
import { fileFlow, unfileFlow } from "./wheel";

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
    const believed = moveClock(packetTime(packet));
    count(COUNTER_SEEN);
    const verdict = packetVerdict(packet);
    if (verdict == VERDICT_DELIVER) {
      if (believed) deliver(packet, prefetched);
      else startOutlier(packet);
    } else count(COUNTER_VERDICTS + (verdict << 3));
    wireBytes += packetWireBytes(packet);
  }
  count(COUNTER_WIRE_BYTES, wireBytes);
}

/**
 * Starts the memory reads of a whole batch before the first of them is needed: index slots, then records. Also finds
 * the likely flow of each packet, so that the index need not be walked again.
 */
@cold function prefetchBatch(): void {
  let sum: u64 = 0;
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    sum ^= prefetchSlot(packetHash(PACKETS + <usize>n * PACKET_SIZE));
  }
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    const packet: usize = PACKETS + <usize>n * PACKET_SIZE;
    const index = likelyFlow(packetHash(packet));
    setPacketLikelyFlow(packet, index);
    const flow = flowAt(select<u32>(0, index, index == NIL));
    sum ^= flowLast(flow) ^ flowPackets(flow, 0);
  }
  prefetchSum = sum;
}

/** Keeps the loads of prefetchBatch from being removed. */
let prefetchSum: u64 = 0;

@inline function deliver(packet: usize, prefetched: bool): void {
  const hash = packetHash(packet);
  let index = prefetched ? packetLikelyFlow(packet) : NIL;
  if (index == NIL || !isActiveWith(index, packet + PACKET_KEY)) index = findFlow(packet + PACKET_KEY, hash);
  if (index != NIL && (flowBits(flowAt(index)) & FLOW_BIT_SYN_HELD) != 0) index = settleHeld(index, packet, hash);
  if (index != NIL) {
    const reason = cutReason(index, packet);
    if (reason == END_NONE) {
      countDelivered(packet);
      if (isBareSyn(packetTcpFlags(packet)) && mayBeginFlow(flowAt(index), linkAt(index), packet, packetTime(packet))) {
        holdSyn(index, packet);
      } else if (addPacket(index, packet)) {
        noteClosed(index);
      }
      if (softLimit != 0) evictIdle();
      return;
    }
    endFlow(index, reason);
  }
  if (startFlow(packet, hash) != NIL) countDelivered(packet);
  if (softLimit != 0) evictIdle();
}

/** The next packet tells what the held SYN was. Returns the flow of the key then. */
@cold function settleHeld(index: u32, packet: usize, hash: u32): u32 {
  if (!answersSyn(packet, heldSyn(index))) {
    returnSyn(index);
    return index;
  }
  const syn = takeSyn(index);
  endFlow(index, END_IDLE);
  const started = startFlow(syn, hash);
  assert(started != NIL); // There is the room of the flow that has just ended.
  return started;
}

/** Flows may have started and ended since the batch was prefetched. */
@inline function isActiveWith(index: u32, key: usize): bool {
  const flow = flowAt(index);
  return flowState(flow) == FLOW_STATE_ACTIVE && sameKey(flow + FLOW_KEY, key);
}

@inline function countDelivered(packet: usize): void {
  const bits = packetBits(packet);
  if ((bits & (PACKET_BIT_PARTIAL | PACKET_BIT_TCP_OFFSET | PACKET_BIT_UNMATCHED)) == 0) {
    countProtocol(packetProtocol(packet));
    return;
  }
  if ((bits & PACKET_BIT_TCP_OFFSET) != 0) count(COUNTER_VERDICTS + (VERDICT_TCP_OFFSET << 3));
  else countProtocol(packetProtocol(packet));
  if ((bits & PACKET_BIT_PARTIAL) != 0) count(COUNTER_TRUNCATED);
  if ((bits & PACKET_BIT_UNMATCHED) != 0) count(COUNTER_FRAGMENTS_UNMATCHED);
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

/** The FIN timeout holds from now on: over at once, or filed under a nearer tick. */
function noteClosed(index: u32): void {
  if (finTimeout == 0) {
    endFlow(index, flowCloseReason(flowAt(index)));
    return;
  }
  unfileFlow(index);
  fileFlow(index, dueTick(index), state64(STATE_TICK) + 1);
}

/** Starts the packet's flow, which is not in the table. Returns it, or NIL when there is no room. */
function startFlow(packet: usize, hash: u32): u32 {
  const index = makeFlow(packet, hash);
  if (index == NIL) return NIL;
  insertFlow(index, hash);
  fileFlow(index, dueTick(index), state64(STATE_TICK) + 1);
  const closed = notePacket(index, flowAt(index), packet);
  noteNewFlow(index);
  if (closed) noteClosed(index);
  return index;
}

/** A packet whose time is not believed yet: a flow of its own, neither in the table nor in the wheel. See clock.ts. */
@cold function startOutlier(packet: usize): void {
  const index = makeFlow(packet, packetHash(packet));
  if (index == NIL) return;
  countDelivered(packet);
  notePacket(index, flowAt(index), packet);
  setState32(STATE_SUSPECT_FLOW, index);
}

/** A new active flow with its first packet counted, or NIL when there is no room for it. */
function makeFlow(packet: usize, hash: u32): u32 {
  if (!makeRoom()) {
    count(COUNTER_TABLE_FULL);
    return NIL;
  }
  if (state32(STATE_ACTIVE_COUNT) >= maxFlows) evictOne();
  if ((packetBits(packet) & PACKET_BIT_TCP_OFFSET) == 0) count(COUNTER_MISSES);
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
  if (sides != 0) startSides(index, packet);
  noteStart(index);
  return index;
}
