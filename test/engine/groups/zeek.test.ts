/**
 * The group zeek: engine against model on random conversations. A failure prints its seed; PCAPFLOW_SEED=n runs that
 * one alone, PCAPFLOW_SCENARIOS=n another number of captures.
 */
import { describe, expect, it } from 'vitest';
import { flowsOf, readCapture } from '../../models/index.ts';
import { zeekGroup } from '../../models/groups/zeek_group.ts';
import { modelOptions, run } from '../harness.ts';
import { conversations } from './tcp_conversations.ts';

const CAPTURES = Number(process.env.PCAPFLOW_SCENARIOS ?? 200);
const only = process.env.PCAPFLOW_SEED;

/** Letters and states that were seen, so that a generator that has lost one is noticed. */
const seen = new Set<string>();
let flowCount = 0;

async function compare(seed: number): Promise<void> {
  const { file, options } = conversations(seed);
  const settings = { ...options, with: ['zeek'] } as const;
  const want: object[] = [];
  flowsOf(readCapture(file).records, { ...modelOptions(settings), onEnd: (flow) => want.push(zeekGroup(flow)) });
  const { flows } = await run(file, settings);
  const told = `seed ${seed}, ${JSON.stringify(settings)}`;
  expect(flows.length, told).toBe(want.length);
  flowCount += flows.length;
  flows.forEach(({ zeek }, n) => {
    if (zeek === undefined) throw new Error('no group');
    const { uid, ...rest } = zeek;
    expect(uid).toMatch(/^C[0-9A-Za-z]{17}$/);
    expect(rest, `flow ${n}, ${told}`).toEqual(want[n]);
    for (const letter of zeek.history ?? '') seen.add(letter);
    seen.add(zeek.connState);
    if (zeek.missedBytes > 0) seen.add('missed');
    if (zeek.gapsLost) seen.add('lost');
    if (!zeek.srcIsOriginator) seen.add('turned');
    if ((zeek.origBytes ?? 0) > 2 ** 32) seen.add('wrap');
  });
}

describe('the engine has the group zeek of the model', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, () => compare(Number(only)));
    return;
  }
  it(`for ${CAPTURES} random captures`, { timeout: 1_800_000 }, async () => {
    for (let seed = 1; seed <= CAPTURES; seed++) await compare(seed);
  });
  it('with all that can happen in them', () => {
    expect(flowCount).toBeGreaterThan(4 * CAPTURES);
    const missing = [
      ...'ShHAaDdFfRrIiQqGgTtWw^s',
      ...'OTH S0 S1 S2 S3 SF SH SHR REJ RSTO RSTR RSTOS0 RSTRH missed turned wrap'.split(' '),
    ].filter((name) => !seen.has(name));
    expect(missing).toEqual([]);
  });
});
