/**
 * Drives an engine over the files of one capture: reads blocks into it, answers its requests, and reports when closed
 * flows wait. Errors in a file are kept in `problems`; reading continues with the next file.
 */
import {
  STATUS_DONE,
  STATUS_DRAIN,
  STATUS_FILTER,
  STATUS_JOINED,
  STATUS_LATER,
  STATUS_LINK_TYPE,
  STATUS_MORE,
  STATUS_SNAPLEN,
} from '../../assembly/layout.ts';
import { captureError, joinedProblem, snaplenNotice, truncationProblem, zerosProblem } from './capture_problem.ts';
import type { InlineEngine, WalkResult } from '../engine/inline.ts';
import type { CaptureWalker } from './capture_walker.ts';
import type { FlowIdentities } from './flow_identities.ts';
import { CaptureError, FParserError } from '../errors.ts';
import type { ByteSource } from '../source/file/source.ts';
import { OpenFiles } from './open_files.ts';
import type { OpenedFile } from './open_files.ts';
import { givenOrder } from './reading_order.ts';
import type { FileGroup } from './reading_order.ts';
import { earlyStartNotice } from './order_notice.ts';

/** Flows ended at a time by the flush. */
const FLUSH_STEP = 4096;
/** Switches between files that overlap before the event loop may have a turn. */
const TURNS_MAX = 4096;
/** Most problems that are kept; further ones are only counted. */
const PROBLEMS_MAX = 100;

import { TURN_MS } from './turn.ts';

export interface ReaderHost {
  /** Number of files. */
  readonly count: number;
  /**
   * Opens file number `n`, any compression taken off.
   * @param signal gives up waiting for its first bytes
   * @throws {CaptureError}
   */
  open(n: number, signal: AbortSignal): Promise<ByteSource>;
  /** Gives the event loop a turn. */
  yieldToEventLoop(): Promise<void>;
  /** How the files are ordered. Default: as named. */
  readonly order?: FileOrder;
  /** Receives warnings about oddities that do not prevent reading. */
  warn?(message: string): void;
}

export interface FileOrder {
  /** By the times of their first packets, or as they were named. */
  readonly by: 'time' | 'given';
  name(n: number): string;
  /** Whether file number `n` can be opened twice. A pipe cannot. */
  canLookInto(n: number): boolean;
  /** It was found in a folder, so it is skipped if it is not a capture. */
  isOptional(n: number): boolean;
}

/** A FlowFeed when it drives the engine. */
export class CaptureReader<Engine extends CaptureWalker = InlineEngine> {
  /** What could not be read: file by file in the order of reading, of each from its begin on. */
  readonly problems: FParserError[] = [];
  /** Places of their files in that order. */
  readonly #places: number[] = [];
  /** Problems beyond those. */
  problemsOmitted = 0;
  readonly engine: Engine;
  /** What the flows of the engine are; undefined when that is not wanted. */
  readonly identities: FlowIdentities | undefined;
  readonly #host: ReaderHost;
  readonly #files: OpenFiles;
  /** The file read last. */
  #name = '';
  readonly #stopping = new AbortController();
  #flush: 'none' | 'running' | 'done' = 'none';
  #turnBegan = Date.now();

  constructor(engine: Engine, host: ReaderHost, identities?: FlowIdentities) {
    this.engine = engine;
    this.identities = identities;
    this.#host = host;
    this.#files = new OpenFiles(engine, (n) => host.open(n, this.#stopping.signal));
  }

  /** Packets of an interface with an unknown link type are counted; everything else is read. */
  get failure(): FParserError | undefined {
    return this.problems.find(({ code }) => code !== 'ERR_UNSUPPORTED_LINKTYPE');
  }

  /** Bytes taken from the files so far, before decompression. */
  get bytesTaken(): number {
    return this.#files.bytesTaken;
  }

