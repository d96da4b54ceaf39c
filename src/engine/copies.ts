/**
 * Flows copied out of the engine's memory, each in one run of 32-bit words:
 *
 *     row | directions, forward first | log record | bytes of the flow u32 | blocks of groups | stored headers, oldest first
 *
 * A copy does not refer to the table. Copying is cheap because nothing is decoded; FlowCopy reads a copy.
 */
import {
  CHUNK_CAPACITY,
  CHUNK_HEADERS,
  CHUNK_NEXT,
  CHUNK_SIZE,
  CONFIG_CHUNKS,
  CONTROL,
  COUNTER_STORED_BY_CLASS,
  DIRECTION_SIZE,
  HEADER_SIZE,
  LOG_HEAD,
  LOG_SIZE,
  LOG_STORED,
  ROW_SIZE,
  SIDE_DIRECTIONS,
  SIDE_PACKET_LOG,
  U32_SIZE,
} from '../../assembly/layout.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { fieldsWith } from '../flow/fields.ts';
import { readByClass, sumClasses } from './figures.ts';
import type { EngineOptions } from './options.ts';
import { recordReader } from './rows.ts';
import type { RowBytes } from './row_bytes.ts';
import { blockOf, placedFields, planSides } from './side_records.ts';
import { rowAt } from './table.ts';
import type { FlowTable } from './table.ts';
import type { MemoryViews } from './wasm.ts';

/** Offsets within a copy, bytes. */
export const COPY_DIRECTIONS = ROW_SIZE;
export const COPY_LOG = COPY_DIRECTIONS + DIRECTION_SIZE;
export const COPY_FLOW_BYTES = COPY_LOG + LOG_SIZE;
const COPY_BLOCKS = COPY_FLOW_BYTES + 4;

const HEADER_WORDS = HEADER_SIZE / U32_SIZE;

/** What of a copy depends on the groups of fields that the engine keeps. */
export class CopyShape {
  /** Blocks of groups: where they are in a row and in a copy, and how large. Bytes. */
  readonly blocks: readonly { readonly row: number; readonly at: number; readonly size: number }[];
  /** Offset of the stored headers, bytes. */
  readonly headers: number;
  /** Reads the groups of a copy, each under its name. */
  readonly readGroups: (views: RowBytes, row: number) => object;

  constructor(options: EngineOptions) {
    const fields: FieldDefinition[] = [];
    const blocks: { row: number; at: number; size: number }[] = [];
    const placed = placedFields(fieldsWith(options.with ?? []), options);
    let at = COPY_BLOCKS;
    for (const { group, blockAt } of planSides(options).groups) {
      const members = placed.filter((field) => field.group === group.name);
      if (members.length === 0) continue;
      const size = group.blockBytes(options);
      const from = at;
      fields.push(...members.map((field) => ({ ...field, at: from - blockAt + field.at })));
      blocks.push({ row: blockAt, at, size });
      at += size;
    }
    this.blocks = blocks;
    this.headers = at;
    this.readGroups = recordReader(fields);
  }
}

/** Copies flows of one engine. The engine must keep direction records. */
export class FlowCopier {
  readonly #views: MemoryViews;
  readonly shape: CopyShape;
  /** Where the blocks of the side records are in a row. */
  readonly #directions: number;
  readonly #log: number | undefined;
  readonly #chunks: number;
  readonly #flowBytes: number;
  readonly #fixedWords: number;

  constructor(views: MemoryViews, options: EngineOptions) {
    const plan = planSides(options);
    const directions = blockOf(plan, SIDE_DIRECTIONS);
    if (directions === undefined) throw new TypeError('flows are copied with their direction records');
    this.shape = new CopyShape(options);
    this.#fixedWords = this.shape.headers / U32_SIZE;
    this.#views = views;
    this.#directions = directions;
    this.#log = blockOf(plan, SIDE_PACKET_LOG);
    this.#chunks = views.data.getUint32(CONTROL + CONFIG_CHUNKS, true);
    this.#flowBytes = plan.flowBytes;
  }

