/** Output of `--stats`: a file, or standard error for `-`. */
import { defaultOf, flagOf } from '../options/option.ts';
import type { CommandName } from '../options/option.ts';
import { commandOptions } from '../options/command_options.ts';
import type { ValuesAt } from '../options/table.ts';
import { openPlanned } from './output.ts';
import type { RunOutput } from './output.ts';
import type { RunWatch, WatchValues } from './watch/run_watch.ts';

export type StatsValues = Pick<ValuesAt<'read'>, 'stats' | 'statsEvery'>;

/** Where the counters go; its output stays undefined where that is standard error. */
export interface StatsOutput extends RunOutput {
  readonly isWanted: boolean;
  /** Lines are added while the capture runs. */
  readonly isLog: boolean;
}

/** @param endless rights may be given up before the end: a new file could not get its name any more */
export function plannedStats({ stats, statsEvery }: StatsValues, endless: boolean): StatsOutput {
  const isLog = statsEvery !== undefined;
  const path = stats === '-' ? undefined : stats;
  return {
    plan: { path, mode: endless || isLog ? 'inPlace' : 'replace' },
    isWanted: stats !== undefined || isLog,
    isLog,
  };
}

/** Loads what shows a run while it works; undefined: nobody looks. @throws {RangeError} as `runWatch` */
export async function openWatch(values: WatchValues): Promise<RunWatch | undefined> {
  const isWanted = values.metrics !== undefined || values.statsEvery !== undefined;
  return isWanted ? (await import('./watch/run_watch.ts')).runWatch(values) : undefined;
}

/** @throws {FParserError} */
export async function openStats(stats: StatsOutput, signal: AbortSignal): Promise<void> {
  if (!stats.isWanted) return;
  // When they are written, rights may have been given up, and with them those to read the program.
  (await import('../write/version.ts')).version();
  if (stats.plan.path !== undefined) await openPlanned(stats, signal);
}

/** What was run. */
export interface Call {
  readonly command: CommandName;
  /** Files or interfaces. */
  readonly inputs: readonly string[];
  /** Of all options of the command. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Options that are not as they are by default, by their names on the command line. */
async function givenOptions({ command, values }: Call): Promise<object> {
  const options = await commandOptions(command);
  const given = options.filter((option) => values[option.name] !== defaultOf(option, command));
  return Object.fromEntries(given.map((option) => [flagOf(option), values[option.name]]));
}

/**
 * One JSON object on a line: version, command, inputs and options, then the figures. In a log it has a time as well.
 * @throws {OutputError}
 */
export async function writeStats(call: Call, figures: () => object, stats: StatsOutput): Promise<void> {
  const { output, isWanted, isLog } = stats;
  if (!isWanted) return;
  const { command, inputs } = call;
  const { version } = await import('../write/version.ts');
  const options = await givenOptions(call);
  const time = isLog ? { time: new Date().toISOString() } : {};
  const line = `${JSON.stringify({ ...time, version: version(), command, inputs, options, ...figures() })}\n`;
  if (output === undefined) {
    return (await import('./print.ts')).printToStandardError(line);
  }
  await output.add(line);
  await output.close();
}
