/**
 * Delivers packets to their flows: finds the flow or starts one, ends the old one where the packet cuts it, and counts.
 *
 * Where a flow is cut depends on its own packets and the options. A later fragment whose first one has not come is
 * delivered when it comes, or when it has waited too long, with its own time; until then it counts as delivered.
 */
import {
  activeTimeout, count, countProtocol, cutRules, decapsulate, finTimeout, hasMoreRules, interimInterval, setState32,
  sides, state32, state64, uncountProtocol, zeekCuts,
} from "../control";
import { decodeOutermost, enterTunnel, LEVELS_MAX } from "../decode/decode";
import { isWithinLife, needsFirst, setRepeated } from "../decode/fragments";
import { setKey } from "../decode/key";
import {
  packetBits, packetDestinationPort, packetFragmentProtocol, packetHash, packetIcmp, packetIcmpCode, packetIcmpType,
  packetIpBytes, packetLikelyFlow, packetPayloadBytes, packetProtocol, packetSide, packetSourcePort, packetTcpFlags,
  packetTime, packetVerdict, packetVersion, packetWireBytes, setPacketBits, setPacketIcmpCode, setPacketIcmpType,
  setPacketPorts,
} from "../decode/packet";
import { endFlow } from "./ending";
import { makeRoom, noteFlow } from "./eviction";
import { lowersRank } from "./eviction_heap";
import { activeDeadline, dueTick, silenceLimit, silenceReason } from "./expiry";
import {
  clearTallies, flowAt, flowBits, flowCloseReason, flowLast, flowState, hasKey, initFlowState, initTallies, linkAt,
  protocolClass, setFlowKey, setFlowLast, setLinkFirst, setLinkGeneration, setLinkHash, setLinkStart,
} from "../table/flow";
import {
  COUNTER_ACTIVE_BY_CLASS, COUNTER_FLOWS_STARTED, COUNTER_FRAGMENTS_EVICTED, COUNTER_FRAGMENTS_UNMATCHED,
  COUNTER_MISSES, COUNTER_TABLE_FULL, COUNTER_TRUNCATED, COUNTER_VERDICTS, CUT_RULES_CIC, CUT_RULES_NFSTREAM,
  END_ACTIVE, END_IDLE, END_NONE, FLOW_BIT_SYN_HELD, FLOW_STATE_ACTIVE, NIL, PACKET_AGAIN, PACKET_BIT_AWAITS,
  PACKET_BIT_FIRST, PACKET_BIT_FRAGMENT, PACKET_BIT_ICMP, PACKET_BIT_LATER, PACKET_BIT_PARTIAL, PACKET_BIT_TCP_OFFSET,
  PACKET_BIT_UNMATCHED, PACKET_KEY, STATE_ACTIVE_COUNT, STATE_SUSPECT_FLOW, STATE_TICK, TICK_NS, VERDICT_DELIVER,
  VERDICT_TCP_OFFSET,
} from "../layout";
import { allocateFlow } from "../table/pool";
import { setWaited } from "../table/serial_order";
import { startSides } from "../side/side";
import { isSurelyAlive } from "../side/zeek_deadline";
import { noteStart } from "../side/starts";
import { findFlow, insertFlow } from "../table/table";
import { addPacket, notePacket } from "./account";
import { cicEndReason } from "./cic_rules";
import { reportInterim } from "./interim";
import { heldSyn, holdSyn, returnSyn, takeSyn } from "./held_syn";
import { originatorBits } from "./originator";
import { answersSyn, endReasonForNewSyn, isBareSyn, mayBeginFlow } from "./tcp_state";
import {
  beginWaiting, endWaiting, firstOfDatagram, nextOfDatagram, oldestWaiting, waitingIsFull, waitingNumber, waitingPacket,
  waitingTick,
} from "./waiting";
import { fileFlow, unfileFlow } from "./wheel";
import { TCP_SYN } from "../wire/numbers";
import { noteStray, zeekCutReason } from "./zeek_cuts";

/** Counts a packet to its flow. `prefetched`: its likely flow is known. */
@inline export function deliver(packet: usize, prefetched: bool): void {
  const hash = packetHash(packet);
  let index = prefetched ? packetLikelyFlow(packet) : NIL;
  if (index == NIL || !isActiveWith(index, packet + PACKET_KEY)) index = findFlow(packet + PACKET_KEY, hash);
  if (index != NIL && simplyContinues(index, packet)) {
    countDelivered(packet);
    if (addPacket(index, packet)) noteClosed(index);
  } else {
    deliverOther(packet, index, hash);
  }
}

