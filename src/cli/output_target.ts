/** Targets of output: standard output, a file under its own or a temporary name, a pipe. */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { FParserError, messageOf } from '../errors.ts';
import type { Carrier } from '../write/flow_output.ts';
import { isTerminal, isWrittenAtOnce } from './terminal_device.ts';

/**
 * How a regular file is written: replaced once the new one is complete, appended to, or rewritten in place so that
 * others can follow it. Devices and pipes are always written directly.
 */
export type WriteMode = 'replace' | 'append' | 'inPlace';

export interface Target {
  /** For messages. */
  readonly name: string;
  /** It has content already, and writing continues after it. */
  readonly continues: boolean;
  readonly isTerminal: boolean;
  readonly isNamedPipe?: boolean;
  /** Bytes not yet accepted by the system. */
  readonly waiting: number;
  /**
   * Writes complete lines. Resolves when the system has accepted them.
   * @param keys of the lines, for a target that keeps lines apart
   * @throws the system's error; a file is as it was before the call
   */
  write(bytes: Uint8Array, keys?: readonly string[]): void | Promise<void>;
  /** Of a collector on the network; undefined: FILE_CARRIER. */
  readonly carrier?: Carrier;
  /** The first bytes of a file, at most so many, wherever it is now. @throws the system's error */
  readBack?(size: number): Uint8Array;
  /** Sends what it has gathered. */
  send?(): Promise<void>;
  /** Waits until the system has what was written. */
  drain?(): Promise<void>;
  /**
   * Gives a file that has a temporary name its own, for which it is written on in place. Undefined: it has it already.
   * @throws the system's error; the file keeps its temporary name then
   */
  settle?(): Target | undefined;
  /** Everything is written. */
  commit(): void;
  /** Abandons incomplete output: a file that was to be replaced stays as it was. Idempotent, also after `commit`. */
  abandon(): void;
}

/** Takes nothing: what is written goes elsewhere. */
export const NO_TARGET: Target = {
  name: 'nothing',
  continues: false,
  isTerminal: false,
  waiting: 0,
  write: () => undefined,
  commit: () => undefined,
  abandon: () => undefined,
};

