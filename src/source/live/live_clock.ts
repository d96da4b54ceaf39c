/**
 * Timestamps for packets that have none: the wall clock, made monotonic.
 *
 * It never goes back. It follows the wall clock forward at once; after the wall clock was set back it runs at half
 * speed until the two agree again. Resolution 1 microsecond: `Date.now` counts whole milliseconds only, so the time in
 * between comes from the monotonic clock, and each reading narrows down where the millisecond began.
 */

export interface ClockSources {
  /** Wall clock, whole milliseconds since the epoch, rounded down. */
  readonly wallMs: () => number;
  /** Never goes back, milliseconds with a fraction, from any origin. */
  readonly monotonicMs: () => number;
}

const SYSTEM: ClockSources = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

const SECOND_NS = 1e9;

export class LiveClock {
  /** Of the last stamp: whole seconds since the epoch. */
  seconds = 0;
  /** Of the last stamp: nanoseconds into the second, a multiple of 1000. */
  nanos = 0;
  readonly #sources: ClockSources;
  /** What is added to the monotonic clock, milliseconds. */
  #offsetMs: number;
  #lastMonotonicMs: number;

  /** Takes up to 1 ms: it waits for the wall clock to tick. */
  constructor(sources: ClockSources = SYSTEM) {
    this.#sources = sources;
    const { wallMs, monotonicMs } = sources;
    const before = wallMs();
    let tick = before;
    // A clock that stands still (in a test, or because it is set back) must not block us.
    const giveUpMs = monotonicMs() + 2;
    while (tick === before && monotonicMs() < giveUpMs) tick = wallMs();
    this.#lastMonotonicMs = monotonicMs();
    this.#offsetMs = tick - this.#lastMonotonicMs;
    this.stamp();
  }

  /** Reads the clock into `seconds` and `nanos`. Costs about 0.1 microseconds, allocates nothing. */
  stamp(): void {
    const wallMs = this.#sources.wallMs();
    const monotonicMs = this.#sources.monotonicMs();
    const nowMs = monotonicMs + this.#offsetMs;
    // The wall clock is somewhere in [wallMs, wallMs + 1).
    if (nowMs < wallMs) {
      this.#offsetMs += wallMs - nowMs;
    } else if (nowMs >= wallMs + 1) {
      this.#offsetMs -= Math.min(nowMs - (wallMs + 1), (monotonicMs - this.#lastMonotonicMs) / 2);
    }
    this.#lastMonotonicMs = monotonicMs;
    const correctedMs = monotonicMs + this.#offsetMs;
    const seconds = Math.floor(correctedMs / 1000);
    const nanos = Math.floor((correctedMs - seconds * 1000) * 1000) * 1000;
    // Sums of rounded numbers may be a fraction of a microsecond less than before.
    if (seconds > this.seconds || (seconds === this.seconds && nanos > this.nanos)) {
      this.seconds = seconds;
      this.nanos = nanos;
    }
  }

  /** Moves on from the last stamp by so many nanoseconds, at most to the present time. */
  step(stepNs: number): void {
    const { seconds, nanos } = this;
    this.stamp();
    const next = nanos + stepNs;
    const nextSeconds = seconds + Math.floor(next / SECOND_NS);
    const nextNanos = next % SECOND_NS;
    if (nextSeconds > this.seconds || (nextSeconds === this.seconds && nextNanos >= this.nanos)) return;
    this.seconds = nextSeconds;
    this.nanos = nextNanos;
  }

  /** Reads the clock. Nanoseconds since the epoch. */
  now(): bigint {
    this.stamp();
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos);
  }
}
