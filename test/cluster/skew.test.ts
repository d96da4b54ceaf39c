/** Large buckets come first, and those that are far too large are named. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bucketSizes, largestFirst, median, skewedBuckets } from '../../src/cluster/skew.ts';
import { runStage } from '../../src/cluster/stages.ts';
import { planOf, runPlan } from './run_plan.ts';
import { SKEWED_PACKETS, skewedCapture } from './skewed_capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-skew-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('buckets', () => {
  it('are taken in the order of their sizes, the largest first', () => {
    expect(largestFirst([5, 9, 0, 9])).toEqual([1, 3, 0, 2]);
    expect(largestFirst([])).toEqual([]);
  });

  it('are named when they have more than ten times the median', () => {
    expect(skewedBuckets([10, 101, 9, 10, 500])).toEqual([
      { bucket: 4, amount: 500, median: 10 },
      { bucket: 1, amount: 101, median: 10 },
    ]);
    expect(skewedBuckets([10, 100, 9])).toEqual([]);
    expect(skewedBuckets([1, 1000])).toEqual([]);
    expect(skewedBuckets([0, 0, 0])).toEqual([]);
  });

  it('have a median that one outlier does not move', () => {
    expect(median([5_000, 90, 110])).toBe(110);
    expect(median([5_000, 90, 110, 100])).toBe(110);
    expect(median([])).toBe(0);
  });

  it('of a plan in which two addresses have most packets are as large as map has written them', async () => {
    const input = join(folder, 'skewed.pcap');
    writeFileSync(input, skewedCapture());
    const plan = await planOf([input], { buckets: 7, output: join(folder, 'out') });
    await expect(bucketSizes(plan)).rejects.toThrow('job 0 of stage map is not finished');
    await runStage(plan, 'map', 0);
    const sizes = await bucketSizes(plan);
    expect(sizes).toHaveLength(7);
    const { manifest } = await runPlan(plan);
    expect(manifest.skewed.map(({ bucket }) => bucket)).toEqual(largestFirst(sizes).slice(0, 1));
    expect(manifest.skewed[0]?.amount).toBeGreaterThanOrEqual(SKEWED_PACKETS);
  });
});
