/** `readFlows`: finished flows of a capture as an async iterable. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { takeLeftOut } from '../reader/flow_feed.ts';
import type { FileFeed } from '../reader/flow_feed.ts';
import type { EngineCounters } from '../engine/counters.ts';
import type { EngineOptions } from '../engine/options.ts';
import { recordReader } from '../engine/rows.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import { placedFields } from '../engine/side_records.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable } from '../engine/table.ts';
import { chooseFields, fieldsWith } from '../flow/fields.ts';
import { groupOption, wantsIdentity } from '../flow/groups.ts';
import { FlowObject } from '../flow/flow_object.ts';
import { wholeIdentity } from '../flow/identity.ts';
import type { Flow, FlowField, FlowWith } from '../flow/flow.ts';
import { timeWindow } from '../query/time_window.ts';
import { IdentitySource } from '../query/identity_fields.ts';
import { compileWhere } from '../query/where.ts';
import { openReader } from '../reader/open_reader.ts';
import { engineOptions } from '../reader/options.ts';
import type { Progress } from '../reader/progress.ts';
import type { ReadOptions } from '../reader/read_options.ts';
import { inputOf, isCaptureBytes } from '../source/file/capture_bytes.ts';
import type { CaptureBytes } from '../source/file/capture_bytes.ts';
import type { CaptureInput } from '../source/file/open.ts';

/**
 * A path (`-` is standard input), several paths that make one capture, a stream of bytes, bytes in memory, a Blob or
 * File, or a URL (`file:`, `http:`, `https:`).
 */
export type FlowSource = string | readonly string[] | AsyncIterable<Uint8Array> | CaptureBytes;

/**
 * Reads a capture and yields its flows in the order in which they end.
 *
 * Reading waits for the consumer: memory does not grow when it is slow. Leaving the loop early closes everything.
 * When part of the capture cannot be read all flows of the rest are yielded first, then the first problem is thrown
 * (or each is given to `onProblem`).
 *
 * With `with` a flow has further groups of fields, each an object under the group's name.
 *
 * With `fields` a flow has only these, in this order; `firstSeen` and `lastSeen` are `firstSeenNs` and `lastSeenNs`
 * in it.
 *
 * With `where` only flows are yielded of which an expression over their fields is true (docs/flows.md).
 *
 * @throws {TypeError | RangeError} at once, for wrong arguments
 * @throws {WhereError} at once, with a caret under the place, when `where` is wrong
 * @throws {FParserError} from the iteration: ERR_NO_SUCH_FILE, ERR_PERMISSION, ERR_NOT_A_CAPTURE,
 *   ERR_UNSUPPORTED_LINKTYPE, ERR_TRUNCATED, ERR_CORRUPT, ERR_READ, ERR_FILTER_SYNTAX, ERR_FILTER_UNSUPPORTED
 */
export function readFlows<const F extends FlowField>(
  source: FlowSource,
  options: ReadOptions & { readonly fields: readonly F[] },
): FlowReader<FlowWith<F>>;
export function readFlows(source: FlowSource, options?: ReadOptions & { readonly fields?: undefined }): FlowReader;
export function readFlows(source: FlowSource, options: ReadOptions = {}): FlowReader<object> {
  return new FlowReader(inputsOf(source, options.signal), options);
}

function inputsOf(source: FlowSource, signal: AbortSignal | undefined): readonly CaptureInput[] {
  if (isCaptureBytes(source)) return [inputOf(source, signal)];
  const inputs: readonly CaptureInput[] = Array.isArray(source) ? source : [source as CaptureInput];
  const good = inputs.every((input) => (typeof input === 'string' ? input !== '' : isStream(input)));
  if (!good || inputs.length === 0) {
    throw new TypeError('the source of flows is a path, a list of paths, a stream of bytes, bytes, a Blob or a URL');
  }
  for (const input of inputs) {
    // A stream may fail before anything is asked of it; StreamSource finds the error later.
    if (typeof input === 'object' && 'on' in input) (input as NodeJS.ReadableStream).on('error', () => {});
  }
  return inputs;
}

function isStream(input: unknown): boolean {
  return typeof input === 'object' && input !== null && Symbol.asyncIterator in input;
}

/** Between two reports of progress. Milliseconds. */
const PROGRESS_MS = 250;

