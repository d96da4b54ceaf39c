/** `pcapflow cluster run --local`: all jobs of a plan on this machine, each in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Plan, Stage } from '../../cluster/plan.ts';
import { finishedManifest } from '../../cluster/results.ts';
import { bucketSizes, largestFirst } from '../../cluster/skew.ts';
import { openStorage } from '../../cluster/storage.ts';
import { merge } from '../commands/shard.ts';
import { EXIT_CANNOT_START } from '../exit.ts';
import { workingOn } from '../exit_guard.ts';
import { printError } from '../print_error.ts';
import { STOP_SIGNALS } from '../signals.ts';
import { readPlan } from './read_plan.ts';

/** How a plan is run here. */
interface LocalRun {
  /** File of the plan. */
  readonly plan: string;
  readonly ordered: boolean;
  readonly root: readonly string[] | undefined;
  /** Jobs at a time; undefined: as many as there are processors. */
  readonly jobs: number | undefined;
}

/** Gives the exit status: that of merge, or 1 when a job has failed. @throws {RangeError} for anything but a plan */
export async function runLocally(run: LocalRun): Promise<number> {
  const plan = readPlan(run.plan, run);
  for (const stage of ['map', 'reduce'] as const) {
    workingOn(`the jobs of stage ${stage}`);
    const indexes = stage === 'map' ? plan.runs.map((_, n) => n) : largestFirst(await sizes(plan));
    if (!(await runJobs(run, stage, indexes))) return EXIT_CANNOT_START;
  }
  return merge({ help: false, ...run });
}

/** None are known of a plan that was done before, whose jobs end at once. */
async function sizes(plan: Plan): Promise<readonly number[]> {
  const isDone = (await finishedManifest(plan, openStorage(plan.output))) !== undefined;
  return isDone ? [] : bucketSizes(plan);
}

/** False: one has failed, and has said why. No further one was begun then. A signal ends those that run. */
async function runJobs(
  { plan, ordered, root = [], jobs }: LocalRun,
  stage: Stage,
  indexes: readonly number[],
): Promise<boolean> {
  const further = [...(ordered ? ['--ordered'] : []), ...root.flatMap((folder) => ['--root', folder])];
  const running = new Set<ChildProcess>();
  const left = [...indexes];
  let failed = false;
  const work = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined && !failed; index = left.shift()) {
      const call = ['shard', '--plan', plan, '--stage', stage, '--index', String(index), ...further];
      const child = spawn(process.execPath, [process.argv[1] as string, ...call], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      running.add(child);
      const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      running.delete(child);
      if (status === 0) continue;
      failed = true;
      if (signal !== null) await printError(`job ${index} of stage ${stage} was ended by ${signal}`);
    }
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    failed = true;
    for (const child of running) child.kill(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  try {
    await Promise.all(Array.from({ length: Math.min(jobs ?? availableParallelism(), indexes.length) }, work));
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  }
  return !failed;
}
