import { describe, expect, it } from 'vitest';
import { ReplayClock } from '../../src/replay/replay_clock.ts';

const SECONDS = 1_700_000_000;

/** A clock of a replay, and what it takes for the time. */
function clockAt(speed: number): { clock: ReplayClock; pass: (ms: number) => void } {
  let now = 1000;
  return { clock: new ReplayClock(speed, () => now), pass: (ms) => void (now += ms) };
}

describe('the clock of a replay', () => {
  it.each([0.5, 1, 10])('passes %d recorded milliseconds in each real one from the first frame on', (speed) => {
    const { clock, pass } = clockAt(speed);
    pass(777);
    expect(clock.reachedMs).toBe(0);
    expect(clock.timeAt(0)).toBeUndefined();
    expect(clock.offsetMs(SECONDS, 500)).toBe(0);
    pass(20);
    expect(clock.reachedMs).toBe(20 * speed);
    expect(clock.untilMs(clock.offsetMs(SECONDS + 1, 500))).toBeCloseTo(1000 / speed - 20);
    expect(clock.timeAt(clock.reachedMs)).toBe(BigInt(SECONDS) * 1_000_000_000n + 500n + BigInt(20_000_000 * speed));
  });

  it('takes a frame for due up to half a millisecond early', () => {
    const { clock, pass } = clockAt(2);
    clock.offsetMs(SECONDS, 0);
    pass(10);
    expect(clock.untilMs(21.2)).toBeCloseTo(0.6);
    expect(clock.untilMs(20.9)).toBe(0);
    expect(clock.dueMs).toBe(21);
    expect(clock.untilMs(-1e9)).toBe(0);
  });

  it('stands still while it is paused', () => {
    const { clock, pass } = clockAt(3);
    clock.offsetMs(SECONDS, 0);
    pass(5);
    clock.pause();
    pass(1000);
    clock.pause();
    expect(clock.reachedMs).toBe(15);
    clock.resume();
    clock.resume();
    pass(1);
    expect(clock.reachedMs).toBe(18);
  });

  it('may be paused before it starts', () => {
    const { clock, pass } = clockAt(1);
    clock.pause();
    pass(50);
    clock.offsetMs(SECONDS, 0);
    pass(50);
    expect(clock.reachedMs).toBe(0);
    clock.resume();
    pass(7);
    expect(clock.reachedMs).toBe(7);
  });

  it('starts with the first frame that has a time', () => {
    const { clock, pass } = clockAt(1);
    expect(clock.offsetMs(0, 0)).toBe(0);
    pass(50);
    expect(clock.offsetMs(SECONDS, 0)).toBe(0);
    expect(clock.offsetMs(0, 0)).toBeLessThan(-1e12);
    expect(clock.offsetMs(SECONDS - 1, 999_000_000)).toBeCloseTo(-1);
  });
});
