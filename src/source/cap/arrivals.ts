/**
 * The times of packets that waited in the kernel while this process did not run (SIGSTOP, suspend, a debugger): nobody
 * has noted when they came. They are spread over that time, at the rate at which packets came before, so that no flow
 * has a gap that was none.
 */
import type { LiveClock } from '../live/live_clock.ts';

/** A process that is only slow is not stalled. Milliseconds. */
const STALL_MS = 1_500;
/** Time over which packets are counted. Milliseconds. */
const RATE_MS = 1_000;
/** A step is so many times the mean distance: rather too early at the present time than a gap before it. */
const CAUTION = 2;
const SECOND_NS = 1e9;
const SECOND_MS = 1e3;

export class Arrivals {
  readonly #clock: LiveClock;
  readonly #monotonicMs: () => number;
  /** When this process was last known to run. */
  #aliveMs: number;
  #countedMs: number;
  #counted = 0;
  #perSecond = 1;
  /** Between two packets that waited, nanoseconds; 0: none have. */
  #stepNs = 0;

  constructor(clock: LiveClock, monotonicMs: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#monotonicMs = monotonicMs;
    this.#aliveMs = monotonicMs();
    this.#countedMs = this.#aliveMs;
  }

  /** Whether the packets that are taken now have waited while this process did not run. */
  get areLate(): boolean {
    return this.#stepNs > 0;
  }

  /** This process has not run for a while, and has not taken packets since. */
  get isStalled(): boolean {
    return this.#monotonicMs() - this.#aliveMs > STALL_MS;
  }

  /** Packets are there. */
  begin(): void {
    if (this.isStalled) this.#stepNs = Math.max(1, Math.round((CAUTION * SECOND_NS) / this.#perSecond));
  }

  /** Sets the clock to the time of the next packet. */
  stamp(): void {
    if (this.#stepNs > 0) this.#clock.step(this.#stepNs);
    else this.#clock.stamp();
  }

  /** All packets that were there are taken. */
  end(packets: number): void {
    const now = this.#monotonicMs();
    this.#counted += packets;
    if (this.#stepNs > 0) {
      [this.#stepNs, this.#counted, this.#countedMs] = [0, 0, now];
    } else if (now - this.#countedMs >= RATE_MS) {
      this.#perSecond = Math.max(1, (this.#counted * SECOND_MS) / (now - this.#countedMs));
      [this.#counted, this.#countedMs] = [0, now];
    }
    this.#aliveMs = now;
  }

  /** This process runs, and there are no packets. */
  idle(): void {
    this.end(0);
  }
}
