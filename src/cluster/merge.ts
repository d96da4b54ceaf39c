/** The merge job: checks that no packet is missing, and publishes the manifest, last of all. */
import { setImmediate } from 'node:timers/promises';
import type { EngineCounters } from '../engine/counters.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import { FParserError } from '../errors.ts';
import { CaptureReader } from '../reader/capture_reader.ts';
import { createFilterFactory } from '../reader/filter_maker.ts';
import { readerHost } from '../reader/open_reader.ts';
import { filesAtOnce } from '../reader/reading_order.ts';
import { sumCounters } from './counter_sums.ts';
import type { JobHost } from './map.ts';
import { MergedFeed } from './merged_feed.ts';
import type { RowsObject } from './merged_feed.ts';
import { jobId, planId } from './plan.ts';
import type { Plan } from './plan.ts';
import { planSettings } from './plan_options.ts';
import type { PlanSettings } from './plan_options.ts';
import { timedInputs, timesOfAll } from './plan_times.ts';
import { flowsName } from './results.ts';
import type { InputReport, Manifest, MapInput, MapResult, PartReport, ReduceResult } from './results.ts';
import { checkRoots } from './roots.ts';
import { ScratchFile } from './scratch_file.ts';
import { skewedBuckets } from './skew.ts';
import { inputAt } from './storage.ts';
import type { Storage } from './storage.ts';

/** @throws {FParserError} ERR_CORRUPT when packets are missing; ERR_READ, ERR_WRITE */
export async function mergeJob(
  plan: Plan,
  storage: Storage,
  maps: readonly MapResult[],
  reduces: readonly ReduceResult[],
  host: JobHost,
): Promise<Manifest> {
  const settings = await planSettings(plan);
  const inputs = maps.flatMap((map) => map.inputs).sort((a, b) => a.input - b.input);
  const reason = reduces.find((one) => one.reason !== null)?.reason ?? undefined;
  const written =
    reason === undefined
      ? await together(plan, settings, storage, inputs, reduces, host)
      : await byOneEngine(plan, settings, storage, inputs, host);
  return {
    job: jobId(plan, 'merge', 0),
    plan: planId(plan),
    format: settings.part.format,
    ordered: plan.ordered || reason !== undefined,
    ...(reason === undefined ? {} : { readByOneEngine: reason }),
    flows: written.parts.reduce((sum, { flows }) => sum + flows, 0),
    parts: written.parts,
    skewed: reason === undefined ? skewedBuckets(reduces.map(({ counters }) => counters.packetsSeen)) : [],
    counters: written.counters,
    inputs: inputs.map((input) => reportOf(plan, input)),
  };
}

interface Written {
  readonly parts: readonly PartReport[];
  readonly counters: EngineCounters;
}

async function together(
  plan: Plan,
  settings: PlanSettings,
  storage: Storage,
  inputs: readonly MapInput[],
  reduces: readonly ReduceResult[],
  host: JobHost,
): Promise<Written> {
  const sum = (name: 'packets' | 'wireBytes' | (typeof MAP_COUNTERS)[number]): number =>
    inputs.reduce((all, one) => all + one[name], 0);
  const reduced = sumCounters(reduces.map(({ counters }) => counters));
  for (const [what, mapped, seen] of [
    ['packets', sum('packets'), reduced.packetsSeen],
    ['bytes', sum('wireBytes'), reduced.wireBytes],
  ] as const)
    if (mapped !== seen) {
      const message = `map has ${mapped} ${what}, reduce has ${seen}: results are mixed up; plan again with --again`;
      throw new FParserError('ERR_CORRUPT', message);
    }
  const counters = { ...reduced, ...Object.fromEntries(MAP_COUNTERS.map((name) => [name, sum(name)])) };
  const objects = reduces.map(({ part, bytes }): RowsObject => ({ name: part as string, bytes }));
  if (!plan.ordered)
    return { parts: reduces.map(({ part, bytes, flows }) => ({ name: part as string, bytes, flows })), counters };
  const feed = await MergedFeed.make(settings.engine, storage, objects, host.signal);
  const { firstNs, latestNs } = timesOfAll(timedInputs(plan, inputs));
  feed.engine.setTimes(firstNs, latestNs);
  feed.engine.stage = settings.stage();
  return { parts: [await writeAll(feed, settings, storage)], counters };
}

/** What map counts. */
const MAP_COUNTERS = ['beyondSnaplen', 'wireLengthsTooShort', 'timestampsUnknown'] as const;

async function writeAll(
  feed: MergedFeed | CaptureReader,
  { part }: PlanSettings,
  storage: Storage,
): Promise<PartReport> {
  const file = await ScratchFile.create(storage);
  try {
    await feed.start();
    const flows = await (await part.load())(feed, file);
    const bytes = file.size;
    return { name: await file.end((digest) => flowsName(digest, part.format)), bytes, flows };
  } finally {
    feed.close();
    await file.abandon();
  }
}

/** The flows of all inputs but those that were skipped, as `read` gives them. */
async function byOneEngine(
  plan: Plan,
  settings: PlanSettings,
  storage: Storage,
  inputs: readonly MapInput[],
  { signal, roots }: JobHost,
): Promise<Written> {
  const filter = await createFilterFactory(settings.filter, () => undefined);
  const named = inputs
    .filter((one) => !one.skipped)
    .map(({ input }) => {
      const { url, size } = plan.inputs[input] as Plan['inputs'][number];
      const { storage: from, name } = inputAt(url);
      return { input: url.startsWith('/') ? url : from.open(name, 0, size), name: url, isFile: true, found: false };
    });
  await checkRoots(
    named.map(({ name }) => name),
    roots,
  );
  const files = filesAtOnce(named.length, settings.engine.blockSize);
  const options = { ...settings.engine, files, ...(filter === undefined ? {} : { filter }) };
  const engine = await InlineEngine.create(await loadEngine(), options);
  engine.stage = settings.stage();
  const reader = new CaptureReader(
    engine,
    readerHost(
      named,
      settings.order,
      () => undefined,
      () => setImmediate(),
    ),
  );
  const stop = (): void => reader.stop();
  signal?.addEventListener('abort', stop);
  try {
    const part = await writeAll(reader, settings, storage);
    signal?.throwIfAborted();
    return { parts: [part], counters: engine.counters() };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function reportOf(plan: Plan, { input, packets, skipped, problems }: MapInput): InputReport {
  return { url: plan.inputs[input]?.url ?? '', packets, skipped, problems };
}
