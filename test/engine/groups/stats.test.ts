/**
 * The group stats: engine against model on random conversations.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { pcap, snapped } from '../../builders/index.ts';
import { statsGroup } from '../../models/groups/stats.ts';
import { statsRecord } from '../../models/groups/stats_record.ts';
import { flowsOf, readCapture } from '../../models/index.ts';
import { modelOptions, run, type RunOptions } from '../harness.ts';
import { difference } from './difference.ts';
import { compareRandomCaptures, type Seen } from './random_captures.ts';
import { conversations } from './tcp_conversations.ts';

function partsOf(flow: Flow, { forward, reverse, both, ...whole }: NonNullable<Flow['stats']>): object {
  return {
    ...{ [flow.endReason]: true, noForward: forward.ipBytes.min === null, noReverse: reverse.ipBytes.min === null },
    ...{ noGap: both.gap.min === null, noTime: whole.bytesPerSecond === null, clockBack: whole.clockBack > 0 },
    deviates: both.payload.sd !== null && both.payload.sd > 0,
  };
}

async function compare(seen: Seen, file: Uint8Array, options: RunOptions, told: string): Promise<void> {
  const want: object[] = [];
  flowsOf(readCapture(file).records, {
    ...modelOptions(options),
    onEnd: (flow) => want.push(statsRecord(statsGroup(flow.packets, flow.originator), options.direction)),
  });
  const { flows } = await run(file, { ...options, with: ['stats'] });
  expect(flows.length, told).toBe(want.length);
  seen.flows += flows.length;
  flows.forEach((flow, n) => {
    expect(difference(flow.stats, want[n], `flow ${n}: stats`), told).toBeUndefined();
    if (flow.stats) seen.note(partsOf(flow, flow.stats));
  });
}

async function compareSeed(seed: number, seen: Seen): Promise<void> {
  const { file, options } = conversations(seed);
  await compare(seen, file, options, `seed ${seed}, ${JSON.stringify(options)}`);
}

function further(seen: Seen): void {
  it('at every snap length', async () => {
    const { records } = readCapture(conversations(7).file);
    for (let length = 1; length <= 160; length++) {
      const cut = records.map(({ timestampNs, bytes, wireLen }) =>
        snapped({ timestampNs, frame: bytes, wireLen }, length),
      );
      await compare(seen, pcap(cut, { format: 'ns' }), {}, `snap length ${length}`);
    }
  });

  it('for every kind of protocol', async () => {
    const tour = readFileSync(new URL('../../../pcaps/tour.pcap', import.meta.url));
    for (const direction of ['uni', 'bi'] as const) await compare(seen, tour, { direction }, `the tour, ${direction}`);
  });
}

compareRandomCaptures('the engine has the group stats of the model', {
  usual: 100,
  compare: compareSeed,
  flowsEach: 4,
  names: 'noForward noReverse noGap noTime clockBack deviates idle active fin rst evicted end',
  further,
});
