/**
 * The engine in the caller's own thread. The caller puts capture bytes straight into its memory and has the records
 * walked there. Imports nothing from Node.
 */
import {
  CONTROL,
  READER_BIT_END,
  READER_BITS,
  READER_INTERFACES,
  STATE_CLOCK,
  STATUS_CODE,
  STATUS_DETAIL,
  STATUS_DONE,
  STATUS_VALUE,
} from '../../assembly/layout.ts';
import type { EngineOptions } from './options.ts';
import { OpenFile } from './open_file.ts';
import { planMemory, reserve, writeConfig } from './memory.ts';
import type { MemoryPlan } from './memory.ts';
import { FlowTable } from './table.ts';
import { installFilter, instantiate } from './wasm.ts';
import type { EngineExports } from './wasm.ts';

/** Why the walk stopped: a STATUS_ code of the layout and its parameters. */
export interface WalkResult {
  readonly status: number;
  readonly value: number;
  readonly detail: number;
}

/** Walks without a time limit. */
export const NO_LIMIT = 2n ** 64n - 1n;

/** What an engine is made of. */
export interface EngineParts {
  readonly options: EngineOptions;
  readonly plan: MemoryPlan;
  readonly memory: WebAssembly.Memory;
  readonly exports: EngineExports;
}

export class InlineEngine extends FlowTable {
  readonly #files: readonly OpenFile[];
  /** The one that is read. */
  #file: OpenFile;

  protected constructor({ options, memory, exports, plan }: EngineParts) {
    super(options, memory, exports);
    const { base, size } = plan.block;
    const further = Array.from({ length: plan.files - 1 }, (_, n) => new OpenFile(base + (n + 1) * size, size));
    this.#file = new OpenFile(base, size);
    this.#files = [this.#file, ...further];
  }

  /**
   * @param module compiled from engine.wasm, or from engine.shared.wasm for memory that threads can share
   * @throws {RangeError} when the options need more memory than there can be
   * @throws {FParserError} ERR_ENGINE when they need more than there is
   */
  static async create(module: WebAssembly.Module, options: EngineOptions): Promise<InlineEngine> {
    return new InlineEngine(await InlineEngine.prepare(module, options));
  }

  /**
   * An instance over a fresh memory, which gets plan and options.
   * @throws {RangeError} when the options need more memory than there can be
   * @throws {FParserError} ERR_ENGINE
   */
  protected static async prepare(
    module: WebAssembly.Module,
    options: EngineOptions,
    plan: MemoryPlan = planMemory(options),
    memory: WebAssembly.Memory = reserve(plan.pages, options.sharedMemory === true),
  ): Promise<EngineParts> {
    const exports = await instantiate(module, memory);
    writeConfig(memory, plan, options);
    exports.init();
    return { options, plan, memory, exports };
  }

  /** Number of files that can be open at once; they are numbered from 0. */
  get filesMax(): number {
    return this.#files.length;
  }

