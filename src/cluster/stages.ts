/**
 * The jobs of a plan. A job that is finished is not done again; what a job needs of others is looked for in the output
 * of the plan, so it does not matter who runs which job, where, or how often.
 */
import { mapJob } from './map.ts';
import type { JobHost } from './map.ts';
import { mergeJob } from './merge.ts';
import { checkJob, jobId, jobsOf } from './plan.ts';
import type { Plan, Stage } from './plan.ts';
import { engineDigest } from './plan_options.ts';
import { reduceJob } from './reduce.ts';
import { allResults, finishedManifest, MANIFEST, resultName, WORK, writeResult } from './results.ts';
import type { MapResult, ReduceResult } from './results.ts';
import { checkRoots } from './roots.ts';
import { openStorage, writeObject } from './storage.ts';

/**
 * Does a job, if it is not finished. Resolves when its result is stored.
 * @param index below `jobsOf(plan, stage)`
 * @param host a signal that gives up, a listener for the bytes read so far, roots of files
 * @throws {RangeError} for an index or an option that is wrong
 * @throws {FParserError} ERR_READ when a job before it is not finished, ERR_WRITE, ERR_CORRUPT, ERR_ENGINE
 */
export async function runStage(plan: Plan, stage: Stage, index: number, host: JobHost = {}): Promise<void> {
  checkJob(plan, stage, index, engineDigest());
  await checkRoots([plan.output, `${plan.output}/${WORK}`], host.roots);
  if (await isDone(plan, stage, index)) return;
  const storage = openStorage(plan.output);
  if (stage === 'map') {
    await writeResult(storage, await mapJob(plan, index, storage, host));
    return;
  }
  const maps = await allResults<MapResult>(plan, 'map', jobsOf(plan, 'map'), storage);
  if (stage === 'reduce') {
    await writeResult(storage, await reduceJob(plan, index, storage, maps, host));
    return;
  }
  const reduces = await allResults<ReduceResult>(plan, 'reduce', plan.buckets, storage);
  const manifest = await mergeJob(plan, storage, maps, reduces, host);
  await writeObject(storage, MANIFEST, `${JSON.stringify(manifest, undefined, 1)}\n`);
}

/** Whether a job is finished. All are when the merge is. @throws {FParserError} ERR_READ, ERR_CORRUPT */
export async function isDone(plan: Plan, stage: Stage, index: number): Promise<boolean> {
  const storage = openStorage(plan.output);
  if ((await finishedManifest(plan, storage)) !== undefined) return true;
  if (stage === 'merge') return false;
  return (await storage.stat(resultName(jobId(plan, stage, index)))) !== undefined;
}
