/** `pcapflow read`: captures in, flows out. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CaptureReader } from '../../capture_reader.ts';
import { FParserError } from '../../errors.ts';
import { engineOptions } from '../../options.ts';
import type { ReadOptions } from '../../options.ts';
import { openReader } from '../../open_reader.ts';
import { checkInput } from '../../source/open.ts';
import { EXIT_CANNOT_START, EXIT_OK, EXIT_PART } from '../exit.ts';
import { Output } from '../output.ts';

const USAGE = `usage: pcapflow read [FILE...] [options]
Reads captures (pcap, pcapng; gzip or zstd around them) and writes their flows. '-' is standard input, which is also
read when no file is named. Several files are one capture: flows go on from one to the next.

  -f, --format FORMAT     table, jsonl, csv or none (table on a terminal, else jsonl)
  -o, --output FILE       write the flows to FILE
  -F, --filter EXPR       keep only packets that match, as in pcap-filter(7)
      --flow-timeout S    silence that ends a flow (600)
      --fin-timeout S     silence that ends a flow after FIN from both sides or RST (30)
      --active-timeout S  cut flows that are older than S (off)
      --snaplen N         look at the first N bytes of each frame only (64 to 262144)
      --unidirectional    one flow for each direction
      --fragments HOW     later fragments: attribute (to the flow of the first one) or port0
      --decapsulate       follow tunnels to the innermost packet
      --max-flows N       active flows at most; the least recently used are evicted (4194304)
      --block-size N      read N bytes at a time; changes nothing but the speed (524288)
      --stats FILE        write all counters as one JSON object ('-': standard error)
      --no-progress       no progress bar

exit status: 0 all was read, 1 cannot start, 3 read in part (truncated, corrupt, or interrupted)
`;

interface ReadArguments {
  readonly files: readonly string[];
  readonly format: string;
  readonly write: Writer;
  readonly output: string | undefined;
  readonly stats: string | undefined;
  readonly progress: boolean;
  readonly options: ReadOptions;
}

export async function read(argv: readonly string[]): Promise<number> {
  let args: ReadArguments | undefined;
  try {
    args = parse(argv);
    if (args === undefined) return EXIT_OK;
    return await run(args);
  } catch (error) {
    process.stderr.write(`pcapflow: ${messageOf(error)}\n`);
    if (args !== undefined && !(error instanceof FParserError) && isBug(error)) throw error;
    return EXIT_CANNOT_START;
  }
}

/** Undefined when only help was asked for. @throws for any option that makes no sense */
function parse(argv: readonly string[]): ReadArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      format: { type: 'string', short: 'f' },
      output: { type: 'string', short: 'o' },
      filter: { type: 'string', short: 'F' },
      'flow-timeout': { type: 'string' },
      'fin-timeout': { type: 'string' },
      'active-timeout': { type: 'string' },
      snaplen: { type: 'string' },
      unidirectional: { type: 'boolean' },
      fragments: { type: 'string' },
      decapsulate: { type: 'boolean' },
      'max-flows': { type: 'string' },
      'block-size': { type: 'string' },
      stats: { type: 'string' },
      'no-progress': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return undefined;
  }
  const toTerminal = values.output === undefined && process.stdout.isTTY === true;
  const format = values.format ?? (toTerminal ? 'table' : 'jsonl');
  const write = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (write === undefined) throw new RangeError(`--format is ${format}; it must be one of ${Object.keys(FORMATS).join(', ')}`);
  if (values.fragments !== undefined && values.fragments !== 'attribute' && values.fragments !== 'port0') {
    throw new RangeError(`--fragments is ${values.fragments}; it must be one of attribute, port0`);
  }
  const options: ReadOptions = {
    direction: values.unidirectional === true ? 'uni' : 'bi',
    ...(values.fragments === undefined ? {} : { fragments: values.fragments }),
    ...(values.decapsulate === undefined ? {} : { decapsulate: values.decapsulate }),
    ...(values.filter === undefined ? {} : { filter: values.filter }),
    ...number('flowTimeout', '--flow-timeout', values['flow-timeout']),
    ...number('finTimeout', '--fin-timeout', values['fin-timeout']),
    ...number('activeTimeout', '--active-timeout', values['active-timeout']),
    ...number('snaplen', '--snaplen', values.snaplen),
    ...number('maxFlows', '--max-flows', values['max-flows']),
    ...number('blockSize', '--block-size', values['block-size']),
  };
  return {
    files: positionals.length === 0 ? ['-'] : positionals,
    format,
    write,
    output: values.output,
    stats: values.stats,
    progress: values['no-progress'] !== true,
    options,
  };
}

