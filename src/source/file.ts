/** A file or pipe on disk as a byte source: blocks are read straight into the engine's memory. */
import { close, closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { CaptureError } from '../errors.ts';
import type { ByteSource } from './source.ts';

/**
 * A regular file is read synchronously: with the file in the page cache a read is a copy, and a turn of the thread
 * pool costs more than that. Pipes and devices are read through the thread pool, because they may block.
 */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  taken = 0;
  readonly #fd: number;
  readonly #regular: boolean;
  #busy = false;
  #closed = false;

  /** @throws {CaptureError} ERR_NO_SUCH_FILE, ERR_PERMISSION, ERR_READ */
  constructor(path: string) {
    this.name = path;
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw openError(path, error);
    }
    const stat = fstatSync(this.#fd);
    if (stat.isDirectory()) {
      closeSync(this.#fd);
      throw new CaptureError('ERR_READ', path, 0, 'is a folder; name the capture files in it');
    }
    this.#regular = stat.isFile();
    this.size = this.#regular ? stat.size : undefined;
  }

  read(into: Uint8Array): number | Promise<number> {
    if (!this.#regular) return this.#readLater(into);
    try {
      const size = readSync(this.#fd, into, 0, into.length, null);
      this.taken += size;
      return size;
    } catch (error) {
      throw this.#readError(error);
    }
  }

  async #readLater(into: Uint8Array): Promise<number> {
    this.#busy = true;
    const size = await new Promise<number>((resolve, reject) => {
      read(this.#fd, into, 0, into.length, null, (error, count) => {
        this.#busy = false;
        if (this.#closed) close(this.#fd);
        if (error === null) resolve(count);
        else reject(this.#readError(error));
      });
    });
    this.taken += size;
    return size;
  }

  #readError(error: unknown): CaptureError {
    return new CaptureError('ERR_READ', this.name, this.taken, `cannot be read further: ${messageOf(error)}`, { cause: error });
  }

  /** A read under way keeps the descriptor until it returns. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#busy) closeSync(this.#fd);
  }
}

function openError(path: string, error: unknown): CaptureError {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return new CaptureError('ERR_NO_SUCH_FILE', path, 0, 'no such file', { cause: error });
  if (code === 'EACCES') {
    return new CaptureError('ERR_PERMISSION', path, 0, 'no permission to read it; run as its owner or change its mode', { cause: error });
  }
  return new CaptureError('ERR_READ', path, 0, `cannot be opened: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