/** Nearly every packet that has a flow: no SYN, none is held, no timeout has passed, and no running record is due. */
@inline function simplyContinues(index: u32, packet: usize): bool {
  const flow = flowAt(index);
  const time = packetTime(packet);
  const last = flowLast(flow);
  if ((packetTcpFlags(packet) & TCP_SYN) != 0 || (flowBits(flow) & FLOW_BIT_SYN_HELD) != 0) return false;
  if (hasMoreRules) return interimInterval == 0 && activeTimeout == 0 && isSurelyAlive(index, time);
  return (time <= last || time - last <= silenceLimit(flow)) && (activeTimeout == 0 || time <= activeDeadline(index));
}

/** A packet that has no flow yet, is cut off from that of its key, or may be. */
@cold function deliverOther(packet: usize, index: u32, hash: u32): void {
  if (index != NIL && (flowBits(flowAt(index)) & FLOW_BIT_SYN_HELD) != 0) index = settleHeld(index, packet, hash);
  if (index != NIL) {
    const reason = cutReason(index, packet);
    if (reason == END_NONE) {
      countDelivered(packet);
      if (isBareSyn(packetTcpFlags(packet)) && mayBeginFlow(flowAt(index), linkAt(index), packet, packetTime(packet))) {
        holdSyn(index, packet);
        return;
      }
      reportInterim(index, packet);
      const lower = lowersRank(index, packet);
      if (addPacket(index, packet)) noteClosed(index);
      if (lower) noteFlow(index);
      return;
    }
    endFlow(index, reason);
  }
  if (startFlow(packet, hash) != NIL) countDelivered(packet);
}

/** Delivers a fragment, or a packet in the tunnel in one; or lets it wait for the first one of its datagram. */
@cold export function deliverFragment(packet: usize): void {
  const bits = packetBits(packet);
  if ((bits & PACKET_BIT_FIRST) != 0 && decapsulate) settleAround(packet);
  else settleFirst(packet);
  if ((bits & PACKET_BIT_UNMATCHED) != 0 && needsFirst(packetFragmentProtocol(packet), packetVersion(packet))) {
    wait(packet);
  } else {
    deliverRare(packet);
  }
}

/** What waits for the packet is delivered, if it is a first fragment, or waits no longer for it if that is broken. */
function settleFirst(packet: usize): void {
  const bits = packetBits(packet);
  if ((bits & PACKET_BIT_FIRST) != 0) deliverWaiting(packet);
  else if ((bits & (PACKET_BIT_FRAGMENT | PACKET_BIT_LATER)) == PACKET_BIT_FRAGMENT) refuseFirst(packet);
}

/** The same for each packet of the frame, from the outermost to the innermost: one of them is a first fragment. */
function settleAround(packet: usize): void {
  if (oldestWaiting() == 0) return;
  setRepeated(true);
  decodeOutermost(PACKET_AGAIN, packet);
  settleFirst(PACKET_AGAIN);
  for (let level: u32 = 0; level < LEVELS_MAX && enterTunnel(PACKET_AGAIN, level); level++) settleFirst(PACKET_AGAIN);
  setRepeated(false);
}

/** As deliver, out of line. */
@cold function deliverRare(packet: usize): void {
  deliver(packet, false);
}

function wait(packet: usize): void {
  if (waitingIsFull()) {
    count(COUNTER_FRAGMENTS_EVICTED);
    deliverOldest();
  }
  countProtocol(packetProtocol(packet));
  beginWaiting(packet);
}

/**
 * The fragments that waited for this first one go to its flow, in order of arrival. What an ICMP message is about is
 * that of the first one, since one of them may be the first packet of the flow. A flow that the first one finds over
 * is over for them too: it may have been delivered.
 */
function deliverWaiting(first: usize): void {
  let entry = firstOfDatagram(first);
  if (entry == 0) return;
  endIfCut(first);
  while (entry != 0) {
    const next = nextOfDatagram(entry);
    const later = waitingPacket(entry);
    if ((packetBits(later) & PACKET_BIT_AWAITS) != 0 && isWithinLife(packetTime(later), packetTime(first))) {
      endWaiting(entry);
      uncountProtocol(packetProtocol(later));
      setPacketBits(later, (packetBits(later) & ~PACKET_BIT_UNMATCHED) | (packetBits(first) & PACKET_BIT_ICMP));
      setPacketIcmpType(later, packetIcmpType(first));
      setPacketIcmpCode(later, packetIcmpCode(first));
      setPacketPorts(later, packetSourcePort(first), packetDestinationPort(first));
      setKey(later, packetProtocol(first));
      deliverRare(later);
    }
    entry = next;
  }
}

function endIfCut(packet: usize): void {
  const hash = packetHash(packet);
  let index = findFlow(packet + PACKET_KEY, hash);
  if (index != NIL && (flowBits(flowAt(index)) & FLOW_BIT_SYN_HELD) != 0) index = settleHeld(index, packet, hash);
  if (index == NIL) return;
  const reason = cutReason(index, packet);
  if (reason != END_NONE) endFlow(index, reason);
}

