/**
 * Gathers flows as columns: typed arrays that the engine fills, without an object or a string for a flow. They are the
 * base of column formats.
 */
import type { Column, ColumnNumbers } from '../flow/column.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { writeColumnList } from './column_list.ts';
import type { ColumnPlace } from './column_list.ts';
import { wordsByCode } from './words.ts';
import type { FlowTable, RowRange } from './table.ts';
import type { MemoryViews } from './wasm.ts';

/** Bytes for the characters of a column at first, for each flow. */
const TEXT_BYTES = 16;

export class FlowColumns {
  /** Flows that fit. */
  readonly capacity: number;
  readonly #engine: FlowTable;
  readonly #columns: readonly GatheredColumn[];
  #size = 0;

  /**
   * Decides how many rows the engine writes at a time.
   * @param capacity flows
   * @param binaryAddresses addresses are 16 bytes each, and no text
   * @throws {RangeError} for a field of a group that the engine does not keep
   */
  constructor(engine: FlowTable, fields: readonly FieldDefinition[], capacity: number, binaryAddresses = false) {
    this.capacity = capacity;
    this.#engine = engine;
    this.#columns = writeColumnList(engine.views, engine.placed(fields), binaryAddresses).map(
      (place) => new GatheredColumn(place, capacity),
    );
  }

  /** Flows that they hold. */
  get size(): number {
    return this.#size;
  }

  /** Flows that still fit. */
  get room(): number {
    return this.capacity - this.#size;
  }

  /** Arrays for `capacity` flows, the first `size` of which are set. They change with the next `add`. */
  get columns(): readonly Column[] {
    return this.#columns;
  }

  /** Adds the rows last written. There must be room. */
  add(rows: RowRange): void {
    if (rows.count > this.room) throw new RangeError(`${rows.count} flows do not fit; there is room for ${this.room}`);
    this.#engine.rowsColumns(rows);
    for (const column of this.#columns) column.add(this.#engine.views, this.#size, rows.count);
    this.#size += rows.count;
  }

  /** Empties them. */
  clear(): void {
    this.#size = 0;
  }
}

class GatheredColumn implements Column {
  readonly field: FieldDefinition;
  readonly values: ColumnNumbers;
  text: Uint8Array | undefined;
  readonly byteCount: number | undefined;
  readonly present: Uint8Array | undefined;
  readonly words: readonly string[];
  readonly #place: ColumnPlace;

  constructor(place: ColumnPlace, capacity: number) {
    this.#place = place;
    this.field = place.field;
    this.byteCount = place.byteCount;
    this.words = place.field.type === 'enum' ? wordsByCode(place.field) : [];
    this.values = numbersOf(place, new ArrayBuffer(capacity * (place.width === 0 ? 4 : place.width)), 0, capacity);
    this.text = place.width === 0 ? new Uint8Array(capacity * TEXT_BYTES) : undefined;
    this.present = place.present === 0 ? undefined : new Uint8Array(capacity);
  }

  /** Copies `count` values of the engine to places from `at` on. */
  add(views: MemoryViews, at: number, count: number): void {
    const { values, text, present } = this.#place;
    this.present?.set(views.u8.subarray(present, present + count), at);
    if (this.text === undefined) {
      const from = numbersOf(this.#place, views.u8.buffer, values, count);
      (this.values as { set(from: ColumnNumbers, at: number): void }).set(from, at);
      return;
    }
    const ends = this.values as Uint32Array;
    const start = at === 0 ? 0 : (ends[at - 1] as number);
    const from = values >> 2;
    for (let n = 0; n < count; n++) ends[at + n] = start + (views.u32[from + n] as number);
    const end = ends[at + count - 1] as number;
    if (end > this.text.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.text.length));
      larger.set(this.text.subarray(0, start));
      this.text = larger;
    }
    this.text.set(views.u8.subarray(text, text + end - start), start);
  }
}

function numbersOf({ field, width }: ColumnPlace, buffer: ArrayBufferLike, at: number, count: number): ColumnNumbers {
  switch (width) {
    case 1:
      return new Uint8Array(buffer, at, count);
    case 2:
      return new Uint16Array(buffer, at, count);
    case 8:
      return field.type === 'decimal' ? new Float64Array(buffer, at, count) : new BigInt64Array(buffer, at, count);
    default:
      return new Uint32Array(buffer, at, count);
  }
}
