/**
 * Drives an engine over the files of one capture: reads blocks into it, answers what it asks for, and says when closed
 * flows wait. What was wrong with a file is kept in `problems`; reading goes on with the next file.
 */
import { STATUS_DONE, STATUS_DRAIN, STATUS_FILTER, STATUS_LINK_TYPE, STATUS_MORE } from '../../assembly/layout.ts';
import { captureProblem, truncationProblem } from './capture_problem.ts';
import type { InlineEngine } from '../engine/inline.ts';
import { CaptureError, FParserError } from '../errors.ts';
import type { ByteSource } from '../source/file/source.ts';
import { TURN_MS } from './turn.ts';

/** Flows ended at a time by the flush. */
const FLUSH_STEP = 4096;
/** Problems that are kept; of the others only the number is. */
const PROBLEMS_MAX = 100;

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
  breathe(): Promise<void>;
}

/** Filters of a walker, made when an interface needs one: see STATUS_FILTER. */
export type FilterSlots = Pick<InlineEngine, 'addFilter' | 'refuseFilter'>;

/** Flows that are still active when all files have been walked. */
export type ActiveFlows = Pick<InlineEngine, 'beginFlush' | 'flushSome'>;

/** Walks the bytes of captures. What it makes of them, flows or records, waits until it is taken. */
export interface CaptureWalker
  extends Pick<
    InlineEngine,
    'beginFile' | 'offset' | 'pending' | 'opened' | 'interfaces' | 'space' | 'filled' | 'walk' | 'packetsSeen'
  > {
  /** Flows or records that wait. */
  readonly waitingCount: number;
  /** Undefined: the walk never asks for a filter. */
  readonly filters: FilterSlots | undefined;
  /** Undefined: nothing is left when the last file has been walked. */
  readonly activeFlows: ActiveFlows | undefined;
}

/** A FlowFeed when it drives the engine. */
export class CaptureReader<Engine extends CaptureWalker = InlineEngine> {
  /** What could not be read, in the order of reading. */
  readonly problems: FParserError[] = [];
  /** Problems beyond those. */
  problemsOmitted = 0;
  readonly engine: Engine;
  readonly #host: ReaderHost;
  #source: ByteSource | undefined;
  #next = 0;
  #takenBefore = 0;
  /** The bytes given so far end inside a record. */
  #cut = false;
  readonly #stopping = new AbortController();
  #flush: 'none' | 'running' | 'done' = 'none';
  #turnBegan = Date.now();

  constructor(engine: Engine, host: ReaderHost) {
    this.engine = engine;
    this.#host = host;
  }

  /** Packets of an interface with an unknown link type are counted; everything else is read. */
  get failure(): FParserError | undefined {
    return this.problems.find(({ code }) => code !== 'ERR_UNSUPPORTED_LINKTYPE');
  }

  /** Bytes taken from the files so far, before decompression. */
  get bytesTaken(): number {
    return this.#takenBefore + (this.#source?.taken ?? 0);
  }

  /**
   * Opens the first file that can be read and reads on until it has described an interface, which may take the
   * packets of the first block with it.
   * @throws {FParserError} when there is none: none can be opened, is a capture and can be filtered
   */
  async start(): Promise<void> {
    await this.#openNext();
    while (this.#source !== undefined && this.engine.interfaces === 0) {
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
    return this.engine.packetsSeen > 0 || (this.#source !== undefined && this.engine.opened);
  }

  /** Takes no more packets, not even from a read under way. What is active is ended by the next calls of `advance`. */
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
    while (!this.#stopped && this.#source !== undefined) {
      if (await this.#step()) return true;
      await this.#takeTurn();
    }
    return this.#endActive();
  }

  /** Lets go of the file that is open. Idempotent. */
  close(): void {
    this.#takenBefore = this.bytesTaken;
    this.#source?.close();
    this.#source = undefined;
  }

  /** One block, or one answer to the engine. True when closed flows wait. */
  async #step(): Promise<boolean> {
    const { engine } = this;
    if (engine.pending === 0 || this.#cut) {
      // What has ended is handed over before waiting for more.
      if (this.#source?.waits === true && engine.waitingCount > 0) return true;
      await this.#fill();
      return false;
    }
    const stop = engine.walk();
    this.#cut = stop.status === STATUS_MORE;
    switch (stop.status) {
      case STATUS_DONE:
      case STATUS_MORE:
        return false;
      case STATUS_DRAIN:
        return true;
      case STATUS_FILTER:
        await this.#guard(async () => this.#addFilter(stop.value, stop.detail !== 0));
        return false;
      default:
        this.#report(captureProblem(stop, this.#name, engine.offset, engine.opened));
        if (stop.status !== STATUS_LINK_TYPE || !engine.opened) await this.#openNext();
        return false;
    }
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

  #report(problem: FParserError): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(problem);
    else this.problemsOmitted++;
  }

  /** Reads the next block; at the end of the file goes on to the next one. */
  async #fill(): Promise<void> {
    const source = this.#source;
    if (source === undefined) return;
    await this.#guard(async () => {
      const { engine } = this;
      const reading = source.read(engine.space());
      const size = typeof reading === 'number' ? reading : await reading;
      if (this.#source !== source) return;
      engine.filled(size);
      if (size > 0) {
        this.#cut = false;
        return;
      }
      if (this.#cut || !engine.opened) {
        this.#report(truncationProblem(source.name, engine.offset, engine.pending, engine.opened));
      }
      await this.#openNext();
    });
  }

  async #openNext(): Promise<void> {
    this.close();
    this.#cut = false;
    if (this.#next >= this.#host.count) return;
    const number = this.#next++;
    this.engine.beginFile();
    await this.#guard(async () => {
      const source = await this.#host.open(number, this.#stopping.signal);
      if (this.#stopped) source.close();
      else this.#source = source;
    });
  }

  /** A file that fails is left with a problem; mistakes of our own are thrown. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FParserError)) throw error;
      this.#report(error);
      await this.#openNext();
    }
  }

  async #endActive(): Promise<boolean> {
    if (this.#flush === 'none') {
      this.close();
      this.engine.activeFlows?.beginFlush();
      this.#flush = 'running';
    }
    await this.#takeTurn();
    const left = this.#flush === 'running' ? (this.engine.activeFlows?.flushSome(FLUSH_STEP) ?? 0) : 0;
    if (left === 0) this.#flush = 'done';
    return this.engine.waitingCount > 0;
  }

  async #takeTurn(): Promise<void> {
    if (Date.now() - this.#turnBegan < TURN_MS) return;
    await this.#host.breathe();
    this.#turnBegan = Date.now();
  }

  get #name(): string {
    return this.#source?.name ?? '';
  }
}
