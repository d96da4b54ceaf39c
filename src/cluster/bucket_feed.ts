/** One engine over the packets of a bucket: a FlowFeed whose flows are those of the address pairs of the bucket. */
import { CONTROL, ROWS_MAX, SERIAL_ROW_HEADER, SHARD_FAULT_NONE, STATE_SHARD_FAULT } from '../../assembly/layout.ts';
import { InlineEngine } from '../engine/inline.ts';
import type { EngineParts } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import type { SharedPlaces } from '../engine/memory.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { PacketRun } from './ordered_lists.ts';

/** Lists come from blocks of 1 MiB, and a step more. */
const LIST_BLOCK_SIZE = 2 * 2 ** 20;
const FLUSH_STEP = 4096;

/** The engine of a bucket. Its flows know their places in the order of all. */
export class BucketEngine extends InlineEngine {
  readonly #places: SharedPlaces;

  private constructor(parts: EngineParts) {
    super(parts);
    if (parts.plan.shared === undefined) throw new TypeError('the engine has no lists');
    this.#places = parts.plan.shared;
    this.exports.believeTimes();
  }

  static async make(options: EngineOptions): Promise<BucketEngine> {
    const shards = { count: 1, blockSize: LIST_BLOCK_SIZE, window: 1, rows: ROWS_MAX };
    const settings = { ...options, files: 1, blockSize: 0, shards };
    return new BucketEngine(await InlineEngine.prepare(await loadEngine(), settings));
  }

  /** The clock of all inputs has come to this time. */
  passClock(time: bigint): void {
    this.exports.passClock(time);
  }

  /** Puts a list into memory. Returns its address. @throws {RangeError} for one that is too long */
  put(entries: Uint8Array): number {
    const { lists, listSize } = this.#places;
    if (entries.length > listSize) throw new RangeError(`a list has ${entries.length} bytes; at most ${listSize} fit`);
    this.views.u8.set(entries, lists);
    return lists;
  }

  /** Tracks the packets in [at, end), until closed flows must be read. Returns where the next one is. */
  track(at: number, end: number, above: bigint, first: bigint): number {
    return this.exports.trackList(at, end, above, first) >>> 0;
  }

  override beginFlush(): void {
    this.exports.beginSerialFlush();
    super.beginFlush();
  }

  /** SHARD_FAULT_ */
  get fault(): number {
    return this.views.data.getUint32(CONTROL + STATE_SHARD_FAULT, true);
  }

  /** Bytes of a row with its place. */
  get placedRowSize(): number {
    return this.#places.rowSize;
  }

  /** Takes closed flows as rows with their places, valid until the next call. */
  takePlacedRows(): Uint8Array {
    const { rows, rowSize } = this.#places;
    const count = this.exports.writeSerialRows(rows, ROWS_MAX) >>> 0;
    this.exports.releaseClosed(count);
    return this.views.u8.subarray(rows, rows + count * rowSize);
  }
}

/** Bytes in front of a row, with its place. */
export const PLACE_SIZE = SERIAL_ROW_HEADER;

/** Number of a packet: its input, the block in that, its number in the block, which has 17 bits. */
function numberAbove({ input, list }: PacketRun): bigint {
  return ((BigInt(input) << 27n) | BigInt(list.block)) << 17n;
}

/** A run in memory, and where its next packet is. */
interface TrackedRun {
  at: number;
  readonly end: number;
  readonly above: bigint;
  readonly first: bigint;
}

export class BucketFeed implements FlowFeed {
  readonly engine: BucketEngine;
  readonly identities = undefined;
  readonly problems = [];
  readonly failure = undefined;
  readonly problemsOmitted = 0;
  /** Of compressed lists, read so far. */
  bytesTaken = 0;
  readonly #runs: AsyncIterator<readonly PacketRun[], unknown>;
  /** Those that were given together, and how many of them were taken. */
  #given: readonly PacketRun[] = [];
  #taken = 0;
  readonly #first: bigint;
  readonly #latest: bigint;
  readonly #signal: AbortSignal | undefined;
  #run: TrackedRun | undefined;
  #phase: 'packets' | 'flush' | 'done' = 'packets';

  /** @param first of all inputs the time of the first packet @param latest of all inputs the latest time */
  constructor(
    engine: BucketEngine,
    runs: AsyncIterator<readonly PacketRun[], unknown>,
    first: bigint,
    latest: bigint,
    signal: AbortSignal | undefined,
  ) {
    this.engine = engine;
    this.#runs = runs;
    this.#first = first;
    this.#latest = latest;
    this.#signal = signal;
  }

  async start(): Promise<void> {
    this.engine.passClock(this.#first);
  }

  async advance(): Promise<boolean> {
    const { engine } = this;
    while (this.#phase === 'packets') {
      this.#signal?.throwIfAborted();
      if (engine.fault !== SHARD_FAULT_NONE) return false;
      const run = (this.#run ??= this.#next() ?? (await this.#nextGiven()));
      if (run === undefined) {
        engine.passClock(this.#latest);
        engine.beginFlush();
        this.#phase = 'flush';
        break;
      }
      run.at = engine.track(run.at, run.end, run.above, run.first);
      if (run.at < run.end) return true;
      this.#run = undefined;
      if (engine.closedCount > engine.options.closedLimit) return true;
    }
    while (this.#phase === 'flush') {
      this.#signal?.throwIfAborted();
      if (engine.flushSome(FLUSH_STEP) === 0) this.#phase = 'done';
      if (engine.closedCount > 0) return true;
    }
    return engine.closedCount > 0;
  }

  async #nextGiven(): Promise<TrackedRun | undefined> {
    const { value, done } = await this.#runs.next();
    if (done === true) return undefined;
    this.#given = value as readonly PacketRun[];
    this.#taken = 0;
    return this.#next();
  }

  #next(): TrackedRun | undefined {
    const run = this.#given[this.#taken];
    if (run === undefined) return undefined;
    this.#taken++;
    const at = this.engine.put(run.entries);
    this.engine.passClock(run.clock);
    return { at, end: at + run.entries.length, above: numberAbove(run), first: run.list.first };
  }

  stop(): void {
    this.#phase = 'done';
  }

  close(): void {
    this.stop();
  }
}
