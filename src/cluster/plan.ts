/**
 * A plan: everything that the machines of a cluster must agree on, in one file that is never changed. The stages of a
 * plan are `map` (one job for each run of inputs: its packets are decoded and divided among buckets by their address
 * pairs), `reduce` (one job for each bucket: its packets become flows) and `merge` (one job: results are checked and
 * published). A job is a stage and an index below `jobsOf`; doing it twice, or at two places, gives the same bytes.
 *
 * A plan may come from anywhere, so nothing in it is believed before `parsePlan` has checked it. A job is done by
 * `runStage(plan, stage, index, { signal, onProgress })` of stages.ts, which reads and writes through a Storage.
 */
import { createHash } from 'node:crypto';
import { FParserError, messageOf } from '../errors.ts';

export type Stage = 'map' | 'reduce' | 'merge';

/** Of an input that is damaged, missing or changed: the job fails, none of it counts, or what can be read does. */
export type BadFilePolicy = 'fail' | 'skip' | 'partial';
const BAD_FILE_POLICIES: readonly BadFilePolicy[] = ['fail', 'skip', 'partial'];

const BUCKETS_MAX = 4096;
/** So many files have numbers in the order of packets. */
const INPUTS_MAX = 2 ** 19;

export interface PlanInput {
  /** Absolute path, or `s3://bucket/name`. */
  readonly url: string;
  /** Bytes when it was planned. */
  readonly size: number;
  /** See StoredObject. */
  readonly tag: string;
  /** Inputs of one group are merged by packet time; a group is read to its end before the next one begins. */
  readonly group: number;
  /** Time of its first packet, nanoseconds since the epoch; null when it has none, or cannot be read. */
  readonly firstNs: string | null;
}

/** Value of an option of `read`. */
export type PlanValue = string | number | boolean | readonly string[];

export interface Plan {
  readonly version: 1;
  /** SHA-256 of the engine that decodes: another one may give other flows. */
  readonly engine: string;
  /** In the order in which packets of equal time are taken. */
  readonly inputs: readonly PlanInput[];
  /** Inputs of each map job, by number; each input is in one. The largest ones come first. */
  readonly runs: readonly (readonly number[])[];
  /** Reduce jobs. 1..4096. */
  readonly buckets: number;
  /** Absolute path of a folder, or `s3://bucket/prefix`. */
  readonly output: string;
  /** Options of `read` that are not at their defaults. */
  readonly options: Readonly<Record<string, PlanValue>>;
  readonly onBadFile: BadFilePolicy;
  /** The flows are one output, in the order of one serial read. */
  readonly ordered: boolean;
  /** Makes this plan another one than the same without it: a wanted second run. Empty: nothing. */
  readonly again: string;
}

/** What a plan may name. */
export interface PlanLimits {
  /** Folders, or `s3://` prefixes, below which inputs and output must be. None: they may be anywhere. */
  readonly roots?: readonly string[];
}

/** Jobs of a stage. */
export function jobsOf(plan: Plan, stage: Stage): number {
  return stage === 'map' ? plan.runs.length : stage === 'reduce' ? plan.buckets : 1;
}

/** The text of a plan: the same plan has the same text. */
export function planText(plan: Plan): string {
  const { version, engine, inputs, runs, buckets, output, options, onBadFile, ordered, again } = plan;
  const sorted = Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  const lines = inputs.map(({ url, size, tag, group, firstNs }) => JSON.stringify({ url, size, tag, group, firstNs }));
  const rest = { runs, buckets, output, options: sorted, onBadFile, ordered, again };
  const head = JSON.stringify({ version, engine }).slice(0, -1);
  return `${head},"inputs":[\n${lines.join(',\n')}\n],${JSON.stringify(rest).slice(1)}\n`;
}

const ids = new WeakMap<Plan, string>();

/** SHA-256 of the plan, 64 hexadecimal digits. `ordered` only decides how flows are written: see jobId. */
export function planId(plan: Plan): string {
  let id = ids.get(plan);
  if (id === undefined) {
    id = createHash('sha256')
      .update(planText({ ...plan, ordered: false }))
      .digest('hex');
    ids.set(plan, id);
  }
  return id;
}

