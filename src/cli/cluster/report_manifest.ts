/** What a plan that is complete says to its user, and the exit status. */
import { finishedManifest } from '../../cluster/results.ts';
import { openStorage } from '../../cluster/storage.ts';
import type { Plan } from '../../cluster/plan.ts';
import { EXIT_OK, EXIT_PART } from '../exit.ts';
import { printError, warn } from '../print_error.ts';

/** So many problems of inputs are shown. */
const PROBLEMS_SHOWN = 20;

/** Says what is wrong with inputs, who has read them, and how they were divided. Gives the exit status. */
export async function reportManifest(plan: Plan): Promise<number> {
  const { inputs = [], readByOneEngine, skewed = [] } = (await finishedManifest(plan, openStorage(plan.output))) ?? {};
  const problems = inputs.flatMap((input) => input.problems);
  for (const { message } of problems.slice(0, PROBLEMS_SHOWN)) await printError(message);
  if (problems.length > PROBLEMS_SHOWN)
    await printError(`and ${problems.length - PROBLEMS_SHOWN} more: see ${plan.output}/manifest.json`);
  if (readByOneEngine !== undefined) warn(`merge has read all inputs by itself, because ${readByOneEngine}`);
  for (const { bucket, amount, median } of skewed)
    warn(
      `bucket ${bucket} has ${amount} packets, more than ten times the median of ${median}: few addresses have many`,
    );
  return problems.length > 0 ? EXIT_PART : EXIT_OK;
}