  /**
   * Opens the first readable file and reads until an interface is known, which may include the packets of the first
   * block.
   * @throws {FParserError} when there is none: none can be opened, is a capture and can be filtered
   */
  async start(): Promise<void> {
    this.#files.begin(await this.#orderFiles());
    // Also when it was stopped: what is wrong with the source is said all the same.
    await this.#openNext();
    while (this.#files.current !== undefined && this.engine.interfaces === 0) {
      if (await this.#step()) return;
    }
    const problem = this.problems[0];
    if (problem !== undefined && !this.#hasBegun()) {
      this.close();
      throw problem;
    }
  }

  /** With packets read, or more to read of an open file, a problem is one on the way. */
  #hasBegun(): boolean {
    return this.engine.packetsSeen > 0 || (this.#files.current !== undefined && this.engine.opened);
  }

  /** Takes no more packets, not even from a read under way. The next calls of `advance` end the active flows. */
  stop(): void {
    this.#stopping.abort();
    this.close();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /**
   * Reads until closed flows wait (true: read and release all of them before the next call) or everything is done
   * (false). After the last packet the active flows are ended.
   */
  async advance(): Promise<boolean> {
    while (!this.#stopped && this.#files.current !== undefined) {
      await this.#takeTurn();
      if (await this.#step()) return true;
    }
    return this.#endActive();
  }

  /** Closes the open files. Idempotent. */
  close(): void {
    this.#files.close();
  }

  async #orderFiles(): Promise<FileGroup[]> {
    const { count, order, warn = () => undefined } = this.#host;
    if (order === undefined || (count === 1 && !order.isOptional(0))) {
      return givenOrder(Array.from({ length: count }, (_, n) => n));
    }
    const [{ orderFiles }, { glanceAt }] = await Promise.all([import('./file_order.ts'), import('./glance.ts')]);
    return orderFiles({
      count,
      order,
      glanceAt: async (n) => {
        await this.#takeTurn();
        return glanceAt(this.engine, () => this.#host.open(n, this.#stopping.signal));
      },
      isStopped: () => this.#stopped,
      warn,
    });
  }

  /** One block, or one answer to the engine. True when closed flows wait. */
  async #step(): Promise<boolean> {
    const { engine } = this;
    const { current } = this.#files;
    if (current === undefined) return false;
    if (engine.pending === 0 || current.cut) {
      // Deliver ended flows before waiting for more.
      if (current.source.waits && engine.waitingCount > 0) return true;
      await this.#fill(current);
      return false;
    }
    const stop = this.#walk();
    const file = this.#files.current;
    if (stop === undefined || file === undefined) return false;
    file.cut = stop.status === STATUS_MORE;
    switch (stop.status) {
      case STATUS_DONE:
      case STATUS_MORE:
        return false;
      case STATUS_DRAIN:
        return engine.waitingCount > 0;
      case STATUS_LATER:
        await this.#turnFrom(file, stop);
        return false;
      case STATUS_FILTER:
        await this.#guard(async () => this.#addFilter(stop.value, stop.detail !== 0));
        return false;
      case STATUS_SNAPLEN:
        this.#host.warn?.(snaplenNotice(stop, this.#name, engine.offset));
        return false;
      case STATUS_JOINED:
        this.#report(joinedProblem(this.#name, engine.offset));
        engine.beginJoined();
        return false;
      default:
        this.#report(captureError(stop, this.#name, engine.offset, engine.opened));
        if (stop.status !== STATUS_LINK_TYPE || !engine.opened) await this.#leave();
        return false;
    }
  }

  /**
   * Walks the file that is read, and the others in turn while they only have to be switched. Undefined: bytes must be
   * read first. Files that are merged packet by packet switch very often.
   */
  #walk(): WalkResult | undefined {
    for (let turns = 0; ; turns++) {
      const stop = this.engine.walk(this.#files.until);
      this.identities?.drain();
      if (stop.status !== STATUS_LATER || this.#files.beginsGroup || turns === TURNS_MAX) return stop;
      this.#files.sees(timeOf(stop));
      if (!this.#files.turn()) return stop;
      this.#name = this.#files.current?.source.name ?? this.#name;
      if (this.engine.pending === 0 || this.#files.current?.cut === true) return undefined;
    }
  }

  /** The file's next record is not the next one of all, or it is the first one behind other files. */
  async #turnFrom(file: OpenedFile, stop: WalkResult): Promise<void> {
    const time = timeOf(stop);
    if (this.#files.beginsGroup) {
      this.#files.beginsGroup = false;
      const { clock } = this.engine;
      if (time !== 0n && time < clock) this.#host.warn?.(earlyStartNotice(file.source.name, time, clock));
    }
    this.#files.sees(time);
    await this.#turnToNext();
  }

  /** A filter without meaning for a later interface costs only that interface's packets. */
  #addFilter(linkType: number, bigEndian: boolean): void {
    const { engine } = this;
    const { filters } = engine;
    if (filters === undefined) throw new TypeError('a walker without filters asks for one');
    try {
      filters.addFilter(linkType, bigEndian);
    } catch (error) {
      if (!(error instanceof FParserError) || engine.interfaces === 0) throw error;
      this.#report(new CaptureError(error.code, this.#name, engine.offset, error.message, { cause: error }));
      filters.refuseFilter(linkType, bigEndian);
    }
  }

  /** Of merged files the size of blocks decides which end is seen first: it must not decide the order here. */
  #report(problem: FParserError): void {
    if (this.problems.length === PROBLEMS_MAX) {
      this.problemsOmitted++;
      return;
    }
    const { place } = this.#files;
    const at = this.#places.findLastIndex((other) => other <= place) + 1;
    this.#places.splice(at, 0, place);
    this.problems.splice(at, 0, problem);
  }

  /** Reads the next block; at the end of a file continues with the next one. */
  async #fill(file: OpenedFile): Promise<void> {
    const { source } = file;
    await this.#guard(async () => {
      const { engine } = this;
      let size = 0;
      try {
        const reading = file.ended ? 0 : source.read(engine.space());
        size = typeof reading === 'number' ? reading : await reading;
      } catch (error) {
        if (!(error instanceof FParserError) || !this.#mayWait(file)) throw error;
        this.#report(error);
        file.failed = true;
      }
      if (this.#files.current !== file) return;
      engine.filled(size);
      if (size > 0) {
        file.cut = false;
        return;
      }
      if (this.#mayWait(file)) {
        file.ended = true;
        file.cut = false;
        engine.endFile();
        return;
      }
      if ((file.cut || !engine.opened) && !file.failed) this.#report(this.#endProblem(source.name));
      await this.#leave();
    });
  }

  /** A packet without a time may wait for one that has a time. At the end of the file it waits no longer. */
  #mayWait(file: OpenedFile): boolean {
    const { opened, pending } = this.engine;
    return this.#files.current === file && file.cut && opened && pending > 0 && !file.ended;
  }

