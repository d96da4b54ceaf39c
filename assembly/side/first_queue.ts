/**
 * Which flows collect first bytes, oldest first, and which have enough and wait for the host. Both queues are bounded:
 * one flow too many, or one for which chunks are scarce, ends the collecting of the oldest one, and with a full queue of
 * ready flows a flow is read when it ends.
 */
import { firstCollectingBase, firstReadyBase, setState32, state32, state64 } from "../control";
import {
  FIRST_PATIENCE_NS, FIRST_QUEUE_COUNT, FIRST_STATE_COLLECTING, FIRST_STATE_READY, NIL, STATE_CLOCK,
  STATE_FIRST_COLLECTING_HEAD, STATE_FIRST_COLLECTING_TAIL, STATE_FIRST_READY_HEAD, STATE_FIRST_READY_TAIL,
} from "../layout";
import { chunksAreScarce } from "./first_chunks";
import { linkAt, linkGeneration } from "../table/flow";
import {
  entryFlow, entryGeneration, firstRecord, firstSince, firstState, hasChunks, setEntry, setFirstState,
} from "./first_record";
import { dropWeak } from "./first_side";

export function initFirstQueues(): void {
  setState32(STATE_FIRST_COLLECTING_HEAD, 0);
  setState32(STATE_FIRST_COLLECTING_TAIL, 0);
  setState32(STATE_FIRST_READY_HEAD, 0);
  setState32(STATE_FIRST_READY_TAIL, 0);
}

/** Has a flow that began to collect at `since` waited too long at `time`? */
@inline export function isImpatient(since: u64, time: u64): bool {
  return time > since && time - since > <u64>FIRST_PATIENCE_NS;
}

/** The flow begins to collect. */
export function noteCollecting(index: u32): void {
  const head = state32(STATE_FIRST_COLLECTING_HEAD);
  const collecting = head - state32(STATE_FIRST_COLLECTING_TAIL);
  if (collecting == FIRST_QUEUE_COUNT || (collecting != 0 && chunksAreScarce())) endOldest();
  setEntry(firstCollectingBase, head, index, linkGeneration(linkAt(index)));
  setState32(STATE_FIRST_COLLECTING_HEAD, head + 1);
}

/** The flow must be content with what it has; if nothing is kept of it, there is nothing for the host to take. */
export function endCollecting(index: u32, record: usize): void {
  dropWeak(record);
  if (hasChunks(record)) makeReady(index);
  else setFirstState(record, FIRST_STATE_READY);
}

/** The flow has enough. */
export function makeReady(index: u32): void {
  setFirstState(firstRecord(index), FIRST_STATE_READY);
  const head = state32(STATE_FIRST_READY_HEAD);
  if (head - state32(STATE_FIRST_READY_TAIL) == FIRST_QUEUE_COUNT) return;
  setEntry(firstReadyBase, head, index, linkGeneration(linkAt(index)));
  setState32(STATE_FIRST_READY_HEAD, head + 1);
}

/** The next flow that has enough, or NIL. The host reads its bytes and calls releaseFirstPayload. */
export function takeReady(): u32 {
  endImpatient();
  while (state32(STATE_FIRST_READY_TAIL) != state32(STATE_FIRST_READY_HEAD)) {
    const tail = state32(STATE_FIRST_READY_TAIL);
    setState32(STATE_FIRST_READY_TAIL, tail + 1);
    const index = noted(firstReadyBase, tail, FIRST_STATE_READY);
    if (index != NIL) return index;
  }
  return NIL;
}

/** The flow noted at a position, or NIL when it is gone or in another state. */
function noted(queue: usize, position: u32, state: u32): u32 {
  const index = entryFlow(queue, position);
  const same = linkGeneration(linkAt(index)) == entryGeneration(queue, position);
  return same && firstState(firstRecord(index)) == state ? index : NIL;
}

function endOldest(): void {
  const tail = state32(STATE_FIRST_COLLECTING_TAIL);
  const index = noted(firstCollectingBase, tail, FIRST_STATE_COLLECTING);
  if (index != NIL) endCollecting(index, firstRecord(index));
  setState32(STATE_FIRST_COLLECTING_TAIL, tail + 1);
}

/** Ends the collecting of all that have waited too long by the clock. */
function endImpatient(): void {
  const clock = state64(STATE_CLOCK);
  while (state32(STATE_FIRST_COLLECTING_TAIL) != state32(STATE_FIRST_COLLECTING_HEAD)) {
    const index = noted(firstCollectingBase, state32(STATE_FIRST_COLLECTING_TAIL), FIRST_STATE_COLLECTING);
    if (index != NIL && !isImpatient(firstSince(firstRecord(index)), clock)) return;
    endOldest();
  }
}
