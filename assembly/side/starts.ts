/**
 * Queue of started flows, for a host that wants to know of each flow when it begins. It is bounded: a host that is too
 * slow misses the oldest ones, which it sees from the distance between its own position and START_QUEUE_HEAD.
 */
import { setState32, startQueueBase, startQueueMask, startQueueCapacity, state32 } from "../control";
import { flowAt, flowState, linkAt, linkGeneration } from "../table/flow";
import {
  FLOW_STATE_FREE, ROWS, ROWS_MAX, ROW_SIZE, START_QUEUE_HEAD, START_FLOW, START_GENERATION, START_SIZE,
} from "../layout";
import { writeRow } from "../out/rows";

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

/** Rows of the flows noted at positions [from, to), ROWS_MAX at most, without those that are gone. Returns how many. */
export function writeStarted(from: u32, to: u32): u32 {
  let rows: u32 = 0;
  for (let position = from; position != to && rows < <u32>ROWS_MAX; position++) {
    const index = load<u32>(entryAt(position), START_FLOW);
    const generation = load<u32>(entryAt(position), START_GENERATION);
    if (flowState(flowAt(index)) == FLOW_STATE_FREE || linkGeneration(linkAt(index)) != generation) continue;
    writeRow(ROWS + <usize>rows * ROW_SIZE, index);
    rows++;
  }
  return rows;
}
