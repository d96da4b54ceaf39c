/** The options of `read` that a plan can have, and what its stages need of them. */
import { createHash } from 'node:crypto';
import { CONFIG_HASH_KEY_WORDS } from '../../assembly/layout.ts';
import { engineBytes } from '../engine/load.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { RowStage } from '../engine/row_stage.ts';
import { placedFields, planSides } from '../engine/side_records.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { groupOption, wantsIdentity } from '../flow/groups.ts';
import { checkOptions } from '../options/check.ts';
import { defaultOf } from '../options/option.ts';
import { checkPreset } from '../options/presets.ts';
import { optionsAt } from '../options/table.ts';
import type { ValuesAt } from '../options/table.ts';
import { derivedWriter } from '../query/derived.ts';
import { timeWindow } from '../query/time_window.ts';
import { compileWhere } from '../query/where.ts';
import { engineOptionsOf } from '../reader/engine_options.ts';
import { createFilterFactory } from '../reader/filter_maker.ts';
import { unknownName } from '../text/nearest.ts';
import { partPlan } from './part_format.ts';
import type { PartPlan } from './part_format.ts';
import type { Plan, PlanValue } from './plan.ts';

/** Flows that a bucket can have at a time are those of `maxFlows`. */
const PLANNED_OPTIONS = [
  'format',
  'fields',
  'where',
  'timeFormat',
  'filter',
  'from',
  'to',
  'flowTimeout',
  'finTimeout',
  'activeTimeout',
  'unidirectional',
  'fragments',
  'decapsulate',
  'maxFlows',
  'snaplen',
  'order',
  'checksums',
  'with',
  'preset',
  'serverPorts',
  'localNets',
  'idleThreshold',
  'payloadOnly',
  'communityIdSeed',
  'uniflow',
  'observationDomain',
  'binaryAddresses',
] as const;

/** Of all options those that are not at their defaults. */
export function plannedValues(values: Partial<ValuesAt<'read'>>): Record<string, PlanValue> {
  const given: Record<string, PlanValue> = {};
  for (const option of optionsAt('read')) {
    const name = PLANNED_OPTIONS.find((one) => one === option.name);
    const value = name === undefined ? undefined : values[name];
    if (name !== undefined && value !== undefined && value !== defaultOf(option, 'read')) given[name] = value;
  }
  return given;
}

/** What the stages of a plan need of its options. */
export interface PlanSettings {
  /** How the flows are written. */
  readonly part: PartPlan;
  readonly engine: EngineOptions;
  readonly filter: string | undefined;
  readonly order: 'time' | 'given';
  /** For the rows of an engine; undefined: all of them are wanted. */
  stage(): RowStage | undefined;
}

/**
 * @throws {TypeError | RangeError} for an option that is not known, has a wrong value, or has no place in a plan
 * @throws {FParserError} for a filter that is wrong
 */
export async function planSettings(plan: Pick<Plan, 'options'>): Promise<PlanSettings> {
  const unknown = Object.keys(plan.options).find((name) => !PLANNED_OPTIONS.some((one) => one === name));
  if (unknown !== undefined)
    throw new RangeError(unknownName('option', unknown, PLANNED_OPTIONS, 'a plan has no such'));
  const values = checkOptions('read', plan.options);
  const { where, filter, order, from, to } = values;
  const part = partPlan(values);
  const direction = values.unidirectional ? 'uni' : 'bi';
  checkPreset({ preset: part.preset, direction });
  if (wantsIdentity(part.groups))
    throw new RangeError(
      '--with identify learns from flows of other addresses, which a plan divides; use pcapflow read',
    );
  const window = timeWindow(from, to, ['--from', '--to']);
  if (window?.from?.relative === true || window?.to?.relative === true)
    throw new RangeError('--from and --to of a plan are times of their own, not counted from the first packet');
  const engine: EngineOptions = {
    ...engineOptionsOf({ ...values, direction, with: part.groups, preset: part.preset }),
    derived: part.derived,
    window,
  };
  const scope = {
    groups: part.groups,
    identity: undefined,
    placed: (some: readonly FieldDefinition[]) => placedFields(some, engine),
    remedy: (group: string) => groupOption(group, 'command'),
  };
  const keeps = where === undefined ? undefined : compileWhere(where, scope);
  const { derivedAt } = planSides(engine);
  const complete = derivedAt === undefined ? undefined : derivedWriter(derivedAt);
  const isStaged = keeps !== undefined || complete !== undefined;
  // Compiled here, so that a wrong one is found before anything is read.
  await createFilterFactory(filter, () => undefined);
  return { part, engine, filter, order, stage: () => (isStaged ? { keeps, complete, leftOut: 0 } : undefined) };
}

/**
 * The key of all engines of a plan, which must agree on buckets. Of the inputs alone, so that the same ones give the
 * same parts; who sends packets cannot know it beforehand.
 */
export function hashKeyOf({ inputs }: Plan): Uint32Array {
  const digest = createHash('sha512').update(JSON.stringify(inputs)).digest();
  return Uint32Array.from({ length: CONFIG_HASH_KEY_WORDS }, (_, n) => digest.readUInt32LE(4 * n));
}

let digest: string | undefined;

/** SHA-256 of this build's engine. */
export function engineDigest(): string {
  digest ??= createHash('sha256').update(engineBytes()).digest('hex');
  return digest;
}
