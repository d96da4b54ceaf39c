/** Where flows go: one output or several, files that are rotated or not. */
import { resolve } from 'node:path';
import type { WithName } from '../flow/groups.ts';
import { groupsOfFormat, hasDirectionTimes } from '../options/presets.ts';
import type { ValuesAt } from '../options/table.ts';
import { networkOptions } from './binary_formats.ts';
import { chosenFormat, loadWriter, settledValues } from './flow_options.ts';
import type { ChosenFormat, Writer, WriterSources } from './flow_options.ts';
import { isConnLog } from './fixed_formats.ts';
import { FORMAT_TRAITS } from './format_traits.ts';
import { networkAddress } from './network_address.ts';
import { kafkaAddress } from './kafka/kafka_address.ts';
import type { OutputPlan, RunOutput } from './output.ts';
import { OutputCounters } from './output_counters.ts';
import type { OutputKind } from './output_counters.ts';
import { isStandardOutput } from './output_target.ts';
import type { WriteMode } from './output_target.ts';
import type { Written } from './same_file.ts';
import type { FurtherOutput } from './write_several.ts';

/** Values of any command that writes flows. */
export type OutputValues = Parameters<typeof chosenFormat>[0] &
  Pick<ValuesAt<'read'>, 'rotate' | 'append' | 'preset' | 'unidirectional'>;

export interface PlannedOutputs {
  readonly write: Writer;
  /** The first one is opened by who runs the capture, the others by `write`. */
  readonly outputs: readonly [RunOutput, ...RunOutput[]];
}

/** How the command writes: whether the capture has no end, and what becomes of a file that is there. */
export interface OutputHabit {
  readonly isEndless: boolean;
  readonly mode: WriteMode;
}

/** A format with what was asked for. */
export interface Asked {
  readonly values: OutputValues;
  readonly chosen: ChosenFormat;
}

/** The file that flows go to, for checkOutputs. */
export function writtenFile({ output }: Pick<OutputValues, 'output'>): Written {
  return { option: '--output', path: output };
}

/**
 * The further outputs, checked.
 * @throws {RangeError} for one that does not go together with the first
 */
export async function furtherOutputs(first: OutputValues, further: readonly OutputValues[]): Promise<readonly Asked[]> {
  if (further.length === 0 && first.rotate === undefined) return [];
  const { owner = false, process: byProcess = false, with: groups = [], sort, top, by } = first;
  const what = further.length === 0 ? '--rotate' : 'more than one output';
  if (owner || byProcess) throw new RangeError(`${what} cannot have --owner and --process; leave them out`);
  if (sort !== undefined || top !== undefined || by !== undefined)
    throw new RangeError(`${what} cannot have --sort, --top and --by; leave them out`);
  if ([first, ...further].filter(goesToStandardOutput).length > 1)
    throw new RangeError('two outputs cannot both go to standard output; add --output FILE behind the --format of one');
  await checkManifests([first, ...further]);
  const asked: Asked[] = [];
  for (const given of further) {
    if (isConnLog(given.format) && first.preset !== 'zeek')
      throw new RangeError(
        `--format ${given.format} changes how flows are made, for all outputs; make it the first one, or add --preset zeek`,
      );
    const values = settledValues({ ...given, preset: first.preset, with: groups });
    checkColumns(first, values);
    asked.push({ values, chosen: await chosenFormat(values) });
  }
  return asked;
}

/** @throws {RangeError} for outputs that would list their files, and count them, in one place */
async function checkManifests(all: readonly OutputValues[]): Promise<void> {
  const templates = all.flatMap(({ rotate, output }) => (rotate === undefined || output === undefined ? [] : [output]));
  if (templates.length < 2) return;
  const { FileName } = await import('./rotation/file_name.ts');
  const taken = new Map<string, string>();
  for (const template of templates) {
    const { manifest } = new FileName(template);
    const other = taken.get(resolve(manifest));
    if (other !== undefined)
      throw new RangeError(
        `--output ${other} and ${template} would share ${manifest}; let them differ before the first '%'`,
      );
    taken.set(resolve(manifest), template);
  }
}

