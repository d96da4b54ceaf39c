/**
 * The end of flows: out of the table and the wheel, onto the queue of closed flows, where the host reads and releases
 * them in order. A closed record is immutable.
 */
import { count, setState32, setState64, shards, sides, state32, state64 } from "../control";
import {
  flowAt, flowBits, flowProtocol, linkAt, linkHash, linkNext, protocolClass, setFlowEndReason, setFlowState,
} from "../table/flow";
import {
  COUNTER_ACTIVE_BY_CLASS, COUNTER_FLOWS_ENDED, FLOW_BIT_SYN_HELD, FLOW_STATE_CLOSED, NIL, STATE_ACTIVE_COUNT,
  STATE_CLOSED_COUNT, STATE_CLOSED_HEAD, STATE_CLOSED_TAIL,
} from "../layout";
import { endSides, freeSides } from "../side/side";
import { queueClosed } from "./closed_queue";
import { returnSyn } from "./held_syn";
import { keepPlace } from "../table/serial_order";
import { freeFlow } from "../table/pool";
import { removeFlow } from "../table/table";
import { unfileFlow } from "./wheel";

export function initEnding(): void {
  setState32(STATE_ACTIVE_COUNT, 0);
  setState32(STATE_CLOSED_COUNT, 0);
  setState32(STATE_CLOSED_HEAD, NIL);
  setState32(STATE_CLOSED_TAIL, NIL);
}

/** Ends a flow that is in the table and the wheel. */
export function endFlow(index: u32, reason: u32): void {
  unfileFlow(index);
  endUnfiled(index, reason);
}

/** Ends a flow that was taken out of the wheel already. */
export function endUnfiled(index: u32, reason: u32): void {
  removeFlow(index, linkHash(linkAt(index)));
  closeFlow(index, reason);
}

/** Ends a flow that is neither in the table nor in the wheel any more. */
export function closeFlow(index: u32, reason: u32): void {
  const flow = flowAt(index);
  if ((flowBits(flow) & FLOW_BIT_SYN_HELD) != 0) returnSyn(index);
  setFlowState(flow, FLOW_STATE_CLOSED);
  setFlowEndReason(flow, reason);
  if (sides != 0) endSides(index);
  if (shards != 0) keepPlace(index);
  const kind = COUNTER_ACTIVE_BY_CLASS + (protocolClass(flowProtocol(flow)) << 3);
  setState64(kind, state64(kind) - 1);
  count(COUNTER_FLOWS_ENDED);
  setState32(STATE_ACTIVE_COUNT, state32(STATE_ACTIVE_COUNT) - 1);
  queueClosed(index);
}

/** Gives the first `amount` closed flows back to the pool. Returns how many there were. */
export function releaseClosed(amount: u32): u32 {
  const waiting = state32(STATE_CLOSED_COUNT);
  const released = min(amount, waiting);
  let index = state32(STATE_CLOSED_HEAD);
  for (let n: u32 = 0; n < released; n++) {
    const next = linkNext(linkAt(index));
    if (sides != 0) freeSides(index);
    freeFlow(index);
    index = next;
  }
  setState32(STATE_CLOSED_HEAD, index);
  if (index == NIL) setState32(STATE_CLOSED_TAIL, NIL);
  setState32(STATE_CLOSED_COUNT, waiting - released);
  return released;
}
