/** Where a command's text goes: a file or standard output, in large pieces, waiting when the reader is slow. ASCII only. */
import { openSync, closeSync, writeSync } from 'node:fs';
import { FParserError } from '../errors.ts';

const PIECE = 65536;

export class Output {
  #text = '';
  readonly #fd: number | undefined;
  #gone = false;
  #failed: Error | undefined;

  /** @param path undefined or `-`: standard output. @throws {FParserError} ERR_WRITE when the file cannot be made */
  constructor(path: string | undefined) {
    this.#fd = path === undefined || path === '-' ? undefined : openForWriting(path);
    if (this.#fd === undefined) {
      process.stdout.on('error', (error: NodeJS.ErrnoException) => {
        this.#gone = true;
        if (error.code !== 'EPIPE') this.#failed = error;
      });
    }
  }

  /** The reader has closed its end: nothing more needs to be written. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Adds text. Resolves when the reader keeps up; most calls only collect. */
  add(text: string): Promise<void> | undefined {
    this.#text += text;
    return this.#text.length >= PIECE ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text === '' || this.#gone) return;
    if (this.#fd !== undefined) {
      writeAll(this.#fd, Buffer.from(text, 'latin1'));
      return;
    }
    await new Promise<void>((resolve) => {
      process.stdout.write(text, 'latin1', () => resolve());
    });
    if (this.#failed !== undefined) throw this.#failed;
  }

  /** Writes what is left in a file and closes it. */
  close(): void {
    if (this.#fd === undefined) return;
    writeAll(this.#fd, Buffer.from(this.#text, 'latin1'));
    this.#text = '';
    closeSync(this.#fd);
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new FParserError('ERR_WRITE', `${path} cannot be written: ${message}`, { cause: error });
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}
