/**
 * Runs a live capture or a replay on the command line: signals end it, the remaining flows are written, and the
 * counters are reported.
 */
import type { FParserError } from '../errors.ts';
import { sanitizeText } from '../text/sanitize.ts';
import type { LiveReader } from '../reader/live_reader.ts';
import { captureNotes } from '../reader/capture_notes.ts';
import { printError, warn } from './print_error.ts';
import { EXIT_OK, EXIT_PART } from './exit.ts';
import { workingOn } from './exit_guard.ts';
import type { Writer } from './flow_options.ts';
import { Interruption } from './interrupt.ts';
import { LiveSignals } from './live_signals.ts';
import { openPlanned, unwritten } from './output.ts';
import type { Output, RunOutput } from './output.ts';
import { openStats, plannedStats, writeStats } from './stats_output.ts';
import type { Call, StatsValues } from './stats_output.ts';
import { liveStatistics, liveSummary } from './summary.ts';
import type { RunWatch } from './watch/run_watch.ts';
import { say } from './standard_streams.ts';

export interface FeedRun {
  readonly call: Call;
  readonly write: Writer;
  readonly outputs: readonly [RunOutput, ...RunOutput[]];
  readonly stats: StatsValues;
  /** Undefined: nobody looks. */
  readonly watch: RunWatch | undefined;
  /** It normally ends by a signal. */
  readonly endless: boolean;
  /** Called when the capture is open: the moment to drop privileges. */
  readonly opened?: () => void;
}

/** @throws {FParserError} when the capture cannot be opened or the output cannot be written */
export async function runFeed(reader: LiveReader, run: FeedRun): Promise<number> {
  const { endless, outputs, watch } = run;
  let output: Output | undefined;
  const stats = plannedStats(run.stats, endless);
  const interruption = new Interruption({
    stop: () => reader.stop(),
    unwritten: () => unwritten([...outputs, stats]),
    get atHangup() {
      return signals.atHangup;
    },
  });
  const signals = new LiveSignals(reader, stats.isLog && stats.plan.path !== undefined ? [...outputs, stats] : outputs);
  let flowsDropped = 0;
  try {
    workingOn('opening the output');
    output = await openPlanned(outputs[0], interruption.signal);
    await openStats(stats, interruption.signal);
    workingOn('opening the capture');
    await reader.start();
    await watch?.begin({
      figures: () => liveStatistics(reader, outputs),
      failure: () => reader.failure,
      stats: stats.output,
    });
    run.opened?.();
    if (endless) say(`pcapflow: listening on ${sanitizeText(reader.source.name)}\n`);
    workingOn('capturing and writing flows');
    await run.write(reader, output, true);
    workingOn('writing the end of the output');
    await reader.close();
    await output.close();
    watch?.end();
    await writeStats(run.call, () => liveStatistics(reader, outputs), stats);
    if (!output.gone) say(liveSummary(reader));
    for (const { message } of reader.problems) await printError(message);
    for (const note of captureNotes(reader.engine)) warn(note);
    // Who has stopped reading misses nothing.
    flowsDropped = output.gone ? 0 : reader.engine.flowsDropped;
    if (flowsDropped > 0)
      await printError(`${flowsDropped} flows are missing: they were dropped, because the output is slow`);
  } finally {
    // Also without output: an open capture keeps the process alive.
    await reader.close();
    watch?.end();
    output?.abandon();
    stats.output?.abandon();
    interruption.end();
    signals.end();
  }
  const flowsNotWritten = outputs.some(({ plan: { counters } }) => (counters?.flowsNotWritten ?? 0) > 0);
  const isPart = endless
    ? flowsDropped > 0 || flowsNotWritten || reader.problems.some((problem) => isLoss(problem, reader))
    : interruption.happened || reader.problems.length > 0;
  return isPart ? EXIT_PART : EXIT_OK;
}

/** The capture, or one of its interfaces, was lost. Dropped packets are in the counters and are not a failure. */
function isLoss(problem: FParserError, { failure }: LiveReader): boolean {
  return problem === failure || problem.code === 'ERR_DEVICE_DOWN' || problem.code === 'ERR_NO_SUCH_DEVICE';
}
