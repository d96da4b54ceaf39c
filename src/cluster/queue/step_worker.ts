/** The worker of the step queue: checks each job before a child process gets it, and can give back what it has. */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'bullmq';
import type { Job, WorkerOptions } from 'bullmq';
import { messageOf } from '../../errors.ts';
import type { Plan } from '../plan.ts';
import { isDone } from '../stages.ts';
import { CANCEL, HAND_BACK } from './child_settings.ts';
import { checkedJob } from './queue_job.ts';
import type { Step } from './queue_job.ts';

/** Steps may still finish in this time after the signal; */
const FINISH_MS = 20_000;
/** then children have this long to hand them back. */
const HAND_BACK_MS = 5_000;
const LOOK_MS = 50;
/** How often is looked whether another worker has done a step. */
const ELSEWHERE_MS = 2_000;

interface Held {
  readonly job: Job;
  readonly token: string;
}

export class StepWorker extends Worker {
  readonly #plan: Plan;
  readonly #held = new Map<string, Held>();

  /** @param child file of the processor */
  constructor(plan: Plan, queue: string, child: string, options: WorkerOptions) {
    super(queue, child, { ...options, autorun: false });
    this.#plan = plan;
  }

  /** How many steps run now. */
  get runningSteps(): number {
    return this.#held.size;
  }

  /** Ends what runs, for good. */
  async cancelSteps(): Promise<void> {
    await this.pause(true);
    this.cancelAllJobs(CANCEL);
    await this.#ended(HAND_BACK_MS);
  }

  /**
   * Takes no more steps, lets those that run finish, and puts back into the queue those that have not.
   * @param finishMs how long they may finish
   * @param handBackMs how long their children may take to hand them back then
   */
  async handBack(finishMs = FINISH_MS, handBackMs = HAND_BACK_MS): Promise<void> {
    await this.pause(true);
    if (await this.#ended(finishMs)) return;
    this.cancelAllJobs(HAND_BACK);
    if (await this.#ended(handBackMs)) return;
    // A child that does not even hear it. It ends with this process.
    const left = [...this.#held.values()].map(({ job, token }) => job.moveToWait(token).catch(() => undefined));
    await Promise.race([Promise.all(left), delay(HAND_BACK_MS, undefined, { ref: false })]);
  }

  protected override async callProcessJob(job: Job, token: string, signal?: AbortSignal): Promise<unknown> {
    const id = job.id ?? '';
    const step = this.#checked(id, job.data);
    this.#held.set(id, { job, token });
    const ended = new AbortController();
    try {
      const run = super.callProcessJob(job, token, signal);
      // It may fail after it was done elsewhere.
      run.catch(() => undefined);
      return await Promise.race([run, this.#doneElsewhere(id, step, ended.signal)]);
    } finally {
      ended.abort();
      this.#held.delete(id);
    }
  }

  #checked(id: string, data: unknown): Step {
    try {
      return checkedJob(id, data, this.#plan);
    } catch (error) {
      throw unrecoverable(messageOf(error));
    }
  }

  /** Resolves when another worker has done the step: it was copied, or the lock was lost for a while. */
  async #doneElsewhere(id: string, { stage, index }: Step, ended: AbortSignal): Promise<void> {
    for (let seen = 0; seen < 2; ) {
      await delay(ELSEWHERE_MS, undefined, { ref: false });
      // Seen twice: the first time the step of this worker may just be ending.
      if (ended.aborted) return;
      seen = (await isDone(this.#plan, stage, index).catch(() => false)) ? seen + 1 : 0;
    }
    this.cancelJob(id, CANCEL);
  }

  /** Whether no step runs any more, within the time. */
  async #ended(timeMs: number): Promise<boolean> {
    for (let waited = 0; this.#held.size > 0 && waited < timeMs; waited += LOOK_MS) await delay(LOOK_MS);
    return this.#held.size === 0;
  }
}

/** Trying again is of no use. The queue knows the error by its name, which is all that passes between processes. */
export function unrecoverable(message: string): Error {
  return Object.assign(new Error(message), { name: 'UnrecoverableError' });
}
