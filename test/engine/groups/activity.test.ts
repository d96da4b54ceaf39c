/**
 * The group activity: engine against model on random conversations.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { ethernet, ipv4, pcap, random, snapped, tcp } from '../../builders/index.ts';
import { activityGroup } from '../../models/groups/activity.ts';
import { activityRecord } from '../../models/groups/activity_record.ts';
import { flowsOf, readCapture } from '../../models/index.ts';
import { modelOptions, run, type RunOptions } from '../harness.ts';
import { difference } from './difference.ts';
import { compareRandomCaptures, type Seen } from './random_captures.ts';
import { conversations } from './tcp_conversations.ts';

function partsOf(flow: Flow, { forward, active, idle, subflows }: NonNullable<Flow['activity']>): object {
  const { bulk, headerMin, window } = forward;
  return {
    ...{ [flow.endReason]: true, bulks: bulk.n, rate: bulk.bytesPerSecond, long: bulk.packets > 4 * bulk.n },
    ...{ options: headerMin !== null && headerMin > 20, noHeader: headerMin === null, window },
    ...{ active: active.n > 1, idle: idle.n, deviates: active.sd, subflows },
  };
}

async function compare(seen: Seen, file: Uint8Array, options: RunOptions, told: string): Promise<void> {
  const want: object[] = [];
  const all: RunOptions = { ...options, with: ['activity'] };
  const thresholdNs = BigInt(Math.round((options.idleThreshold ?? 5) * 1e9));
  flowsOf(readCapture(file).records, {
    ...modelOptions(all),
    onEnd: (flow) =>
      want.push(activityRecord(activityGroup(flow.packets, flow.originator, thresholdNs), options.direction)),
  });
  const { flows } = await run(file, all);
  expect(flows.length, told).toBe(want.length);
  seen.flows += flows.length;
  flows.forEach((flow, n) => {
    expect(difference(flow.activity, want[n], `flow ${n}: activity`), told).toBeUndefined();
    if (flow.activity) seen.note(partsOf(flow, flow.activity));
  });
}

/** Data that mostly goes one way, in steps around a second and around the threshold. */
function stream(seed: number): Uint8Array {
  const r = random(seed);
  let timestampNs = 1_700_000_000_000_000_000n;
  const records = Array.from({ length: r.between(4, 80) }, () => {
    timestampNs += BigInt(r.pick([0, 1, 1_000_000, 300_000_000, 999_999_999, 1_000_000_000, 1_000_000_001]));
    if (r.oneIn(12)) timestampNs += BigInt(r.pick([5_000_000_000, 5_000_000_001, 2_000_000_000, 60_000_000_000]));
    if (r.oneIn(20)) timestampNs -= BigInt(r.pick([1, 1_000_000_000]));
    const [src, dst] = r.oneIn(6) ? ['10.0.0.2', '10.0.0.1'] : ['10.0.0.1', '10.0.0.2'];
    const ports = src === '10.0.0.1' ? { srcPort: 4000, dstPort: 80 } : { srcPort: 80, dstPort: 4000 };
    const payload = r.oneIn(5) ? 0 : r.between(1, 90);
    const win = r.pick([0, 0, 1, 65_535, 500]);
    const segment = tcp({ ...ports, flags: 0x10, win, payload, options: new Uint8Array(4 * r.below(3)).fill(1) });
    return { timestampNs, frame: segment.over(ipv4({ src, dst })).over(ethernet()) };
  });
  return pcap(records, { format: 'ns' });
}

async function compareSeed(seed: number, seen: Seen): Promise<void> {
  const { file, options } = conversations(seed);
  const r = random(seed);
  const threshold = r.pick([5, undefined, 1e-9, 0.3, 1]);
  const chosen = threshold === undefined ? options : { ...options, idleThreshold: threshold };
  const told = `seed ${seed}, ${JSON.stringify(chosen)}`;
  await compare(seen, file, chosen, told);
  await compare(seen, file, { preset: 'cic', direction: options.direction ?? 'bi' }, `seed ${seed}, the preset cic`);
  await compare(seen, stream(seed), { ...chosen, flowTimeout: 600 }, `${told}, the stream`);
}

function further(seen: Seen): void {
  it('at every snap length', async () => {
    const { records } = readCapture(stream(3));
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

compareRandomCaptures('the engine has the group activity of the model', {
  usual: 100,
  compare: compareSeed,
  flowsEach: 5,
  names: 'bulks rate long options noHeader window active idle deviates subflows idle active fin rst evicted end',
  further,
});
