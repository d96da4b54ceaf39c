/** Runs the reading of captures on the command line: outputs are opened, written and closed, problems are reported. */
import { fstatSync, statSync } from 'node:fs';
import type { FileFeed } from '../reader/flow_feed.ts';
import { captureNotes } from '../reader/capture_notes.ts';
import { printError, warn } from './print_error.ts';
import { EXIT_OK, EXIT_PART } from './exit.ts';
import { workingOn } from './exit_guard.ts';
import type { Writer } from './flow_options.ts';
import type { FlowFormat } from './format_traits.ts';
import { Interruption } from './interrupt.ts';
import { openPlanned, unwritten } from './output.ts';
import type { Output, RunOutput } from './output.ts';
import { openStats, plannedStats, writeStats } from './stats_output.ts';
import type { Call, StatsOutput, StatsValues } from './stats_output.ts';
import { isTerminal } from './terminal_device.ts';
import type { RunWatch, WatchedRun } from './watch/run_watch.ts';
import { say } from './standard_streams.ts';

const STDOUT = 1;
const STDERR = 2;

export interface ReadRun {
  readonly call: Call;
  readonly files: readonly string[];
  readonly write: Writer;
  readonly outputs: readonly [RunOutput, ...RunOutput[]];
  readonly stats: StatsValues;
  /** Undefined: nobody looks. */
  readonly watch: RunWatch | undefined;
  readonly format: FlowFormat;
  readonly progress: boolean;
  /** The capture grows: flows are written as they end, and a signal is its normal end. */
  readonly follow?: boolean;
}

/** Gives the exit status. @throws {FParserError} when nothing can be read or an output cannot be written */
export async function runRead(reader: FileFeed, run: ReadRun): Promise<number> {
  const { outputs, watch } = run;
  let output: Output | undefined;
  const stats = plannedStats(run.stats, false);
  let unwatch = (): void => {};
  const interruption = new Interruption({
    stop: () => reader.stop(),
    unwritten: () => unwritten([...outputs, stats]),
    atHangup: 'abandon',
  });
  try {
    workingOn('opening the captures');
    await reader.start();
    workingOn('opening the output');
    output = await openPlanned(outputs[0], interruption.signal);
    await openStats(stats, interruption.signal);
    if (watch !== undefined) await watch.begin(await watchedRun(reader, outputs, stats));
    if (run.progress && (await isTerminal(STDERR))) unwatch = await watchProgress(reader, run);
    workingOn('reading and writing flows');
    await run.write(reader, output, run.follow);
    workingOn('writing the end of the output');
    unwatch();
    reader.close();
    await output.close();
    watch?.end();
    await reportFigures(reader, run, output, stats);
    return await reportEnd(reader, interruption.happened && run.follow !== true);
  } finally {
    unwatch();
    watch?.end();
    reader.close();
    output?.abandon();
    stats.output?.abandon();
    interruption.end();
  }
}

/** Draws a bar where it disturbs nobody. Call the returned function to remove it. */
async function watchProgress(reader: FileFeed, { files, outputs, format }: ReadRun): Promise<() => void> {
  const { isBarWelcome, watch } = await import('./progress.ts');
  return isBarWelcome(outputs[0].plan.path, format, fstatSync(STDOUT))
    ? watch(reader, totalSize(files))
    : () => undefined;
}

/** The code of the figures is loaded when somebody looks. */
async function watchedRun(
  reader: FileFeed,
  outputs: readonly RunOutput[],
  { output }: StatsOutput,
): Promise<WatchedRun> {
  const { statistics } = await import('./summary.ts');
  return { figures: () => statistics(reader, outputs), failure: () => reader.failure, stats: output };
}

async function reportFigures(
  reader: FileFeed,
  { call, outputs, format }: ReadRun,
  output: Output,
  stats: StatsOutput,
): Promise<void> {
  // A table is followed by a summary.
  const isTable = format === 'table';
  if (!stats.isWanted && !isTable) return;
  const { statistics, readSummary } = await import('./summary.ts');
  await writeStats(call, () => statistics(reader, outputs), stats);
  if (isTable && !output.gone) say(readSummary(reader));
}

async function reportEnd(reader: FileFeed, interrupted: boolean): Promise<number> {
  for (const { message } of reader.problems) await printError(message);
  for (const note of captureNotes(reader.engine)) warn(note);
  if (reader.problemsOmitted > 0) say(`pcapflow: and ${reader.problemsOmitted} more problems\n`);
  if (interrupted) {
    const { packetsSeen } = reader.engine.counters();
    say(`pcapflow: interrupted after ${packetsSeen} packets; the flows up to there are written\n`);
  }
  return interrupted || reader.problems.length > 0 ? EXIT_PART : EXIT_OK;
}

/** Bytes of all files on disk; undefined when one of them is something else. */
function totalSize(files: readonly string[]): number | undefined {
  let total = 0;
  for (const file of files) {
    const stat = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) return undefined;
    total += stat.size;
  }
  return total;
}
