/**
 * Rows of ended flows with their places in the order of all flows, as reduce jobs leave them for `--ordered`: frames of
 * a u32 with the compressed size, little-endian, and compressed rows. Merging them gives the order of one engine.
 */
import {
  KEY_HIGH_PORT,
  KEY_LOW_PORT,
  KEY_PROTOCOL,
  KEY_VERSION,
  SERIAL_FIRST,
  SERIAL_KEY,
  SERIAL_LAST,
  SERIAL_PACKET,
  SERIAL_ROW_HEADER,
  SERIAL_TIME,
} from '../../assembly/layout.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import { planMemory, reserve } from '../engine/memory.ts';
import type { EngineOptions } from '../engine/options.ts';
import { stagedRows } from '../engine/row_stage.ts';
import type { RowRange } from '../engine/table.ts';
import { FParserError } from '../errors.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import { compress, decompress } from './chunk_codec.ts';
import type { BucketFeed } from './bucket_feed.ts';
import type { ScratchFile } from './scratch_file.ts';
import type { Storage } from './storage.ts';

const FRAME_HEADER = 4;
/** Bytes of rows that are compressed together. */
const FRAME_SIZE = 256 * 1024;

/** Writes all flows of a bucket. Returns how many. @throws {FParserError} ERR_WRITE */
export async function writePlacedRows(feed: BucketFeed, file: ScratchFile): Promise<number> {
  const { engine } = feed;
  let pieces: Uint8Array[] = [];
  let size = 0;
  let flows = 0;
  const flush = (): void => {
    if (size === 0) return;
    const bytes = compress(Buffer.concat(pieces));
    const header = Buffer.alloc(FRAME_HEADER);
    header.writeUInt32LE(bytes.length);
    file.write(header);
    file.write(bytes);
    pieces = [];
    size = 0;
  };
  while (await feed.advance()) {
    while (engine.closedCount > 0) {
      const rows = engine.takePlacedRows().slice();
      pieces.push(rows);
      size += rows.length;
      flows += rows.length / engine.placedRowSize;
      if (size >= FRAME_SIZE) flush();
    }
  }
  flush();
  return flows;
}

/** The rows of a bucket, one after the other. */
class RowCursor {
  readonly #storage: Storage;
  readonly #name: string;
  readonly #rowSize: number;
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** Bytes that were read and not used. */
  #left: Buffer = Buffer.alloc(0);
  #rows: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Of the row. */
  time = 0n;
  packet = 0n;

  constructor(storage: Storage, name: string, bytes: number, rowSize: number) {
    this.#storage = storage;
    this.#name = name;
    this.#rowSize = rowSize;
    this.#pieces = storage.open(name, 0, bytes)[Symbol.asyncIterator]();
  }

  /** The row without its place. */
  get row(): Uint8Array {
    return this.#rows.subarray(this.#at + SERIAL_ROW_HEADER, this.#at + this.#rowSize);
  }

