/**
 * Reads a capture, one file or several that are as one, with several engines: one in this thread, one in each worker. A
 * FlowFeed like CaptureReader, with the same flows in the same order. What only one engine can do is left to a
 * CaptureReader over this thread's engine: the whole file, when it cannot be shared, or from the begin again, without
 * the flows that were delivered.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  CONFIG_INTERFACES,
  CONFIG_WINDOW,
  CONFIG_WINDOW_FROM,
  CONFIG_WINDOW_TO,
  CONTROL,
  CONTROL_SIZE,
  COUNTER_BEYOND_SNAPLEN,
  COUNTER_WIRE_TOO_SHORT,
  INTERFACE_SIZE,
  FORMAT_PCAPNG,
  READER_FORMAT,
  READER_HEADER_SIZE,
  STATUS_DONE,
  STATUS_FILTER,
  STATUS_LATER,
  STATUS_MORE,
  STATUS_NOT_A_CAPTURE,
  WINDOW_FROM_RELATIVE,
  WINDOW_ON,
  WINDOW_TO_RELATIVE,
} from '../../assembly/layout.ts';
import { installFilter } from '../engine/wasm.ts';
import { FParserError } from '../errors.ts';
import { captureError, truncationProblem, zerosProblem } from '../reader/capture_problem.ts';
import { CaptureReader } from '../reader/capture_reader.ts';
import type { ReaderHost } from '../reader/capture_reader.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import { TURN_MS } from '../reader/turn.ts';
import { MAGIC_SIZE } from '../source/file/magic.ts';
import { firstRecord } from './block_decoder.ts';
import type { SharedFile } from './block_decoder.ts';
import { Board } from './board.ts';
import type { BlockReport } from './board.ts';
import { FAULT_REASONS } from './fault_reasons.ts';
import { offsetIn, partAt, placeParts } from './joined_files.ts';
import type { FilePart, JoinedFiles } from './joined_files.ts';
import type { MergingEngine } from './merging_engine.ts';
import { RoundChecks } from './round_checks.ts';
import { ShardTracker } from './shard_tracker.ts';
import type { ShardStart } from './shard_start.ts';
import type { ShardThreads } from './shard_threads.ts';

/** Bytes of a file that are read at a time: they stay in a second-level cache. */
const PIECE_SIZE = 256 * 1024;
/** Capture interfaces of a file that is shared; they are copied for each block. */
const INTERFACES_MAX = 64;
const TIME_MAX = 2n ** 64n - 1n;

export interface JobsHost extends ReaderHost {
  readonly joined: JoinedFiles;
  /** Says why one engine reads the capture. */
  note(reason: string): void;
  readonly threads: ShardThreads;
  readonly wrongGuess?: number;
}

type LinkFilter = ShardStart['filter'];

export class JobsReader implements FlowFeed {
  readonly engine: MergingEngine;
  readonly identities = undefined;
  readonly #host: JobsHost;
  readonly #module: WebAssembly.Module;
  readonly #problems: FParserError[] = [];
  #fds: number[] = [];
  #parts: readonly FilePart[] = [];
  /** Of all files. */
  #size = 0;
  #filter: LinkFilter;
  #board: Board | undefined;
  #tracker: ShardTracker | undefined;
  #stopped = false;
  #turnBegan = Date.now();
  /** What the last block says; undefined before it was merged. */
  #end: BlockReport | undefined;
  /** Reads instead of the shards, and how many of its flows were delivered by them. */
  #alone: CaptureReader | undefined;
  #toSkip = 0;

  constructor(engine: MergingEngine, module: WebAssembly.Module, host: JobsHost) {
    this.engine = engine;
    this.#module = module;
    this.#host = host;
  }

  get problems(): readonly FParserError[] {
    return this.#alone?.problems ?? this.#problems;
  }

  get problemsOmitted(): number {
    return this.#alone?.problemsOmitted ?? 0;
  }

  get failure(): FParserError | undefined {
    return this.#alone === undefined ? this.#problems[0] : this.#alone.failure;
  }

