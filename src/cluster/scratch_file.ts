/** An object while it is written: a file of this machine that knows the digest of what is in it. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { FParserError, messageOf } from '../errors.ts';
import { FILE_CARRIER } from '../write/flow_output.ts';
import type { FlowOutput } from '../write/flow_output.ts';
import type { Storage } from './storage.ts';

export class ScratchFile implements FlowOutput {
  readonly gone = false;
  readonly continues = false;
  readonly carrier = FILE_CARRIER;
  readonly #storage: Storage;
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #fd: number | undefined;
  /** Bytes written. */
  size = 0;

  private constructor(storage: Storage, path: string) {
    this.#storage = storage;
    this.#path = path;
  }

  /** @throws {FParserError} ERR_WRITE */
  static async create(storage: Storage): Promise<ScratchFile> {
    const file = new ScratchFile(storage, await storage.scratch());
    file.#guard(() => {
      file.#fd = openSync(file.#path, 'wx');
    });
    return file;
  }

  /** @throws {FParserError} ERR_WRITE */
  write(bytes: Uint8Array): void {
    this.#guard(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd as number, bytes, done);
    });
    this.#hash.update(bytes);
    this.size += bytes.length;
  }

  async add(text: string): Promise<void> {
    this.write(Buffer.from(text));
  }

  async addBytes(bytes: Uint8Array): Promise<void> {
    this.write(bytes);
  }

  put(piece: string | Uint8Array): Promise<void> {
    return typeof piece === 'string' ? this.add(piece) : this.addBytes(piece);
  }

  async flush(): Promise<void> {
    // Nothing waits.
  }

  /** Stores it. Returns its name. @param nameOf from the SHA-256 of the content @throws {FParserError} ERR_WRITE */
  async end(nameOf: (digest: string) => string): Promise<string> {
    this.#close();
    const name = nameOf(this.#hash.digest('hex'));
    await this.#storage.put(this.#path, name);
    return name;
  }

  /** Nothing of it remains. Idempotent, also after `end`. */
  async abandon(): Promise<void> {
    this.#close();
    await rm(this.#path, { force: true });
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      const message = `${this.#path} cannot be written: ${messageOf(error)}`;
      throw new FParserError('ERR_WRITE', message, { cause: error });
    }
  }
}
