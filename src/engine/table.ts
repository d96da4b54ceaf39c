/**
 * The host's side of a flow table: look-ups, listings, closed flows, figures. The same for the engine in this thread
 * and for one whose tracker runs in another; there every access takes the table's lock first. Imports nothing from Node.
 */
import {
  CONFIG_ROWS_MAX,
  CONFIG_ROW_BYTES,
  CONTROL,
  COUNTER_FLOWS_DROPPED,
  LOOKUP_ADDRESSES,
  NIL,
  ROWS,
  STATE_ACTIVE_COUNT,
  STATE_CLOSED_COUNT,
  STATE_POOL_TOP,
  TEXT,
} from '../../assembly/layout.ts';
import { readCounters } from './counters.ts';
import type { EngineCounters } from './counters.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { EngineOptions } from './options.ts';
import { stagedRows } from './row_stage.ts';
import type { RowStage } from './row_stage.ts';
import { placedFields } from './side_records.ts';
import { readFigures } from './figures.ts';
import type { EngineFigures } from './figures.ts';
import { counterAt } from './u64.ts';
import { makeViews } from './wasm.ts';
import type { EngineExports, MemoryViews } from './wasm.ts';

export class FlowTable {
  readonly options: EngineOptions;
  readonly views: MemoryViews;
  protected readonly memory: WebAssembly.Memory;
  protected readonly exports: EngineExports;
  /** Works on the rows of closed flows before they are delivered; undefined: they are delivered as they are. */
  stage: RowStage | undefined;
  /** Size of a row, with those of its side records. */
  readonly rowBytes: number;
  #flushing = false;

  protected constructor(options: EngineOptions, memory: WebAssembly.Memory, exports: EngineExports) {
    this.options = options;
    this.memory = memory;
    this.exports = exports;
    this.views = makeViews(memory);
    this.rowBytes = this.views.data.getUint32(CONTROL + CONFIG_ROW_BYTES, true);
  }

  /** The fields with their places in this engine's rows. @throws {RangeError} for a field of a group that is off */
  placed(fields: readonly FieldDefinition[]): readonly FieldDefinition[] {
    return placedFields(fields, this.options);
  }

  /** Does the work while no other thread changes the table. The work must be short and must not wait. */
  locked<T>(work: () => T): T {
    return work();
  }

  /** As locked, but not while the tracker uses the order sets: for listings. */
  lockedForListing<T>(work: () => T): T {
    return work();
  }

  /** Closed flows that wait to be read. */
  get closedCount(): number {
    return this.views.data.getUint32(CONTROL + STATE_CLOSED_COUNT, true);
  }

  /** Active flows. */
  get activeCount(): number {
    return this.views.data.getUint32(CONTROL + STATE_ACTIVE_COUNT, true);
  }

  /**
   * Takes the first closed flows, at most rowsMax of them, and gives them back to the pool when `use` has returned. The
   * stage may leave some out.
   * The rows themselves stay valid until the next call that writes rows.
   */
  takeClosed<T>(most: number, use: (rows: RowRange) => T): T {
    return this.locked(() => {
      const rows = this.rowRange(this.exports.writeClosed(most));
      const result = use(this.stage === undefined ? rows : stagedRows(this.stage, this.views, rows));
      this.exports.releaseClosed(rows.count);
      return result;
    });
  }

  /**
   * The next flow whose first bytes are enough, its row at ROWS, or NIL. Under one lock with FirstPayloads and
   * releaseFirstPayload.
   */
  takeReady(): number {
    const index = this.exports.takeReady() >>> 0;
    if (index !== NIL) this.exports.writeFlow(index);
    return index;
  }

  /** The flow's first bytes were read. */
  releaseFirstPayload(index: number): void {
    this.exports.releaseFirstPayload(index);
  }

  /** Gives the first closed flows back unread. */
  release(amount: number): void {
    this.locked(() => this.exports.releaseClosed(amount));
  }

  /** The rows last written as lines of text; valid until the next call. See writeFieldProgram. */
  rowsText({ base, count }: RowRange): Uint8Array {
    return this.views.u8.subarray(TEXT, TEXT + this.exports.writeText(base, count));
  }

  /** The first row from `n` on whose text of the first bytes is not filled in; their number when there is none. */
  rowWithoutText({ base, count }: RowRange, n: number): number {
    return this.exports.rowWithoutText(base, n, count);
  }