  /** Bytes that one engine would have read: the magic, then whole blocks of its own size. */
  get bytesTaken(): number {
    if (this.#alone !== undefined) return this.#alone.bytesTaken;
    const { options, shards, round, views } = this.engine;
    const end = this.#end;
    if (end === undefined) return Math.min(this.#size, round * shards.blockSize);
    const headers = this.#parts.reduce((sum, { header }, n) => (n === 0 ? 0 : sum + header), 0);
    if (end.status < STATUS_NOT_A_CAPTURE) return headers + end.end + end.pending;
    // The header of the record that is wrong.
    const used = end.end + views.data.getUint32(CONTROL + READER_HEADER_SIZE, true);
    const blocks = Math.ceil((used - MAGIC_SIZE) / options.blockSize);
    return Math.min(this.#size, MAGIC_SIZE + blocks * options.blockSize);
  }

  async start(): Promise<void> {
    const file = this.#openFile();
    if (file === undefined) await this.#readAlone(undefined);
    else this.#share(file);
  }

  stop(): void {
    this.#stopped = true;
    this.#alone?.stop();
    this.#board?.stopClaims();
  }

  close(): void {
    this.#alone?.close();
    this.#board?.abandon();
    this.#host.threads.end();
    for (const fd of this.#fds) closeSync(fd);
    this.#fds = [];
  }

  async advance(): Promise<boolean> {
    while (this.#alone === undefined) {
      const { failure } = this.#host.threads;
      if (failure !== undefined) throw failure;
      const { engine } = this;
      const board = this.#board as Board;
      const { event } = board;
      if (engine.isDue) {
        if (engine.closedCount > 0) return true;
        if (engine.fault !== 0) {
          await this.#readAlone(FAULT_REASONS[engine.fault]);
          break;
        }
        if (this.#endRound(board)) {
          if (engine.round > board.last + 1) return this.#finish();
          continue;
        }
      }
      const step = (this.#tracker as ShardTracker).step();
      if (step !== 'worked') await this.#host.threads.wait(board, event);
      await this.#takeTurn();
    }
    return this.#advanceAlone();
  }

  /** All rows of a round were merged. What its block says counts from now on. */
  #endRound(board: Board): boolean {
    const { engine } = this;
    const { round } = engine;
    const isBlock = round <= board.last;
    const report = isBlock && board.isDecoded(round) ? board.reportOf(round) : undefined;
    if (!engine.endRound()) return false;
    if (report !== undefined) {
      engine.addToCounter(COUNTER_BEYOND_SNAPLEN, report.beyondSnaplen);
      engine.addToCounter(COUNTER_WIRE_TOO_SHORT, report.wireTooShort);
      if (report.ended) this.#end = report;
    }
    return true;
  }

  #finish(): false {
    const end = this.#end;
    this.close();
    if (end === undefined || this.#problems.length > 0 || end.pending === 0) return false;
    const number = partAt(this.#parts, end.end);
    const { path } = this.#host.joined.files[number] as JoinedFiles['files'][number];
    const offset = offsetIn(this.#parts[number] as FilePart, end.end);
    if (end.status >= STATUS_NOT_A_CAPTURE) this.#problems.push(captureError(end, path, offset, true));
    else if (end.pendingIsZero) this.#problems.push(zerosProblem(path, offset));
    else this.#problems.push(truncationProblem(path, offset, end.pending, true));
    return false;
  }

  /** Reads the first file's header. Undefined: it is left to one engine to say what is wrong with it. */
  #openFile(): SharedFile | undefined {
    const { engine } = this;
    const { files } = this.#host.joined;
    for (const { path } of files) this.#fds.push(openSync(path, 'r'));
    this.#size = this.#fds.reduce((sum, fd) => sum + fstatSync(fd).size, 0);
    engine.beginFile();
    const space = engine.space();
    const size = readSync(this.#fds[0] as number, space, 0, space.length, 0);
    engine.filled(size);
    let stop = engine.walk(0n);
    if (stop.status === STATUS_FILTER) {
      if (!this.#makeFilter(stop.value, stop.detail !== 0)) return undefined;
      stop = engine.walk(0n);
    }
    if (stop.status !== STATUS_LATER && stop.status !== STATUS_DONE && stop.status !== STATUS_MORE) return undefined;
    const { interfaces } = engine;
    if (!engine.opened || interfaces === 0 || interfaces > INTERFACES_MAX) return undefined;
    const { u8, data } = engine.views;
    const at = data.getUint32(CONTROL + CONFIG_INTERFACES, true);
    if (stop.status === STATUS_LATER) this.#settleWindow((BigInt(stop.detail) << 32n) | BigInt(stop.value));
    this.#parts = placeParts(files, this.#fds, engine.offset);
    return {
      parts: this.#parts,
      interfaces: u8.slice(at, at + interfaces * INTERFACE_SIZE),
      leavesErrors: files.length > 1 || data.getUint32(CONTROL + READER_FORMAT, true) === FORMAT_PCAPNG,
      space: space.byteOffset,
      pieceSize: Math.min(PIECE_SIZE, engine.options.blockSize),
      wrongGuess: this.#host.wrongGuess ?? 0,
    };
  }

  /** False: it has no meaning for the link type. */
  #makeFilter(linkType: number, bigEndian: boolean): boolean {
    const { exports, memory } = this.engine.parts;
    try {
      const bytes = this.engine.options.filter?.(linkType, bigEndian, true);
      if (bytes === undefined) return false;
      installFilter(exports, memory, linkType, bigEndian, bytes);
      this.#filter = { linkType, bigEndian, bytes };
      return true;
    } catch (error) {
      if (error instanceof FParserError) return false;
      throw error;
    }
  }

  /** A window that is counted from the first packet, for engines that do not see it. */
  #settleWindow(first: bigint): void {
    const { data } = this.engine.views;
    const bits = data.getUint32(CONTROL + CONFIG_WINDOW, true);
    const settle = (bit: number, offset: number): void => {
      if ((bits & bit) === 0) return;
      const time = first + data.getBigUint64(CONTROL + offset, true);
      data.setBigUint64(CONTROL + offset, time > TIME_MAX ? TIME_MAX : time, true);
    };
    if (bits === 0) return;
    settle(WINDOW_FROM_RELATIVE, CONFIG_WINDOW_FROM);
    settle(WINDOW_TO_RELATIVE, CONFIG_WINDOW_TO);
    data.setUint32(CONTROL + CONFIG_WINDOW, WINDOW_ON, true);
  }

  #share(file: SharedFile): void {
    const { engine } = this;
    const { parts, shards: options, places, views, memories } = engine;
    const board = new Board(options.window);
    const start: Omit<ShardStart, 'shard'> = {
      module: this.#module,
      memories,
      options,
      places,
      file,
      board: board.buffer,
      control: views.u8.slice(CONTROL, CONTROL + CONTROL_SIZE),
      filter: this.#filter,
    };
    this.#board = board;
    for (let shard = 1; shard < memories.length; shard++) this.#host.threads.start(board, { ...start, shard });
    const { exports } = parts;
    this.#tracker = new ShardTracker(
      { exports, views, board, shard: 0, options, places, file },
      memories.map(({ buffer }) => new Uint8Array(buffer)),
    );
    const checks = new RoundChecks(board, options.count, firstRecord(file), views.data);
    engine.share(board, (round) => checks.faultOf(round));
    if (this.#stopped) board.stopClaims();
    const { notice } = this.#host.joined;
    if (notice !== undefined) this.#host.warn?.(notice);
  }

  /** @param reason why the shards cannot go on; undefined: they have not begun, and the reader says what is wrong */
  async #readAlone(reason: string | undefined): Promise<void> {
    this.close();
    if (reason !== undefined) this.#host.note(reason);
    this.#toSkip = this.engine.beAlone();
    const { joined, warn } = this.#host;
    const said = reason === undefined ? undefined : joined.notice;
    this.#alone = new CaptureReader(this.engine, {
      ...this.#host,
      warn: (message) => (message === said ? undefined : warn?.(message)),
    });
    if (this.#stopped) this.#alone.stop();
    await this.#alone.start();
  }

  async #advanceAlone(): Promise<boolean> {
    const alone = this.#alone as CaptureReader;
    while (await alone.advance()) {
      const skipped = Math.min(this.#toSkip, this.engine.closedCount);
      this.engine.release(skipped);
      this.#toSkip -= skipped;
      if (this.engine.closedCount > 0) return true;
    }
    return false;
  }

  async #takeTurn(): Promise<void> {
    if (Date.now() - this.#turnBegan < TURN_MS) return;
    await this.#host.yieldToEventLoop();
    this.#turnBegan = Date.now();
  }
}
