/**
 * The lock of a flow table that two threads share: the tracker holds it for one ring piece at a time, the host for one
 * query. The host has priority: it sets LOCK_INTENT, and the tracker releases the lock at the end of the current piece,
 * or in the middle of it when very many flows end (assembly/table/give_way.ts).
 * No thread waits for another while it holds the lock.
 */
import { CONTROL, LOCK, LOCK_FREE, LOCK_HOST, LOCK_INTENT, LOCK_TRACKER, U32_SIZE } from '../../assembly/layout.ts';

export const LOCK_WORD = (CONTROL + LOCK) / U32_SIZE;
const INTENT_WORD = (CONTROL + LOCK_INTENT) / U32_SIZE;
/** Longest single wait for the other side, so also the cost of a lost wake-up. Milliseconds. */
const STEP_MS = 1;
/**
 * A tracker that holds the lock for this many waits without progress is presumed dead. Waits, not time, because the
 * whole process may have been stopped.
 */
export const STALLED_WAITS_MAX = 1000;

/** The host's side. */
export class HostLock {
  readonly #words: Int32Array;
  readonly #progress: () => number;
  #depth = 0;

  /** @param progress a number that changes while the tracker makes progress under the lock */
  constructor(words: Int32Array, progress: () => number) {
    this.#words = words;
    this.#progress = progress;
  }

  /**
   * Does the work while the tracker is paused. May be nested.
   * @throws the error of `onStuck` when the tracker never releases the lock
   */
  hold<T>(work: () => T, onStuck: () => Error): T {
    if (this.#depth === 0 && !this.#acquire()) throw onStuck();
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#release();
    }
  }

  /** Takes the lock from a tracker that has exited. */
  seize(): void {
    Atomics.store(this.#words, LOCK_WORD, LOCK_FREE);
  }

  #acquire(): boolean {
    const words = this.#words;
    if (Atomics.compareExchange(words, LOCK_WORD, LOCK_FREE, LOCK_HOST) === LOCK_FREE) return true;
    Atomics.store(words, INTENT_WORD, 1);
    let reached = this.#progress();
    for (let waits = 0; Atomics.compareExchange(words, LOCK_WORD, LOCK_FREE, LOCK_HOST) !== LOCK_FREE; waits++) {
      if (waits === STALLED_WAITS_MAX) {
        const before = reached;
        reached = this.#progress();
        if (reached === before) {
          Atomics.store(words, INTENT_WORD, 0);
          return false;
        }
        waits = 0;
      }
      Atomics.wait(words, LOCK_WORD, LOCK_TRACKER, STEP_MS);
    }
    return true;
  }

  #release(): void {
    const words = this.#words;
    Atomics.store(words, LOCK_WORD, LOCK_FREE);
    Atomics.store(words, INTENT_WORD, 0);
    Atomics.notify(words, LOCK_WORD);
  }
}

/** The tracker's side: takes the lock when the host neither has it nor wants it. */
export function lockForTracker(words: Int32Array): void {
  while (
    Atomics.load(words, INTENT_WORD) !== 0 ||
    Atomics.compareExchange(words, LOCK_WORD, LOCK_FREE, LOCK_TRACKER) !== LOCK_FREE
  ) {
    Atomics.wait(words, LOCK_WORD, LOCK_HOST, STEP_MS);
  }
}

export function unlockForTracker(words: Int32Array): void {
  Atomics.store(words, LOCK_WORD, LOCK_FREE);
  if (Atomics.load(words, INTENT_WORD) !== 0) Atomics.notify(words, LOCK_WORD);
}
