/** A regular file as a byte source: blocks are read straight into the engine's memory. */
import { closeSync, readSync } from 'node:fs';
import { CaptureError } from '../../errors.ts';
import type { ByteSource } from './source.ts';

/**
 * Reads synchronously: with the file in the page cache a read is a copy, and a turn of the thread pool costs more than
 * that. Inputs that may block use StreamSource.
 */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly waits = false;
  taken = 0;
  readonly #fd: number;
  #closed = false;

  /** @param fd open for reading; it is closed with the source unless it is standard input */
  constructor(name: string, fd: number, size: number) {
    this.name = name;
    this.size = size;
    this.#fd = fd;
  }

  read(into: Uint8Array): number {
    // The descriptor may belong to another file by now.
    if (this.#closed) return 0;
    try {
      const size = readSync(this.#fd, into, 0, into.length, null);
      this.taken += size;
      return size;
    } catch (error) {
      throw readError(this.name, this.taken, error);
    }
  }

  close(): void {
    if (!this.#closed && this.#fd > 2) closeSync(this.#fd);
    this.#closed = true;
  }
}

export function readError(name: string, offset: number, error: unknown): CaptureError {
  const message = error instanceof Error ? error.message : String(error);
  return new CaptureError('ERR_READ', name, offset, `cannot be read further: ${message}`, { cause: error });
}
