/** Mean rates over the last 2, 10 and 40 seconds, compared with a list of all that was carried. */
import { describe, expect, it } from 'vitest';
import { RateHistory, WINDOWS_S } from '../../../src/cli/top/rate_history.ts';
import type { WindowPlace } from '../../../src/cli/top/rate_history.ts';

function means(history: RateHistory, thing = 0): { readonly forward: number[]; readonly reverse: number[] } {
  const [forward, reverse] = [new Float64Array(1), new Float64Array(1)];
  const rates = WINDOWS_S.map((_, window) => {
    history.means(window as WindowPlace, Uint32Array.of(thing), forward, reverse);
    return [forward[0] ?? 0, reverse[0] ?? 0] as const;
  });
  return { forward: rates.map(([rate]) => rate), reverse: rates.map(([, rate]) => rate) };
}

describe('mean rates', () => {
  it.each([250, 1000, 1300, 2000])(
    'of a steady sender are its rate in each window, with refreshes every %i ms',
    (step) => {
      const history = new RateHistory(0);
      for (let now = step; now <= 100_000; now += step) {
        history.advance(now, 1);
        history.add(0, step, step / 2);
      }
      for (const rate of means(history).forward) expect(rate).toBeCloseTo(8000, 6);
      for (const rate of means(history).reverse) expect(rate).toBeCloseTo(4000, 6);
    },
  );

  it('of a burst fade from the shortest window to the longest, and end', () => {
    const history = new RateHistory(0);
    const at = (second: number): number[] => {
      history.advance(second * 1000, 1);
      if (second === 50) history.add(0, 10_000, 0);
      return means(history).forward;
    };
    for (let second = 1; second < 50; second++) at(second);
    expect(at(50)).toEqual([40_000, 8000, 2000]);
    for (let second = 51; second <= 54; second++) at(second);
    expect(at(55)[0]).toBe(0);
    expect(at(56)[1]).toBeCloseTo(8000);
    for (let second = 57; second < 63; second++) at(second);
    expect(at(63).slice(0, 2)).toEqual([0, 0]);
    expect(at(64)[2]).toBeCloseTo(2000);
    for (let second = 65; second < 93; second++) at(second);
    expect(at(93)).toEqual([0, 0, 0]);
  });

  it('of a young capture are over the time that it has run', () => {
    const history = new RateHistory(5000);
    history.advance(6000, 1);
    history.add(0, 1000, 0);
    expect(means(history).forward).toEqual([8000, 8000, 8000]);
  });

  it('after a long pause between refreshes are those of the pause', () => {
    const history = new RateHistory(0);
    history.advance(1000, 1);
    history.advance(11_000, 1);
    history.add(0, 10_000, 0);
    const [short, middle] = means(history).forward;
    expect([short, middle]).toEqual([8000, 8000]);
  });

  it('are forgotten with the thing, and not those of others; more things may come', () => {
    const history = new RateHistory(0);
    history.advance(2000, 2);
    history.add(0, 100, 0);
    history.add(500, 200, 0);
    history.forget(0);
    expect(means(history).forward[0]).toBe(0);
    expect(means(history, 500).forward[0]).toBe(800);
    expect(means(history, 9999).forward[0]).toBe(0);
  });
});
