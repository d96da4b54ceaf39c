/** Decides by options and input alone whether engines can share a capture, and assembles their reader. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  SERIAL_ROW_HEADER,
  SHARDS_MAX,
  SIDE_ACTIVITY,
  SIDE_DIRECTIONS,
  SIDE_ENTROPY,
  SIDE_FIRST_PACKETS,
  SIDE_LINK,
  SIDE_PAYLOAD,
  SIDE_STATS,
  SIDE_TCP,
} from '../../assembly/layout.ts';
import { loadEngine } from '../engine/load.ts';
import type { EngineOptions } from '../engine/options.ts';
import { planSides } from '../engine/side_records.ts';
import { FParserError } from '../errors.ts';
import { createFilterFactory } from '../reader/filter_maker.ts';
import type { FilterOption } from '../reader/filter_maker.ts';
import { readerHost } from '../reader/open_reader.ts';
import type { OrderOption } from '../reader/open_reader.ts';
import { filesAtOnce } from '../reader/reading_order.ts';
import { namedInputs } from '../source/file/inputs.ts';
import type { NamedInput } from '../source/file/inputs.ts';
import type { CaptureInput } from '../source/file/open.ts';
import { joinFiles, oneFile } from './joined_files.ts';
import type { JoinedFiles } from './joined_files.ts';
import { JobsReader } from './jobs_reader.ts';
import { MergingEngine } from './merging_engine.ts';
import { ShardWorkers } from './shard_threads.ts';
import type { ShardThreads } from './shard_threads.ts';

/** Smaller files are read faster by one engine: starting another one takes some 40 ms. */
const AUTO_SIZE_MIN = 256 * 2 ** 20;
/**
 * Each block costs some 50 us whatever its size, but all engines have room for its lists, most of which is never
 * touched: with many engines smaller blocks.
 */
const FEW_ENGINES = 4;
const LARGE_BLOCKS = { blockSize: 4 * 2 ** 20, window: 8 };
const SMALL_BLOCKS = { blockSize: 2 ** 20, window: 12 };
/** Rows that wait are touched again and again: 4096 without groups of fields, fewer of larger ones. */
const ROWS_BYTES = 4096 * 330;
/** Groups whose records of a flow need nothing but its own packets, and have room for each flow. */
const SHARED_GROUPS =
  SIDE_DIRECTIONS |
  SIDE_TCP |
  SIDE_STATS |
  SIDE_LINK |
  SIDE_ACTIVITY |
  SIDE_FIRST_PACKETS |
  SIDE_PAYLOAD |
  SIDE_ENTROPY;
const MAGICS: readonly number[] = [0x0a0d0d0a, 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1];

const NEEDS_ALL = 'some fields need the packets of all flows in order (--with identify or zeek)';

export interface JobsInput {
  readonly inputs: readonly CaptureInput[];
  readonly options: EngineOptions;
  readonly filter: FilterOption | undefined;
  readonly order: OrderOption;
  /** Engines; `'auto'`: as many as there are cores, for files that are large enough. */
  readonly jobs: number | 'auto';
  readonly warn: (message: string) => void;
  readonly yieldToEventLoop?: () => Promise<void>;
  /** Default: workers. */
  readonly threads?: ShardThreads;
  readonly tuning?: Partial<JobsTuning>;
}

/** What changes nothing but the speed. */
export interface JobsTuning {
  /** Bytes of the file that are decoded at a time. */
  readonly blockSize: number;
  /** Blocks that are in work at a time. */
  readonly window: number;
  /** Rows that may wait in each engine. */
  readonly rows: number;
  /** Every so many blocks the begin of the first record is guessed wrong; 0: never. */
  readonly wrongGuess: number;
}

/** Undefined: one engine is to read the inputs, as openReader makes it. It is said why when jobs were asked for. */
export async function openJobs(input: JobsInput): Promise<JobsReader | undefined> {
  const { inputs, options, jobs, warn } = input;
  const count = Math.min(jobs === 'auto' ? availableParallelism() : jobs, SHARDS_MAX);
  if (count < 2) return undefined;
  const named = namedInputs(inputs);
  const note = (reason: string): void => {
    warn(`--jobs ${jobs}: one core reads this, because ${reason}`);
  };
  const joined = reasonOfOptions(options) ?? joinedInputs(named, input.order);
  if (typeof joined === 'string') {
    note(joined);
    return undefined;
  }
  if (jobs === 'auto' && sizeOf(joined) < AUTO_SIZE_MIN) return undefined;
  const blocks = count <= FEW_ENGINES ? LARGE_BLOCKS : SMALL_BLOCKS;
  const { blockSize, window, rows = rowsFor(options), wrongGuess = 0 } = { ...blocks, ...input.tuning };
  const filter = await createFilterFactory(input.filter, warn);
  const settings = {
    ...options,
    // For one engine that continues.
    files: filesAtOnce(named.length, options.blockSize),
    sharedMemory: true,
    shards: { count, blockSize, window, rows },
    ...(filter === undefined ? {} : { filter }),
  };
  // They begin while this thread prepares what they need.
  const threads = input.threads ?? new ShardWorkers(count);
  try {
    const module = await loadEngine('shared');
    const engine = await MergingEngine.createMerging(module, settings);
    const host = readerHost(named, input.order, warn, input.yieldToEventLoop);
    return new JobsReader(engine, module, { ...host, joined, note, wrongGuess, threads });
  } catch (error) {
    threads.end();
    if (!(error instanceof RangeError) && !(error instanceof FParserError && error.code === 'ERR_ENGINE')) throw error;
    note('there is not enough memory for as many tables');
    return undefined;
  }
}

function rowsFor(options: EngineOptions): number {
  return Math.ceil(ROWS_BYTES / (SERIAL_ROW_HEADER + planSides(options).rowBytes));
}

/** Why options need one engine; undefined: they do not. */
export function reasonOfOptions(options: EngineOptions): string | undefined {
  if ((planSides(options).records & ~SHARED_GROUPS) !== 0) return NEEDS_ALL;
  if (options.interim !== undefined) return 'running records are in the order of all packets (--interim)';
  return options.dedup === undefined ? undefined : 'a copy is known from the packets before it (--dedup)';
}

/** Or why they cannot be shared. */
function joinedInputs(named: readonly NamedInput[], order: OrderOption): JoinedFiles | string {
  const [file, ...others] = named;
  if (file === undefined) return 'there is no file';
  if (!named.every(({ isFile }) => isFile)) return 'it is not a regular file';
  if (others.length === 0)
    return isCapture(file.name) ? oneFile(file.name) : 'it is not an uncompressed pcap or pcapng file';
  const joined = joinFiles(
    named.map(({ name }) => name),
    order,
  );
  return joined ?? 'the files are not all uncompressed pcap files with the same header';
}

/** Bytes of all files. */
function sizeOf({ files }: JoinedFiles): number {
  return files.reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Whether the file begins as a capture does. One that cannot be opened is reported by who reads it. */
function isCapture(path: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const head = Buffer.alloc(4);
    return readSync(fd, head, 0, 4, 0) === 4 && MAGICS.includes(head.readUInt32LE(0));
  } catch {
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
