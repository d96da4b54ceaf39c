/**
 * The open files of one capture. Records are taken from the file whose next record is the earliest. Usually one file is
 * open; files that overlap in time are all open, and their records are merged by time.
 */
import type { InlineEngine } from '../engine/inline.ts';
import { NO_LIMIT } from '../engine/inline.ts';
import { CaptureError } from '../errors.ts';
import type { ByteSource } from '../source/file/source.ts';
import { goesBefore, limitBy } from './reading_order.ts';
import type { FileGroup, TimedFile } from './reading_order.ts';

/** Switches between open files. */
export type FileSwitch = Pick<InlineEngine, 'filesMax' | 'select' | 'beginFile' | 'clock'>;

export interface OpenedFile {
  readonly source: ByteSource;
  /** Its place among the files as named. */
  readonly number: number;
  /** Its place in the order of reading. */
  readonly place: number;
  /** Its number in the engine. */
  readonly slot: number;
  /** Time of its next record, if known; all its records read so far are earlier. */
  first: bigint;
  /** The bytes given so far end inside a record. */
  cut: boolean;
  /** No more bytes will come. */
  ended: boolean;
  /** They do not come because of a problem that was reported. */
  failed: boolean;
}

export class OpenFiles {
  /** The file that is read; undefined when all were read. */
  current: OpenedFile | undefined;
  /** Its records before this time are next. */
  until = NO_LIMIT;
  /** The next record of `current` is the first of a group that is not the first one: its time is to be looked at. */
  beginsGroup = false;
  readonly #engine: FileSwitch;
  readonly #open: (number: number) => Promise<ByteSource>;
  #groups: readonly FileGroup[] = [];
  /** Files that were opened, or could not be: in the order of reading. */
  #begun = 0;
  /** Files of the group that are not open yet. */
  #waiting: TimedFile[] = [];
  #files: OpenedFile[] = [];
  #takenBefore = 0;
  #closed = false;

  /** @param open @throws {CaptureError} */
  constructor(engine: FileSwitch, open: (number: number) => Promise<ByteSource>) {
    this.#engine = engine;
    this.#open = open;
  }

  begin(groups: readonly FileGroup[]): void {
    this.#groups = groups;
  }

  /** Place in the order of reading of the file that is read, or that could not be opened. */
  get place(): number {
    return this.current?.place ?? this.#begun;
  }

  /** Bytes taken from all files so far, before decompression. */
  get bytesTaken(): number {
    return this.#files.reduce((sum, { source }) => sum + source.taken, this.#takenBefore);
  }

  /**
   * Switches to the file with the earliest record, opening it if necessary.
   * @throws {CaptureError} when it cannot be opened; the next call continues without it
   */
  async next(): Promise<void> {
    this.current = undefined;
    const file = this.#earliest() ?? (await this.#openNext());
    if (file !== undefined) this.#turnTo(file);
  }

  /** The same when no file has to be opened, without waiting. False: `next` must be called. */
  turn(): boolean {
    const file = this.#earliest();
    if (file === undefined) return false;
    this.#turnTo(file);
    return true;
  }

  #turnTo(file: OpenedFile): void {
    this.current = file;
    this.#engine.select(file.slot);
    let until = NO_LIMIT;
    for (const other of this.#files) if (other !== file) until = earlier(until, limitBy(other, file));
    const [waiting] = this.#waiting;
    if (waiting !== undefined) until = earlier(until, limitBy(waiting, file));
    this.until = this.beginsGroup ? 0n : until;
  }

  /** The next record of the file that is read has this time. */
  sees(time: bigint): void {
    if (this.current !== undefined) this.current.first = time;
  }

  /** Closes the file that is read. */
  leave(): void {
    const file = this.current;
    if (file === undefined) return;
    this.#takenBefore += file.source.taken;
    file.source.close();
    this.#files = this.#files.filter((other) => other !== file);
    this.current = undefined;
  }

  /** Closes everything; nothing more is opened. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const { source } of this.#files) {
      this.#takenBefore += source.taken;
      source.close();
    }
    this.#files = [];
    this.#waiting = [];
    this.#groups = [];
    this.current = undefined;
  }

  /** Of the open files, unless one that is not open begins before it. */
  #earliest(): OpenedFile | undefined {
    let earliest: OpenedFile | undefined;
    for (const file of this.#files) if (earliest === undefined || goesBefore(file, earliest)) earliest = file;
    const [waiting] = this.#waiting;
    const waits = waiting !== undefined && earliest !== undefined && goesBefore(waiting, earliest);
    return waits ? undefined : earliest;
  }

  async #openNext(): Promise<OpenedFile | undefined> {
    const next = this.#waiting.shift() ?? this.#beginGroup();
    if (next === undefined) return undefined;
    const place = ++this.#begun;
    const source = await this.#open(next.number);
    if (this.#closed) {
      source.close();
      return undefined;
    }
    const slot = this.#freeSlot();
    if (slot === undefined) {
      source.close();
      const others = `overlaps in time with ${this.#files.length} others`;
      const problem = `${others}, more than can be merged here; join some with mergecap`;
      throw new CaptureError('ERR_READ', source.name, 0, problem);
    }
    this.#engine.select(slot);
    this.#engine.beginFile();
    const file = {
      source,
      number: next.number,
      place,
      slot,
      first: next.first ?? 0n,
      cut: false,
      ended: false,
      failed: false,
    };
    this.#files.push(file);
    return file;
  }

  /** The first file of the next group. */
  #beginGroup(): FileGroup[number] | undefined {
    const [group, ...rest] = this.#groups;
    if (group === undefined) return undefined;
    this.#groups = rest;
    this.beginsGroup = this.#engine.clock > 0n;
    const [first, ...waiting] = group;
    this.#waiting = waiting as TimedFile[];
    return first;
  }

  #freeSlot(): number | undefined {
    const used = new Set(this.#files.map(({ slot }) => slot));
    for (let slot = 0; slot < this.#engine.filesMax; slot++) if (!used.has(slot)) return slot;
    return undefined;
  }
}

function earlier(a: bigint, b: bigint): bigint {
  return b < a ? b : a;
}
