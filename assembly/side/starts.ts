/**
 * Queue of started flows, for a host that needs each flow when it begins. It is bounded: a host that is too slow misses
 * the oldest ones, and detects that by the distance between its position and START_QUEUE_HEAD.
 */
import { setState32, startQueueBase, startQueueMask, startQueueCapacity, state32 } from "../control";
import { flowAt, flowState, linkAt, linkGeneration } from "../table/flow";
import { FLOW_STATE_FREE, NIL, START_QUEUE_HEAD, START_FLOW, START_GENERATION, START_SIZE } from "../layout";

@inline function entryAt(position: u32): usize {
  return startQueueBase + <usize>(position & startQueueMask) * START_SIZE;
}

@inline export function noteStart(index: u32): void {
  if (startQueueCapacity == 0) return;
  const head = state32(START_QUEUE_HEAD);
  const entry = entryAt(head);
  store<u32>(entry, index, START_FLOW);
  store<u32>(entry, linkGeneration(linkAt(index)), START_GENERATION);
  setState32(START_QUEUE_HEAD, head + 1);
}

/** The flow recorded at this position, or NIL if it has been freed. */
export function startedFlow(position: u32): u32 {
  const entry = entryAt(position);
  const index = load<u32>(entry, START_FLOW);
  const same = linkGeneration(linkAt(index)) == load<u32>(entry, START_GENERATION);
  return same && flowState(flowAt(index)) != FLOW_STATE_FREE ? index : NIL;
}
