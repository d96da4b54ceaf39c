/** Steps that last so long that a second run of them is worth while: their machine may be slow, or its disk. */
import { median } from '../skew.ts';
import type { PlanQueue } from './plan_queue.ts';
import { checkedJob } from './queue_job.ts';

/** A step that runs. */
export interface RunningStep {
  readonly id: string;
  readonly stage: string;
  /** Milliseconds since it began. */
  readonly age: number;
}

/** Of finished steps the latest say how long a step takes. */
const DONE_MAX = 200;
/** How many steps of a stage must be done before their median means something. */
const DONE_MIN = 3;
const MEDIANS = 3;

/**
 * Steps that last longer than three times the median of their stage, the oldest first.
 * @param done milliseconds that finished steps took, by stage
 * @param ageMin milliseconds before which a second run is never worth while
 */
export function stragglers(
  running: readonly RunningStep[],
  done: ReadonlyMap<string, readonly number[]>,
  ageMin: number,
): readonly RunningStep[] {
  return running
    .filter(({ stage, age }) => {
      const times = done.get(stage) ?? [];
      return times.length >= DONE_MIN && age > Math.max(ageMin, MEDIANS * median(times));
    })
    .sort((a, b) => b.age - a.age);
}

/**
 * Adds second runs of steps that last long, when nothing else is waiting. A step is copied once.
 * @param ageMin milliseconds before which no step is copied
 */
export async function copyStragglers(queue: PlanQueue, ageMin: number): Promise<void> {
  const { plan, steps } = queue;
  if ((await steps.getWaitingCount()) > 0) return;
  const now = Date.now();
  const active = await steps.getActive();
  const isOld = active.some(({ processedOn = now }) => now - processedOn > ageMin);
  if (!isOld) return;
  const done = new Map<string, number[]>();
  for (const { name, processedOn = 0, finishedOn = 0 } of await steps.getCompleted(0, DONE_MAX - 1)) {
    done.set(name, [...(done.get(name) ?? []), finishedOn - processedOn]);
  }
  const running = active.flatMap(({ id = '', name, processedOn = now }) =>
    id.startsWith('copy-') ? [] : [{ id, stage: name, age: now - processedOn }],
  );
  for (const { id } of stragglers(running, done, ageMin)) {
    await queue.addCopy(checkedJob(id, active.find((job) => job.id === id)?.data, plan));
  }
}