const { O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
/** How often to retry opening a pipe without a reader, milliseconds. */
const PIPE_STEP_MS = 50;
const STDOUT = 1;
const STANDARD_OUTPUT = ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

/**
 * @param path undefined or `-`: standard output
 * @param signal gives up waiting for the reader of a pipe
 * @throws {FParserError} ERR_WRITE when it cannot be opened; ERR_STOPPED
 */
export async function openTarget(path: string | undefined, mode: WriteMode, signal?: AbortSignal): Promise<Target> {
  if (isStandardOutput(path)) return standardTarget();
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFIFO() === true) return new StreamTarget(path, await openPipe(path, signal));
    if (stat !== undefined && !stat.isFile()) {
      const fd = openSync(path, O_WRONLY | O_NOCTTY);
      return new FileTarget(path, fd, false, await isTerminal(fd));
    }
    if (mode === 'append') return new FileTarget(path, openSync(path, O_WRONLY | O_CREAT | O_APPEND, 0o666), true);
    if (mode === 'inPlace') return new FileTarget(path, openSync(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666), true);
    return replacing(path, stat);
  } catch (error) {
    if (error instanceof FParserError) throw error;
    throw new FParserError('ERR_WRITE', `${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

export function isStandardOutput(path: string | undefined): path is '-' | undefined {
  return path === undefined || STANDARD_OUTPUT.includes(path);
}

/** A file or a device without a reader is written as any other one: making process.stdout takes 2 ms. */
export function standardTarget(): Target {
  const name = 'standard output';
  if (isWrittenAtOnce(STDOUT)) return new FileTarget(name, STDOUT, false);
  standardStream ??= new StreamTarget(name, process.stdout);
  return standardStream;
}

/** One for all that is written there: it listens for errors. */
let standardStream: StreamTarget | undefined;

/** A Node stream: standard output, or a pipe. */
class StreamTarget implements Target {
  readonly name: string;
  readonly continues = false;
  readonly isTerminal: boolean;
  readonly isNamedPipe: boolean;
  readonly #stream: Writable;
  #error: Error | undefined;

  constructor(name: string, stream: Writable) {
    this.name = name;
    this.#stream = stream;
    this.isNamedPipe = stream !== process.stdout;
    this.isTerminal = !this.isNamedPipe && process.stdout.isTTY === true;
    stream.on('error', (error) => {
      this.#error = error;
    });
  }

  get waiting(): number {
    return this.#stream.writableLength;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    // Resolves when the system has accepted the bytes; they are not kept.
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  commit(): void {
    if (this.#stream !== process.stdout) this.#stream.end();
  }

  abandon(): void {
    if (this.#stream !== process.stdout) this.#stream.destroy();
  }
}

/** An open file that is written under its own name: regular with `canCut`, or a device. */
class FileTarget implements Target {
  readonly name: string;
  readonly continues: boolean;
  readonly isTerminal: boolean;
  readonly waiting = 0;
  readonly #fd: number;
  readonly #canCut: boolean;
  #size: number;
  #open = true;

  constructor(name: string, fd: number, canCut: boolean, isTerminal = false) {
    this.name = name;
    this.#fd = fd;
    this.#canCut = canCut;
    this.#size = canCut ? fstatSync(fd).size : 0;
    this.continues = this.#size > 0;
    this.isTerminal = isTerminal;
  }

  write(bytes: Uint8Array): void {
    if (this.#canCut) appendWhole(this.#fd, bytes, this.#size);
    else writeAll(this.#fd, bytes);
    this.#size += bytes.length;
  }

  readBack(size: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(size, this.#size));
    // It is open for writing only, and may have another name now.
    const fd = openSync(`/proc/self/fd/${this.#fd}`, 'r');
    try {
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(fd);
    }
  }

  commit(): void {
    this.abandon();
  }

  abandon(): void {
    if (this.#open && this.#fd !== STDOUT) closeSync(this.#fd);
    this.#open = false;
  }
}

/** A file that gets its name once it is complete. */
class ReplacedFile implements Target {
  readonly name: string;
  readonly continues = false;
  readonly isTerminal = false;
  readonly waiting = 0;
  readonly #fd: number;
  readonly #path: string;
  readonly #part: string;
  #open = true;
  /** No partial file remains however the process ends, except by SIGKILL. */
  readonly #atExit = (): void => this.abandon();

  /** @param path its final name, with all links resolved @param part its temporary name */
  constructor(name: string, fd: number, path: string, part: string) {
    this.name = name;
    this.#fd = fd;
    this.#path = path;
    this.#part = part;
    process.once('exit', this.#atExit);
  }

  write(bytes: Uint8Array): void {
    writeAll(this.#fd, bytes);
  }

  settle(): Target {
    this.#rename();
    this.#release();
    return new FileTarget(this.name, this.#fd, true);
  }

  commit(): void {
    if (!this.#open) return;
    try {
      this.#rename();
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#close();
  }

  abandon(): void {
    if (!this.#open) return;
    this.#close();
    try {
      unlinkSync(this.#part);
    } catch {
      // Another process has removed it.
    }
  }

  #rename(): void {
    // Only then may it get the name of a complete file.
    fsyncSync(this.#fd);
    renameSync(this.#part, this.#path);
  }

  #release(): void {
    this.#open = false;
    process.off('exit', this.#atExit);
  }

  #close(): void {
    this.#release();
    closeSync(this.#fd);
  }
}

/** @param stat of the file that is there, if there is one */
function replacing(path: string, stat: Stats | undefined): Target {
  const target = stat === undefined ? path : realpathSync(path);
  const part = join(dirname(target), `.${basename(target)}.${uniqueName()}.part`);
  let fd: number;
  try {
    fd = openSync(part, O_WRONLY | O_CREAT | O_EXCL, 0o666);
  } catch (error) {
    // In a folder of another user our own files can still be written.
    if (stat === undefined) throw error;
    return new FileTarget(path, openSync(path, O_WRONLY | O_TRUNC), true);
  }
  if (stat !== undefined) keepOwner(fd, stat);
  return new ReplacedFile(path, fd, target, part);
}

/** Of no other process of this machine, and of nothing before. Random bytes would load Node's cryptography. */
function uniqueName(): string {
  return `${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}`;
}

function keepOwner(fd: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(fd, uid, gid);
    fchmodSync(fd, mode & 0o7777);
  } catch {
    // We do not own it and cannot change its owner.
  }
}

/** Waits until the pipe has a reader, without blocking the process. @throws {FParserError} ERR_STOPPED */
async function openPipe(path: string, signal: AbortSignal | undefined): Promise<Writable> {
  const [{ Socket }, { setTimeout }] = await Promise.all([import('node:net'), import('node:timers/promises')]);
  while (true) {
    if (signal?.aborted === true) {
      throw new FParserError('ERR_STOPPED', `${path} is a pipe that nobody has opened for reading: nothing is written`);
    }
    try {
      const fd = openSync(path, O_WRONLY | O_NONBLOCK);
      return new Socket({ fd, readable: false, writable: true });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENXIO') throw error;
    }
    await setTimeout(PIPE_STEP_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

/** Appends to a file of `size` bytes: all of it, or nothing. A partial line would be mistaken for a complete one. */
export function appendWhole(fd: number, bytes: Uint8Array, size: number): void {
  try {
    writeAll(fd, bytes);
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}
