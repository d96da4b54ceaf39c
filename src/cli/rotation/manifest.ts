/**
 * The list of files that were handed over, one JSON object a line. A file gets its name first and its line then; a journal
 * beside the part lets a later start do what is missing when the process is killed in between.
 */
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { appendWhole } from '../output_target.ts';

const DISK_FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** A file that was handed over. */
export interface FileEntry {
  readonly sequence: number;
  /** Without its folder. */
  readonly name: string;
  /** Flows; null: not known, as the file was recovered. */
  readonly rows: number | null;
  readonly bytes: number;
  readonly sha256: string;
  /** Earliest and latest packet, seconds since the epoch with nine decimals; null: not known. */
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** It is what was left of a file that was being written when the process ended, or the disk was full. */
  readonly recovered?: true;
}

export class Manifest {
  readonly #path: string;
  #sequence = 0;
  readonly #listed = new Set<number>();
  /** Files whose lines found no room. */
  #waiting: FileEntry[] = [];

  /** @throws the system's error */
  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) {
      const fd = openSync(path, 'r+');
      ftruncateSync(fd, Buffer.byteLength(whole));
      closeSync(fd);
    }
    for (const line of whole.split('\n')) {
      if (line !== '') this.#note((JSON.parse(line) as FileEntry).sequence);
    }
  }

  /** The greatest number that a file has. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Puts the line on the disk. False: there is no room now, and it is written before the next one. */
  add(entry: FileEntry): boolean {
    this.#waiting.push(entry);
    this.#note(entry.sequence);
    return this.flush();
  }

  /** Puts lines that wait on the disk. False: there is no room for them. @throws the system's other errors */
  flush(): boolean {
    if (this.#waiting.length === 0) return true;
    try {
      const fd = openSync(this.#path, 'a', 0o666);
      try {
        const lines = this.#waiting.map((entry) => `${JSON.stringify(entry)}\n`);
        appendWhole(fd, Buffer.from(lines.join('')), fstatSync(fd).size);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      if (isDiskFull(error)) return false;
      throw error;
    }
    this.#waiting = [];
    syncFolder(dirname(this.#path));
    return true;
  }

  has(sequence: number): boolean {
    return this.#listed.has(sequence);
  }

  #note(sequence: number): void {
    this.#listed.add(sequence);
    this.reserve(sequence);
  }

  /** A number that no file has, and none that is there without a line. */
  reserve(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }
}

/** Is there no room left, or none for this user? */
export function isDiskFull(error: unknown): boolean {
  return DISK_FULL.has((error as { readonly code?: unknown }).code);
}

/** New names in a folder survive a loss of power from here on. */
export function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
