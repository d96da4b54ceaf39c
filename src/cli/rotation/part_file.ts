/** A file of a series while it is written: hidden, and whole up to its last write. It gets its name when it is closed. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { appendWhole } from '../output_target.ts';
import type { Target } from '../output_target.ts';
import { syncFolder } from './manifest.ts';
import type { FileEntry, Manifest } from './manifest.ts';

const { O_WRONLY, O_CREAT, O_EXCL } = constants;

/** What the writer of a file knows of its flows. */
export interface FileRows {
  readonly rows: number | null;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
}

/** `.NAME.PID.part`: the process that writes it can be looked for. */
function partPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.part`);
}

export function journalPath(part: string): string {
  return `${part}.json`;
}

export class PartFile implements Target {
  readonly name: string;
  readonly continues = false;
  readonly isTerminal = false;
  readonly waiting = 0;
  readonly #path: string;
  readonly #part: string;
  readonly #sequence: number;
  readonly #manifest: Manifest;
  readonly #fd: number;
  readonly #hash = createHash('sha256');
  #size = 0;
  #open = true;
  /** Set before `commit`. */
  contents: FileRows = { rows: null, firstSeen: null, lastSeen: null };

  /** @throws the system's error */
  constructor(path: string, sequence: number, manifest: Manifest) {
    this.name = path;
    this.#path = path;
    this.#part = partPath(path);
    this.#sequence = sequence;
    this.#manifest = manifest;
    this.#fd = openSync(this.#part, O_WRONLY | O_CREAT | O_EXCL, 0o666);
  }

  /** Bytes written. */
  get size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array): void {
    appendWhole(this.#fd, bytes, this.#size);
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  commit(): void {
    if (this.#open) this.#handOver(this.#path, false);
  }

  /** Hands over what is whole after a failed write. False: nothing was written. */
  rescue(): boolean {
    if (!this.#open) return false;
    if (this.#size === 0) this.discard();
    else this.#handOver(this.#path, true);
    return this.#size > 0;
  }

  /** Lines of text so far, without those that begin with '#'. */
  countLines(): number {
    return readFileSync(this.#part, 'latin1')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')).length;
  }

  discard(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
    unlinkSync(this.#part);
  }

  /** What is to become of it is decided by who has made it; a later start recovers what is left. */
  abandon(): void {}

  #handOver(path: string, isPart: boolean): void {
    fsyncSync(this.#fd);
    const entry: FileEntry = {
      sequence: this.#sequence,
      name: basename(path),
      rows: this.contents.rows,
      bytes: this.#size,
      sha256: this.#hash.copy().digest('hex'),
      firstSeen: this.contents.firstSeen,
      lastSeen: this.contents.lastSeen,
      ...(isPart ? { recovered: true as const } : {}),
    };
    handOver(this.#part, path, entry, this.#manifest);
    this.#open = false;
    closeSync(this.#fd);
  }
}

/** Gives a part its name and its line. */
export function handOver(part: string, path: string, entry: FileEntry, manifest: Manifest): void {
  const journal = journalPath(part);
  // A full disk has no room for it; then the file is more important than its line after a crash.
  try {
    writeFileSync(journal, JSON.stringify(entry), { flush: true });
  } catch {
    removeIfThere(journal);
  }
  renameSync(part, path);
  syncFolder(dirname(path));
  // Without room for the line a later start adds it from the journal.
  if (manifest.add(entry)) removeIfThere(journal);
}

export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is not there.
  }
}
