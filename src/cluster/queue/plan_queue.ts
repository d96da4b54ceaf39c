/** The two queues of a plan in Redis, and what is there: steps in one, what leads from stage to stage in the other. */
import { setTimeout as delay } from 'node:timers/promises';
import { FlowProducer, Queue } from 'bullmq';
import type { JobsOptions } from 'bullmq';
import { connectionOptions } from './redis_connection.ts';
import type { RedisAddress } from './redis_address.ts';
import { jobsOf } from '../plan.ts';
import type { Plan } from '../plan.ts';
import { PREFIX, copyId, planKey, stepId } from './queue_job.ts';
import type { QueueJob, Step } from './queue_job.ts';

/** Job of the control queue that adds the reduce steps when all map steps are done. */
export const SPREAD = 'spread';
/** All others are below it. */
const ROOT = stepId({ stage: 'merge', index: 0 });

/** A step is tried so often; each time it waits twice as long. */
const ATTEMPTS = 5;
const BACKOFF_MS = 1_000;
const STACK_LINES_MAX = 10;
/** How long workers have to end their steps; a worker that is gone never will. */
const CANCEL_MS = 10_000;
const LOOK_MS = 100;

const STEP_OPTIONS: JobsOptions = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: BACKOFF_MS },
  stackTraceLimit: STACK_LINES_MAX,
};
const CHILD_OPTIONS: JobsOptions = { ...STEP_OPTIONS, failParentOnFailure: true };

/** State of a plan in the queue; `cancelled` only until all workers have ended their steps, then it is absent. */
export type PlanState = 'absent' | 'running' | 'completed' | 'failed' | 'cancelled';

export class PlanQueue {
  readonly plan: Plan;
  readonly steps: Queue;
  readonly control: Queue;
  readonly #address: RedisAddress;

  /** @param onError what happens to the connection; it mends itself */
  constructor(plan: Plan, address: RedisAddress, onError: (error: Error) => void) {
    this.plan = plan;
    this.#address = address;
    const options = { connection: connectionOptions(address), prefix: PREFIX };
    this.steps = new Queue(planKey(plan), options).on('error', onError);
    this.control = new Queue(`${planKey(plan)}-control`, options).on('error', onError);
  }

  async close(): Promise<void> {
    await Promise.all([this.steps.close(), this.control.close()]);
  }

  /**
   * Adds the tree: merge waits for `spread`, which waits for all map steps and then adds the reduce steps below merge.
   * Map steps are taken in the order of the plan, the largest first.
   */
  async addTree(): Promise<void> {
    const producer = new FlowProducer({ connection: connectionOptions(this.#address), prefix: PREFIX });
    try {
      await producer.add({
        ...this.#node('merge', 0),
        queueName: this.steps.name,
        opts: { ...STEP_OPTIONS, jobId: ROOT },
        children: [
          {
            name: SPREAD,
            queueName: this.control.name,
            data: {},
            opts: { ...CHILD_OPTIONS, jobId: SPREAD },
            children: indexes(jobsOf(this.plan, 'map')).map((index) => ({
              ...this.#node('map', index),
              queueName: this.steps.name,
              opts: { ...CHILD_OPTIONS, jobId: stepId({ stage: 'map', index }) },
            })),
          },
        ],
      });
    } finally {
      await producer.close();
    }
  }

  /** Adds the reduce steps below merge, to be taken in this order; may be called again: a step that is there stays. */
  async addReduces(reduces: readonly number[]): Promise<void> {
    const parent = { id: ROOT, queue: this.steps.qualifiedName };
    await this.steps.addBulk(
      reduces.map((index) => ({
        ...this.#node('reduce', index),
        opts: { ...CHILD_OPTIONS, jobId: stepId({ stage: 'reduce', index }), parent },
      })),
    );
  }

  /** Adds a second run of a step that lasts long, if there was none. It does what the first does; either may win. */
  async addCopy(step: Step): Promise<void> {
    const { name, data } = this.#node(step.stage, step.index);
    await this.steps.add(name, data, { jobId: copyId(step), attempts: 1 });
  }

  async state(): Promise<PlanState> {
    if (await this.steps.isPaused()) return 'cancelled';
    const state = await this.steps.getJobState(ROOT);
    if (state === 'unknown') return 'absent';
    return state === 'completed' || state === 'failed' ? state : 'running';
  }

  /** Ends the plan: workers end their steps, then everything of it is removed from Redis. Files stay. */
  async cancel(): Promise<void> {
    // Workers look for it every second.
    await Promise.all([this.steps.pause(), this.control.pause()]);
    const until = Date.now() + CANCEL_MS;
    while ((await this.steps.getActiveCount()) > 0 && Date.now() < until) await delay(LOOK_MS);
    await this.remove();
  }

  /** Removes everything of the plan from Redis. */
  async remove(): Promise<void> {
    // A job that waits for others is removed only when those are gone: map steps, `spread`, merge.
    for (const queue of [this.steps, this.control, this.steps]) await queue.obliterate({ force: true });
  }

  #node(stage: Step['stage'], index: number): { readonly name: string; readonly data: QueueJob } {
    return { name: stage, data: { plan: planKey(this.plan), stage, index } };
  }
}

function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
