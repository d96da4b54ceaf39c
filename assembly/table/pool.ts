/**
 * The pool of flow records: a free list in front of a rising top, so that pages are touched only when needed.
 * A flow's generation is its number in the order of starting; index + generation is a handle that a stale holder
 * can detect.
 */
import { flowBytes, poolCount, setState32, state32 } from "../control";
import { flowAt, flowState, freeKey, initAddresses, linkAt, linkNext, setFlowState, setLinkNext } from "./flow";
import {
  CHUNK_SIZE, FLOW_STATE_CLOSED, FLOW_STATE_FREE, NIL, SLOT_SIZE, STATE_ACTIVE_COUNT, STATE_CHUNKS_ACTIVE,
  STATE_CHUNKS_USED, STATE_CLOSED_COUNT, STATE_INDEX_MASK, STATE_POOL_FREE, STATE_POOL_TOP,
} from "../layout";

export function initPool(): void {
  setState32(STATE_POOL_TOP, 0);
  setState32(STATE_POOL_FREE, NIL);
  initAddresses();
}

/** A free index. The caller has made sure that there is one. */
export function allocateFlow(): u32 {
  const free = state32(STATE_POOL_FREE);
  if (free != NIL) {
    setState32(STATE_POOL_FREE, linkNext(linkAt(free)));
    return free;
  }
  const top = state32(STATE_POOL_TOP);
  assert(top < poolCount);
  setState32(STATE_POOL_TOP, top + 1);
  return top;
}

export function freeFlow(index: u32): void {
  assert(flowState(flowAt(index)) == FLOW_STATE_CLOSED);
  const link = linkAt(index);
  freeKey(flowAt(index));
  setFlowState(flowAt(index), FLOW_STATE_FREE);
  setLinkNext(link, state32(STATE_POOL_FREE));
  setState32(STATE_POOL_FREE, index);
}

/** Bytes of active flows, their stored headers and the index: the quantity that the memory limits bound. */
export function activeBytes(): u64 {
  return <u64>state32(STATE_ACTIVE_COUNT) * <u64>flowBytes
    + <u64>state32(STATE_CHUNKS_ACTIVE) * CHUNK_SIZE
    + <u64>(state32(STATE_INDEX_MASK) + 1) * SLOT_SIZE;
}

/** The same with closed flows that wait to be read. */
export function usedBytes(): u64 {
  return activeBytes() + <u64>state32(STATE_CLOSED_COUNT) * <u64>flowBytes
    + <u64>(state32(STATE_CHUNKS_USED) - state32(STATE_CHUNKS_ACTIVE)) * CHUNK_SIZE;
}
