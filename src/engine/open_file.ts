/** State of reading one capture file: its block of bytes in the engine's memory, and the engine's reader state. */
import {
  CONFIG_INTERFACES,
  CONTROL,
  INTERFACE_SIZE,
  READER_FORMAT,
  READER_INTERFACES,
  STATUS_CODE,
} from '../../assembly/layout.ts';
import type { MemoryViews } from './wasm.ts';

/** State of the engine's reader between two walks, except the interfaces. */
const READER_FROM = CONTROL + READER_FORMAT;
const READER_TO = CONTROL + STATUS_CODE;

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
  #reader: Uint8Array | undefined;
  #interfaces: Uint8Array | undefined;

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
  keep({ u8, data }: MemoryViews): void {
    const interfaces = data.getUint32(CONTROL + CONFIG_INTERFACES, true);
    const count = data.getUint32(CONTROL + READER_INTERFACES, true);
    this.#reader = u8.slice(READER_FROM, READER_TO);
    this.#interfaces = u8.slice(interfaces, interfaces + count * INTERFACE_SIZE);
  }

  /** Restores the saved state. */
  restore({ u8, data }: MemoryViews): void {
    if (this.#reader === undefined || this.#interfaces === undefined) return;
    u8.set(this.#reader, READER_FROM);
    u8.set(this.#interfaces, data.getUint32(CONTROL + CONFIG_INTERFACES, true));
  }
}
