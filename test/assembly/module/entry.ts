/**
 * The engine with its inner functions exported, for the tests of test/assembly. Compiled by asc as the debug build, so
 * that assertions hold; see ../inner_engine.ts.
 */
import { count, setState32, state32, state64 } from "../../../assembly/control";
import {
  COUNTER_ACTIVE_BY_CLASS, COUNTER_FLOWS_STARTED, FLOW_KEY, FLOW_STATE_ACTIVE, FLOW_STATE_CLOSED, STATE_ACTIVE_COUNT,
} from "../../../assembly/layout";
import { keyProtocol } from "../../../assembly/decode/key";
import {
  copyKey, flowAt, initCounts, initFlowState, linkAt, linkHash, linkNext, protocolClass, setFlowFirst, setFlowLast,
  setFlowState, setLinkGeneration, setLinkHash, setLinkStart,
} from "../../../assembly/table/flow";
import { allocateFlow, freeFlow } from "../../../assembly/table/pool";
import { insertFlow, removeFlow } from "../../../assembly/table/table";

export * from "../../../assembly/index";
export { beginOrder, orderedFlow, putInOrder, sortOrder } from "../../../assembly/table/order";
export { allocateFlow } from "../../../assembly/table/pool";
export { findFlow, likelyFlow } from "../../../assembly/table/table";
export { deadlineOf, dueTick } from "../../../assembly/track/expiry";
export { fileFlow, nextDueTick, setWheelTime, takeDue, unfileFlow } from "../../../assembly/track/wheel";
export { packetSides } from "../../../assembly/side/side";
export { endLog, freeLog, logPacket, startLog } from "../../../assembly/side/packet_log";
export { sampleDeviation } from "../../../assembly/side/deviation";
export { startStats } from "../../../assembly/side/stats";
export { evictOne, noteRank } from "../../../assembly/track/eviction";
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
  copyKey(flow + FLOW_KEY, key);
  setFlowFirst(flow, first);
  setFlowLast(flow, last);
  initFlowState(flow, FLOW_STATE_ACTIVE, 0, 0);
  initCounts(flow, 0, 1, 1, 1);
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

export function nextInList(index: u32): u32 {
  return linkNext(linkAt(index));
}
