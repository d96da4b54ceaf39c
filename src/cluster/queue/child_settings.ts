/** What a worker says to its children beforehand: which plan, and below which roots its files must be. */
import { readFileSync } from 'node:fs';
import { parsePlan } from '../plan.ts';
import type { Plan } from '../plan.ts';

/** The environment variable that has it. The worker sets it; users do not. */
export const CHILD_SETTINGS = 'PCAPFLOW_CLUSTER_CHILD';

/** Why a worker ends a step: another one is to do it. */
export const HAND_BACK = 'hand back';
/** Why a worker ends a step: nobody is to do it. */
export const CANCEL = 'cancel';

export interface ChildSettings {
  /** File of the plan. */
  readonly file: string;
  readonly roots?: readonly string[];
}

/** What a child makes of them. */
export interface ChildPlan {
  readonly plan: Plan;
  readonly roots: readonly string[] | undefined;
}

export function childEnvironment(settings: ChildSettings): NodeJS.ProcessEnv {
  return { ...process.env, [CHILD_SETTINGS]: JSON.stringify(settings) };
}

/** @param text the variable's @throws {RangeError} for a file that is not a plan */
export async function childPlan(text: string | undefined): Promise<ChildPlan> {
  const { file, roots } = JSON.parse(text ?? '') as ChildSettings;
  return { plan: parsePlan(readFileSync(file, 'utf8'), file, roots === undefined ? {} : { roots }), roots };
}
