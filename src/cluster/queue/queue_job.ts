/**
 * What a job in the queue says: which step of which plan, and nothing else. The plan itself, with its paths and
 * options, is a file of the worker's; so whoever writes to the queue can repeat a step of that plan, but not name a
 * file.
 */
import { jobsOf, planId } from '../plan.ts';
import type { Plan, Stage } from '../plan.ts';

/** One step of a plan. */
export interface Step {
  readonly stage: Stage;
  /** 0-based among the steps of the stage. */
  readonly index: number;
}

export interface QueueJob extends Step {
  /** See planKey. */
  readonly plan: string;
}

export const STAGES: readonly Stage[] = ['map', 'reduce', 'merge'];
const MEMBERS: ReadonlySet<string> = new Set(['plan', 'stage', 'index']);

/** Keys of everything in Redis begin with it, so the rights of a user can be limited to `~bull:pcapflow:*`. */
export const PREFIX = 'bull:pcapflow';

/** Half of the plan's SHA-256, and whether its flows are ordered: the name of its queue. */
export function planKey(plan: Plan): string {
  return `${planId(plan).slice(0, 32)}${plan.ordered ? '-ordered' : ''}`;
}

/** One id for each step: adding a step twice is adding it once. */
export function stepId({ stage, index }: Step): string {
  return `${stage}-${index}`;
}

/** Id of the second run of a step that lasts long. */
export function copyId(step: Step): string {
  return `copy-${stepId(step)}`;
}

/**
 * Checks what came from the queue.
 * @param plan the plan of this worker
 * @throws {RangeError} that names the job and what is wrong with it
 */
export function checkedJob(id: string, data: unknown, plan: Plan): Step {
  const refuse = (what: string): RangeError => new RangeError(`job '${id}' is refused: ${what}`);
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw refuse('its data is not an object');
  const foreign = Object.keys(data).find((name) => !MEMBERS.has(name));
  if (foreign !== undefined) throw refuse(`${JSON.stringify(foreign)} does not belong to a step of a plan`);
  const { plan: named, stage, index } = data as Readonly<Record<string, unknown>>;
  if (named !== planKey(plan)) throw refuse(`its plan is ${JSON.stringify(named)}; this worker has ${planKey(plan)}`);
  const known = STAGES.find((one) => one === stage);
  if (known === undefined)
    throw refuse(`its stage is ${JSON.stringify(stage)}; it must be one of ${STAGES.join(', ')}`);
  const last = jobsOf(plan, known) - 1;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > last) {
    throw refuse(`its index is ${JSON.stringify(index)}; ${known} has ${last === 0 ? 'only 0' : `0 to ${last}`}`);
  }
  return { stage: known, index };
}
