/**
 * The work of one engine among those that share a capture: it decodes blocks of the file as they come, tracks the
 * packets of its own shard block by block, and writes the rows of flows that have ended into its ring. At the end of the
 * capture it ends its active flows.
 */
import {
  CONTROL,
  COUNTER_FLOWS_STARTED,
  COUNTER_FLOWS_EVICTED,
  NIL,
  SHARD_FAULT_FULL,
  STATE_ACTIVE_COUNT,
  STATE_CLOSED_COUNT,
  STATE_HELD_ANSWERED,
  STATE_HELD_COUNT,
  STATE_SHARD_FAULT,
} from '../../assembly/layout.ts';
import { counterAt } from '../engine/u64.ts';
import type { BlockReport } from './board.ts';
import { BlockDecoder, firstRecord } from './block_decoder.ts';
import type { ShardParts } from './block_decoder.ts';

/** Flows ended at a time at the end of the capture. */
const FLUSH_STEP = 4096;

/** What a step was: work, nothing to do before others have done theirs, the ring is full, everything is done. */
export type Step = 'worked' | 'waits' | 'full' | 'done';

export class ShardTracker {
  readonly #parts: ShardParts;
  /** Memories of all engines. */
  readonly #memories: readonly Uint8Array[];
  readonly #decoder: BlockDecoder;
  /** The round in work: the block that is tracked, or the end of the capture. */
  #round = 0;
  /** The list in work; undefined: the round has none. */
  #list: { at: number; readonly end: number; readonly report: BlockReport } | undefined;
  #phase: 'begin' | 'list' | 'rows' | 'flush' | 'done' = 'begin';
  #isFirst = true;
  /** The ring was full at the last attempt to write to it. */
  #isFull = false;
  #activeBefore = 0;
  #startedBefore = 0;
  #heldBefore = 0;

  constructor(parts: ShardParts, memories: readonly Uint8Array[]) {
    this.#parts = parts;
    this.#memories = memories;
    this.#decoder = new BlockDecoder(parts);
  }

  /** One piece of work. */
  step(): Step {
    switch (this.#phase) {
      case 'begin':
        return this.#begin();
      case 'list':
        return this.#track();
      case 'rows':
        if (!this.#writeRows()) return 'full';
        this.#endRound('begin');
        return 'worked';
      case 'flush':
        return this.#flush();
      default:
        return 'done';
    }
  }

  #begin(): Step {
    const { board, exports } = this.#parts;
    const block = this.#round;
    if (block > board.last) {
      this.#keepFigures();
      exports.beginSerialFlush();
      exports.beginFlush();
      this.#phase = 'flush';
      return 'worked';
    }
    if (!this.#isReady(block)) return this.#decode() ? 'worked' : 'waits';
    this.#keepFigures();
    this.#list = this.#takeList(block);
    this.#phase = 'list';
    return 'worked';
  }

  /** Whether the block was decoded from the right place. Its owner decodes it again when it was not. */
  #isReady(block: number): boolean {
    const { board, shard, file } = this.#parts;
    if (!board.isDecoded(block)) return false;
    const start = block === 0 ? firstRecord(file) : board.endOf(block - 1);
    if (board.startOf(block) === start) return true;
    if (board.ownerOf(block) !== shard) return false;
    this.#decoder.decodeFrom(block, start);
    return true;
  }

  #decode(): boolean {
    const block = this.#parts.board.claim();
    if (block === undefined) return false;
    this.#decoder.decode(block);
    return true;
  }

  /** The packets of this shard in a block. Those that another engine has decoded are copied. */
  #takeList(block: number): { at: number; end: number; report: BlockReport } {
    const { board, shard, places, views, exports } = this.#parts;
    const owner = board.ownerOf(block);
    const at = this.#decoder.listAt(board.placeOf(block), shard);
    const end = board.listEnd(block, shard);
    const report = board.reportOf(block);
    if (this.#isFirst && report.packets > 0) {
      exports.passClock(report.first);
      this.#isFirst = false;
    }
    if (owner === shard) return { at, end, report };
    const list = (this.#memories[owner] as Uint8Array).subarray(at, end);
    views.u8.set(list, places.copy);
    return { at: places.copy, end: places.copy + list.length, report };
  }

  #track(): Step {
    const { board, exports } = this.#parts;
    const list = this.#list;
    if (list === undefined) throw new TypeError('there is no list');
    if (!this.#writeRows()) return 'full';
    const { first, packets, latest, ended } = list.report;
    list.at = exports.trackList(list.at, list.end, BigInt(this.#round) << 32n, first) >>> 0;
    if (list.at < list.end) return 'worked';
    if (packets > 0) exports.passClock(latest);
    if (ended) board.setLast(this.#round);
    this.#list = undefined;
    this.#phase = 'rows';
    return 'worked';
  }

  #flush(): Step {
    if (!this.#writeRows()) return 'full';
    if (this.#parts.exports.flushSome(FLUSH_STEP) >>> 0 > 0) return 'worked';
    if (!this.#writeRows()) return 'full';
    this.#endRound('done');
    return 'worked';
  }

  #endRound(next: 'begin' | 'done'): void {
    const { board, shard } = this.#parts;
    this.#publish();
    board.endRound(shard, this.#round, board.written(shard));
    this.#round++;
    this.#phase = next;
  }

  /** Writes the rows of the closed flows, as far as there is room. True: none is left. */
  #writeRows(): boolean {
    const { board, exports, options, places, shard, views } = this.#parts;
    for (;;) {
      if (views.data.getUint32(CONTROL + STATE_CLOSED_COUNT, true) === 0) return true;
      const written = board.written(shard);
      const room = options.rows - ((written - board.taken(shard)) >>> 0);
      const place = written % options.rows;
      const most = Math.min(room, options.rows - place);
      if (most === 0) {
        if (!this.#isFull) board.wake();
        this.#isFull = true;
        return false;
      }
      this.#isFull = false;
      const rows = exports.writeSerialRows(places.rows + place * places.rowSize, most) >>> 0;
      exports.releaseClosed(rows);
      this.#publish();
      board.setWritten(shard, (written + rows) >>> 0);
    }
  }

  /** What is counted for the rounds's figures is counted from here on. */
  #keepFigures(): void {
    const { data } = this.#parts.views;
    this.#activeBefore = data.getUint32(CONTROL + STATE_ACTIVE_COUNT, true);
    this.#startedBefore = counterAt(data, COUNTER_FLOWS_STARTED);
    this.#heldBefore = data.getUint32(CONTROL + STATE_HELD_COUNT, true);
    data.setUint32(CONTROL + STATE_HELD_ANSWERED, NIL, true);
  }

  /** Before rows are: what would make them wrong. */
  #publish(): void {
    const { board, shard, views } = this.#parts;
    const { data } = views;
    const fault = data.getUint32(CONTROL + STATE_SHARD_FAULT, true);
    const evicted = counterAt(data, COUNTER_FLOWS_EVICTED) > 0;
    if (fault !== 0 || evicted) board.setFault(shard, fault !== 0 ? fault : SHARD_FAULT_FULL);
    const started = counterAt(data, COUNTER_FLOWS_STARTED) - this.#startedBefore;
    const held = data.getUint32(CONTROL + STATE_HELD_COUNT, true) - this.#heldBefore;
    const answered = data.getUint32(CONTROL + STATE_HELD_ANSWERED, true);
    board.setFigures(shard, this.#round, this.#activeBefore + started, held, answered | 0);
  }
}