/** What `readFlows` gives: iterable once. */
export class FlowReader<Chosen extends object = Flow> implements AsyncIterable<Chosen> {
  readonly #inputs: readonly CaptureInput[];
  readonly #options: ReadOptions;
  readonly #engineOptions: EngineOptions;
  readonly #keeps: ((views: RowBytes, row: number) => boolean) | undefined;
  readonly #read: (views: RowBytes, row: number) => Chosen;
  /** What an expression asks; undefined: what flows are is not wanted. */
  readonly #identity: IdentitySource | undefined;
  #reader: FileFeed | undefined;
  #taken = false;

  constructor(inputs: readonly CaptureInput[], options: ReadOptions) {
    this.#inputs = inputs;
    this.#options = options;
    const checked = engineOptions(options);
    this.#engineOptions = { ...checked, window: timeWindow(options.from, options.to, ['from', 'to']) };
    const groups = this.#engineOptions.with ?? [];
    const fields = options.fields === undefined ? fieldsWith(groups) : chooseFields('fields', options.fields, groups);
    if (wantsIdentity(groups)) this.#identity = new IdentitySource();
    this.#keeps =
      options.where === undefined
        ? undefined
        : compileWhere(options.where, {
            groups,
            identity: this.#identity,
            placed: (some) => placedFields(some, this.#engineOptions),
            remedy: (group) => groupOption(group, 'library'),
          });
    this.#read = recordReader(placedFields(fields, this.#engineOptions)) as (views: RowBytes, row: number) => Chosen;
  }

  /** The present counters; undefined before the first flow was requested. */
  get counters(): EngineCounters | undefined {
    return this.#reader?.engine.counters();
  }

  /** What a flow is about is not a part of its row. */
  #reading({ identities }: FileFeed): (views: RowBytes, row: number) => Chosen {
    const read = this.#read;
    if (identities === undefined) return read;
    return (views, row) =>
      Object.assign(new FlowObject(), read(views, row), { identify: wholeIdentity(identities.take(row)) });
  }

  async #open(): Promise<FileFeed> {
    const { filter, order = 'time', jobs = 1 } = this.#options;
    const warn = process.emitWarning;
    const input = { inputs: this.#inputs, options: this.#engineOptions, filter, order, jobs, warn };
    const shared = jobs === 1 ? undefined : await (await import('../jobs/open_jobs.ts')).openJobs(input);
    return shared ?? openReader(this.#inputs, this.#engineOptions, filter, warn, order);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chosen, void, undefined> {
    if (this.#taken) throw new TypeError('these flows were iterated already; call readFlows again');
    this.#taken = true;
    const { onProblem, onProgress, signal } = this.#options;
    signal?.throwIfAborted();
    const reader = await this.#open();
    this.#reader = reader;
    const abort = (): void => reader.close();
    signal?.addEventListener('abort', abort);
    const report = (): void => onProgress?.(progressOf(reader));
    const reporting = onProgress === undefined ? undefined : setInterval(report, PROGRESS_MS).unref();
    if (this.#identity !== undefined) this.#identity.reader = reader.identities;
    if (this.#keeps !== undefined) reader.engine.stage = { keeps: this.#keeps, leftOut: 0 };
    takeLeftOut(reader);
    try {
      await reader.start();
      while (await reader.advance()) yield* closedFlows(reader.engine, this.#reading(reader));
      signal?.throwIfAborted();
      report();
    } catch (error) {
      // What fails because of it is not the reason.
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearInterval(reporting);
      signal?.removeEventListener('abort', abort);
      reader.close();
    }
    for (const problem of reader.problems) {
      if (onProblem === undefined) throw problem;
      onProblem(problem);
    }
  }
}

function progressOf(reader: FileFeed): Progress {
  const { packetsSeen, flowsEnded } = reader.engine.counters();
  return { bytesRead: reader.bytesTaken, packets: packetsSeen, flows: flowsEnded };
}

/** Takes all closed flows, a bounded number of records at a time. */
function* closedFlows<T>(table: FlowTable, read: (views: RowBytes, row: number) => T): Generator<T, void, undefined> {
  while (table.closedCount > 0) {
    yield* table.takeClosed(ROWS_MAX, (rows) =>
      Array.from({ length: rows.count }, (_, n) => read(table.views, rowAt(rows, n))),
    );
  }
}