function goesToStandardOutput({ format, output }: OutputValues): boolean {
  return format !== 'none' && isStandardOutput(output);
}

/** @throws {RangeError} when the flows do not have what the columns are made of */
function checkColumns(first: OutputValues, { format }: OutputValues): void {
  if (hasDirectionTimes(format) && !hasDirectionTimes(first.format))
    throw new RangeError(`--format ${format} needs times of each direction; make it the first one`);
  if (format !== 'cic') return;
  const needed = groupsOfFormat(format);
  const has = new Set<WithName>([...(first.with ?? []), ...groupsOfFormat(first.format)]);
  if (!needed.every((group) => has.has(group)))
    throw new RangeError(`--format cic needs groups of fields; make it the first one, or add --with ${needed.join()}`);
}

/** Loads the writers of all outputs. @throws {RangeError} for what does not go together */
export async function planOutputs(
  first: Asked,
  others: readonly Asked[],
  sources: WriterSources,
  habit: OutputHabit,
): Promise<PlannedOutputs> {
  const isShared = habit.isEndless && others.length > 0;
  const planned = await planOutput(first, sources, habit, isShared);
  const output: RunOutput = { plan: planned.plan };
  if (others.length === 0) return { write: planned.write, outputs: [output] };
  const further: FurtherOutput[] = [];
  for (const other of others) {
    const { write, plan } = await planOutput(other, { query: sources.query }, habit, isShared);
    further.push({ write, output: { plan } });
  }
  const { severalWriter } = await import('./write_several.ts');
  return {
    write: severalWriter(planned.write, further),
    outputs: [output, ...further.map((one) => one.output)],
  };
}

async function planOutput(
  { values, chosen }: Asked,
  sources: WriterSources,
  { isEndless, mode }: OutputHabit,
  isShared: boolean,
): Promise<{ readonly write: Writer; readonly plan: OutputPlan }> {
  const { output: path, append, rotate } = values;
  const { format } = chosen;
  const counters = format === 'none' ? undefined : new OutputCounters(format, kindOf(values));
  const topic = kafkaAddress(path);
  const network = topic === undefined ? networkOptions(format, values, isEndless) : { address: topic, isEndless };
  const write = await loadWriter(chosen, sources);
  const { parts, heading, isWhole } = FORMAT_TRAITS[format];
  if (rotate === undefined)
    return {
      write,
      plan: {
        path,
        mode: append ? 'append' : mode,
        isRaw: format !== 'table',
        network: network === undefined || counters === undefined ? undefined : { ...network, isShared, counters },
        counters,
        heading,
        isWhole,
      },
    };
  if (path === undefined || path === '-' || network !== undefined)
    throw new RangeError('--rotate needs files; add --output with a template, as flows-%Y%m%dT%H%M%SZ-%i.jsonl');
  if (append) throw new RangeError('--rotate begins new files; leave out --append');
  if (parts === null || counters === undefined)
    throw new RangeError(`--rotate needs a format for programs, not ${format}; add --format jsonl or parquet`);
  const [{ rotatingWriter }, { rotationLimits }] = await Promise.all([
    import('./rotation/rotating_writer.ts'),
    import('./rotation/limits.ts'),
  ]);
  const rotation = {
    template: path,
    limits: rotationLimits(rotate),
    kind: parts,
    hasTitles: heading === 'line',
    isEndless,
    counters,
  } as const;
  return { write: rotatingWriter(write, rotation), plan: { path: undefined, mode, isNone: true, counters } };
}

function kindOf({ output, rotate }: OutputValues): OutputKind {
  if (rotate !== undefined) return 'files';
  if (kafkaAddress(output) !== undefined) return 'topic';
  switch (networkAddress(output)?.protocol) {
    case 'udp':
      return 'datagrams';
    case 'tcp':
      return 'connection';
    default:
      return 'file';
  }
}