/** Name of a job: the same name is the same work with the same result. Letters, digits and `-`. */
export function jobId(plan: Plan, stage: Stage, index: number): string {
  // What map does is the same for both.
  const ordered = plan.ordered && stage !== 'map' ? '-ordered' : '';
  return `${planId(plan).slice(0, 32)}-${stage}${ordered}-${String(index).padStart(5, '0')}`;
}

/**
 * Checks a plan that was read from somewhere.
 * @param name of where it comes from, for messages
 * @throws {RangeError} for anything that is not a plan, or names what it may not: with the place and the remedy
 */
export function parsePlan(text: string, name: string, limits: PlanLimits = {}): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RangeError(`${name} is not a plan: ${messageOf(error)}; make one with pcapflow plan`);
  }
  const wrong = (what: string): RangeError => new RangeError(`${name} is not a plan that can be run: ${what}`);
  return checkPlan(value, limits, wrong);
}

type Wrong = (what: string) => RangeError;

const FIELDS = 'version engine inputs runs buckets output options onBadFile ordered again'.split(' ');
const INPUT_FIELDS = 'url size tag group firstNs'.split(' ');

function checkPlan(value: unknown, limits: PlanLimits, wrong: Wrong): Plan {
  const plan = record(value, FIELDS, 'it', wrong);
  if (plan.version !== 1) throw wrong(`version is ${shown(plan.version)}; this pcapflow knows version 1`);
  const { engine, buckets, output, onBadFile, ordered, again } = plan;
  if (typeof engine !== 'string' || !/^[0-9a-f]{64}$/.test(engine)) throw wrong('engine is not a SHA-256');
  if (!isInteger(buckets, 1, BUCKETS_MAX))
    throw wrong(`buckets is ${shown(buckets)}; 1 to ${BUCKETS_MAX} are possible`);
  if (typeof ordered !== 'boolean') throw wrong(`ordered is ${shown(ordered)}; true or false is expected`);
  if (typeof again !== 'string' || !/^[0-9a-zA-Z]{0,64}$/.test(again))
    throw wrong(`again is ${shown(again)}; letters and digits are expected`);
  if (!BAD_FILE_POLICIES.includes(onBadFile as BadFilePolicy))
    throw wrong(`onBadFile is ${shown(onBadFile)}; one of ${BAD_FILE_POLICIES.join(', ')} is expected`);
  const inputs = list(plan.inputs, 'inputs', wrong).map((input, n) => checkInput(input, n, limits, wrong));
  if (inputs.length === 0 || inputs.length > INPUTS_MAX)
    throw wrong(`it has ${inputs.length} inputs; 1 to ${INPUTS_MAX} are possible`);
  inputs.forEach(({ group }, n) => {
    const before = inputs[n - 1]?.group ?? 0;
    if (group < before || group > before + 1) throw wrong(`inputs[${n}].group is ${group} behind ${before}`);
  });
  return {
    version: 1,
    engine,
    inputs,
    runs: checkRuns(plan.runs, inputs.length, wrong),
    buckets,
    output: checkUrl(output, 'output', limits, wrong),
    options: checkOptions(plan.options, wrong),
    onBadFile: onBadFile as BadFilePolicy,
    ordered,
    again,
  };
}

function checkInput(value: unknown, n: number, limits: PlanLimits, wrong: Wrong): PlanInput {
  const place = `inputs[${n}]`;
  const { url, size, tag, group, firstNs } = record(value, INPUT_FIELDS, place, wrong);
  if (!isInteger(size, 0, Number.MAX_SAFE_INTEGER)) throw wrong(`${place}.size is ${shown(size)}; bytes are expected`);
  if (typeof tag !== 'string' || !/^[\x20-\x7e]{1,200}$/.test(tag)) throw wrong(`${place}.tag is ${shown(tag)}`);
  if (!isInteger(group, 0, INPUTS_MAX)) throw wrong(`${place}.group is ${shown(group)}`);
  if (firstNs !== null && (typeof firstNs !== 'string' || !/^\d{1,20}$/.test(firstNs) || BigInt(firstNs) >= 2n ** 64n))
    throw wrong(`${place}.firstNs is ${shown(firstNs)}; nanoseconds since the epoch are expected`);
  return { url: checkUrl(url, `${place}.url`, limits, wrong), size, tag, group, firstNs };
}

