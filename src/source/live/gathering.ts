/**
 * How long to let packets gather before the next wake-up. A wake-up costs microseconds and a packet from a full buffer
 * a tenth of one, so at high rates a bounded pause between bursts saves most of the time. At low rates there is none:
 * each packet is handled as it comes.
 */

/** Packets per second from which on packets gather: 20 of them in the longest pause. */
const RATE_MIN = 20_000;
/** Part of the kernel's buffer that may fill in a pause at the present rate. */
const FILL_MAX = 1 / 4;
/** A shorter pause is not worth its system call. */
const PAUSE_MIN_MS = 0.05;

/**
 * Milliseconds, 0: no pause.
 * @param packets of the burst that has ended
 * @param elapsedMs from the end of the burst before it to the end of this one, > 0
 * @param slots packets that the kernel's buffer holds
 * @param pauseMaxMs longest pause
 */
export function gatheringPause(packets: number, elapsedMs: number, slots: number, pauseMaxMs: number): number {
  const perMs = packets / elapsedMs;
  const room = slots * FILL_MAX;
  if (perMs * 1000 < RATE_MIN || packets > room) return 0;
  const pauseMs = Math.min(pauseMaxMs, room / perMs);
  return pauseMs < PAUSE_MIN_MS ? 0 : pauseMs;
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Stops this thread for that long. */
export function pause(ms: number): void {
  Atomics.wait(never, 0, 0, ms);
}
