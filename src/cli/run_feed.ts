/** Runs a live capture or a replay on the command line: signals end it, what it had is written, and the figures are told. */
import { sanitizeText } from '../host/sanitize.ts';
import type { LiveReader } from '../live_reader.ts';
import { EXIT_OK, EXIT_PART } from './exit.ts';
import type { Writer } from './flow_options.ts';
import { Output } from './output.ts';
import { liveStatistics, liveSummary } from './summary.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
export async function runFeed(reader: LiveReader, { write, output: path, stats, endless, opened }: FeedRun): Promise<number> {
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    reader.stop();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const output = new Output(path);
  const statsOutput = stats === undefined || stats === '-' ? undefined : new Output(stats);
  try {
    await reader.start();
    opened?.();
    if (endless) process.stderr.write(`pcapflow: listening on ${sanitizeText(reader.source.name)}\n`);
    await write(reader, output, true);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    await reader.close();
    await output.close();
  }
  if (stats !== undefined) {
    const text = `${JSON.stringify(liveStatistics(reader))}\n`;
    if (statsOutput === undefined) process.stderr.write(text);
    else {
      await statsOutput.add(text);
      await statsOutput.close();
    }
  }
  if (!output.gone) process.stderr.write(liveSummary(reader));
  for (const problem of reader.problems) process.stderr.write(`pcapflow: ${problem.message}\n`);
  return reader.problems.length > 0 || (interrupted && !endless) ? EXIT_PART : EXIT_OK;
}