function checkRuns(value: unknown, inputs: number, wrong: Wrong): number[][] {
  const seen = new Set<number>();
  const runs = list(value, 'runs', wrong).map((run, n) =>
    list(run, `runs[${n}]`, wrong).map((input) => {
      if (!isInteger(input, 0, inputs - 1) || seen.has(input))
        throw wrong(`runs[${n}] has ${shown(input)}; each number below ${inputs} is expected once in all runs`);
      seen.add(input);
      return input;
    }),
  );
  if (seen.size !== inputs) throw wrong(`its runs have ${seen.size} of ${inputs} inputs`);
  return runs;
}

/** Their names and ranges are checked by who uses them: see options.ts. */
function checkOptions(value: unknown, wrong: Wrong): Record<string, PlanValue> {
  const options = record(value, undefined, 'options', wrong);
  for (const [name, one] of Object.entries(options)) {
    const isList = Array.isArray(one) && one.every((part) => typeof part === 'string');
    if (!isList && !['string', 'number', 'boolean'].includes(typeof one))
      throw wrong(`options.${name} is ${shown(one)}; text, a number, true, false or a list of texts is expected`);
  }
  return options as Record<string, PlanValue>;
}

/** An absolute path or the URL of an object, without a way out of its folder. */
function checkUrl(value: unknown, place: string, { roots }: PlanLimits, wrong: Wrong): string {
  const isUrl = typeof value === 'string' && /^(?:\/|s3:\/\/[a-z0-9][a-z0-9.-]{1,62}(?:\/|$))/.test(value);
  if (!isUrl) throw wrong(`${place} is ${shown(value)}; an absolute path or s3://bucket/name is expected`);
  if (/[\u0000-\u001f\u007f]/.test(value) || value.length > 4096)
    throw wrong(`${place} has control characters, or is longer than 4096`);
  const parts = value.replace(/^s3:\//, '').split('/');
  if (parts.some((part) => part === '..' || part === '.'))
    throw wrong(`${place} is ${shown(value)}; '.' and '..' are not allowed in it`);
  if (roots !== undefined && !roots.some((root) => isBelow(value, root)))
    throw wrong(`${place} is ${shown(value)}, which is not below ${roots.join(' or ')} (--root)`);
  return value;
}

/** Whether it is a root, or in it. */
export function isBelow(url: string, root: string): boolean {
  const folder = root.replace(/\/+$/, '');
  return url === folder || url.startsWith(`${folder}/`);
}

function record(value: unknown, fields: readonly string[] | undefined, place: string, wrong: Wrong): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${place} is not an object`);
  const names = Object.keys(value);
  const unknown = fields === undefined ? undefined : names.find((name) => !fields.includes(name));
  if (unknown !== undefined) throw wrong(`${place} has ${shown(unknown)}, which is not known`);
  const missing = fields?.find((name) => !names.includes(name));
  if (missing !== undefined) throw wrong(`${place} has no ${missing}`);
  return value as Fields;
}

type Fields = Readonly<Record<string, unknown>>;

function list(value: unknown, place: string, wrong: Wrong): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(`${place} is not a list`);
  return value;
}

function isInteger(value: unknown, from: number, to: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to;
}

/** A value in a message, cut. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** @throws {RangeError} for an index that the stage does not have @throws {FParserError} ERR_ENGINE: another build */
export function checkJob(plan: Plan, stage: Stage, index: number, engine: string): void {
  const jobs = jobsOf(plan, stage);
  if (!isInteger(index, 0, jobs - 1))
    throw new RangeError(`--index ${index}: stage ${stage} of this plan has the jobs 0 to ${jobs - 1}`);
  if (engine !== plan.engine)
    throw new FParserError(
      'ERR_ENGINE',
      'the plan was made by another build of pcapflow; use one build, or plan again',
    );
}