/** The packet is a broken first fragment: those that wait for it do not belong to one that comes later. */
@cold export function refuseFirst(packet: usize): void {
  for (let entry = firstOfDatagram(packet); entry != 0; entry = nextOfDatagram(entry)) {
    const later = waitingPacket(entry);
    setPacketBits(later, packetBits(later) & ~PACKET_BIT_AWAITS);
  }
}

/** Delivers the fragment that has waited longest to a flow without ports. */
function deliverOldest(): void {
  const entry = oldestWaiting();
  const packet = waitingPacket(entry);
  endWaiting(entry);
  uncountProtocol(packetProtocol(packet));
  deliverRare(packet);
}

/** The tick at which the next fragment has waited too long; the largest u64 when none waits. */
export function nextWaitingTick(): u64 {
  const entry = oldestWaiting();
  return entry == 0 ? u64.MAX_VALUE : waitingTick(entry);
}

/** Delivers those that have waited too long at `tick`. */
export function deliverOverdue(tick: u64): void {
  while (nextWaitingTick() <= tick) deliverWaited(tick * TICK_NS);
}

function deliverWaited(until: u64): void {
  setWaited(until, waitingNumber(oldestWaiting()));
  deliverOldest();
  setWaited(0, 0);
}

/** No first fragment can come any more. */
export function deliverAllWaiting(): void {
  while (oldestWaiting() != 0) deliverWaited(u64.MAX_VALUE);
}

/** A packet that counts nowhere finds its flow all the same, or starts one without packets. See zeek_cuts.ts. */
@cold export function attach(packet: usize): void {
  const hash = packetHash(packet);
  const index = findFlow(packet + PACKET_KEY, hash);
  if (index != NIL) {
    const reason = cutReason(index, packet);
    if (reason == END_NONE) {
      noteStray(index, packet);
      return;
    }
    endFlow(index, reason);
  }
  const started = makeFlow(packet, hash);
  if (started == NIL) return;
  clearTallies(flowAt(started));
  insertFlow(started, hash);
  fileFlow(started, dueTick(started), state64(STATE_TICK) + 1);
  noteStray(started, packet);
  noteFlow(started);
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
  return flowState(flow) == FLOW_STATE_ACTIVE && hasKey(flow, key);
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
  if (zeekCuts) return zeekCutReason(index, packet);
  if (time > last && time - last > silenceLimit(flow)) return silenceReason(flow);
  if ((packetTcpFlags(packet) & TCP_SYN) != 0) return synReason(index, flow, packet, time);
  return END_NONE;
}

/** The same of a packet with SYN that is not too late. */
@cold function synReason(index: u32, flow: usize, packet: usize, time: u64): u32 {
  if (cutRules == CUT_RULES_CIC) return cicEndReason(index);
  if (cutRules == CUT_RULES_NFSTREAM) return END_NONE;
  return isBareSyn(packetTcpFlags(packet)) ? endReasonForNewSyn(flow, linkAt(index), packet, time) : END_NONE;
}

/** The FIN timeout holds from now on: over at once, or filed under a nearer tick. */
function noteClosed(index: u32): void {
  if (finTimeout == 0 && !zeekCuts) {
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
  noteFlow(index);
  if (closed) noteClosed(index);
  return index;
}

/** A packet whose time is not believed yet: a flow of its own, neither in the table nor in the wheel. See clock.ts. */
@cold export function startOutlier(packet: usize): void {
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
  if (packetVerdict(packet) == VERDICT_DELIVER && (packetBits(packet) & PACKET_BIT_TCP_OFFSET) == 0) {
    count(COUNTER_MISSES);
  }
  const index = allocateFlow();
  const flow = flowAt(index);
  const link = linkAt(index);
  const time = packetTime(packet);
  setFlowKey(flow, packet + PACKET_KEY);
  setFlowLast(flow, time);
  initFlowState(flow, FLOW_STATE_ACTIVE, originatorBits(packet), packetIcmp(packet));
  initTallies(flow, packetSide(packet), packetIpBytes(packet), packetWireBytes(packet), packetPayloadBytes(packet));
  setLinkHash(link, hash);
  setLinkStart(link, time);
  setLinkFirst(link, time);
  setLinkGeneration(link, <u32>state64(COUNTER_FLOWS_STARTED));
  count(COUNTER_FLOWS_STARTED);
  count(COUNTER_ACTIVE_BY_CLASS + (protocolClass(packetProtocol(packet)) << 3));
  setState32(STATE_ACTIVE_COUNT, state32(STATE_ACTIVE_COUNT) + 1);
  if (sides != 0) startSides(index, packet);
  noteStart(index);
  return index;
}
