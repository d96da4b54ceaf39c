import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../../src/source/cap/arrivals.ts';
import { LiveClock } from '../../../src/source/live/live_clock.ts';

/** A process under an injected clock, and the times that its packets get, seconds since the start. */
class Process {
  readonly times: number[] = [];
  #ms = 0;
  readonly #clock = new LiveClock({ wallMs: () => Math.floor(this.#ms), monotonicMs: () => this.#read() });
  readonly #arrivals = new Arrivals(this.#clock, () => this.#read());

  /** Packets come at this rate, and are taken at once. */
  receive(perSecond: number, seconds: number): void {
    for (let n = 0; n < perSecond * seconds; n++) {
      this.#ms += 1_000 / perSecond;
      this.#arrivals.idle();
      this.#take(1);
    }
  }

  /** Packets came at this rate, and are taken all at once at the end. */
  stall(perSecond: number, seconds: number): void {
    this.#ms += seconds * 1_000;
    this.#take(perSecond * seconds);
  }

  get longestGap(): number {
    return Math.max(...this.times.map((time, n) => time - (this.times[n - 1] ?? time)));
  }

  /** Each reading takes a microsecond: the clock is constructed at a tick. */
  #read(): number {
    this.#ms += 0.001;
    return this.#ms;
  }

  #take(packets: number): void {
    this.#arrivals.begin();
    for (let n = 0; n < packets; n++) {
      this.#arrivals.stamp();
      this.times.push(this.#clock.seconds + this.#clock.nanos / 1e9);
    }
    this.#arrivals.end(packets);
  }
}

describe('packets that waited while the process did not run', () => {
  it.each([
    ['as many as before', 10, 10],
    ['half as many as before', 10, 5],
    ['many more than before', 10, 200],
    ['after a silent time', 1, 50],
  ])('have times without a gap: %s', (_, before, during) => {
    const process = new Process();
    process.receive(before, 3);
    process.stall(during, 5);
    process.receive(before, 3);
    expect(process.longestGap).toBeLessThan(2.1);
    expect(process.times).toEqual(process.times.toSorted((a, b) => a - b));
    expect(process.times.at(-1)).toBeCloseTo(11, 1);
  });

  it('have the time at which they are taken when the process was only slow', () => {
    const process = new Process();
    process.receive(10, 3);
    process.stall(10, 1.2);
    expect(process.times.at(-12)).toBeGreaterThan(4.19);
  });
});
