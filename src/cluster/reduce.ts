/** A reduce job: the packets of one bucket, from all map jobs, become flows. */
import { SIDE_STATS } from '../../assembly/layout.ts';
import type { EngineCounters } from '../engine/counters.ts';
import type { EngineOptions } from '../engine/options.ts';
import { planSides } from '../engine/side_records.ts';
import { BucketEngine, BucketFeed } from './bucket_feed.ts';
import type { JobHost } from './map.ts';
import { orderedRuns } from './ordered_lists.ts';
import type { BucketInput } from './ordered_lists.ts';
import { readLists, readPlaces } from './piece_file.ts';
import type { PacketList } from './piece_file.ts';
import { writePlacedRows } from './placed_rows.ts';
import { jobId } from './plan.ts';
import type { Plan } from './plan.ts';
import { hashKeyOf, planSettings } from './plan_options.ts';
import { bucketReason, nearOf, reasonForOne, timedInputs, timesOfAll } from './plan_times.ts';
import type { TimedInput } from './plan_times.ts';
import { partName, rowsName } from './results.ts';
import type { MapResult, ReduceResult } from './results.ts';
import { ScratchFile } from './scratch_file.ts';
import type { Storage } from './storage.ts';

/** @param maps results of all map jobs @throws {FParserError} ERR_READ, ERR_CORRUPT, ERR_WRITE */
export async function reduceJob(
  plan: Plan,
  index: number,
  storage: Storage,
  maps: readonly MapResult[],
  host: JobHost,
): Promise<ReduceResult> {
  const settings = await planSettings(plan);
  const job = jobId(plan, 'reduce', index);
  const timed = timedInputs(
    plan,
    maps.flatMap(({ inputs }) => inputs),
  );
  const engine = await BucketEngine.make({ ...settings.engine, hashKey: hashKeyOf(plan) });
  const reason = reasonForOne(timed, nearOf(settings.engine));
  if (reason !== undefined) return withoutPart(job, reason, engine.counters());
  const inputs = await bucketInputs(maps, timed, index, storage, host);
  const { firstNs, latestNs } = timesOfAll(timed);
  const feed = new BucketFeed(engine, orderedRuns(inputs, isFramed(settings.engine)), firstNs, latestNs, host.signal);
  const file = await ScratchFile.create(storage);
  try {
    engine.stage = plan.ordered ? undefined : settings.stage();
    await feed.start();
    const flows = plan.ordered ? await writePlacedRows(feed, file) : await (await settings.part.load())(feed, file);
    const fault = bucketReason(engine.fault);
    if (fault !== undefined) return withoutPart(job, fault, engine.counters());
    const bytes = file.size;
    const part = await file.end((digest) =>
      plan.ordered ? rowsName(job, digest) : partName(index, digest, settings.part.format),
    );
    return { job, part, bytes, flows, reason: null, counters: engine.counters() };
  } finally {
    feed.close();
    await file.abandon();
  }
}

/** As needsFrames of assembly/decode/entry_frame.ts. */
function isFramed(options: EngineOptions): boolean {
  return (planSides(options).records & ~SIDE_STATS) !== 0;
}

function withoutPart(job: string, reason: string, counters: EngineCounters): ReduceResult {
  return { job, part: null, bytes: 0, flows: 0, reason, counters };
}

/** For each group the latest time of those before it. @param timed in the order of the plan */
function groupBegins(timed: readonly TimedInput[]): ReadonlyMap<number, bigint> {
  const begins = new Map<number, bigint>();
  let latest = 0n;
  for (const { group, latestNs } of timed) {
    if (!begins.has(group)) begins.set(group, latest);
    if (latestNs > latest) latest = latestNs;
  }
  return begins;
}

/** Where the packets of the bucket are, of each input. */
async function bucketInputs(
  maps: readonly MapResult[],
  timed: readonly TimedInput[],
  bucket: number,
  storage: Storage,
  { onProgress }: JobHost,
): Promise<BucketInput[]> {
  const byNumber = new Map(timed.map((one) => [one.input, one]));
  const begins = groupBegins(timed);
  const found: BucketInput[] = [];
  let read = 0;
  for (const { name, table, inputs } of maps) {
    const places = await readPlaces(storage, name, table, bucket);
    inputs.forEach(({ input }, n) => {
      const known = byNumber.get(input);
      const chunks = places.get(n);
      if (known === undefined || chunks === undefined) return;
      const report = (bytes: number): void => {
        read += bytes;
        onProgress?.(read);
      };
      const lists = (): AsyncIterator<PacketList, unknown> => readLists(storage, name, chunks, report);
      const { group, firstNs } = known;
      found.push({ input, group, firstNs, beginNs: begins.get(group) ?? 0n, lists });
    });
  }
  return found.sort((a, b) => a.input - b.input);
}
