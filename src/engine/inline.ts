/**
 * The engine in the caller's own thread. The caller puts capture bytes straight into its memory and has the records
 * walked there. Imports nothing from Node.
 */
import {
  CONTROL,
  READER_INTERFACES,
  STATUS_CODE,
  STATUS_DETAIL,
  STATUS_DONE,
  STATUS_VALUE,
} from '../../assembly/layout.ts';
import type { EngineOptions } from './options.ts';
import { planMemory, reserve, writeConfig } from './memory.ts';
import { FlowTable } from './table.ts';
import { installFilter, instantiate } from './wasm.ts';
import type { EngineExports } from './wasm.ts';

/** Why the walk stopped: a STATUS_ code of the layout and its parameters. */
export interface Stop {
  readonly status: number;
  readonly value: number;
  readonly detail: number;
}

export class InlineEngine extends FlowTable {
  readonly #block: { readonly base: number; readonly size: number };
  /** Bytes not yet used lie in [from, to) of the block. */
  #from = 0;
  #to = 0;
  #opened = false;
  #offset = 0;

  private constructor(
    options: EngineOptions,
    memory: WebAssembly.Memory,
    exports: EngineExports,
    block: { readonly base: number; readonly size: number },
  ) {
    super(options, memory, exports);
    this.#block = block;
  }

  /**
   * @param module compiled from engine.wasm
   * @throws {RangeError} when the options need more memory than there can be
   * @throws {FParserError} ERR_ENGINE when they need more than there is
   */
  static async create(module: WebAssembly.Module, options: EngineOptions): Promise<InlineEngine> {
    const plan = planMemory(options);
    const memory = reserve(plan.pages, false);
    const exports = await instantiate(module, memory);
    writeConfig(memory, plan, options);
    exports.init();
    return new InlineEngine(options, memory, exports, plan.block);
  }

  /** Begins another file. Unused bytes of the previous one are discarded. */
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

  /** Walks all complete records of the bytes given. */
  walk(): Stop {
    if (!this.#opened) {
      const at = this.exports.openCapture(this.#from, this.#to);
      const stop = this.#stop();
      if (stop.status !== STATUS_DONE) return stop;
      this.#use(at);
      this.#opened = true;
    }
    if (this.#from === this.#to) return { status: STATUS_DONE, value: 0, detail: 0 };
    this.#use(this.exports.walkCapture(this.#from, this.#to));
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

  /** This engine, when it has filters to be made. */
  get filters(): InlineEngine | undefined {
    return this.options.filter === undefined ? undefined : this;
  }

  /** This engine: the flows of its table that have not ended. */
  get activeFlows(): InlineEngine {
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
    const make = this.options.filter;
    if (make === undefined) throw new TypeError('the engine has no filter');
    installFilter(this.exports, this.memory, linkType, bigEndian, make(linkType, bigEndian, false));
  }

  /** No filter is possible for this link type: its packets are counted as not tracked. */
  refuseFilter(linkType: number, bigEndian: boolean): void {
    installFilter(this.exports, this.memory, linkType, bigEndian, null);
  }

  /** Interfaces described so far in the section of the file. */
  get interfaces(): number {
    return this.views.data.getUint32(CONTROL + READER_INTERFACES, true);
  }
}
