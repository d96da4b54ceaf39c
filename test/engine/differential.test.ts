/**
 * Engine against model on random captures: the same lines in the same order, the same counters. A failure prints its
 * seed; PCAPFLOW_SEED=n runs that one alone, PCAPFLOW_SCENARIOS=n another number of them (10,000 for a long run).
 */
import { describe, expect, it } from 'vitest';
import { flowLine, flowsOf, readCapture } from '../models/index.ts';
import { commonCounters, difference, modelOptions, run } from './harness.ts';
import { scenario } from './scenario.ts';

const SCENARIOS = Number(process.env.PCAPFLOW_SCENARIOS ?? 300);
const FIRST_SEEDS = [1, 100_001, 200_001, 300_001, 400_001];
const only = process.env.PCAPFLOW_SEED;

async function compare(seed: number): Promise<void> {
  const { file, linkType, options } = scenario(seed);
  const told = `seed ${seed}, link type ${linkType}, ${JSON.stringify(options)}`;
  const { records, error } = readCapture(file);
  const want = flowsOf(records, modelOptions(options));
  const got = await run(file, options);
  expect(error, told).toBeUndefined();
  expect(got.problems, told).toEqual([]);
  expect(difference(want.flows.map(flowLine), got.lines), told).toBeUndefined();
  expect(commonCounters(got.counters), told).toEqual(want.counters);
}

describe('the engine gives the flows of the model', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, () => compare(Number(only)));
    return;
  }
  for (const first of FIRST_SEEDS) {
    const count = Math.ceil(SCENARIOS / FIRST_SEEDS.length);
    it(`for ${count} random captures from seed ${first} on`, async () => {
      for (let seed = first; seed < first + count; seed++) await compare(seed);
    });
  }
});