  /** Is there another row in what was read? Then it is the present one. */
  step(): boolean {
    this.#at += this.#rowSize;
    if (this.#at >= this.#rows.length) return false;
    this.#look();
    return true;
  }

  /** Reads more rows; the first of them is the present one. False: there are none. */
  async fill(): Promise<boolean> {
    if (!(await this.#need(FRAME_HEADER))) {
      if (this.#left.length > 0) throw this.#damaged();
      return false;
    }
    const size = this.#left.readUInt32LE(0);
    if (!(await this.#need(FRAME_HEADER + size))) throw this.#damaged();
    try {
      this.#rows = await decompress(this.#left.subarray(FRAME_HEADER, FRAME_HEADER + size));
    } catch (error) {
      throw this.#damaged(error);
    }
    if (this.#rows.length === 0 || this.#rows.length % this.#rowSize !== 0) throw this.#damaged();
    this.#left = this.#left.subarray(FRAME_HEADER + size);
    this.#at = 0;
    this.#look();
    return true;
  }

  #look(): void {
    this.time = this.#number(SERIAL_TIME);
    this.packet = this.#number(SERIAL_PACKET);
  }

  #number(offset: number): bigint {
    return this.#rows.readBigUInt64LE(this.#at + offset);
  }

  async #need(size: number): Promise<boolean> {
    while (this.#left.length < size) {
      const { value, done } = await this.#pieces.next();
      if (done === true) return false;
      this.#left = Buffer.concat([this.#left, value]);
    }
    return true;
  }

  /** As isBefore of assembly/out/serial_rows.ts. */
  isBefore(other: RowCursor): boolean {
    if (this.time !== other.time) return this.time < other.time;
    if (this.packet !== other.packet) return this.packet < other.packet;
    for (const offset of [SERIAL_LAST, SERIAL_FIRST]) {
      const [a, b] = [this.#number(offset), other.#number(offset)];
      if (a !== b) return a < b;
    }
    return this.#compareKey(other) < 0;
  }

  /** Order of addresses, then of ports, protocol and version. */
  #compareKey(other: RowCursor): number {
    const [a, b] = [this.#at + SERIAL_KEY, other.#at + SERIAL_KEY];
    const addresses = this.#rows.compare(other.#rows, b, b + KEY_LOW_PORT, a, a + KEY_LOW_PORT);
    if (addresses !== 0) return addresses;
    for (const offset of [KEY_LOW_PORT, KEY_HIGH_PORT]) {
      const difference = this.#rows.readUInt16LE(a + offset) - other.#rows.readUInt16LE(b + offset);
      if (difference !== 0) return difference;
    }
    for (const offset of [KEY_PROTOCOL, KEY_VERSION]) {
      const difference = this.#rows.readUInt8(a + offset) - other.#rows.readUInt8(b + offset);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #damaged(cause?: unknown): FParserError {
    const message = `${this.#storage.url}/${this.#name} is damaged; remove it, and run its reduce job again`;
    return new FParserError('ERR_CORRUPT', message, { cause });
  }
}

/** Has no flows of its own: rows are put into it. */
class RowsEngine extends InlineEngine {
  rows: Uint8Array[] = [];

  static async make(options: EngineOptions): Promise<RowsEngine> {
    const settings = { ...options, maxFlows: 1, closedLimit: 1, files: 1, blockSize: 0 };
    const plan = planMemory(settings);
    return new RowsEngine(await InlineEngine.prepare(await loadEngine(), settings, plan, reserve(plan.pages, false)));
  }

  override get closedCount(): number {
    return this.rows.length;
  }

  override takeClosed<T>(most: number, use: (rows: RowRange) => T): T {
    const rows = this.putRows(this.rows.splice(0, Math.min(most, this.rowsMax)));
    return use(this.stage === undefined ? rows : stagedRows(this.stage, this.views, rows));
  }

  override release(amount: number): void {
    this.rows.splice(0, amount);
  }
}

/** Where the rows of a bucket are. */
export interface RowsObject {
  readonly name: string;
  readonly bytes: number;
}

/** The flows of all buckets, in the order of one engine. */
export class MergedFeed implements FlowFeed {
  readonly engine: RowsEngine;
  readonly identities = undefined;
  readonly problems = [];
  readonly failure = undefined;
  readonly problemsOmitted = 0;
  /** A heap: the first one has the next row. */
  readonly #heap: RowCursor[] = [];
  readonly #cursors: readonly RowCursor[];
  readonly #signal: AbortSignal | undefined;

  private constructor(engine: RowsEngine, cursors: readonly RowCursor[], signal: AbortSignal | undefined) {
    this.engine = engine;
    this.#cursors = cursors;
    this.#signal = signal;
  }

  static async make(
    options: EngineOptions,
    storage: Storage,
    objects: readonly RowsObject[],
    signal: AbortSignal | undefined,
  ): Promise<MergedFeed> {
    const engine = await RowsEngine.make(options);
    const rowSize = SERIAL_ROW_HEADER + engine.rowBytes;
    const cursors = objects.map(({ name, bytes }) => new RowCursor(storage, name, bytes, rowSize));
    return new MergedFeed(engine, cursors, signal);
  }

  async start(): Promise<void> {
    for (const cursor of this.#cursors) {
      if (!(await cursor.fill())) continue;
      this.#heap.push(cursor);
      this.#up(this.#heap.length - 1);
    }
  }

  async advance(): Promise<boolean> {
    this.#signal?.throwIfAborted();
    const { engine } = this;
    const most = engine.rowsMax;
    while (engine.rows.length < most) {
      const first = this.#heap[0];
      if (first === undefined) break;
      engine.rows.push(first.row);
      if (!first.step() && !(await first.fill())) {
        const last = this.#heap.pop() as RowCursor;
        if (last === first) continue;
        this.#heap[0] = last;
      }
      this.#down(0);
    }
    return engine.rows.length > 0;
  }

  #up(place: number): void {
    for (let at = place; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, above)) return;
      at = above;
    }
  }

  #down(place: number): void {
    for (let at = place; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      const [a, b] = [this.#heap[left], this.#heap[right]];
      if (a === undefined) return;
      const below = b?.isBefore(a) === true ? right : left;
      if (!this.#swapIfBefore(below, at)) return;
      at = below;
    }
  }

  #swapIfBefore(low: number, high: number): boolean {
    const [a, b] = [this.#heap[low] as RowCursor, this.#heap[high] as RowCursor];
    if (!a.isBefore(b)) return false;
    this.#heap[low] = b;
    this.#heap[high] = a;
    return true;
  }

  stop(): void {
    this.#heap.length = 0;
  }

  close(): void {
    this.stop();
  }
}
