/** The simulation of a plan on many machines. */
import { describe, expect, it } from 'vitest';
import { bucketPackets, coreSpeeds, StageRun } from '../../bench/cluster_model.ts';
import type { StageOutcome, Trouble } from '../../bench/cluster_model.ts';
import { Random } from '../../src/generate/random.ts';

const NONE: Trouble = { slowShare: 0, slowTimes: 1, failing: 0, lost: 0, copies: true, isSorted: true };

function run(work: readonly number[], machines: number, trouble: Partial<Trouble> = {}, seed = 1): StageOutcome {
  const all = { ...NONE, ...trouble };
  return new StageRun(work, coreSpeeds(machines, 1, all), all, new Random(seed)).run();
}

const even = Array.from({ length: 200 }, () => 100);

describe('a simulated stage', () => {
  it('takes what its jobs take, divided among the machines', () => {
    expect(run(even, 10)).toMatchObject({ jobs: 200, work: 20_000, ideal: 2_000, seconds: 2_000, failures: 0 });
    expect(run([300, 1, 1, 1], 4)).toMatchObject({ longestJob: 300, ideal: 300, seconds: 300 });
  });

  it('ends earlier when the largest jobs come first', () => {
    const work = [...Array.from({ length: 30 }, () => 10), 100];
    expect(run(work, 4, { isSorted: false }).seconds).toBe(170);
    expect(run(work, 4).seconds).toBe(100);
  });

  it('runs again what fails, and misses what is lost only after a while', () => {
    const failing = run(even, 10, { failing: 0.1 });
    expect(failing.failures).toBeGreaterThan(5);
    expect(failing.seconds).toBeGreaterThan(2_000);
    expect(run(even, 10, { lost: 0.1 }).seconds).toBeGreaterThan(failing.seconds);
    expect(() => run(even, 10, { failing: 0.9 })).toThrow('has failed 5 times');
  });

  it('runs a second time what lasts long on slow machines', () => {
    const slow = { slowShare: 0.1, slowTimes: 20 };
    const [without, copied] = [run(even, 10, { ...slow, copies: false }), run(even, 10, slow)];
    expect(without).toMatchObject({ copies: 0, seconds: 4_000 });
    expect(copied.copies).toBe(1);
    expect(copied.seconds).toBeLessThan(3_000);
  });

  it('is the same for the same seed', () => {
    const trouble = { slowShare: 0.2, slowTimes: 3, failing: 0.05, lost: 0.05 };
    expect(run(even, 10, trouble, 7)).toEqual(run(even, 10, trouble, 7));
    expect(run(even, 10, trouble, 8)).not.toEqual(run(even, 10, trouble, 7));
  });

  it('has all packets in its buckets, most of them in that of the first pair', () => {
    const flat = bucketPackets(1e6, 10, 1e4, 0, new Random(1));
    const skewed = bucketPackets(1e6, 10, 1e4, 1.5, new Random(1));
    for (const buckets of [flat, skewed]) expect(buckets.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1e6, -2);
    expect(Math.max(...flat)).toBeLessThan(1.2e5);
    expect(Math.max(...skewed)).toBeGreaterThan(3.8e5);
  });
});
