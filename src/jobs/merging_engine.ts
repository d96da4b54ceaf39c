/**
 * The engine that delivers the flows of all shards: its rows are those of its own shard and of the others, merged into
 * the order in which one engine would end the flows. When the shards cannot go on it becomes that one engine.
 */
import {
  CONFIG_ROWS_MAX,
  CONFIG_SHARDS,
  CONTROL,
  CONTROL_SIZE,
  COUNTER_BEYOND_SNAPLEN,
  COUNTER_FRAGMENTS_EVICTED,
  COUNTER_LATE,
  COUNTER_LONGEST_PROBE,
  COUNTER_RESTARTS,
  COUNTER_SEEN,
  COUNTER_UNTIMED,
  COUNTER_VERDICTS,
  COUNTER_WIRE_TOO_SHORT,
  CONFIG_FRAGMENTS,
  CONFIG_WAITING,
  FRAGMENT_SETS,
  FRAGMENT_SIZE,
  FRAGMENT_WAYS,
  PROTOCOL_COUNTERS,
  RUNS,
  RUN_AT,
  RUN_END,
  RUN_SIZE,
  SHARD_FAULT_NONE,
  WAITING_HEADS_SIZE,
  VERDICT_COUNT,
} from '../../assembly/layout.ts';
import { readCounters } from '../engine/counters.ts';
import type { EngineCounters } from '../engine/counters.ts';
import { InlineEngine } from '../engine/inline.ts';
import type { EngineParts } from '../engine/inline.ts';
import { planMemory, reserve } from '../engine/memory.ts';
import type { SharedPlaces } from '../engine/memory.ts';
import type { EngineOptions, ShardOptions } from '../engine/options.ts';
import { stagedRows } from '../engine/row_stage.ts';
import type { RowRange } from '../engine/table.ts';
import type { Board } from './board.ts';

/** Counters of the control block, u64 each, whose sum over all shards is that of one engine. */
const SUMMED: readonly number[] = [
  ...range(COUNTER_SEEN, COUNTER_RESTARTS),
  ...range(COUNTER_VERDICTS, COUNTER_VERDICTS + 8 * (VERDICT_COUNT - 1)),
  COUNTER_FRAGMENTS_EVICTED,
  COUNTER_UNTIMED,
  COUNTER_LATE,
  COUNTER_BEYOND_SNAPLEN,
  COUNTER_WIRE_TOO_SHORT,
].filter((offset) => offset !== COUNTER_LONGEST_PROBE);

function range(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 8 + 1 }, (_, n) => from + 8 * n);
}

export class MergingEngine extends InlineEngine {
  readonly places: SharedPlaces;
  readonly shards: ShardOptions;
  /** Of all engines, this one's first. */
  readonly memories: readonly WebAssembly.Memory[];
  readonly #views: readonly Uint8Array[];
  /** The control block as it was before anything was read. */
  readonly #fresh: Uint8Array;
  readonly parts: EngineParts;
  /** Undefined: this engine has all flows. */
  #board: Board | undefined;
  /** The round that is merged. */
  #round = 0;
  /** Flows delivered so far. */
  #delivered = 0;
  /** Why the rows of the round cannot be what one engine would give; SHARD_FAULT_NONE: they are. Asked before each use. */
  #faultOf: (round: number) => number = () => SHARD_FAULT_NONE;
  #fault: number = SHARD_FAULT_NONE;
  /** Shards whose round was not done when the fault was asked for, bits by shard. */
  #open = 0;

  private constructor(parts: EngineParts, memories: readonly WebAssembly.Memory[]) {
    super(parts);
    const { shards } = parts.options;
    const { shared } = parts.plan;
    if (shards === undefined || shared === undefined) throw new TypeError('the engine has no shards');
    this.parts = parts;
    this.places = shared;
    this.shards = shards;
    this.memories = memories;
    this.#views = memories.map(({ buffer }) => new Uint8Array(buffer));
    this.#fresh = this.views.u8.slice(CONTROL, CONTROL + CONTROL_SIZE);
  }

