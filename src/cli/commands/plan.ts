/** `pcapflow plan`: what many machines must agree on to read captures together. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { makePlan } from '../../cluster/make_plan.ts';
import { jobsOf, parsePlan, planText } from '../../cluster/plan.ts';
import { plannedValues } from '../../cluster/plan_options.ts';
import { LocalStorage, openStorage } from '../../cluster/storage.ts';
import type { ValuesAt } from '../../options/table.ts';
import { MissingArguments } from '../command.ts';
import { EXIT_OK } from '../exit.ts';
import { openOutput } from '../output.ts';
import { print } from '../print.ts';
import { warn } from '../print_error.ts';
import { checkOutputs } from '../same_file.ts';

const AGAIN_SIZE = 8;

/** @throws {RangeError} for an option that has no place in a plan @throws {CaptureError} for a missing input */
export async function plan(values: ValuesAt<'plan'>, operands: readonly string[]): Promise<number> {
  const { output, planFile, buckets, onBadFile, ordered } = values;
  if (operands.length === 0 || output === undefined)
    throw new MissingArguments(operands.length === 0 ? 'a capture is needed' : '--output is needed');
  const request = {
    buckets,
    output: output.startsWith('s3://') ? output.replace(/\/+$/, '') : resolve(output),
    options: plannedValues(values),
    onBadFile,
    ordered,
    again: values.again ? randomBytes(AGAIN_SIZE).toString('hex') : '',
  };
  const made = await makePlan(operands, request, warn);
  const text = planText(made);
  // What is written can be read.
  parsePlan(text, planFile);
  const storage = openStorage(request.output);
  if (storage instanceof LocalStorage) await storage.sweep(Date.now());
  const captures = made.inputs.map(({ url }) => url).filter((url) => url.startsWith('/'));
  checkOutputs(captures, { option: '--plan-file', path: planFile });
  const file = await openOutput({ path: planFile, mode: 'replace' });
  try {
    await file.add(text);
    await file.close();
  } finally {
    file.abandon();
  }
  if (planFile !== '-')
    await print((['map', 'reduce', 'merge'] as const).map((stage) => `${stage} ${jobsOf(made, stage)}\n`).join(''));
  return EXIT_OK;
}
