/** How far a plan is, from what is in the queue. */
import type { Job } from 'bullmq';
import { jobsOf } from '../plan.ts';
import type { Plan, Stage } from '../plan.ts';
import type { SkewedBucket } from '../skew.ts';
import { SPREAD } from './plan_queue.ts';
import type { PlanQueue, PlanState } from './plan_queue.ts';
import { STAGES, planKey, stepId } from './queue_job.ts';

export interface StageStatus {
  readonly stage: Stage;
  readonly steps: number;
  readonly completed: number;
  readonly active: number;
  /** Failed, and waiting to be tried again. */
  readonly delayed: number;
  readonly failed: number;
  /** What is left: steps that no worker has taken yet. */
  readonly waiting: number;
}

export interface ActiveStep {
  readonly id: string;
  /** `host:pid` of the worker. */
  readonly worker: string | null;
  readonly seconds: number;
  /** Bytes read so far, as the step reports them every two seconds. */
  readonly bytes: number;
}

export interface FailedStep {
  readonly id: string;
  readonly attempts: number;
  /** Whether it will be tried again. */
  readonly again: boolean;
  readonly reason: string;
  readonly stack: readonly string[];
}

export interface PlanStatus {
  readonly plan: string;
  readonly state: PlanState;
  readonly stages: readonly StageStatus[];
  readonly workers: number;
  /** Bytes of captures: those of finished map steps, and of all. */
  readonly bytes: number;
  readonly bytesTotal: number;
  /** Since the first map step began; null before that. */
  readonly bytesPerSecond: number | null;
  /** Until the map stage is over, at that rate; then until the reduce stage is over; null when nothing is known. */
  readonly secondsLeft: number | null;
  /** The steps that have run longest. */
  readonly slowest: readonly ActiveStep[];
  /** Second runs of steps that last long. */
  readonly copies: number;
  /** Buckets with far more compressed bytes of packets than others, known when map is over. */
  readonly skewed: readonly SkewedBucket[];
  readonly failures: readonly FailedStep[];
  /** Entries of the queue that are not steps of this plan. */
  readonly foreign: readonly string[];
}

const SLOWEST_MAX = 5;
const FAILURES_MAX = 20;
const FOREIGN_MAX = 20;
const COPY = /^copy-/;

/** @param now milliseconds since the epoch */
export async function planStatus(queue: PlanQueue, now: number): Promise<PlanStatus> {
  const { plan, steps: jobs } = queue;
  const ids = async (type: 'active' | 'completed' | 'delayed' | 'failed' | 'wait'): Promise<ReadonlySet<string>> =>
    new Set(await jobs.getRanges([type], 0, -1));
  const [state, active, completed, delayed, failed, wait, workers] = await Promise.all([
    queue.state(),
    ids('active'),
    ids('completed'),
    ids('delayed'),
    ids('failed'),
    ids('wait'),
    jobs.getWorkersCount(),
  ]);
  const known = new Set(STAGES.flatMap((stage) => stepIds(plan, stage)));
  const all = [...active, ...completed, ...delayed, ...failed, ...wait];
  const [first, last] = await Promise.all([jobs.getCompleted(-1, -1), jobs.getCompleted(0, 0)]);
  const began = first[0]?.processedOn;
  const until = state === 'completed' ? (last[0]?.finishedOn ?? now) : now;
  const seconds = began === undefined ? 0 : (until - began) / 1_000;
  const sizes = plan.runs.map((run) => run.reduce((sum, input) => sum + (plan.inputs[input]?.size ?? 0), 0));
  const bytes = sizes.reduce(
    (sum, size, index) => sum + (completed.has(stepId({ stage: 'map', index })) ? size : 0),
    0,
  );
  const bytesTotal = sizes.reduce((sum, size) => sum + size, 0);
  const stages = STAGES.map((stage) => stageStatus(plan, stage, { active, completed, delayed, failed }));
  return {
    plan: planKey(plan),
    state,
    stages,
    workers,
    bytes,
    bytesTotal,
    bytesPerSecond: seconds > 0 ? bytes / seconds : null,
    secondsLeft: state === 'completed' ? 0 : secondsLeft(stages, bytes, bytesTotal, seconds),
    slowest: await slowest(queue, now),
    copies: all.filter((id) => COPY.test(id)).length,
    skewed: await skewed(queue),
    failures: await failures(queue),
    foreign: all.filter((id) => !known.has(id) && !known.has(id.replace(COPY, ''))).slice(0, FOREIGN_MAX),
  };
}

function stepIds(plan: Plan, stage: Stage): readonly string[] {
  return Array.from({ length: jobsOf(plan, stage) }, (_, index) => stepId({ stage, index }));
}

type States = Readonly<Record<'active' | 'completed' | 'delayed' | 'failed', ReadonlySet<string>>>;

function stageStatus(plan: Plan, stage: Stage, states: States): StageStatus {
  const ids = stepIds(plan, stage);
  const count = (state: ReadonlySet<string>): number => ids.filter((id) => state.has(id)).length;
  const counts = {
    completed: count(states.completed),
    active: count(states.active),
    delayed: count(states.delayed),
    failed: count(states.failed),
  };
  const taken = counts.completed + counts.active + counts.delayed + counts.failed;
  return { stage, steps: ids.length, ...counts, waiting: ids.length - taken };
}

function secondsLeft(
  stages: readonly StageStatus[],
  bytes: number,
  bytesTotal: number,
  seconds: number,
): number | null {
  const [map] = stages;
  if (map === undefined || bytes === 0 || seconds === 0) return null;
  if (map.completed < map.steps) return ((bytesTotal - bytes) / bytes) * seconds;
  const done = stages.reduce((sum, { completed }) => sum + completed, 0);
  const steps = stages.reduce((sum, one) => sum + one.steps, 0);
  return ((steps - done) / done) * seconds;
}

async function slowest(queue: PlanQueue, now: number): Promise<readonly ActiveStep[]> {
  const active = await queue.steps.getActive();
  return active
    .map(({ id, processedBy, processedOn, progress }) => ({
      id: id ?? '',
      worker: processedBy ?? null,
      seconds: processedOn === undefined ? 0 : (now - processedOn) / 1_000,
      bytes: typeof progress === 'number' ? progress : 0,
    }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST_MAX);
}

/** What the job that leads from map to reduce has found. */
async function skewed(queue: PlanQueue): Promise<readonly SkewedBucket[]> {
  const found: unknown = (await queue.control.getJob(SPREAD))?.returnvalue;
  if (!Array.isArray(found)) return [];
  return found.map(({ bucket, amount, median }) => ({
    bucket: Number(bucket),
    amount: Number(amount),
    median: Number(median),
  }));
}

async function failures(queue: PlanQueue): Promise<readonly FailedStep[]> {
  const [failed, delayed, control] = await Promise.all([
    queue.steps.getFailed(0, FAILURES_MAX - 1),
    queue.steps.getDelayed(0, FAILURES_MAX - 1),
    queue.control.getFailed(0, FAILURES_MAX - 1),
  ]);
  const one =
    (again: boolean) =>
    ({ id, attemptsMade, failedReason, stacktrace }: Job): FailedStep => ({
      id: id ?? '',
      attempts: attemptsMade,
      again,
      reason: failedReason ?? '',
      stack: stacktrace?.at(-1)?.split('\n') ?? [],
    });
  return [...failed.map(one(false)), ...control.map(one(false)), ...delayed.map(one(true))].slice(0, FAILURES_MAX);
}