  /**
   * @param module compiled from engine.shared.wasm
   * @throws {RangeError} when the options need more memory than there can be
   * @throws {FParserError} ERR_ENGINE when they need more than there is
   */
  static async createMerging(module: WebAssembly.Module, options: EngineOptions): Promise<MergingEngine> {
    const plan = planMemory(options);
    const memories = Array.from({ length: options.shards?.count ?? 0 }, () => reserve(plan.pages, true));
    const [own] = memories;
    if (own === undefined) throw new TypeError('the engine has no shards');
    return new MergingEngine(await InlineEngine.prepare(module, options, plan, own), memories);
  }

  /** Rows come from the shards from now on. @param faultOf a round whose rows are to be merged */
  share(board: Board, faultOf: (round: number) => number): void {
    this.#board = board;
    this.#faultOf = faultOf;
    this.#round = 0;
  }

  /** This engine has all flows from now on, and reads the capture from its begin. Returns how many were delivered. */
  beAlone(): number {
    const { u8, data } = this.views;
    const rowsMax = data.getUint32(CONTROL + CONFIG_ROWS_MAX, true);
    const region = (word: number): number => data.getUint32(CONTROL + word, true);
    u8.set(this.#fresh, CONTROL);
    data.setUint32(CONTROL + CONFIG_ROWS_MAX, rowsMax, true);
    data.setUint32(CONTROL + CONFIG_SHARDS, 0, true);
    u8.fill(0, PROTOCOL_COUNTERS, PROTOCOL_COUNTERS + 256 * 8);
    u8.fill(0, region(CONFIG_FRAGMENTS), region(CONFIG_FRAGMENTS) + FRAGMENT_SETS * FRAGMENT_WAYS * FRAGMENT_SIZE);
    u8.fill(0, region(CONFIG_WAITING), region(CONFIG_WAITING) + WAITING_HEADS_SIZE);
    this.exports.init();
    this.select(0);
    this.beginFile();
    this.#board = undefined;
    return this.#delivered;
  }

  /** The round whose rows are merged now. */
  get round(): number {
    return this.#round;
  }

  /** Is there anything to merge, or wrong? Rows are merged when all shards have done the round, or a ring is full. */
  get isDue(): boolean {
    const board = this.#board as Board;
    let isDone = true;
    for (let shard = 0; shard < this.shards.count; shard++) {
      if (board.faultOf(shard) !== SHARD_FAULT_NONE) return true;
      if ((board.written(shard) - board.taken(shard)) >>> 0 >= this.shards.rows) return true;
      isDone &&= board.done(shard) > this.#round;
    }
    return isDone;
  }

  /** Flows that can be delivered now; not always all of them. */
  override get closedCount(): number {
    const board = this.#board;
    if (board === undefined) return super.closedCount;
    this.#fill(board);
    if (this.#fault !== SHARD_FAULT_NONE) return 0;
    let rows = 0;
    for (let shard = 0; shard < this.shards.count; shard++) {
      const size = this.#runSize(shard);
      if (size === 0 && this.#isOpen(shard)) return 0;
      rows += size;
    }
    return rows;
  }

  override takeClosed<T>(most: number, use: (rows: RowRange) => T): T {
    const board = this.#board;
    if (board === undefined) return super.takeClosed(most, use);
    const rows = this.rowRange(this.#merge(board, most));
    return use(this.stage === undefined ? rows : stagedRows(this.stage, this.views, rows));
  }

  override release(amount: number): void {
    const board = this.#board;
    if (board === undefined) super.release(amount);
    else for (let left = amount, rows = 1; left > 0 && rows > 0; left -= rows) rows = this.#merge(board, left);
  }

  /** The round is complete and all of its rows were taken: the next one is merged. */
  endRound(): boolean {
    const board = this.#board;
    if (board === undefined) return false;
    for (let shard = 0; shard < this.shards.count; shard++) {
      if (board.done(shard) <= this.#round || this.#left(board, shard) > 0) return false;
    }
    this.#fill(board);
    if (this.#fault !== SHARD_FAULT_NONE) return false;
    this.#round++;
    board.setMerged(this.#round);
    return true;
  }

  /** Rows of the present round that a shard has written and that were not merged. */
  #left(board: Board, shard: number): number {
    // Rows written before the round was done belong to it.
    const written = board.written(shard);
    const end = board.done(shard) > this.#round ? board.roundEnd(shard, this.#round) : written;
    return (end - board.taken(shard)) >>> 0;
  }

  #isOpen(shard: number): boolean {
    return ((this.#open >> shard) & 1) !== 0;
  }

  #run(shard: number, word: number): number {
    return RUNS + shard * RUN_SIZE + word;
  }

  #runSize(shard: number): number {
    const { data } = this.views;
    const bytes = data.getUint32(this.#run(shard, RUN_END), true) - data.getUint32(this.#run(shard, RUN_AT), true);
    return bytes / this.places.rowSize;
  }

  /** Gives each shard that has none rows to merge, if there are any: those of other engines are copied. */
  #fill(board: Board): void {
    const { places, shards } = this;
    const { data, u8 } = this.views;
    this.#open = 0;
    for (let shard = 0; shard < shards.count; shard++) if (board.done(shard) <= this.#round) this.#open |= 1 << shard;
    for (let shard = 0; shard < shards.count; shard++) {
      if (this.#runSize(shard) > 0) continue;
      const place = board.taken(shard) % shards.rows;
      const rows = Math.min(this.#left(board, shard), shards.rows - place);
      if (rows === 0) continue;
      const from = places.rows + place * places.rowSize;
      const at = shard === 0 ? from : (places.runs[shard] as number);
      if (shard !== 0) {
        u8.set((this.#views[shard] as Uint8Array).subarray(from, from + rows * places.rowSize), at);
      }
      data.setUint32(this.#run(shard, RUN_AT), at, true);
      data.setUint32(this.#run(shard, RUN_END), at + rows * places.rowSize, true);
    }
    // A shard says what is wrong with its rows before it says that they are there, or that its round is done.
    if (this.#fault === SHARD_FAULT_NONE) this.#fault = this.#faultOf(this.#round);
  }

  /** SHARD_FAULT_ for which one engine must read the capture from its begin. */
  get fault(): number {
    return this.#fault;
  }

  #merge(board: Board, most: number): number {
    this.#fill(board);
    if (this.#fault !== SHARD_FAULT_NONE) return 0;
    const before = this.#sizes();
    let open = 0;
    for (let shard = 0; shard < this.shards.count; shard++) {
      const isWhole = !this.#isOpen(shard) && this.#left(board, shard) === (before[shard] as number);
      if (!isWhole) open |= 1 << shard;
    }
    const rows = this.exports.mergeRows(most, open) >>> 0;
    this.#sizes().forEach((size, shard) => {
      const merged = (before[shard] as number) - size;
      if (merged > 0) board.setTaken(shard, (board.taken(shard) + merged) >>> 0, this.shards.rows);
    });
    this.#delivered += rows;
    return rows;
  }

  #sizes(): number[] {
    return Array.from({ length: this.shards.count }, (_, shard) => this.#runSize(shard));
  }

  /** Those of all shards together. */
  override counters(): EngineCounters {
    if (this.#board === undefined) return super.counters();
    const sum = new DataView(new ArrayBuffer(PROTOCOL_COUNTERS + 256 * 8));
    const all = this.memories.map(({ buffer }) => new DataView(buffer));
    const add = (at: number): void =>
      sum.setBigUint64(
        at,
        all.reduce((total, data) => total + data.getBigUint64(at, true), 0n),
        true,
      );
    for (const offset of SUMMED) add(CONTROL + offset);
    for (let protocol = 0; protocol < 256; protocol++) add(PROTOCOL_COUNTERS + 8 * protocol);
    const probes = all.map((data) => data.getBigUint64(CONTROL + COUNTER_LONGEST_PROBE, true));
    sum.setBigUint64(
      CONTROL + COUNTER_LONGEST_PROBE,
      probes.reduce((a, b) => (a > b ? a : b)),
      true,
    );
    return readCounters(sum);
  }

  /** Adds to a counter of this engine what was counted beside it. */
  addToCounter(offset: number, amount: number): void {
    const { data } = this.views;
    if (amount > 0)
      data.setBigUint64(CONTROL + offset, data.getBigUint64(CONTROL + offset, true) + BigInt(amount), true);
  }
}
