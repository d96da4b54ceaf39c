/**
 * A worker: takes steps of one plan from the queue until the plan is over, and runs each in a child process. Losing
 * anything at any moment, the worker, a child or Redis, costs time only: a step that nobody reports done is run again,
 * and its result has one name.
 */
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'bullmq';
import type { Job } from 'bullmq';
import { messageOf } from '../../errors.ts';
import { CHILD_FILE } from '../child_file.ts';
import { bucketSizes, largestFirst, skewedBuckets } from '../skew.ts';
import type { SkewedBucket } from '../skew.ts';
import { childEnvironment } from './child_settings.ts';
import type { ChildSettings } from './child_settings.ts';
import { SPREAD } from './plan_queue.ts';
import type { PlanQueue } from './plan_queue.ts';
import { PREFIX } from './queue_job.ts';
import type { RedisAddress } from './redis_address.ts';
import { connectionOptions } from './redis_connection.ts';
import { StepWorker, unrecoverable } from './step_worker.ts';
import { copyStragglers } from './stragglers.ts';

export interface WorkerSettings extends ChildSettings {
  /** Steps that run at a time, each in a process of its own. */
  readonly jobs: number;
  /** MiB of JavaScript objects that a child may have; flows are in memory beside them. */
  readonly heapMib: number;
  /** Milliseconds after which a job whose worker is silent is given to another one. */
  readonly lockMs: number;
  /** Milliseconds between two looks for such jobs. */
  readonly stalledMs: number;
  /** Milliseconds before which no step is run a second time. */
  readonly copyMs: number;
}

/** How it ended: the plan is complete, has failed, was cancelled; or the signal came. */
export type WorkerEnd = 'completed' | 'failed' | 'cancelled' | 'stopped';

const STALLED_MAX = 3;
const TICK_MS = 1_000;
const RETRY_MS = 1_000;
/** For closing connections and idle children. */
const CLOSE_MS = 2_000;

/**
 * @param report takes a line for the user
 * @param stop ends the worker
 */
export async function runWorker(
  queue: PlanQueue,
  address: RedisAddress,
  settings: WorkerSettings,
  report: (line: string) => void,
  stop: AbortSignal,
): Promise<WorkerEnd> {
  const common = {
    connection: connectionOptions(address),
    prefix: PREFIX,
    runRetryDelay: RETRY_MS,
    lockDuration: settings.lockMs,
    stalledInterval: settings.stalledMs,
    maxStalledCount: STALLED_MAX,
  };
  const steps = new StepWorker(queue.plan, queue.steps.name, CHILD_FILE, {
    ...common,
    name: `${hostname()}:${process.pid}`,
    concurrency: settings.jobs,
    workerForkOptions: {
      env: childEnvironment(settings),
      execArgv: [`--max-old-space-size=${settings.heapMib}`],
    },
  });
  const control = new Worker(queue.control.name, (job: Job) => addReduces(queue, job), common);
  const seen = new Set<string>();
  for (const worker of [steps, control]) {
    worker.on('failed', (job, error) => report(failureText(job, error)));
    worker.on('stalled', (id) => report(`${id}: its worker is gone; it is run again`));
    // Each connection says it at each attempt.
    worker.on('error', (error) => {
      if (!seen.has(error.message)) report(error.message);
      seen.add(error.message);
    });
  }
  void steps.run();
  try {
    const end = await planEnd(queue, steps, settings, stop, () => seen.clear());
    await (end === 'stopped' ? steps.handBack() : steps.cancelSteps());
    return end;
  } finally {
    await Promise.race([
      Promise.all([steps.close(steps.runningSteps > 0), control.close()]),
      delay(CLOSE_MS, undefined, { ref: false }),
    ]);
  }
}

/** The largest first. Gives the buckets that have far more than others, for status. */
async function addReduces(queue: PlanQueue, job: Job): Promise<readonly SkewedBucket[]> {
  if (job.name !== SPREAD || job.id !== SPREAD)
    throw unrecoverable(`job '${job.id}' is refused: it is not of this plan`);
  const sizes = await bucketSizes(queue.plan);
  await queue.addReduces(largestFirst(sizes));
  return skewedBuckets(sizes);
}

/** Waits until the plan is over, and copies steps that last long while this worker has nothing else to do. */
async function planEnd(
  queue: PlanQueue,
  steps: StepWorker,
  settings: WorkerSettings,
  stop: AbortSignal,
  answered: () => void,
): Promise<WorkerEnd> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'));
  });
  for (let wasThere = false; ; ) {
    // While Redis is away, its answer is waited for.
    const state = await Promise.race([stopped, queue.state()]);
    if (state === 'stopped' || state === 'completed' || state === 'failed') return state;
    if (state === 'cancelled' || (wasThere && state === 'absent')) return 'cancelled';
    answered();
    wasThere = state === 'running';
    if (wasThere && steps.runningSteps < settings.jobs) {
      await Promise.race([stopped, copyStragglers(queue, settings.copyMs)]);
    }
    await Promise.race([stopped, delay(TICK_MS)]);
  }
}

function failureText(job: Job | undefined, error: Error): string {
  if (job === undefined) return messageOf(error);
  const { id, attemptsMade, opts } = job;
  const attempts = opts.attempts ?? 1;
  const isLast = error.name === 'UnrecoverableError' || attemptsMade >= attempts;
  return `${id}: ${error.message} (${isLast ? 'not tried again' : `attempt ${attemptsMade} of ${attempts}`})`;
}
