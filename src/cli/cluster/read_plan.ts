/** The plan that a command is given. */
import { readFileSync } from 'node:fs';
import { parsePlan } from '../../cluster/plan.ts';
import type { Plan } from '../../cluster/plan.ts';
import { CaptureError, messageOf } from '../../errors.ts';

interface PlanChoice {
  /** The result is in the order of one `read`, whatever the plan says. */
  readonly ordered?: boolean;
  /** Folders that inputs and results must be in; undefined: any. */
  readonly root?: readonly string[] | undefined;
}

/** @throws {CaptureError} when there is no such file @throws {RangeError} for anything but a plan */
export function readPlan(file: string, { ordered = false, root }: PlanChoice): Plan {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CaptureError('ERR_READ', file, 0, `cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const plan = parsePlan(text, file, root === undefined ? {} : { roots: root });
  return ordered ? { ...plan, ordered } : plan;
}
