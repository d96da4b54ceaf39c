/**
 * Where stages find inputs and leave results: a folder here, a bucket elsewhere. An object has its name only when it is
 * whole, so whoever sees it can use it, and two writers of the same object are harmless.
 */
import { randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FParserError, messageOf } from '../errors.ts';
import { S3Storage } from './s3_storage.ts';

export interface StoredObject {
  /** Below the root of the storage, parts separated by `/`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Another one when the content is another one: nanoseconds of the last change, or an ETag. */
  readonly tag: string;
}

export interface Storage {
  /** Absolute path of the folder, or `s3://bucket/prefix`. */
  readonly url: string;
  /** Objects whose names begin with `prefix`, in the order of their names. A root that does not exist has none. */
  list(prefix: string): Promise<readonly StoredObject[]>;
  /** Undefined: there is no such object. */
  stat(name: string): Promise<StoredObject | undefined>;
  /**
   * The bytes [from, from + size), fewer where the object ends before. Each iteration reads them again.
   * @throws {FParserError} ERR_READ, ERR_NO_SUCH_FILE
   */
  open(name: string, from: number, size: number): AsyncIterable<Uint8Array>;
  /** Path of a file on this machine that does not exist, to be written and put. */
  scratch(): Promise<string>;
  /**
   * Gives a scratch file its name, when all of it is stored. What has the name already is replaced. The scratch file is
   * gone afterwards, also after an error.
   * @throws {FParserError} ERR_WRITE
   */
  put(scratch: string, name: string): Promise<void>;
  /** Removes an object, if it exists. */
  remove(name: string): Promise<void>;
}

/** Scratch files that processes have left behind are removed after this time. */
const LEFT_MS = 24 * 3600 * 1000;
const SCRATCH = /^\.scratch-[0-9a-z]+-[0-9a-f]{12}$/;

/** A folder. */
export class LocalStorage implements Storage {
  readonly url: string;

  /** @param root absolute path; it is made when something is written */
  constructor(root: string) {
    this.url = root;
  }

  async list(prefix: string): Promise<readonly StoredObject[]> {
    const folder = prefix.includes('/') ? dirname(`${prefix}_`) : '';
    const entries = await readdir(join(this.url, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw readError(join(this.url, folder), error);
    });
    const names = entries
      .filter((entry) => !entry.isDirectory() && !SCRATCH.test(entry.name))
      .map(({ name }) => (folder === '' ? name : `${folder}/${name}`))
      .filter((name) => name.startsWith(prefix))
      .sort();
    const found = await Promise.all(names.map((name) => this.stat(name)));
    return found.filter((one) => one !== undefined);
  }

  async stat(name: string): Promise<StoredObject | undefined> {
    try {
      const found = await stat(join(this.url, name), { bigint: true });
      return found.isFile() ? { name, size: Number(found.size), tag: found.mtimeNs.toString() } : undefined;
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw readError(join(this.url, name), error);
    }
  }

  open(name: string, from: number, size: number): AsyncIterable<Uint8Array> {
    const path = join(this.url, name);
    return {
      async *[Symbol.asyncIterator]() {
        if (size <= 0) return;
        try {
          yield* createReadStream(path, { start: from, end: from + size - 1 }) as AsyncIterable<Uint8Array>;
        } catch (error) {
          throw readError(path, error);
        }
      },
    };
  }

  async scratch(): Promise<string> {
    try {
      await mkdir(this.url, { recursive: true });
    } catch (error) {
      throw writeError(this.url, error);
    }
    // Of no other process, also not of one on another machine.
    return join(this.url, `.scratch-${process.pid.toString(36)}-${randomBytes(6).toString('hex')}`);
  }

  async put(scratch: string, name: string): Promise<void> {
    const path = join(this.url, name);
    try {
      const file = await open(scratch, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await mkdir(dirname(path), { recursive: true });
      await rename(scratch, path);
    } catch (error) {
      await rm(scratch, { force: true });
      throw writeError(path, error);
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.url, name), { force: true });
  }

  /** Removes scratch files that nobody writes to any more. @param now milliseconds since the epoch */
  async sweep(now: number): Promise<void> {
    const names = await readdir(this.url).catch(() => []);
    for (const name of names.filter((one) => SCRATCH.test(one))) {
      const found = await stat(join(this.url, name)).catch(() => undefined);
      if (found !== undefined && now - found.mtimeMs > LEFT_MS) await rm(join(this.url, name), { force: true });
    }
  }
}

/** All bytes of an object; undefined: there is no such object. @throws {FParserError} ERR_READ */
export async function readObject(storage: Storage, name: string): Promise<Buffer | undefined> {
  const found = await storage.stat(name);
  return found === undefined ? undefined : readRange(storage, name, 0, found.size);
}

/** A part of an object. @throws {FParserError} ERR_READ: also when the object ends before */
export async function readRange(storage: Storage, name: string, from: number, size: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of storage.open(name, from, size)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (bytes.length === size) return bytes;
  throw new FParserError('ERR_READ', `${storage.url}/${name} has ${bytes.length} of ${size} bytes from ${from} on`);
}

/** Stores a small text under a name. @throws {FParserError} ERR_WRITE */
export async function writeObject(storage: Storage, name: string, text: string): Promise<void> {
  const scratch = await storage.scratch();
  try {
    const file = await open(scratch, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(scratch, { force: true });
    throw writeError(`${storage.url}/${name}`, error);
  }
  await storage.put(scratch, name);
}

/** Where an input is: its storage, and its name there. @param url absolute path, or `s3://bucket/name` */
export function inputAt(url: string): { readonly storage: Storage; readonly name: string } {
  return { storage: openStorage(dirname(url)), name: basename(url) };
}

/** @param url absolute path of a folder, or `s3://bucket/prefix` @throws {RangeError} for anything else */
export function openStorage(url: string): Storage {
  if (url.startsWith('/')) return new LocalStorage(url);
  if (/^s3:\/\/[^/]/.test(url)) return new S3Storage(url);
  throw new RangeError(`${url}: an absolute path or s3://bucket/prefix is expected`);
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}

function readError(path: string, error: unknown): FParserError {
  const code = codeOf(error) === 'ENOENT' ? 'ERR_NO_SUCH_FILE' : 'ERR_READ';
  return new FParserError(code, `${path} cannot be read: ${messageOf(error)}`, { cause: error });
}

function writeError(path: string, error: unknown): FParserError {
  return new FParserError('ERR_WRITE', `${path} cannot be written: ${messageOf(error)}`, { cause: error });
}
