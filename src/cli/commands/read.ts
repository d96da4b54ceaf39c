/** `pcapflow read`: captures in, flows out. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { engineOptions } from '../../reader/options.ts';
import type { ReadOptions } from '../../reader/options.ts';
import { openReader } from '../../reader/open_reader.ts';
import { checkInput } from '../../source/file/open.ts';
import { complain, warn } from '../complain.ts';
import { EXIT_OK, EXIT_PART } from '../exit.ts';
import { chosenFormat, FLOW_OPTIONS, FLOW_USAGE, flowOptions, given, numberOption } from '../flow_options.ts';
import type { ChosenFields, Writer } from '../flow_options.ts';
import { Output } from '../output.ts';
import { OWNER_OPTIONS, OWNER_USAGE, ownerChoice } from '../owner_options.ts';
import type { OwnerChoice } from '../owner_options.ts';
import { runParsed } from '../run_command.ts';

const USAGE = `usage: pcapflow read [FILE...] [options]
Reads captures (pcap, pcapng; gzip or zstd around them) and writes their flows. '-' is standard input, which is also
read when no file is named. Several files are one capture: flows go on from one to the next.

${FLOW_USAGE}${OWNER_USAGE}      --snaplen N         look at the first N bytes of each frame only (64 to 262144)
      --block-size N      read N bytes at a time; changes nothing but the speed (524288)
      --no-progress       no progress bar

exit status: 0 all was read, 1 cannot start, 3 read in part (truncated, corrupt, or interrupted)
`;

interface ReadArguments {
  readonly files: readonly string[];
  readonly format: string;
  readonly fields: ChosenFields;
  readonly loadWriter: () => Promise<Writer>;
  /** Undefined when the owners of addresses are not wanted. */
  readonly owner: OwnerChoice | undefined;
  readonly output: string | undefined;
  readonly stats: string | undefined;
  readonly progress: boolean;
  readonly options: ReadOptions;
}

export function read(argv: readonly string[]): Promise<number> {
  return runParsed(argv, parse, run);
}

/** Undefined when only help was asked for. @throws for any option that makes no sense */
function parse(argv: readonly string[]): ReadArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...FLOW_OPTIONS,
      ...OWNER_OPTIONS,
      'block-size': { type: 'string' },
      'no-progress': { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return undefined;
  }
  return {
    files: positionals.length === 0 ? ['-'] : positionals,
    ...chosenFormat(values),
    owner: ownerChoice(values),
    output: values.output,
    stats: values.stats,
    progress: values['no-progress'] !== true,
    options: { ...flowOptions(values), ...given('blockSize', numberOption('--block-size', values['block-size'])) },
  };
}

/** What is asked to stop writes what it has. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function run(args: ReadArguments): Promise<number> {
  for (const file of args.files) checkInput(file);
  checkOutputs(args);
  const write = await writer(args);
  const reader = await openReader(args.files, engineOptions(args.options), args.options.filter, warn);
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
    output = new Output(args.output);
    statsOutput = args.stats === undefined || args.stats === '-' ? undefined : new Output(args.stats);
    if (args.progress && process.stderr.isTTY === true)
      unwatch = (await import('../progress.ts')).watch(reader, totalSize(args.files));
    await write(reader, output);
  } finally {
    unwatch();
    for (const signal of SIGNALS) process.off(signal, interrupt);
    reader.close();
    await output?.close();
  }
  if (args.stats !== undefined || args.format === 'table') {
    const { statistics, summary } = await import('../summary.ts');
    if (args.stats !== undefined) await writeStatistics(statsOutput, `${JSON.stringify(statistics(reader))}\n`);
    if (args.format === 'table' && output?.gone !== true) process.stderr.write(summary(reader.engine.counters()));
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
async function writer({ format, fields, loadWriter, owner }: ReadArguments): Promise<Writer> {
  if (owner === undefined || format === 'none') return loadWriter();
  return (await import('../write_annotated.ts')).ownedWriter(format, fields, owner);
}

/** An output that is also an input, or the other output, would destroy it. @throws {RangeError} */
function checkOutputs({ files, output, stats }: ReadArguments): void {
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
