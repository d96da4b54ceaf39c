/** Deviations of more packets than a test can send, against exact fractions. */
import { describe, expect, it } from 'vitest';
import {
  CARRIES_SIZE,
  CONFIG_CARRIES,
  CONFIG_FLOWS,
  CONFIG_SIDE_BYTES,
  CONFIG_SIDE_GROUPS,
  CONTROL,
  FLOW_CARRIED,
  FLOW_SIZE,
  FLOW_TALLIES,
  ROWS,
  SIDE_CONFIG_RECORDS,
  SIDE_CONFIG_SIZE,
  SIDE_STATS,
  STATS_IP_MAX,
  STATS_IP_MIN,
  STATS_IP_SQUARES,
  STATS_LOW,
  TALLY_IP_BYTES,
  TALLY_PACKETS,
} from '../../../assembly/layout.ts';
import { recordReader } from '../../../src/engine/rows.ts';
import { placedFields } from '../../../src/engine/side_records.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import { fieldsWith } from '../../../src/flow/fields.ts';
import { engineOptions } from '../../../src/reader/options.ts';
import { random } from '../../builders/random.ts';
import { ratio } from '../../models/groups/summary.ts';
import { openInner, SEEDS, writeKey } from '../inner_engine.ts';

const U64_MAX = 2n ** 64n - 1n;

function exact(n: bigint, sum: bigint, squares: bigint): number {
  return n === 1n ? 0 : Math.sqrt(ratio(n * squares - sum * sum, n * (n - 1n)));
}

/** Two values, so many of each: n, sum, sum of squares. */
function mixture(counts: readonly [bigint, bigint], values: readonly [bigint, bigint]): [bigint, bigint, bigint] {
  const [a, b] = counts;
  const [x, y] = values;
  return [a + b, a * x + b * y, a * x * x + b * y * y];
}

describe('the deviation of integers', () => {
  it.each([
    ['one value', mixture([1n, 0n], [1500n, 0n])],
    ['equal values', mixture([10n ** 9n, 0n], [65_535n, 0n])],
    ['2^32 packets of 65,535 bytes, the last one a byte less', mixture([2n ** 32n - 1n, 1n], [65_535n, 65_534n])],
    ['2^33 packets of 40 bytes, half of them', mixture([2n ** 32n, 2n ** 32n], [0n, 40n])],
    ['large sizes that differ by one', mixture([3n, 1n], [2n ** 30n, 2n ** 30n + 1n])],
    ['the greatest sum of squares that is kept', [U64_MAX - 1n, 0n, U64_MAX - 1n] as [bigint, bigint, bigint]],
  ])('is exact for %s', async (_, [n, sum, squares]) => {
    const { exports } = await openInner();
    expect(squares).toBeLessThan(U64_MAX);
    const want = exact(n, sum, squares);
    expect(Math.abs(exports.sampleDeviation(n, sum, squares) - want)).toBeLessThanOrEqual(want * 1e-14);
  });

  it.each(SEEDS)('is exact for random ones (seed %i)', async (seed) => {
    const { exports } = await openInner();
    const r = random(seed);
    for (let round = 0; round < 2000; round++) {
      const count = (): bigint => BigInt(r.below(2 ** r.between(1, 31)));
      const value = (): bigint => BigInt(r.below(65_536));
      const [n, sum, squares] = mixture([count() + 1n, count()], [value(), value()]);
      if (squares >= U64_MAX) continue;
      const want = exact(n, sum, squares);
      const got = exports.sampleDeviation(n, sum, squares);
      expect(Math.abs(got - want), `${n} ${sum} ${squares}`).toBeLessThanOrEqual(want * 1e-14);
    }
  });
});

describe('the group stats of a flow with more than fits', () => {
  it('has no deviation of sizes, and says so', async () => {
    const inner = await openInner({ with: ['stats'] });
    const { exports, views } = inner;
    const index = exports.addFlow(writeKey(inner, 1), 1, 0n, 0n);
    exports.startStats(index);
    const { data } = views;
    const config = CONTROL + CONFIG_SIDE_GROUPS + Math.log2(SIDE_STATS) * SIDE_CONFIG_SIZE;
    const sideBytes = data.getUint32(CONTROL + CONFIG_SIDE_BYTES, true);
    const record = data.getUint32(config + SIDE_CONFIG_RECORDS, true) + index * sideBytes + STATS_LOW;
    const flowRecord = data.getUint32(CONTROL + CONFIG_FLOWS, true) + index * FLOW_SIZE;
    const carries = data.getUint32(CONTROL + CONFIG_CARRIES, true) + index * CARRIES_SIZE;
    data.setUint8(flowRecord + FLOW_CARRIED, 1);
    for (const [counter, value] of [
      [TALLY_PACKETS, 2n ** 33n],
      [TALLY_IP_BYTES, 2n ** 33n * 65_535n],
    ] as const) {
      data.setUint32(flowRecord + FLOW_TALLIES + counter, Number(value & 0xffff_ffffn), true);
      data.setUint32(carries + counter, Number(value >> 32n), true);
    }
    data.setUint32(record + STATS_IP_MIN, 65_535, true);
    data.setUint32(record + STATS_IP_MAX, 65_535, true);
    data.setBigUint64(record + STATS_IP_SQUARES, U64_MAX, true);
    exports.writeFlow(index);
    const fields = placedFields(fieldsWith(['stats']), engineOptions({ with: ['stats'] }));
    const flow = recordReader(fields)(views, ROWS) as Flow;
    const sizes = { min: 65_535, mean: 65_535, sd: null, max: 65_535 };
    expect(flow.stats).toMatchObject({ forward: { ipBytes: sizes }, both: { ipBytes: sizes }, sizeOverflow: true });
  });
});
