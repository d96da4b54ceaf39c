/**
 * What makes the rows of several shards other than those of one engine: times that are not believed, tables that would
 * be full together, SYNs that would give way to others. Such a capture is read again by one engine.
 */
import {
  CONFIG_FIN_TIMEOUT,
  CONFIG_FLOW_TIMEOUT,
  CONFIG_MAX_FLOWS,
  CONTROL,
  HELD_MAX,
  NIL,
  SHARD_FAULT_FULL,
  SHARD_FAULT_NONE,
  SHARD_FAULT_SYNS,
  SHARD_FAULT_TIMES,
} from '../../assembly/layout.ts';
import type { Board } from './board.ts';

const DAY_NS = 86_400_000_000_000n;

export class RoundChecks {
  readonly #board: Board;
  readonly #count: number;
  readonly #firstRecord: number;
  readonly #flowTimeout: bigint;
  /** Farther from the clock no time is believed at once. */
  readonly #near: bigint;
  readonly #maxFlows: number;
  /** The latest time in the blocks before the round; undefined: there was no packet. */
  #clock: bigint | undefined;
  /** SYNs held by all shards up to each block's end. */
  readonly #held: number[] = [];
  /** Rounds whose block was looked at. */
  #seen = 0;
  #fault: number = SHARD_FAULT_NONE;

  /** @param firstRecord where the file's records begin @param data of an engine */
  constructor(board: Board, count: number, firstRecord: number, data: DataView) {
    const time = (offset: number): bigint => data.getBigUint64(CONTROL + offset, true);
    this.#board = board;
    this.#count = count;
    this.#firstRecord = firstRecord;
    this.#flowTimeout = time(CONFIG_FLOW_TIMEOUT);
    this.#near = [DAY_NS, this.#flowTimeout, time(CONFIG_FIN_TIMEOUT)].reduce((a, b) => (a > b ? a : b));
    this.#maxFlows = data.getUint32(CONTROL + CONFIG_MAX_FLOWS, true);
  }

  /** SHARD_FAULT_ of what is known of a round. Rounds come in order. */
  faultOf(round: number): number {
    if (this.#fault !== SHARD_FAULT_NONE) return this.#fault;
    const board = this.#board;
    for (let shard = 0; shard < this.#count; shard++) this.#fault ||= board.faultOf(shard);
    if (round > board.last) return this.#fault;
    if (this.#seen === round && this.#isVerified(round)) {
      this.#fault ||= this.#faultOfBlock(round);
      this.#seen++;
    }
    this.#fault ||= this.#faultOfFigures(round);
    return this.#fault;
  }

  /** Before, no shard has begun the block. */
  #isVerified(block: number): boolean {
    const board = this.#board;
    const start = block === 0 ? this.#firstRecord : board.endOf(block - 1);
    return board.isDecoded(block) && board.startOf(block) === start;
  }

  #faultOfBlock(block: number): number {
    const { packets, fault, first, earliest, latest, lateBy } = this.#board.reportOf(block);
    if (fault !== SHARD_FAULT_NONE || packets === 0) return fault;
    const clock = this.#clock ?? first;
    this.#clock = latest > clock ? latest : clock;
    const isJump = first > clock && first - clock > this.#near;
    const isLate = lateBy > this.#flowTimeout || (clock > earliest && clock - earliest > this.#flowTimeout);
    return isJump || isLate ? SHARD_FAULT_TIMES : SHARD_FAULT_NONE;
  }

  /** One engine holds HELD_MAX SYNs; the oldest gives way. It matters for those that were answered. */
  #faultOfFigures(round: number): number {
    let held = this.#held[round - 1] ?? 0;
    let answered = NIL;
    let active = 0;
    for (let shard = 0; shard < this.#count; shard++) {
      const figures = this.#board.figures(shard, round);
      if (figures === undefined) continue;
      active += figures.peak;
      held += figures.held;
      answered = Math.min(answered, figures.answered);
    }
    this.#held[round] = held;
    if (active >= this.#maxFlows) return SHARD_FAULT_FULL;
    return answered !== NIL && held - (this.#held[answered - 1] ?? 0) > HELD_MAX ? SHARD_FAULT_SYNS : SHARD_FAULT_NONE;
  }
}
