/** `pcapflow read`: captures in, flows out. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ValuesAt } from '../../options/table.ts';
import { engineOptionsOf } from '../../reader/options.ts';
import { openReader } from '../../reader/open_reader.ts';
import { checkInput } from '../../source/file/open.ts';
import { complain, warn } from '../complain.ts';
import { EXIT_OK, EXIT_PART } from '../exit.ts';
import { chosenFormat, flowSettings } from '../flow_options.ts';
import type { Writer } from '../flow_options.ts';
import { Output } from '../output.ts';
import { ownerChoice } from '../owner_options.ts';

/** What is asked to stop writes what it has. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

type ReadValues = ValuesAt<'read'>;

export async function read(values: ReadValues, operands: readonly string[]): Promise<number> {
  const files = operands.length === 0 ? ['-'] : operands;
  for (const file of files) checkInput(file);
  checkOutputs(files, values);
  const chosen = chosenFormat(values);
  const { format } = chosen;
  const write = await writer(chosen, values);
  const reader = await openReader(files, engineOptionsOf(flowSettings(values), values.blockSize), values.filter, warn);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    reader.stop();
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  let unwatch = (): void => {};
  let output: Output | undefined;
  let statsOutput: Output | undefined;
  try {
    await reader.start();
    output = new Output(values.output);
    statsOutput = values.stats === undefined || values.stats === '-' ? undefined : new Output(values.stats);
    if (!values.noProgress && process.stderr.isTTY === true)
      unwatch = (await import('../progress.ts')).watch(reader, totalSize(files));
    await write(reader, output);
  } finally {
    unwatch();
    for (const signal of SIGNALS) process.off(signal, interrupt);
    reader.close();
    await output?.close();
  }
  if (values.stats !== undefined || format === 'table') {
    const { statistics, summary } = await import('../summary.ts');
    if (values.stats !== undefined) await writeStatistics(statsOutput, `${JSON.stringify(statistics(reader))}\n`);
    if (format === 'table' && output?.gone !== true) process.stderr.write(summary(reader.engine.counters()));
  }
  for (const { message } of reader.problems) await complain(message);
  if (reader.problemsOmitted > 0) process.stderr.write(`pcapflow: and ${reader.problemsOmitted} more problems\n`);
  if (interrupted) {
    process.stderr.write(
      `pcapflow: interrupted after ${reader.engine.counters().packetsSeen} packets; the flows up to there are written\n`,
    );
  }
  return interrupted || reader.problems.length > 0 ? EXIT_PART : EXIT_OK;
}

/** The look-up of owners is loaded when it is asked for. */
async function writer(
  { format, fields, loadWriter }: ReturnType<typeof chosenFormat>,
  values: ReadValues,
): Promise<Writer> {
  const owner = ownerChoice(values);
  if (owner === undefined || format === 'none') return loadWriter();
  return (await import('../write_annotated.ts')).ownedWriter(format, fields, owner);
}

/** An output that is also an input, or the other output, would destroy it. @throws {RangeError} */
function checkOutputs(files: readonly string[], { output, stats }: ReadValues): void {
  const written = [
    ['--output', output],
    ['--stats', stats],
  ] as const;
  const taken = new Map(files.filter((file) => file !== '-').map((file) => [identity(file), file]));
  for (const [option, path] of written) {
    if (path === undefined || path === '-') continue;
    const other = taken.get(identity(path));
    if (other !== undefined) throw new RangeError(`${option} ${path} is the same file as ${other}; name another`);
    taken.set(identity(path), path);
  }
}

/** The same for two names of one regular file. */
function identity(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? `${stat.dev}:${stat.ino}` : `no file yet: ${resolve(path)}`;
}

/** Bytes of all files on disk; undefined when one of them is a pipe. */
function totalSize(files: readonly string[]): number | undefined {
  let total = 0;
  for (const file of files) {
    const stat = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) return undefined;
    total += stat.size;
  }
  return total;
}

async function writeStatistics(output: Output | undefined, text: string): Promise<void> {
  if (output === undefined) {
    process.stderr.write(text);
    return;
  }
  await output.add(text);
  await output.close();
}
