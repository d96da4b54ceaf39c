/** What jobs leave behind for later ones: small JSON objects, and the names of all objects. */
import { FParserError, messageOf } from '../errors.ts';
import type { EngineCounters } from '../engine/counters.ts';
import { jobId } from './plan.ts';
import type { Plan, Stage } from './plan.ts';
import type { SkewedBucket } from './skew.ts';
import { readObject, writeObject } from './storage.ts';
import type { Storage } from './storage.ts';

export interface InputProblem {
  readonly code: string;
  readonly message: string;
}

/** An input after map. Times are nanoseconds, as decimal digits. */
export interface MapInput {
  /** Its number in the plan. */
  readonly input: number;
  readonly packets: number;
  readonly wireBytes: number;
  readonly first: string;
  readonly earliest: string;
  readonly latest: string;
  readonly lateBy: string;
  /** SHARD_FAULT_ */
  readonly fault: number;
  readonly beyondSnaplen: number;
  readonly wireLengthsTooShort: number;
  readonly timestampsUnknown: number;
  /** It is damaged, and none of it counts. */
  readonly skipped: boolean;
  readonly problems: readonly InputProblem[];
}

export interface MapResult {
  readonly job: string;
  readonly inputs: readonly MapInput[];
  /** Object with the packets, and where in it the table is. */
  readonly name: string;
  readonly table: number;
}

export interface ReduceResult {
  readonly job: string;
  /** Object with the flows; null when the bucket cannot give them. */
  readonly part: string | null;
  readonly bytes: number;
  /** Flows in it. */
  readonly flows: number;
  /** Why one engine must give the flows of all buckets; null: it need not. */
  readonly reason: string | null;
  readonly counters: EngineCounters;
}

/** An input in the manifest. */
export interface InputReport {
  readonly url: string;
  readonly packets: number;
  /** It is damaged, and none of it counts. */
  readonly skipped: boolean;
  readonly problems: readonly InputProblem[];
}

/** An object with flows. */
export interface PartReport {
  readonly name: string;
  readonly bytes: number;
  readonly flows: number;
}

/** What a plan has come to: `manifest.json`. */
export interface Manifest {
  readonly job: string;
  readonly plan: string;
  readonly format: string;
  /** There is one part, in the order of one serial read. */
  readonly ordered: boolean;
  /** Why buckets could not give the flows. */
  readonly readByOneEngine?: string;
  readonly flows: number;
  readonly parts: readonly PartReport[];
  /** Buckets that had far more packets than others. */
  readonly skewed: readonly SkewedBucket[];
  readonly counters: EngineCounters;
  readonly inputs: readonly InputReport[];
}

export const MANIFEST = 'manifest.json';

/** Folder of what only jobs need. */
export const WORK = 'work/';

export function resultName(job: string): string {
  return `${WORK}${job}.json`;
}

export function piecesName(job: string, digest: string): string {
  return `${WORK}${job}-${digest.slice(0, 16)}.pieces`;
}

export function rowsName(job: string, digest: string): string {
  return `${WORK}${job}-${digest.slice(0, 16)}.rows`;
}

/** Flows of one bucket. */
export function partName(bucket: number, digest: string, format: string): string {
  return `part-${String(bucket).padStart(5, '0')}-${digest.slice(0, 16)}.${format}`;
}

/** Flows of all buckets. */
export function flowsName(digest: string, format: string): string {
  return `flows-${digest.slice(0, 16)}.${format}`;
}

/** The result of a finished job; undefined: it is not finished. @throws {FParserError} ERR_READ, ERR_CORRUPT */
async function readResult<Result extends { readonly job: string }>(
  storage: Storage,
  job: string,
): Promise<Result | undefined> {
  const name = resultName(job);
  const result = await readJson<Result>(storage, name);
  if (result === undefined || result.job === job) return result;
  throw foreign(storage, name, `it is that of ${result.job}`);
}

/** The manifest of this plan; undefined: it is not finished. @throws {FParserError} ERR_READ, ERR_CORRUPT */
export async function finishedManifest(plan: Plan, storage: Storage): Promise<Manifest | undefined> {
  const found = await readJson<Manifest>(storage, MANIFEST);
  return found?.job === jobId(plan, 'merge', 0) ? found : undefined;
}

async function readJson<Result>(storage: Storage, name: string): Promise<Result | undefined> {
  const bytes = await readObject(storage, name);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString()) as Result;
  } catch (error) {
    throw foreign(storage, name, messageOf(error), error);
  }
}

function foreign(storage: Storage, name: string, why: string, cause?: unknown): FParserError {
  const message = `${storage.url}/${name} is not a result: ${why}; remove it, and run its job again`;
  return new FParserError('ERR_CORRUPT', message, { cause });
}

export async function writeResult(storage: Storage, result: MapResult | ReduceResult): Promise<void> {
  await writeObject(storage, resultName(result.job), `${JSON.stringify(result)}\n`);
}

/** The results of all jobs of a stage. @throws {FParserError} ERR_READ when one is not finished */
export async function allResults<Result extends { readonly job: string }>(
  plan: Plan,
  stage: Stage,
  jobs: number,
  storage: Storage,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let index = 0; index < jobs; index++) {
    const result = await readResult<Result>(storage, jobId(plan, stage, index));
    if (result === undefined) {
      const remedy = `run it first: pcapflow shard --stage ${stage} --index ${index}`;
      throw new FParserError('ERR_READ', `job ${index} of stage ${stage} is not finished; ${remedy}`);
    }
    results.push(result);
  }
  return results;
}
