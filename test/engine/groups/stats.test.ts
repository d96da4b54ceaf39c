/**
 * The group stats: engine against model on random conversations. A failure prints its seed; PCAPFLOW_SEED=n runs that
 * one alone, PCAPFLOW_SCENARIOS=n another number of captures.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { pcap, snapped } from '../../builders/index.ts';
import { statsGroup } from '../../models/groups/stats.ts';
import { statsRecord } from '../../models/groups/stats_record.ts';
import { flowsOf, readCapture } from '../../models/index.ts';
import { modelOptions, run, type RunOptions } from '../harness.ts';
import { difference } from './difference.ts';
import { conversations } from './tcp_conversations.ts';

const CAPTURES = Number(process.env.PCAPFLOW_SCENARIOS ?? 200);
const only = process.env.PCAPFLOW_SEED;

/** What was looked at, so that a generator that leaves something out is noticed. */
const seen: Record<string, number> = {};

function noteSeen(flow: Flow, { forward, reverse, both, ...whole }: NonNullable<Flow['stats']>): void {
  const parts = {
    ...{ [flow.endReason]: true, noForward: forward.ipBytes.min === null, noReverse: reverse.ipBytes.min === null },
    ...{ noGap: both.gap.min === null, noTime: whole.bytesPerSecond === null, clockBack: whole.clockBack > 0 },
    deviates: both.payload.sd !== null && both.payload.sd > 0,
  };
  for (const [name, value] of Object.entries(parts)) if (value) seen[name] = (seen[name] ?? 0) + 1;
}

async function compare(file: Uint8Array, options: RunOptions, told: string): Promise<void> {
  const want: object[] = [];
  flowsOf(readCapture(file).records, {
    ...modelOptions(options),
    onEnd: (flow) => want.push(statsRecord(statsGroup(flow.packets, flow.originator), options.direction)),
  });
  const { flows } = await run(file, { ...options, with: ['stats'] });
  expect(flows.length, told).toBe(want.length);
  seen.flows = (seen.flows ?? 0) + flows.length;
  flows.forEach((flow, n) => {
    expect(difference(flow.stats, want[n], `flow ${n}: stats`), told).toBeUndefined();
    if (flow.stats) noteSeen(flow, flow.stats);
  });
}

async function compareSeed(seed: number): Promise<void> {
  const { file, options } = conversations(seed);
  await compare(file, options, `seed ${seed}, ${JSON.stringify(options)}`);
}

describe('the engine has the group stats of the model', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, () => compareSeed(Number(only)));
    return;
  }
  it(`for ${CAPTURES} random captures`, { timeout: 1_800_000 }, async () => {
    for (let seed = 1; seed <= CAPTURES; seed++) await compareSeed(seed);
  });

  it('at every snap length', { timeout: 600_000 }, async () => {
    const { records } = readCapture(conversations(7).file);
    for (let length = 1; length <= 160; length++) {
      const cut = records.map(({ timestampNs, bytes, wireLen }) =>
        snapped({ timestampNs, frame: bytes, wireLen }, length),
      );
      await compare(pcap(cut, { format: 'ns' }), {}, `snap length ${length}`);
    }
  });

  it('for every kind of protocol', async () => {
    const tour = readFileSync(new URL('../../../pcaps/tour.pcap', import.meta.url));
    for (const direction of ['uni', 'bi'] as const) await compare(tour, { direction }, `the tour, ${direction}`);
  });

  it('with all that can happen in them', () => {
    const names = 'noForward noReverse noGap noTime clockBack deviates idle active fin rst evicted end';
    expect(seen.flows).toBeGreaterThan(4 * CAPTURES);
    for (const name of names.split(' ')) expect(seen[name] ?? 0, name).toBeGreaterThan(0);
  });
});
