/**
 * Leaves the table to the host in the middle of work of the tracker that takes long: when very many flows end at once.
 * The tracker's frames stay where they are; the host finds a sound table, in which flows that are being ended are
 * either still active or closed already. It must not use the order sets meanwhile: see STATE_ORDERING.
 *
 * The host wants the table when LOCK_INTENT is set. See src/engine/lock.ts.
 */
import { count } from "../control";
import { CONTROL, COUNTER_WAYS_GIVEN, LOCK, LOCK_FREE, LOCK_HOST, LOCK_INTENT, LOCK_TRACKER } from "../layout";

/** Longest single wait for the host, nanoseconds: also the cost of a lost wake-up. */
const STEP_NS: i64 = 1000000;

/** To be called at least every few thousand flows, where the table is sound. */
@inline export function giveWay(): void {
  if (atomic.load<u32>(CONTROL + LOCK_INTENT) != 0) leaveTable();
}

/** The host's own work goes on: it has the lock itself, or there is no other thread. */
@cold function leaveTable(): void {
  const lock: usize = CONTROL + LOCK;
  if (atomic.load<u32>(lock) != <u32>LOCK_TRACKER) return;
  count(COUNTER_WAYS_GIVEN);
  atomic.store<u32>(lock, LOCK_FREE);
  atomic.notify(lock, 1);
  while (atomic.load<u32>(CONTROL + LOCK_INTENT) != 0
    || atomic.cmpxchg<u32>(lock, LOCK_FREE, LOCK_TRACKER) != <u32>LOCK_FREE) {
    atomic.wait<i32>(lock, LOCK_HOST, STEP_NS);
  }
}
