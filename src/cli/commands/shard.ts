/** `pcapflow shard` and `pcapflow merge`: one job of a plan. */
import { runStage } from '../../cluster/stages.ts';
import type { ValuesAt } from '../../options/table.ts';
import { readPlan } from '../cluster/read_plan.ts';
import { reportManifest } from '../cluster/report_manifest.ts';
import { MissingArguments } from '../command.ts';
import { EXIT_OK } from '../exit.ts';
import { workingOn } from '../exit_guard.ts';
import { withPackages } from '../optional_package.ts';

/** @throws {RangeError} for a plan that cannot be run @throws {FParserError} when the job fails */
export async function shard(values: ValuesAt<'shard'>): Promise<number> {
  const { stage, index } = values;
  if (values.plan === undefined || stage === undefined)
    throw new MissingArguments(`--${values.plan === undefined ? 'plan' : 'stage'} is needed`);
  const plan = readPlan(values.plan, values);
  workingOn(`job ${index} of stage ${stage}`);
  await withPackages('the format of the plan', ['apache-arrow', '@bokuweb/zstd-wasm'], () =>
    runStage(plan, stage, index, { roots: values.root }),
  );
  return stage === 'merge' ? reportManifest(plan) : EXIT_OK;
}

export async function merge(values: ValuesAt<'merge'>): Promise<number> {
  return shard({ ...values, stage: 'merge', index: 0 });
}