  /** A copy of the flow whose row is at `row`. */
  copy(row: number): Uint32Array {
    const copy = new Uint32Array(this.#fixedWords + HEADER_WORDS * this.#stored(row));
    this.#write(row, copy, 0);
    return copy;
  }

  /** Copies of all active flows, least recently used first. */
  copyActive(table: FlowTable): FlowCopies {
    return table.lockedForListing(() => this.#copyOrdered(table));
  }

  #copyOrdered(table: FlowTable): FlowCopies {
    const count = table.orderActive();
    const stored = sumClasses(readByClass(this.#views.data, COUNTER_STORED_BY_CLASS));
    const words = new Uint32Array(this.#fixedWords * count + HEADER_WORDS * stored);
    const ends = new Float64Array(count);
    let end = 0;
    for (let n = 0; n < count; ) {
      const rows = table.orderedRows(n);
      for (let place = 0; place < rows.count; place++) {
        end = this.#write(rowAt(rows, place), words, end);
        ends[n++] = end;
      }
    }
    return new FlowCopies(words, ends, this.shape);
  }

  #stored(row: number): number {
    return this.#log === undefined ? 0 : (this.#views.u32[(row + this.#log + LOG_STORED) / U32_SIZE] as number);
  }

  /** Writes a copy at word `at`. Returns the word after it. */
  #write(row: number, to: Uint32Array, at: number): number {
    this.#copyBytes(row, ROW_SIZE, to, at);
    this.#copyBytes(row + this.#directions, DIRECTION_SIZE, to, at + COPY_DIRECTIONS / U32_SIZE);
    to[at + COPY_FLOW_BYTES / U32_SIZE] = this.#flowBytes;
    for (const block of this.shape.blocks) this.#copyBytes(row + block.row, block.size, to, at + block.at / U32_SIZE);
    if (this.#log === undefined) return at + this.#fixedWords;
    const log = row + this.#log;
    this.#copyBytes(log, LOG_SIZE, to, at + COPY_LOG / U32_SIZE);
    return this.#copyChain(log, to, at + this.#fixedWords);
  }

  #copyChain(log: number, to: Uint32Array, at: number): number {
    const { u32 } = this.#views;
    let left = u32[(log + LOG_STORED) / U32_SIZE] as number;
    let chunk = u32[(log + LOG_HEAD) / U32_SIZE] as number;
    while (left > 0) {
      const from = this.#chunks + chunk * CHUNK_SIZE;
      const count = Math.min(left, CHUNK_CAPACITY);
      this.#copyBytes(from + CHUNK_HEADERS, count * HEADER_SIZE, to, at);
      at += count * HEADER_WORDS;
      left -= count;
      chunk = u32[(from + CHUNK_NEXT) / U32_SIZE] as number;
    }
    return at;
  }

  /** A loop: for so few words it is several times faster than making a subarray. */
  #copyBytes(from: number, size: number, to: Uint32Array, at: number): void {
    const { u32 } = this.#views;
    const first = from / U32_SIZE;
    const words = size / U32_SIZE;
    for (let n = 0; n < words; n++) to[at + n] = u32[first + n] as number;
  }
}

/** Many copies in one piece of memory. */
export class FlowCopies {
  readonly #words: Uint32Array;
  /** Word after each copy. */
  readonly #ends: Float64Array;
  readonly shape: CopyShape;

  constructor(words: Uint32Array, ends: Float64Array, shape: CopyShape) {
    this.shape = shape;
    this.#words = words;
    this.#ends = ends;
  }

  get count(): number {
    return this.#ends.length;
  }

  /** Copy number `n`, on its own. */
  at(n: number): Uint32Array {
    return this.#words.slice(n === 0 ? 0 : this.#ends[n - 1], this.#ends[n]);
  }
}
