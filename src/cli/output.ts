/** Where a command's text goes: a file or standard output, waiting when the reader is slow. Text is ASCII. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { FParserError } from '../errors.ts';

/** Text is collected up to this many characters before it is written. */
const PIECE = 65536;

export class Output {
  readonly #fd: number | undefined;
  readonly #name: string;
  #text = '';
  #gone = false;
  #failed: Error | undefined;

  /** @param path undefined or `-`: standard output. @throws {FParserError} ERR_WRITE when the file cannot be made */
  constructor(path: string | undefined) {
    const toFile = path !== undefined && path !== '-';
    this.#name = toFile ? path : 'standard output';
    this.#fd = toFile ? openForWriting(path) : undefined;
    if (!toFile) process.stdout.on('error', (error) => this.#fail(error));
  }

  /** A reader that is gone is not an error. */
  #fail(error: unknown): void {
    this.#gone = true;
    if ((error as { code?: unknown }).code !== 'EPIPE') this.#failed = writeError(this.#name, error);
  }

  /** The reader has closed its end: nothing more needs to be written. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Adds text; resolves when the reader keeps up. */
  async add(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= PIECE) await this.flush();
  }

  /** Adds bytes, which may be overwritten as soon as this has resolved. */
  async addBytes(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#write(bytes);
  }

  /** Writes what is left, and closes a file. Idempotent. */
  async close(): Promise<void> {
    await this.flush();
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  /** Writes what was collected. */
  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await this.#write(Buffer.from(text, 'latin1'));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#gone || bytes.length === 0) return;
    if (this.#fd === undefined) {
      // Resolves when the bytes are with the system, so nobody keeps them.
      await new Promise<void>((resolve) => {
        process.stdout.write(bytes, () => resolve());
      });
    } else {
      try {
        writeAll(this.#fd, bytes);
      } catch (error) {
        this.#fail(error);
      }
    }
    if (this.#failed !== undefined) throw this.#failed;
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw writeError(path, error);
  }
}

function writeError(name: string, error: unknown): FParserError {
  const message = error instanceof Error ? error.message : String(error);
  return new FParserError('ERR_WRITE', `${name} cannot be written: ${message}`, { cause: error });
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}