  /** Puts copies of rows back, at most rowsMax of them, for rowsText or a view. Under one lock with its use. */
  putRows(copies: readonly Uint8Array[]): RowRange {
    const rows = this.rowRange(copies.length);
    copies.forEach((copy, n) => this.views.u8.set(copy, rowAt(rows, n)));
    return rows;
  }

  /** Writes the rows last written as columns, as the column list says; valid until the next call. See FlowColumns. */
  rowsColumns(rows: RowRange): void {
    this.exports.writeColumns(rows.count);
  }

  /** Writes the rows last written as data records; valid until the next call. Returns how many. See DataRecords. */
  rowsData(rows: RowRange): number {
    return this.exports.writeDataRecords(rows.count) >>> 0;
  }

  /** Takes all active flows out of the table, to be ended by flushSome. */
  beginFlush(): void {
    this.#flushing = true;
    this.exports.beginFlush();
  }

  /** Whether the flush has begun. From then on flows can neither be found nor ordered. */
  get flushing(): boolean {
    return this.#flushing;
  }

  /** Continues the flush with up to `amount` flows; they are ordered before any is ended. Returns how many are left. */
  flushSome(amount: number): number {
    return this.exports.flushSome(amount) >>> 0;
  }

  /** Orders the active flows, least recently used first. Returns how many; orderedRows reads them, under one lock. */
  orderActive(): number {
    return this.exports.orderActive() >>> 0;
  }

  orderedRows(from: number): RowRange {
    return this.rowRange(this.exports.writeOrdered(from, this.rowsMax));
  }

  /** Rows that are written at a time at most. */
  get rowsMax(): number {
    return this.views.data.getUint32(CONTROL + CONFIG_ROWS_MAX, true);
  }

  /** All flow indices used so far are below this. */
  get indexEnd(): number {
    return this.views.data.getUint32(CONTROL + STATE_POOL_TOP, true);
  }

  /** Rows of the active flows with indices [from, from + rowsMax), read under one lock. */
  activeRows(from: number): RowRange {
    return this.rowRange(this.exports.writeActive(from));
  }

  /**
   * Finds the active flow with this key. `use` gets its row while no other thread changes it.
   * @param addresses source and destination, 4 or 16 bytes each, in network order
   */
  find<T>(
    protocol: number,
    addresses: Uint8Array,
    sourcePort: number,
    destinationPort: number,
    use: (row: number) => T,
  ): T | undefined {
    return this.locked(() => {
      this.views.u8.set(addresses, LOOKUP_ADDRESSES);
      const version = addresses.length === 8 ? 4 : 6;
      const index = this.exports.findByAddresses(version, protocol, sourcePort, destinationPort) >>> 0;
      if (index === NIL) return undefined;
      this.exports.writeFlow(index);
      return use(ROWS);
    });
  }

  /**
   * Makes the other end the originator of a flow, unless a SYN has said which it is. Returns whether it did; not when
   * the flow is gone.
   */
  turn(index: number, generation: number): boolean {
    return this.locked(() => this.exports.turnFlow(index, generation)) !== 0;
  }

  /** The rows most recently written. */
  protected rowRange(count: number): RowRange {
    return { base: ROWS, count: count >>> 0, rowBytes: this.rowBytes };
  }

  counters(): EngineCounters {
    return this.locked(() => readCounters(this.views.data));
  }

  figures(): EngineFigures {
    return this.locked(() => readFigures(this.views.data));
  }

  /** Closed flows dropped because they were not read in time. */
  get flowsDropped(): number {
    return counterAt(this.views.data, COUNTER_FLOWS_DROPPED);
  }

  /** Packets dropped because the ring was full, and packets in it; without a ring there are none. */
  get packetsDroppedRing(): number {
    return 0;
  }

  get packetsInRing(): number {
    return 0;
  }

  /** Bytes in use by flows, stored headers and index. */
  memoryUsed(): number {
    return this.exports.memoryUsed();
  }

  /** Bytes of memory reserved; most of it is never touched. */
  get memoryReserved(): number {
    return this.memory.buffer.byteLength;
  }
}

/** Rows in the engine's memory: `count` of them from `base` on, one each `rowBytes` bytes. */
export interface RowRange {
  readonly base: number;
  readonly count: number;
  readonly rowBytes: number;
}

/** Address of row `n`. */
export function rowAt({ base, rowBytes }: RowRange, n: number): number {
  return base + n * rowBytes;
}
