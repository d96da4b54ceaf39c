/** Runs one step, in a child process of the worker: so the worker stays responsive and keeps the lock of its job. */
import './exit_with_parent.ts';
import type { SandboxedJob } from 'bullmq';
import { messageOf } from '../../errors.ts';
import { runStage } from '../stages.ts';
import { CHILD_SETTINGS, HAND_BACK, childPlan } from './child_settings.ts';
import type { ChildPlan } from './child_settings.ts';
import { checkedJob } from './queue_job.ts';

const REPORT_MS = 2_000;

let opened: Promise<ChildPlan> | undefined;

/**
 * @returns bytes that the step has read
 * @throws {Error} named UnrecoverableError when trying again is of no use, WaitingError when the job was handed back
 */
export default async function runJob(job: SandboxedJob, token: string, signal?: AbortSignal): Promise<number> {
  const { plan, roots } = await (opened ??= childPlan(process.env[CHILD_SETTINGS]));
  const { stage, index } = unrecoverable(() => checkedJob(job.id, job.data, plan));
  let bytes = 0;
  const timer = setInterval(() => void job.updateProgress(bytes), REPORT_MS);
  try {
    await runStage(plan, stage, index, { signal, roots, onProgress: (sum) => (bytes = sum) });
    return bytes;
  } catch (error) {
    if (signal?.aborted !== true) throw isLasting(error) ? named('UnrecoverableError', messageOf(error)) : error;
    if (signal.reason !== HAND_BACK) throw named('UnrecoverableError', 'cancelled');
    await job.moveToWait(token);
    throw named('WaitingError', 'handed back');
  } finally {
    clearInterval(timer);
  }
}

/** Whether the step would fail everywhere: the plan or this build is wrong for it. */
function isLasting(error: unknown): boolean {
  return (
    error instanceof RangeError || error instanceof TypeError || (error as { code?: unknown }).code === 'ERR_ENGINE'
  );
}

function unrecoverable<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw named('UnrecoverableError', messageOf(error));
  }
}

/** The queue knows these errors by their names, which is all that reaches the parent process. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
