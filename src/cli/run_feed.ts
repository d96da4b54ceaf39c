/** Runs a live capture or a replay on the command line: signals end it, what it had is written, and the figures are told. */
import type { FParserError } from '../errors.ts';
import { sanitizeText } from '../text/sanitize.ts';
import type { LiveReader } from '../reader/live_reader.ts';
import { complain } from './complain.ts';
import { EXIT_OK, EXIT_PART } from './exit.ts';
import type { Writer } from './flow_options.ts';
import { Output } from './output.ts';
import { liveStatistics, liveSummary } from './summary.ts';
import { STOP_SIGNALS } from './signals.ts';

export interface FeedRun {
  readonly write: Writer;
  readonly output: string | undefined;
  readonly stats: string | undefined;
  /** A signal is the usual way to end it. */
  readonly endless: boolean;
  /** Called when the capture is open: the moment to give up rights. */
  readonly opened?: () => void;
}

/** @throws {FParserError} when the capture cannot be opened or the output cannot be written */
export async function runFeed(
  reader: LiveReader,
  { write, output: path, stats, endless, opened }: FeedRun,
): Promise<number> {
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    reader.stop();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, interrupt);
  try {
    const output = new Output(path);
    const statsOutput = stats === undefined || stats === '-' ? undefined : new Output(stats);
    try {
      await reader.start();
      opened?.();
      if (endless) process.stderr.write(`pcapflow: listening on ${sanitizeText(reader.source.name)}\n`);
      await write(reader, output, true);
    } finally {
      await reader.close();
      await output.close();
    }
    if (stats !== undefined) await writeStatistics(reader, statsOutput);
    if (!output.gone) process.stderr.write(liveSummary(reader));
  } finally {
    // Also when there is no output: what is not closed keeps the process alive.
    await reader.close();
    for (const signal of STOP_SIGNALS) process.off(signal, interrupt);
  }
  for (const { message } of reader.problems) await complain(message);
  const isPart = endless
    ? reader.problems.some((problem) => isLoss(problem, reader))
    : interrupted || reader.problems.length > 0;
  return isPart ? EXIT_PART : EXIT_OK;
}

/** The capture, or one of its interfaces, was lost. Packets that were too many are in the counters and make no failure. */
function isLoss(problem: FParserError, { failure }: LiveReader): boolean {
  return problem === failure || problem.code === 'ERR_DEVICE_DOWN' || problem.code === 'ERR_NO_SUCH_DEVICE';
}

async function writeStatistics(reader: LiveReader, output: Output | undefined): Promise<void> {
  const text = `${JSON.stringify(liveStatistics(reader))}\n`;
  if (output === undefined) {
    process.stderr.write(text);
    return;
  }
  await output.add(text);
  await output.close();
}
