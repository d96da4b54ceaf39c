/**
 * The engine in the caller's own thread. The caller puts capture bytes straight into its memory and has the records
 * walked there. Imports nothing from Node.
 */
import {
  CONTROL, LOOKUP_ADDRESSES, NIL, PAGE_SIZE, READER_INTERFACES, ROWS, ROWS_MAX, ROW_SIZE, STATE_ACTIVE, STATE_CLOSED, STATUS_CODE,
  STATUS_DETAIL, STATUS_DONE, STATUS_VALUE, TEXT,
} from '../../assembly/layout.ts';
import { FParserError } from '../errors.ts';
import { readCounters } from './counters.ts';
import type { EngineCounters, EngineOptions } from './engine.ts';
import { planMemory, writeConfig } from './memory.ts';
import { instantiate, makeViews } from './wasm.ts';
import type { EngineExports, MemoryViews } from './wasm.ts';

/** Why the walk stopped: a STATUS_ code of the layout, and what it speaks of. */
export interface Stop {
  readonly status: number;
  readonly value: number;
  readonly detail: number;
}

export class InlineEngine {
  readonly options: EngineOptions;
  readonly views: MemoryViews;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: EngineExports;
  readonly #block: { readonly base: number; readonly size: number };
  /** Bytes not yet used lie in [from, to) of the block. */
  #from = 0;
  #to = 0;
  #opened = false;
  #offset = 0;
  #flushing = false;

  private constructor(
    options: EngineOptions,
    memory: WebAssembly.Memory,
    exports: EngineExports,
    block: { readonly base: number; readonly size: number },
  ) {
    this.options = options;
    this.#memory = memory;
    this.#exports = exports;
    this.#block = block;
    this.views = makeViews(memory);
  }

  /**
   * @param module compiled from engine.wasm
   * @throws {RangeError} when the options need more memory than there can be
   * @throws {FParserError} ERR_ENGINE when they need more than there is
   */
  static async create(module: WebAssembly.Module, options: EngineOptions): Promise<InlineEngine> {
    const plan = planMemory(options);
    const memory = reserve(plan.pages);
    const exports = await instantiate(module, memory);
    writeConfig(memory, plan, options);
    exports.init();
    return new InlineEngine(options, memory, exports, plan.block);
  }

  /** Begins another file. Bytes of the one before that were not used are forgotten. */
  beginFile(): void {
    this.#from = this.#block.base;
    this.#to = this.#block.base;
    this.#opened = false;
    this.#offset = 0;
  }

  /** Byte of the file at which the next record begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes given that were not used yet. */
  get pending(): number {
    return this.#to - this.#from;
  }

  /** Has the file's header been read? */
  get opened(): boolean {
    return this.#opened;
  }

