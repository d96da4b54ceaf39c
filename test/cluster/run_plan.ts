/** Runs all jobs of a plan in this process, and reads the same captures with one engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROWS_MAX } from '../../assembly/layout.ts';
import { makePlan } from '../../src/cluster/make_plan.ts';
import type { PlanRequest } from '../../src/cluster/make_plan.ts';
import { jobsOf, parsePlan, planText } from '../../src/cluster/plan.ts';
import type { Plan, Stage } from '../../src/cluster/plan.ts';
import { planSettings } from '../../src/cluster/plan_options.ts';
import type { Manifest } from '../../src/cluster/results.ts';
import { runStage } from '../../src/cluster/stages.ts';
import type { EngineCounters } from '../../src/engine/counters.ts';
import { writeFieldProgram } from '../../src/engine/field_program.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { openReader } from '../../src/reader/open_reader.ts';

export interface PlanRun {
  readonly plan: Plan;
  readonly manifest: Manifest;
  /** Of all parts, one after the other. */
  readonly text: string;
}

export const STAGES: readonly Stage[] = ['map', 'reduce', 'merge'];

export async function planOf(inputs: readonly string[], request: Partial<PlanRequest>): Promise<Plan> {
  const output = request.output ?? '/nowhere';
  const options = { format: 'jsonl', maxFlows: 4096, ...request.options };
  const rest = { buckets: 2, onBadFile: 'partial', ordered: false, again: '' } as const;
  const plan = await makePlan(inputs, { ...rest, ...request, output, options }, () => undefined);
  return parsePlan(planText(plan), 'plan.json');
}

export async function runPlan(plan: Plan): Promise<PlanRun> {
  for (const stage of STAGES) for (let n = 0; n < jobsOf(plan, stage); n++) await runStage(plan, stage, n);
  return resultOf(plan);
}

export function resultOf(plan: Plan): PlanRun {
  const manifest = JSON.parse(readFileSync(join(plan.output, 'manifest.json'), 'utf8')) as Manifest;
  const text = manifest.parts.map(({ name }) => readFileSync(join(plan.output, name), 'utf8')).join('');
  return { plan, manifest, text };
}

/** What one engine gives, with the options of the plan. */
export async function readSerially(
  inputs: readonly string[],
  plan: Plan,
): Promise<{ readonly text: string; readonly counters: EngineCounters; readonly problems: readonly string[] }> {
  const { engine: options, part, filter, order, stage } = await planSettings(plan);
  const reader = await openReader(inputs, options, filter, () => undefined, order);
  const { engine } = reader;
  engine.stage = stage();
  let text = '';
  try {
    await reader.start();
    writeFieldProgram(engine.views.u8, jsonLines, engine.placed(part.fields ?? FLOW_FIELDS));
    while (await reader.advance())
      while (engine.closedCount > 0)
        text += engine.takeClosed(ROWS_MAX, (rows) => Buffer.from(engine.rowsText(rows)).toString('latin1'));
  } finally {
    reader.close();
  }
  return { text, counters: engine.counters(), problems: reader.problems.map(({ message }) => message) };
}

export function sorted(text: string): string {
  return text.split('\n').sort().join('\n');
}
