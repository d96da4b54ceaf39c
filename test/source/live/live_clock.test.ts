import { describe, expect, it } from 'vitest';
import { LiveClock } from '../../../src/source/live/live_clock.ts';

/** A wall clock that can be set, and a monotonic clock that cannot; both advance by `step` with each reading. */
class FakeTime {
  wallUs = 1_700_000_000_000_250;
  monotonicUs = 5_000_000;
  stepUs = 1;

  readonly sources = {
    wallMs: (): number => (this.advance(this.stepUs), Math.floor(this.wallUs / 1000)),
    monotonicMs: (): number => this.monotonicUs / 1000,
  };

  advance(us: number): void {
    this.wallUs += us;
    this.monotonicUs += us;
  }
}

const us = (clock: LiveClock): number => Number(clock.now() / 1000n);

describe('LiveClock', () => {
  it('tells the wall clock to 3 microseconds from the first reading on', () => {
    const time = new FakeTime();
    const clock = new LiveClock(time.sources);
    for (let index = 0; index < 5000; index++) {
      time.advance(1 + ((index * 7919) % 3000));
      expect(Math.abs(us(clock) - time.wallUs)).toBeLessThanOrEqual(3);
    }
  });

  it('follows the wall clock forward at once, to the millisecond, and finds the microsecond again', () => {
    const time = new FakeTime();
    const clock = new LiveClock(time.sources);
    time.wallUs += 3_600_000_000;
    expect(Math.abs(us(clock) - time.wallUs)).toBeLessThan(1000);
    for (let index = 0; index < 3000; index++) {
      time.advance(7);
      us(clock);
    }
    expect(Math.abs(us(clock) - time.wallUs)).toBeLessThan(20);
  });

  it('never goes back when the wall clock is set back, runs at half speed, and agrees in the end', () => {
    const time = new FakeTime();
    const clock = new LiveClock(time.sources);
    let last = us(clock);
    time.wallUs -= 10_000_000;
    const from = last;
    for (let tenMs = 0; tenMs < 1000; tenMs++) {
      time.advance(10_000);
      const now = us(clock);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect((last - from) / 10_000_000).toBeCloseTo(0.5, 2);
    expect(last - time.wallUs).toBeGreaterThan(4_900_000);
    for (let tenMs = 0; tenMs < 1100; tenMs++) {
      time.advance(10_007);
      us(clock);
    }
    expect(Math.abs(us(clock) - time.wallUs)).toBeLessThan(1100);
  });

  it('gives seconds and nanoseconds that a pcap record can hold', () => {
    const time = new FakeTime();
    const clock = new LiveClock(time.sources);
    for (let index = 0; index < 3000; index++) {
      time.advance(999);
      clock.stamp();
      expect(Number.isInteger(clock.seconds)).toBe(true);
      expect(clock.nanos).toBeGreaterThanOrEqual(0);
      expect(clock.nanos).toBeLessThan(1_000_000_000);
      expect(clock.nanos % 1000).toBe(0);
    }
  });

  it('reads the clock of the system', () => {
    const clock = new LiveClock();
    const before = Date.now();
    const now = Number(clock.now() / 1_000_000n);
    expect(now).toBeGreaterThanOrEqual(before - 1);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});
