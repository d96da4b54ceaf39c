/** Reads a capture with one engine and with several, and gives all that can be seen of both. */
import { captureNotes } from '../../src/reader/capture_notes.ts';
import { readFigures } from '../../src/engine/figures.ts';
import { ROWS_MAX } from '../../assembly/layout.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import { writeFieldProgram } from '../../src/engine/field_program.ts';
import { fieldsWith } from '../../src/flow/fields.ts';
import { openJobs } from '../../src/jobs/open_jobs.ts';
import type { JobsTuning } from '../../src/jobs/open_jobs.ts';
import type { ShardThreads } from '../../src/jobs/shard_threads.ts';
import type { FileFeed } from '../../src/reader/flow_feed.ts';
import { openReader } from '../../src/reader/open_reader.ts';
import { engineOptions } from '../../src/reader/options.ts';
import type { ReadOptions } from '../../src/reader/read_options.ts';
import { timeWindow } from '../../src/query/time_window.ts';

/** What there is to see of a reading. */
export interface Seen {
  readonly text: string;
  readonly thrown: string | undefined;
  readonly problems: readonly string[];
  readonly counters: object;
  readonly figures: object;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly bytesTaken: number;
}

export interface JobsRun {
  readonly seen: Seen;
  /** Why one engine has read it. */
  readonly reasons: readonly string[];
}

function settings(options: ReadOptions): ReturnType<typeof engineOptions> {
  const window = timeWindow(options.from, options.to, ['from', 'to']);
  return { ...engineOptions({ maxFlows: 4096, ...options }), window };
}

/** A file, or several. */
type Paths = string | readonly string[];

export async function readAlone(paths: Paths, options: ReadOptions = {}): Promise<Seen> {
  const warnings: string[] = [];
  const warn = (warning: string): void => void warnings.push(warning);
  const reader = await openReader([paths].flat(), settings(options), options.filter, warn, options.order);
  return seenOf(reader, warnings);
}

export async function readWithJobs(
  paths: Paths,
  jobs: number,
  options: ReadOptions = {},
  tuning: Partial<JobsTuning> = {},
  threads?: ShardThreads,
): Promise<JobsRun> {
  const warnings: string[] = [];
  const input = {
    inputs: [paths].flat(),
    options: settings(options),
    filter: options.filter,
    order: options.order ?? 'time',
    jobs,
    warn: (warning: string) => void warnings.push(warning),
    tuning,
    ...(threads === undefined ? {} : { threads }),
  } as const;
  const reader =
    (await openJobs(input)) ?? (await openReader(input.inputs, input.options, input.filter, input.warn, input.order));
  const seen = await seenOf(reader, warnings);
  const isReason = (warning: string): boolean => warning.includes('one core reads this');
  return {
    seen: { ...seen, warnings: warnings.filter((warning) => !isReason(warning)) },
    reasons: warnings.filter(isReason),
  };
}

async function seenOf(reader: FileFeed, warnings: readonly string[]): Promise<Seen> {
  const { engine } = reader;
  let text = '';
  let thrown: string | undefined;
  try {
    await reader.start();
    writeFieldProgram(engine.views.u8, jsonLines, engine.placed(fieldsWith(engine.options.with ?? [])));
    while (await reader.advance()) {
      while (engine.closedCount > 0) {
        text += engine.takeClosed(ROWS_MAX, (rows) => Buffer.from(engine.rowsText(rows)).toString('latin1'));
      }
    }
  } catch (error) {
    thrown = String(error);
  } finally {
    reader.close();
  }
  const { longestProbe: _, ...counters } = engine.counters();
  const { averagePps: _pps, ...figures } = readFigures(engine.views.data);
  return {
    text,
    thrown,
    problems: reader.problems.map((problem) => `${problem.code} ${problem.message}`),
    counters,
    figures: { firstNs: figures.firstNs, lastNs: figures.lastNs, linkType: figures.linkType },
    notes: captureNotes(engine),
    warnings,
    bytesTaken: reader.bytesTaken,
  };
}
