/** A reduce job: the packets of one bucket, from all map jobs, become flows. */
import type { EngineCounters } from '../engine/counters.ts';
import { BucketEngine, BucketFeed } from './bucket_feed.ts';
import type { JobHost } from './map.ts';
import { orderedRuns } from './ordered_lists.ts';
import type { BucketInput } from './ordered_lists.ts';
import { writePart } from './part_writer.ts';
import { readLists, readPlaces } from './piece_file.ts';
import type { PacketList } from './piece_file.ts';
import { writePlacedRows } from './placed_rows.ts';
import { jobId } from './plan.ts';
import type { Plan } from './plan.ts';
import { hashKeyOf, planSettings } from './plan_options.ts';
import type { PlanSettings } from './plan_options.ts';
import { bucketReason, nearOf, reasonForOne, timedInputs } from './plan_times.ts';
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
  const first = timed.reduce<TimedInput | undefined>((a, b) => (a === undefined || isFirst(b, a) ? b : a), undefined);
  const feed = new BucketFeed(engine, orderedRuns(inputs), first?.firstNs ?? 0n, latestOf(timed), host.signal);
  const file = await ScratchFile.create(storage);
  try {
    engine.stage = plan.ordered ? undefined : settings.stage();
    await feed.start();
    const flows = plan.ordered ? await writePlacedRows(feed, file) : await writeFlows(feed, settings, file);
    const fault = bucketReason(engine.fault);
    if (fault !== undefined) return withoutPart(job, fault, engine.counters());
    const bytes = file.size;
    const part = await file.end((digest) =>
      plan.ordered ? rowsName(job, digest) : partName(index, digest, settings.format),
    );
    return { job, part, bytes, flows, reason: null, counters: engine.counters() };
  } finally {
    feed.close();
    await file.abandon();
  }
}

function writeFlows(feed: BucketFeed, { format, fields }: PlanSettings, file: ScratchFile): Promise<number> {
  return writePart(feed, format, fields, file);
}

function withoutPart(job: string, reason: string, counters: EngineCounters): ReduceResult {
  return { job, part: null, bytes: 0, flows: 0, reason, counters };
}

/** Whose first packet is taken first. */
function isFirst(a: TimedInput, b: TimedInput): boolean {
  if (a.group !== b.group) return a.group < b.group;
  return a.firstNs < b.firstNs || (a.firstNs === b.firstNs && a.input < b.input);
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

function latestOf(timed: readonly TimedInput[]): bigint {
  return timed.reduce((time, { latestNs }) => (latestNs > time ? latestNs : time), 0n);
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
