/** Maps recorded time to replay time: `speed` recorded milliseconds pass in each real one. */

/** Frames may be sent this early, milliseconds: timers have a resolution of 1 ms. */
const EARLY_MS = 0.5;
const SECOND_NS = 1_000_000_000n;

export class ReplayClock {
  readonly #speed: number;
  readonly #now: () => number;
  #firstSeconds: number | undefined;
  #firstNanos = 0;
  /** When the first frame was due, on the clock of `now`. */
  #begunMs = 0;
  #pausedMs: number | undefined;

  /** @param now a monotonic clock, milliseconds */
  constructor(speed: number, now: () => number = () => performance.now()) {
    this.#speed = speed;
    this.#now = now;
  }

  /** Recorded milliseconds from the first frame to this one. The first frame that has a time starts the clock. */
  offsetMs(seconds: number, nanos: number): number {
    if (this.#firstSeconds === undefined) {
      if (seconds === 0 && nanos === 0) return 0;
      this.#firstSeconds = seconds;
      this.#firstNanos = nanos;
      this.#begunMs = this.#pausedMs ?? this.#now();
    }
    return (seconds - this.#firstSeconds) * 1e3 + (nanos - this.#firstNanos) / 1e6;
  }

  /** Recorded milliseconds since the first frame. */
  get reachedMs(): number {
    return this.#firstSeconds === undefined ? 0 : ((this.#pausedMs ?? this.#now()) - this.#begunMs) * this.#speed;
  }

  /** Everything up to this offset is due, recorded milliseconds. */
  get dueMs(): number {
    return this.reachedMs + EARLY_MS * this.#speed;
  }

  /** Real milliseconds until a frame is due; 0 when it is. */
  untilMs(offsetMs: number): number {
    const untilMs = (offsetMs - this.reachedMs) / this.#speed;
    return untilMs > EARLY_MS ? untilMs : 0;
  }

  /** The time in the recording, nanoseconds since the epoch; undefined before the first frame. */
  timeAt(offsetMs: number): bigint | undefined {
    if (this.#firstSeconds === undefined) return undefined;
    return BigInt(this.#firstSeconds) * SECOND_NS + BigInt(this.#firstNanos + Math.floor(offsetMs * 1e6));
  }

  pause(): void {
    this.#pausedMs ??= this.#now();
  }

  /** Continues from where it was paused. */
  resume(): void {
    if (this.#pausedMs === undefined) return;
    this.#begunMs += this.#now() - this.#pausedMs;
    this.#pausedMs = undefined;
  }
}