type NumberOption = 'flowTimeout' | 'finTimeout' | 'activeTimeout' | 'snaplen' | 'maxFlows' | 'blockSize';

function number(name: NumberOption, option: string, text: string | undefined): Partial<Record<NumberOption, number>> {
  if (text === undefined) return {};
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new RangeError(`${option} is ${JSON.stringify(text)}; it must be a number`);
  return { [name]: value };
}

type Writer = (reader: CaptureReader, output: Output) => Promise<void>;

/** Each is loaded when it is chosen. `none` reads and tracks, and writes nothing. */
const FORMATS: Readonly<Record<string, Writer>> = {
  async table(reader, output) {
    await (await import('../write_flows.ts')).writeTable(reader, output);
  },
  async jsonl(reader, output) {
    const [{ writeLines }, { jsonLines }] = await Promise.all([import('../write_flows.ts'), import('../../export/jsonl.ts')]);
    await writeLines(reader, jsonLines, output);
  },
  async csv(reader, output) {
    const [{ writeLines }, { csv }] = await Promise.all([import('../write_flows.ts'), import('../../export/csv.ts')]);
    await writeLines(reader, csv, output);
  },
  async none(reader) {
    while (await reader.advance()) reader.engine.release(reader.engine.closed);
  },
};

/** What is asked to stop writes what it has. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function run(args: ReadArguments): Promise<number> {
  for (const file of args.files) checkInput(file);
  checkOutputs(args);
  const reader = await openReader(args.files, engineOptions(args.options), args.options.filter, (warning) => {
    process.stderr.write(`pcapflow: warning: ${warning}\n`);
  });
  await reader.start();
  const output = new Output(args.output);
  const statsOutput = args.stats === undefined || args.stats === '-' ? undefined : new Output(args.stats);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    reader.stop();
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  const unwatch = args.progress && process.stderr.isTTY === true
    ? (await import('../progress.ts')).watch(reader, totalSize(args.files))
    : (): void => {};
  try {
    await args.write(reader, output);
  } finally {
    unwatch();
    for (const signal of SIGNALS) process.off(signal, interrupt);
    reader.close();
    await output.close();
  }
  if (args.stats !== undefined || args.format === 'table') {
    const { statistics, summary } = await import('../summary.ts');
    if (args.stats !== undefined) await writeStatistics(statsOutput, `${JSON.stringify(statistics(reader))}\n`);
    if (args.format === 'table' && !output.gone) process.stderr.write(summary(reader.engine.counters()));
  }
  for (const problem of reader.problems) process.stderr.write(`pcapflow: ${problem.message}\n`);
  if (reader.problemsOmitted > 0) process.stderr.write(`pcapflow: and ${reader.problemsOmitted} more problems\n`);
  if (interrupted) {
    process.stderr.write(`pcapflow: interrupted after ${reader.engine.counters().packetsSeen} packets; the flows up to there are written\n`);
  }
  return interrupted || reader.problems.length > 0 ? EXIT_PART : EXIT_OK;
}

/** An output that is also an input, or the other output, would destroy it. @throws {RangeError} */
function checkOutputs({ files, output, stats }: ReadArguments): void {
  const written = [['--output', output], ['--stats', stats]] as const;
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Neither wrong arguments nor a file that cannot be written. */
function isBug(error: unknown): boolean {
  return error instanceof Error && !(error instanceof RangeError) && !('code' in error);
}
