/** `pcapflow shard` and `pcapflow merge`: one job of a plan. */
import type { Plan } from '../../cluster/plan.ts';
import { finishedManifest } from '../../cluster/results.ts';
import { runStage } from '../../cluster/stages.ts';
import { openStorage } from '../../cluster/storage.ts';
import type { ValuesAt } from '../../options/table.ts';
import { readPlan } from '../cluster/read_plan.ts';
import { MissingArguments } from '../command.ts';
import { EXIT_OK, EXIT_PART } from '../exit.ts';
import { workingOn } from '../exit_guard.ts';
import { withPackages } from '../optional_package.ts';
import { printError, warn } from '../print_error.ts';

/** @throws {RangeError} for a plan that cannot be run @throws {FParserError} when the job fails */
export async function shard(values: ValuesAt<'shard'>): Promise<number> {
  const { stage, index } = values;
  if (values.plan === undefined || stage === undefined) throw new MissingArguments();
  const plan = readPlan(values.plan, values);
  workingOn(`job ${index} of stage ${stage}`);
  await withPackages('the format of the plan', ['apache-arrow', 'parquet-wasm'], () => runStage(plan, stage, index));
  return stage === 'merge' ? reportMerge(plan) : EXIT_OK;
}

export async function merge(values: ValuesAt<'merge'>): Promise<number> {
  return shard({ ...values, stage: 'merge', index: 0 });
}

/** Says what is wrong with the inputs of a finished plan. Gives the exit status. */
async function reportMerge(plan: Plan): Promise<number> {
  const manifest = await finishedManifest(plan, openStorage(plan.output));
  const problems = (manifest?.inputs ?? []).flatMap((input) => input.problems);
  for (const { message } of problems) await printError(message);
  if (manifest?.readByOneEngine !== undefined)
    warn(`merge has read all inputs by itself, because ${manifest.readByOneEngine}`);
  return problems.length > 0 ? EXIT_PART : EXIT_OK;
}