  /** Where the next bytes of the file go; at most one block of it is offered. Never empty. */
  space(): Uint8Array {
    const { base, size } = this.#block;
    if (this.#from === this.#to) {
      this.#from = base;
      this.#to = base;
    } else if (base + size - this.#to < this.options.blockSize) {
      this.views.u8.copyWithin(base, this.#from, this.#to);
      this.#to -= this.#from - base;
      this.#from = base;
    }
    return this.views.u8.subarray(this.#to, this.#to + this.options.blockSize);
  }

  /** `size` bytes were written to the space. */
  filled(size: number): void {
    this.#to += size;
  }

  /** Uses the bytes given, as far as whole records go. */
  walk(): Stop {
    if (!this.#opened) {
      const at = this.#exports.openCapture(this.#from, this.#to);
      const stop = this.#stop();
      if (stop.status !== STATUS_DONE) return stop;
      this.#use(at);
      this.#opened = true;
    }
    if (this.#from === this.#to) return { status: STATUS_DONE, value: 0, detail: 0 };
    this.#use(this.#exports.walkCapture(this.#from, this.#to));
    return this.#stop();
  }

  #use(at: number): void {
    const next = at >>> 0;
    this.#offset += next - this.#from;
    this.#from = next;
  }

  #stop(): Stop {
    const { data } = this.views;
    return {
      status: data.getUint32(CONTROL + STATUS_CODE, true),
      value: data.getUint32(CONTROL + STATUS_VALUE, true),
      detail: data.getUint32(CONTROL + STATUS_DETAIL, true),
    };
  }

  /** Makes and registers the filter of a link type, as STATUS_FILTER asks for. */
  addFilter(linkType: number, swapped: boolean): void {
    const make = this.options.filter;
    if (make === undefined) throw new TypeError('the engine has no filter');
    const instance = new WebAssembly.Instance(new WebAssembly.Module(make(linkType, swapped) as BufferSource), {
      env: { memory: this.#memory },
    });
    const place = this.#exports.table.grow(1);
    this.#exports.table.set(place, instance.exports['filter']);
    this.#exports.addFilter(linkType, swapped ? 1 : 0, place);
  }

  /** There can be no filter for this link type: its packets are counted as not tracked. */
  refuseFilter(linkType: number, swapped: boolean): void {
    this.#exports.addFilter(linkType, swapped ? 1 : 0, NIL);
  }

  /** Interfaces described so far in the section of the file. */
  get interfaces(): number {
    return this.views.data.getUint32(CONTROL + READER_INTERFACES, true);
  }

  /** Closed flows that wait to be read. */
  get closed(): number {
    return this.views.data.getUint32(CONTROL + STATE_CLOSED, true);
  }

  /** Active flows. */
  get active(): number {
    return this.views.data.getUint32(CONTROL + STATE_ACTIVE, true);
  }

  /** Addresses of rows of the first closed flows, ROWS_MAX at most; valid until the next call. */
  closedRows(most = ROWS_MAX): RowRange {
    return rowRange(this.#exports.writeClosed(most));
  }

  /** The rows of closedRows as lines of text; valid until the next call. See writeTemplate. */
  rowsText(rows: RowRange): Uint8Array {
    return this.views.u8.subarray(TEXT, TEXT + this.#exports.writeText(rows.count));
  }

  /** Gives closed flows back, first ones first. */
  release(amount: number): void {
    this.#exports.releaseClosed(amount);
  }

  /** Takes all active flows out of the table, to be ended by flushSome. */
  beginFlush(): void {
    this.#flushing = true;
    this.#exports.beginFlush();
  }

  /** Has the flush begun? From then on no flow can be found and none may be ordered. */
  get flushing(): boolean {
    return this.#flushing;
  }

  /** Ends up to `amount` flows of the flush. Returns how many are left. */
  flushSome(amount: number): number {
    return this.#exports.flushSome(amount) >>> 0;
  }

  /** Orders the active flows, least recently used first. Returns how many; orderedRows reads them. */
  orderActive(): number {
    return this.#exports.orderActive() >>> 0;
  }

  orderedRows(from: number): RowRange {
    return rowRange(this.#exports.writeOrdered(from, ROWS_MAX));
  }

  /**
   * Row of the active flow with this key, or undefined.
   * @param addresses source and destination, 4 or 16 bytes each, in network order
   */
  find(protocol: number, addresses: Uint8Array, sourcePort: number, destinationPort: number): RowRange | undefined {
    this.views.u8.set(addresses, LOOKUP_ADDRESSES);
    const version = addresses.length === 8 ? 4 : 6;
    const index = this.#exports.findByAddresses(version, protocol, sourcePort, destinationPort) >>> 0;
    if (index === NIL) return undefined;
    this.#exports.writeFlow(index);
    return rowRange(1);
  }

  counters(): EngineCounters {
    return readCounters(this.views.data);
  }

  /** Bytes in use by flows, stored headers and index. */
  memoryUsed(): number {
    return this.#exports.memoryUsed();
  }

  /** Bytes of memory reserved; most of it is never touched. */
  get memoryReserved(): number {
    return this.#memory.buffer.byteLength;
  }
}

/** @throws {FParserError} ERR_ENGINE when the system does not give that much address space */
function reserve(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (error) {
    const size = Math.ceil((pages * PAGE_SIZE) / 2 ** 20);
    throw new FParserError('ERR_ENGINE', `${size} MiB of memory cannot be reserved; lower maxFlows or the memory limits`, { cause: error });
  }
}

/** Rows in the engine's memory: `count` of them from `base` on. */
export interface RowRange {
  readonly base: number;
  readonly count: number;
}

function rowRange(count: number): RowRange {
  return { base: ROWS, count: count >>> 0 };
}

/** Address of row `n`. */
export function rowAt(range: RowRange, n: number): number {
  return range.base + n * ROW_SIZE;
}
