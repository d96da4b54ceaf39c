/**
 * The engine with its inner functions exported, for the tests of test/assembly. Compiled by asc as the debug build, so
 * that assertions hold; see ../inner_engine.ts.
 */
import { count, setState32, state32, state64 } from "../../../assembly/control";
import {
  COUNTER_ACTIVE_BY_CLASS, COUNTER_FLOWS_STARTED, FLOW_STATE_ACTIVE, FLOW_STATE_CLOSED, STATE_ACTIVE_COUNT,
} from "../../../assembly/layout";
import { keyProtocol } from "../../../assembly/decode/key";
import {
  addToTally, flowAt, initFlowState, initTallies, linkAt, linkHash, linkNext, protocolClass, setFlowKey, setFlowLast, setFlowState,
  setLinkFirst, setLinkGeneration, setLinkHash, setLinkStart,
} from "../../../assembly/table/flow";
import { allocateFlow, freeFlow } from "../../../assembly/table/pool";
import { insertFlow, removeFlow } from "../../../assembly/table/table";

export * from "../../../assembly/index";
export { copyFlow } from "../../../assembly/table/flow";
export { beginOrder, orderedFlow, putInOrder, sortOrder } from "../../../assembly/table/order";
export { allocateFlow } from "../../../assembly/table/pool";
export { beginGrowth, findFlow, growSome, likelyFlow, lookUpFlow } from "../../../assembly/table/table";
export { deadlineOf, dueTick } from "../../../assembly/track/expiry";
export { fileFlow, nextDueTick, setWheelTime, takeDue, unfileFlow } from "../../../assembly/track/wheel";
export { packetSides } from "../../../assembly/side/side";
export { endLog, freeLog, logPacket, startLog } from "../../../assembly/side/packet_log";
export { sampleDeviation } from "../../../assembly/side/deviation";
export { startStats } from "../../../assembly/side/stats";
export { evictOne, noteFlow } from "../../../assembly/track/eviction";
export { putDecimal } from "../../../assembly/out/decimal";
export { putDigits, putIpv4, putTime } from "../../../assembly/out/digits";

/** Gives an index back that allocateFlow gave. */
export function giveBack(index: u32): void {
  setFlowState(flowAt(index), FLOW_STATE_CLOSED);
  freeFlow(index);
}

/** A new active flow in the table and in the wheel, as the tracker makes it, without side records. */
export function addFlow(key: usize, hash: u32, first: u64, last: u64): u32 {
  const index = allocateFlow();
  const flow = flowAt(index);
  const link = linkAt(index);
  setFlowKey(flow, key);
  setLinkFirst(link, first);
  setFlowLast(flow, last);
  initFlowState(flow, FLOW_STATE_ACTIVE, 0, 0);
  initTallies(flow, 0, 1, 1, 1);
  setLinkHash(link, hash);
  setLinkStart(link, first);
  setLinkGeneration(link, <u32>state64(COUNTER_FLOWS_STARTED));
  count(COUNTER_FLOWS_STARTED);
  count(COUNTER_ACTIVE_BY_CLASS + (protocolClass(keyProtocol(key)) << 3));
  setState32(STATE_ACTIVE_COUNT, state32(STATE_ACTIVE_COUNT) + 1);
  insertFlow(index, hash);
  return index;
}

/** Takes a flow of addFlow out of the table and gives its index back, without an end. */
export function dropFlow(index: u32): void {
  removeFlow(index, linkHash(linkAt(index)));
  setState32(STATE_ACTIVE_COUNT, state32(STATE_ACTIVE_COUNT) - 1);
  giveBack(index);
}

export function setLast(index: u32, time: u64): void {
  setFlowLast(flowAt(index), time);
}

/** A packet of a flow, as far as its counters need it. */
export function addPacketTo(index: u32, side: u32, ipBytes: u32, wireBytes: u32, payloadBytes: u32): void {
  addToTally(flowAt(index), side, ipBytes, wireBytes, payloadBytes);
}

export function nextInList(index: u32): u32 {
  return linkNext(linkAt(index));
}