  /** The file has ended where more is expected. */
  #endProblem(name: string): CaptureError {
    const { opened, offset, pending, pendingIsZero } = this.engine;
    if (opened && pendingIsZero) return zerosProblem(name, offset);
    return truncationProblem(name, offset, pending, opened);
  }

  async #leave(): Promise<void> {
    this.#files.leave();
    await this.#turnToNext();
  }

  async #turnToNext(): Promise<void> {
    if (!this.#stopped) await this.#openNext();
  }

  /** Goes on with the file whose record is next, which may have to be opened. */
  async #openNext(): Promise<void> {
    await this.#guard(async () => {
      await this.#files.next();
      this.#name = this.#files.current?.source.name ?? this.#name;
    });
  }

  /** An error in a file is recorded and ends that file; bugs of ours are thrown. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FParserError)) throw error;
      this.#report(error);
      await this.#leave();
    }
  }

  async #endActive(): Promise<boolean> {
    if (this.#flush === 'none') {
      this.close();
      this.engine.activeFlows?.beginFlush();
      this.#flush = 'running';
    }
    do {
      await this.#takeTurn();
      const left = this.#flush === 'running' ? (this.engine.activeFlows?.flushSome(FLUSH_STEP) ?? 0) : 0;
      if (left === 0) this.#flush = 'done';
    } while (this.#flush === 'running' && this.engine.waitingCount === 0);
    return this.engine.waitingCount > 0;
  }

  async #takeTurn(): Promise<void> {
    if (Date.now() - this.#turnBegan < TURN_MS) return;
    await this.#host.yieldToEventLoop();
    this.#turnBegan = Date.now();
  }
}

/** Of the record at which a walk stopped with STATUS_LATER, nanoseconds. */
function timeOf({ value, detail }: WalkResult): bigint {
  return (BigInt(detail) << 32n) | BigInt(value);
}
