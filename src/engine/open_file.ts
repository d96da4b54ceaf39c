/** State of reading one capture file: its block of bytes in the engine's memory, and the engine's reader state. */
import {
  CONFIG_INTERFACES,
  CONTROL,
  INTERFACE_SIZE,
  READER_FORMAT,
  READER_INTERFACES,
  STATUS_CODE,
  U32_SIZE,
} from '../../assembly/layout.ts';
import type { MemoryViews } from './wasm.ts';

/** State of the engine's reader between two walks, except the interfaces. */
const READER_FROM = (CONTROL + READER_FORMAT) / U32_SIZE;
const READER_WORDS = (STATUS_CODE - READER_FORMAT) / U32_SIZE;
const INTERFACE_WORDS = INTERFACE_SIZE / U32_SIZE;
const CONFIG_INTERFACES_WORD = (CONTROL + CONFIG_INTERFACES) / U32_SIZE;
const READER_INTERFACES_WORD = (CONTROL + READER_INTERFACES) / U32_SIZE;

export class OpenFile {
  /** Bytes not yet used lie in [from, to) of the block. */
  from: number;
  to: number;
  /** Whether the file's header has been read. */
  opened = false;
  /** Byte of the file at which the next record begins. */
  offset = 0;
  readonly base: number;
  readonly size: number;
  /** Reader state, then the interfaces. A loop copies so few words faster than an array makes a part of itself. */
  #kept = new Uint32Array(READER_WORDS);
  /** Words of it that mean something. */
  #keptSize = 0;

  /** @param base address of its block */
  constructor(base: number, size: number) {
    this.base = base;
    this.size = size;
    this.from = base;
    this.to = base;
  }

  /** Begins another file. */
  begin(): void {
    this.from = this.base;
    this.to = this.base;
    this.opened = false;
    this.offset = 0;
  }

  /** Saves the engine's reader state of this file before it switches to another. */
  keep({ u32 }: MemoryViews): void {
    const interfaces = (u32[CONFIG_INTERFACES_WORD] as number) / U32_SIZE;
    const count = (u32[READER_INTERFACES_WORD] as number) * INTERFACE_WORDS;
    if (this.#kept.length < READER_WORDS + count) this.#kept = new Uint32Array(READER_WORDS + 2 * count);
    for (let n = 0; n < READER_WORDS; n++) this.#kept[n] = u32[READER_FROM + n] as number;
    for (let n = 0; n < count; n++) this.#kept[READER_WORDS + n] = u32[interfaces + n] as number;
    this.#keptSize = READER_WORDS + count;
  }

  /** Restores the saved state. */
  restore({ u32 }: MemoryViews): void {
    const interfaces = (u32[CONFIG_INTERFACES_WORD] as number) / U32_SIZE - READER_WORDS;
    if (this.#keptSize === 0) return;
    for (let n = 0; n < READER_WORDS; n++) u32[READER_FROM + n] = this.#kept[n] as number;
    for (let n = READER_WORDS; n < this.#keptSize; n++) u32[interfaces + n] = this.#kept[n] as number;
  }
}
