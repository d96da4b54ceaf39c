/** Reads socket tables of /proc/net, of this process's network namespace or of another process's. */
import { closeSync, openSync, promises, readSync } from 'node:fs';

import { HostError } from '../errors.ts';
import type { Endianness } from '../address/hex_address.ts';
import type { HostOptions } from '../options.ts';
import { parseSocketTable } from './parse.ts';
import type { ParsedTable } from './parse.ts';
import { isNeeded } from './table_name.ts';
import type { TableName } from './table_name.ts';

/** Where tables are read. */
export interface SocketTableOptions extends HostOptions {
  /** A process whose network namespace is meant. Default: the present process's. */
  readonly pid?: number;
  /** Byte order of the host that the tables are of. Default: this host's. */
  readonly endianness?: Endianness;
}

/** Rows of one read of one or several tables. */
export interface SocketSnapshot extends ParsedTable {
  /** When the read began, milliseconds since the epoch: a socket older than this that still lives is among the rows. */
  readonly readAt: number;
}

/** The kernel returns at most the requested size, and may return less. */
const PIECE_SIZE = 256 * 1024;
/** A million and a half sockets. More is not a socket table. */
const TABLE_SIZE_MAX = 256 * 1024 * 1024;

/** @throws {RangeError} an invalid pid @throws {HostError} ERR_PROC_UNAVAILABLE, ERR_PERMISSION @throws the signal's reason */
export function readSockets(tables: readonly TableName[], options: SocketTableOptions): SocketSnapshot {
  const readAt = (options.now ?? Date.now)();
  return together(
    tables.map((table) => parseSocketTable(readTable(table, options), table, options)),
    readAt,
  );
}

/** The same without blocking; one table after the other. */
export async function readSocketsAsync(
  tables: readonly TableName[],
  options: SocketTableOptions,
): Promise<SocketSnapshot> {
  const readAt = (options.now ?? Date.now)();
  const parsed: ParsedTable[] = [];
  for (const table of tables) parsed.push(parseSocketTable(await readTableAsync(table, options), table, options));
  return together(parsed, readAt);
}

function together(parsed: readonly ParsedTable[], readAt: number): SocketSnapshot {
  return {
    rows: Object.freeze(parsed.length === 1 ? (parsed[0]?.rows ?? []) : parsed.flatMap(({ rows }) => rows)),
    malformed: parsed.reduce((sum, { malformed }) => sum + malformed, 0),
    readAt,
  };
}

function readTable(table: TableName, options: SocketTableOptions): string {
  options.signal?.throwIfAborted();
  const path = tablePath(table, options);
  try {
    const file = openSync(path, 'r');
    try {
      const text = new TableText(path);
      while (text.grow(readSync(file, text.room(), 0, PIECE_SIZE, null))) options.signal?.throwIfAborted();
      return text.finish();
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!isAbsent(error) || isNeeded(table)) throw readError(path, error, options);
    // A missing process is different from an empty table; check with a table that every kernel has.
    if (options.pid !== undefined) closeSync(openNeeded(options));
    return '';
  }
}

async function readTableAsync(table: TableName, options: SocketTableOptions): Promise<string> {
  options.signal?.throwIfAborted();
  const path = tablePath(table, options);
  try {
    const file = await promises.open(path, 'r');
    try {
      const text = new TableText(path);
      while (text.grow((await file.read(text.room(), 0, PIECE_SIZE, null)).bytesRead)) options.signal?.throwIfAborted();
      return text.finish();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isAbsent(error) || isNeeded(table)) throw readError(path, error, options);
    if (options.pid !== undefined) closeSync(openNeeded(options));
    return '';
  }
}

function openNeeded(options: SocketTableOptions): number {
  const path = tablePath('tcp', options);
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw readError(path, error, options);
  }
}

/** The text of a table as it comes in pieces. */
class TableText {
  readonly #path: string;
  #bytes = Buffer.allocUnsafe(2 * PIECE_SIZE);
  #size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Where the next piece goes. */
  room(): Buffer {
    if (this.#bytes.length - this.#size < PIECE_SIZE) {
      const larger = Buffer.allocUnsafe(2 * this.#bytes.length);
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    return this.#bytes.subarray(this.#size);
  }

  /** @returns false at the end of the file */
  grow(size: number): boolean {
    this.#size += size;
    if (this.#size > TABLE_SIZE_MAX) {
      throw new HostError(
        'ERR_PROC_UNAVAILABLE',
        `${this.#path}: not a socket table: more than ${TABLE_SIZE_MAX} bytes`,
      );
    }
    return size > 0;
  }

  finish(): string {
    return this.#bytes.toString('latin1', 0, this.#size);
  }
}

function tablePath(table: TableName, { procRoot = '/proc', pid }: SocketTableOptions): string {
  if (pid === undefined) return `${procRoot}/net/${table}`;
  if (!Number.isInteger(pid) || pid < 1)
    throw new RangeError(`pid is ${String(pid)}; it must be a whole number of 1 or more`);
  return `${procRoot}/${pid}/net/${table}`;
}

function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Wraps system errors in ours; errors thrown on purpose pass unchanged. */
function readError(path: string, error: unknown, options: SocketTableOptions): unknown {
  const code = codeOf(error);
  if (error instanceof HostError || options.signal?.aborted === true) return error;
  if (code === 'EACCES' || code === 'EPERM') {
    const remedy = options.pid === undefined ? 'run as root' : 'run as root or as the owner of the process';
    return new HostError('ERR_PERMISSION', `${path} may not be read; ${remedy}`, { cause: error });
  }
  const gone = options.pid === undefined ? 'is /proc mounted?' : `is there a process ${options.pid}?`;
  return new HostError('ERR_PROC_UNAVAILABLE', `${path} cannot be read (${String(code ?? error)}); ${gone}`, {
    cause: error,
  });
}
