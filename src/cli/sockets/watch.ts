/** Repeats work every few seconds until a signal ends it. */
import { setTimeout } from 'node:timers/promises';
import { endInTime } from '../interrupt.ts';
import type { EndingSignal } from '../interrupt.ts';
import { TERMINAL_SIGNALS } from '../signals.ts';
import { unblockTerminals } from '../standard_streams.ts';

/**
 * Runs start `intervalMs` apart, or as long as the work takes if that is longer.
 * @param work returns false to stop. Its signal is aborted when the watch ends
 */
export async function every(intervalMs: number, work: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const end = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    endInTime(signal as EndingSignal);
    end.abort();
  };
  unblockTerminals();
  for (const signal of TERMINAL_SIGNALS) process.on(signal, stop);
  try {
    for (
      let due = performance.now() + intervalMs;
      await work(end.signal);
      due = Math.max(due, performance.now()) + intervalMs
    ) {
      await pause(due - performance.now(), end.signal);
      if (end.signal.aborted) return;
    }
  } finally {
    for (const signal of TERMINAL_SIGNALS) process.off(signal, stop);
    end.abort();
  }
}

/** Ends early when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(Math.max(0, ms), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
