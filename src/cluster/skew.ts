/** How evenly the packets of a plan are divided among its buckets: all flows between two addresses are in one. */
import type { Plan } from './plan.ts';
import { jobsOf } from './plan.ts';
import { readSizes } from './piece_file.ts';
import { allResults } from './results.ts';
import type { MapResult } from './results.ts';
import { openStorage } from './storage.ts';

/** A bucket that has many times as much as others. */
export interface SkewedBucket {
  readonly bucket: number;
  readonly amount: number;
  /** Of all buckets. */
  readonly median: number;
}

/** So many medians are far too much; fewer buckets have none that means something. */
const MEDIANS = 10;
const BUCKETS_MIN = 3;

/** Bytes of packets of each bucket, from all map jobs. @throws {FParserError} ERR_READ when one is not finished */
export async function bucketSizes(plan: Plan): Promise<readonly number[]> {
  const storage = openStorage(plan.output);
  const sums = Array.from({ length: plan.buckets }, () => 0);
  for (const { name, table } of await allResults<MapResult>(plan, 'map', jobsOf(plan, 'map'), storage)) {
    const sizes = await readSizes(storage, name, table, plan.buckets);
    sizes.forEach((size, bucket) => (sums[bucket] = (sums[bucket] as number) + size));
  }
  return sums;
}

/** Their numbers, the largest first: so the last ones to end are short. */
export function largestFirst(sizes: readonly number[]): readonly number[] {
  return sizes.map((_, n) => n).sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b);
}

/** Buckets that have more than ten times the median, the largest first. */
export function skewedBuckets(sizes: readonly number[]): readonly SkewedBucket[] {
  const middle = median(sizes);
  if (sizes.length < BUCKETS_MIN) return [];
  return largestFirst(sizes)
    .map((bucket) => ({ bucket, amount: sizes[bucket] as number, median: middle }))
    .filter(({ amount }) => amount > MEDIANS * middle);
}

/** The middle one, of an even number the greater of the two in the middle. 0 for none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