  /** Switches to an open file: all later calls are about it. The first one is number 0. */
  select(number: number): void {
    const file = this.#files[number];
    if (file === undefined) throw new RangeError(`file ${number}: there is room for ${this.#files.length}`);
    if (file === this.#file) return;
    this.#file.keep(this.views);
    file.restore(this.views);
    this.#file = file;
  }

  /** Begins another file in place of this one. Unused bytes are discarded. */
  beginFile(): void {
    this.#file.begin();
  }

  /** The rest of this file is another capture. */
  beginJoined(): void {
    this.#file.opened = false;
  }

  /** Byte of the file at which the next record begins. */
  get offset(): number {
    return this.#file.offset;
  }

  /** Bytes given that were not used yet. */
  get pending(): number {
    return this.#file.to - this.#file.from;
  }

  /** Whether the next bytes are zeros, as many as a record header has. */
  get pendingIsZero(): boolean {
    return this.pending >= 4 && this.views.u8.subarray(this.#file.from, this.#file.to).every((byte) => byte === 0);
  }

  /** Whether the file's header has been read. */
  get opened(): boolean {
    return this.#file.opened;
  }

  /** Where the next bytes of the file go; at most one block of it is offered. Never empty. */
  space(): Uint8Array {
    const file = this.#file;
    const { base, size } = file;
    if (file.from === file.to) {
      file.from = base;
      file.to = base;
    } else if (base + size - file.to < this.options.blockSize) {
      this.views.u8.copyWithin(base, file.from, file.to);
      file.to -= file.from - base;
      file.from = base;
    }
    return this.views.u8.subarray(file.to, file.to + this.options.blockSize);
  }

  /** No more bytes of the file will come: the next walk does not wait for what would tell more. */
  endFile(): void {
    const { data } = this.views;
    data.setUint32(CONTROL + READER_BITS, data.getUint32(CONTROL + READER_BITS, true) | READER_BIT_END, true);
  }

  /** `size` bytes were written to the space. */
  filled(size: number): void {
    this.#file.to += size;
  }

  /**
   * Walks all complete records of the bytes given.
   * @param until nanoseconds: the walk stops before the first record that is not earlier, with STATUS_LATER
   */
  walk(until = NO_LIMIT): WalkResult {
    const file = this.#file;
    if (!file.opened) {
      const at = this.exports.openCapture(file.from, file.to);
      const stop = this.#stop();
      if (stop.status !== STATUS_DONE) return stop;
      this.#use(at);
      file.opened = true;
    }
    if (file.from === file.to) return { status: STATUS_DONE, value: 0, detail: 0 };
    this.#use(this.walkRecords(file.from, file.to, until));
    return this.#stop();
  }

  /** Walks the records in [from, to) of an open file. Returns the address of the first one that was not used. */
  protected walkRecords(from: number, to: number, until: bigint): number {
    return this.exports.walkCapture(from, to, until);
  }

  #use(at: number): void {
    const file = this.#file;
    const next = at >>> 0;
    file.offset += next - file.from;
    file.from = next;
  }

  #stop(): WalkResult {
    const { data } = this.views;
    return {
      status: data.getUint32(CONTROL + STATUS_CODE, true),
      value: data.getUint32(CONTROL + STATUS_VALUE, true),
      detail: data.getUint32(CONTROL + STATUS_DETAIL, true),
    };
  }

  /** This engine, when it has filters to be made. */
  get filters(): InlineEngine | undefined {
    return this.options.filter === undefined ? undefined : this;
  }

  /** This engine: the flows of its table that have not ended. */
  get activeFlows(): InlineEngine | undefined {
    return this;
  }

  /** Closed flows that wait to be read. */
  get waitingCount(): number {
    return this.closedCount;
  }

  get packetsSeen(): number {
    return this.counters().packetsSeen;
  }

  /** Makes and registers the filter of a link type, as STATUS_FILTER asks for. */
  addFilter(linkType: number, bigEndian: boolean): void {
    const { filter, sharedMemory = false } = this.options;
    if (filter === undefined) throw new TypeError('the engine has no filter');
    installFilter(this.exports, this.memory, linkType, bigEndian, filter(linkType, bigEndian, sharedMemory));
  }

  /** No filter is possible for this link type: its packets are counted as not tracked. */
  refuseFilter(linkType: number, bigEndian: boolean): void {
    installFilter(this.exports, this.memory, linkType, bigEndian, null);
  }

  /** Interfaces described so far in the section of the file. */
  get interfaces(): number {
    return this.#file.opened ? this.views.data.getUint32(CONTROL + READER_INTERFACES, true) : 0;
  }

  /** The latest time of a packet so far, nanoseconds; 0 before the first one. */
  get clock(): bigint {
    return this.views.data.getBigUint64(CONTROL + STATE_CLOCK, true);
  }
}
