/**
 * `owners.json` on disk. Guarantees: whoever reads it, at any moment, sees one whole file or none; it is never read or
 * written through a symbolic link or in a folder that others can write to.
 * Two processes at once: the last one wins.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors.ts';
import { HostError } from '../host/errors.ts';
import { cacheText, parseCache } from './cache_entry.ts';
import type { CacheEntry } from './cache_entry.ts';

const NAME = 'owners.json';
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;
export const CACHE_BYTES_MAX = 32 * 1024 * 1024;
/** What a process that was killed while writing has left; and how old it is when that is sure, milliseconds. */
const LEFT_OVER = /^owners\.json\.\d+\.[0-9a-f]{12}\.new$/;
const LEFT_OVER_MS = 3_600_000;
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

export class CacheFile {
  readonly path: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, NAME);
  }

  /**
   * Empty if there is no file, or if it is invalid: it is then renamed to `owners.json.bad`.
   * @throws {HostError} ERR_CACHE_UNSAFE when it must not be used, or cannot
   */
  async read(): Promise<CacheEntry[]> {
    return this.#guard('read', async () => {
      if (!(await this.#isSafe())) return [];
      const text = await this.#text();
      if (text === undefined) return [];
      try {
        return parseCache(text);
      } catch {
        await rename(this.path, `${this.path}.bad`);
        return [];
      }
    });
  }

  /** @param entries oldest first @throws {HostError} ERR_CACHE_UNSAFE; the file is as it was before */
  async write(entries: readonly CacheEntry[]): Promise<void> {
    await this.#guard('written', async () => {
      await mkdir(this.#folder, { recursive: true, mode: FOLDER_MODE });
      await this.#isSafe();
      await this.#replace(boundedText(entries));
      await this.#removeLeftOvers();
    });
  }

  async #guard<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (error instanceof HostError) throw error;
      const reason = messageOf(error);
      throw new HostError('ERR_CACHE_UNSAFE', `${this.path} cannot be ${what}: ${reason}`, { cause: error });
    }
  }

  /** False when the folder does not exist. @throws {HostError} */
  async #isSafe(): Promise<boolean> {
    const folder = await statsOf(this.#folder);
    if (folder === undefined) return false;
    const uid = process.geteuid?.();
    if (folder.isSymbolicLink()) throw unsafe(this.#folder, 'is a symbolic link');
    if (!folder.isDirectory()) throw unsafe(this.#folder, 'is not a folder');
    if (uid !== undefined && folder.uid !== uid)
      throw unsafe(this.#folder, `belongs to user ${folder.uid}, not to user ${uid}`);
    if ((folder.mode & WRITABLE_BY_OTHERS) !== 0)
      throw unsafe(this.#folder, `can be written to by others; chmod go-w ${this.#folder}`);
    // Root never writes into another user's home, whatever the environment says.
    const parent = await stat(dirname(this.#folder));
    if (uid !== undefined && parent.uid !== uid && parent.uid !== 0) {
      throw unsafe(dirname(this.#folder), `belongs to user ${parent.uid}, not to user ${uid}`);
    }
    const file = await statsOf(this.path);
    if (file !== undefined) checkFile(this.path, file);
    return true;
  }

  /** Undefined when there is no file; empty, which is not a cache either, when it is too large. */
  async #text(): Promise<string | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(this.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const stats = await handle.stat();
      // It may be another one by now.
      checkFile(this.path, stats);
      const { size } = stats;
      if (size > CACHE_BYTES_MAX) return '';
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  async #replace(text: string): Promise<void> {
    const path = join(this.#folder, `${NAME}.${process.pid}.${randomBytes(6).toString('hex')}.new`);
    try {
      const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(path, this.path);
    } catch (error) {
      await unlink(path).catch(() => {});
      throw error;
    }
    const folder = await open(this.#folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async #removeLeftOvers(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (!LEFT_OVER.test(name)) continue;
      const path = join(this.#folder, name);
      const stats = await statsOf(path);
      if (stats !== undefined && Date.now() - stats.mtimeMs > LEFT_OVER_MS) await unlink(path).catch(() => {});
    }
  }
}

/** Others must not be able to say who owns an address. @throws {HostError} */
function checkFile(path: string, file: Stats): void {
  const uid = process.geteuid?.();
  if (file.isSymbolicLink()) throw unsafe(path, 'is a symbolic link');
  if (!file.isFile()) throw unsafe(path, 'is not a regular file');
  if (uid !== undefined && file.uid !== uid) {
    throw unsafe(path, `belongs to user ${file.uid}, not to user ${uid}; remove it`);
  }
  if ((file.mode & WRITABLE_BY_OTHERS) !== 0) throw unsafe(path, `can be written to by others; chmod go-w ${path}`);
}

/** Long names may make too much of it for the next reader: then the older half goes. */
function boundedText(entries: readonly CacheEntry[]): string {
  const text = cacheText(entries);
  return Buffer.byteLength(text) <= CACHE_BYTES_MAX ? text : boundedText(entries.slice(Math.ceil(entries.length / 2)));
}

function unsafe(path: string, reason: string): HostError {
  return new HostError('ERR_CACHE_UNSAFE', `the cache of owners is off: ${path} ${reason}`);
}

/** Status of the path itself, not of a link's target; undefined if it does not exist. */
async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
