import { describe, expect, it } from 'vitest';
import { compareRuns } from './random_runs.ts';

const RUNS = Number(process.env.PCAPFLOW_RUNS ?? 500);

describe('random sequences of packets, pauses, stops and failing callbacks, flows of both directions', () => {
  it(`agree with a plain model in ${RUNS} runs: same callbacks, same order`, async () => {
    expect(await compareRuns('bi', RUNS)).toBeGreaterThan(RUNS / 100);
  }, 1_800_000);
});
