/**
 * What the threads of a reading with jobs tell each other: a small shared memory beside those of the engines. Blocks of
 * the file have numbers from 0; what is known of a block is kept in the slot `block % window` until its rows are merged.
 */
import { SHARDS_MAX } from '../../assembly/layout.ts';

/** More than any block's number: no block is taken any more, or the last one is not known. */
const NO_BLOCK = 0x3fff_ffff;

const WORD_NEXT = 0;
const WORD_MERGED = 1;
const WORD_LAST = 2;
const WORD_EVENT = 3;
const WORD_WAITERS = 4;
const WORD_ABANDONED = 5;
/** By shard: rows written, rows taken (both modulo 2^32), rounds done, SHARD_FAULT_. */
const WORD_WRITTEN = 16;
const WORD_TAKEN = WORD_WRITTEN + SHARDS_MAX;
const WORD_DONE = WORD_TAKEN + SHARDS_MAX;
const WORD_FAULT = WORD_DONE + SHARDS_MAX;
const WORD_SLOTS = WORD_FAULT + SHARDS_MAX;

/**
 * In a slot: whether the block is decoded (its number + 1), which engine did it, which of its places the lists are in,
 * where they end, then by shard.
 */
const SLOT_DECODED = 0;
const SLOT_OWNER = 1;
const SLOT_PLACE = 2;
const SLOT_LISTS = 3;
const SLOT_ROUND_END = SLOT_LISTS + SHARDS_MAX;
const SLOT_PEAK = SLOT_ROUND_END + SHARDS_MAX;
const SLOT_HELD = SLOT_PEAK + SHARDS_MAX;
const SLOT_ANSWERED = SLOT_HELD + SHARDS_MAX;
const SLOT_FIGURES = SLOT_ANSWERED + SHARDS_MAX;
const SLOT_WORDS = SLOT_FIGURES + SHARDS_MAX;

/** Numbers of a slot, as f64, and times, as u64. */
const SLOT_NUMBERS = 16;

/** What the owner of a block says of it. */
export interface BlockReport {
  /** Bytes of the file: where the first record begins, and the first one that belongs to the next block. */
  readonly start: number;
  readonly end: number;
  readonly packets: number;
  /** SHARD_FAULT_ */
  readonly fault: number;
  /** Nothing of the file is read beyond it. */
  readonly ended: boolean;
  /** Why: STATUS_ with its parameters. */
  readonly status: number;
  readonly value: number;
  readonly detail: number;
  /** Bytes behind `end` that are left, and whether they are zeros. */
  readonly pending: number;
  readonly pendingIsZero: boolean;
  /** Packets whose lengths are not sound: see the counters of the same names. */
  readonly beyondSnaplen: number;
  readonly wireTooShort: number;
  /** Nanoseconds: see STATE_BLOCK_. */
  readonly first: bigint;
  readonly earliest: bigint;
  readonly latest: bigint;
  readonly lateBy: bigint;
}

export class Board {
  readonly buffer: SharedArrayBuffer;
  readonly window: number;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #times: BigInt64Array;

  constructor(window: number, buffer?: SharedArrayBuffer) {
    const words = WORD_SLOTS + window * SLOT_WORDS;
    const numbersAt = Math.ceil(words / 2) * 8;
    const size = window * SLOT_NUMBERS * 8;
    this.buffer = buffer ?? new SharedArrayBuffer(numbersAt + 2 * size);
    this.window = window;
    this.#words = new Int32Array(this.buffer, 0, words);
    this.#numbers = new Float64Array(this.buffer, numbersAt, window * SLOT_NUMBERS);
    this.#times = new BigInt64Array(this.buffer, numbersAt + size, window * SLOT_NUMBERS);
    if (buffer === undefined) this.#words[WORD_LAST] = NO_BLOCK;
  }

  #get(word: number): number {
    return Atomics.load(this.#words, word);
  }

  #set(word: number, value: number): void {
    Atomics.store(this.#words, word, value);
  }

  #slot(block: number, word: number): number {
    return WORD_SLOTS + (block % this.window) * SLOT_WORDS + word;
  }

  /** The next block of the file becomes the caller's to decode; undefined: too many are in work, or there is none. */
  claim(): number | undefined {
    for (;;) {
      const next = this.#get(WORD_NEXT);
      if (next > this.last || next - this.merged >= this.window - 1) return undefined;
      if (Atomics.compareExchange(this.#words, WORD_NEXT, next, next + 1) === next) return next;
    }
  }

  /** No further block is taken; the blocks taken before are the last ones. */
  stopClaims(): void {
    this.setLast(Atomics.exchange(this.#words, WORD_NEXT, NO_BLOCK) - 1);
  }

  /** The last block; NO_BLOCK while it is not known, -1 when there is none. */
  get last(): number {
    return this.#get(WORD_LAST);
  }

  setLast(block: number): void {
    for (;;) {
      const known = this.last;
      if (known <= block || Atomics.compareExchange(this.#words, WORD_LAST, known, block) === known) return;
    }
  }

  /** Rounds whose rows were all merged. A round has the rows of a block; the one behind the last block those left. */
  get merged(): number {
    return this.#get(WORD_MERGED);
  }

  setMerged(rounds: number): void {
    this.#set(WORD_MERGED, rounds);
    this.wake();
  }

  get abandoned(): boolean {
    return this.#get(WORD_ABANDONED) !== 0;
  }

  /** All threads leave their work. */
  abandon(): void {
    this.#set(WORD_ABANDONED, 1);
    this.wake();
  }

  /** Changes with everything that somebody may wait for. */
  get event(): number {
    return this.#get(WORD_EVENT);
  }

  wake(): void {
    Atomics.add(this.#words, WORD_EVENT, 1);
    if (this.#get(WORD_WAITERS) > 0) Atomics.notify(this.#words, WORD_EVENT);
  }

  /** Waits for a change since `event`. @param most milliseconds */
  wait(event: number, most: number): void {
    Atomics.add(this.#words, WORD_WAITERS, 1);
    Atomics.wait(this.#words, WORD_EVENT, event, most);
    Atomics.sub(this.#words, WORD_WAITERS, 1);
  }

  /** Publishes a decoded block. @param place of the lists @param lists where each shard's list ends */
  report(block: number, owner: number, place: number, lists: ArrayLike<number>, report: BlockReport): void {
    const numbers = (block % this.window) * SLOT_NUMBERS;
    const { start, first, earliest, latest, lateBy } = report;
    const values = [
      report.end,
      report.packets,
      report.fault,
      Number(report.ended),
      report.status,
      report.value,
      report.detail,
      report.pending,
      Number(report.pendingIsZero),
      report.beyondSnaplen,
      report.wireTooShort,
    ];
    this.#numbers.set(values, numbers);
    [first, earliest, latest, lateBy].forEach((time, n) => {
      this.#times[numbers + 1 + n] = BigInt.asIntN(64, time);
    });
    this.#set(this.#slot(block, SLOT_OWNER), owner);
    this.#set(this.#slot(block, SLOT_PLACE), place);
    for (let shard = 0; shard < lists.length; shard++)
      this.#words[this.#slot(block, SLOT_LISTS) + shard] = (lists[shard] as number) | 0;
    // With this everything above is seen by those who read it.
    Atomics.store(this.#times, numbers, BigInt(start));
    this.#set(this.#slot(block, SLOT_DECODED), block + 1);
    this.wake();
  }

  /** Whether the block was decoded, perhaps from a wrong place. */
  isDecoded(block: number): boolean {
    return this.#get(this.#slot(block, SLOT_DECODED)) === block + 1;
  }

  /** Byte of the file from which it was decoded. */
  startOf(block: number): number {
    return Number(Atomics.load(this.#times, (block % this.window) * SLOT_NUMBERS));
  }

  /** As in its report, which takes longer to read. */
  endOf(block: number): number {
    return this.#numbers[(block % this.window) * SLOT_NUMBERS] as number;
  }

  ownerOf(block: number): number {
    return this.#get(this.#slot(block, SLOT_OWNER));
  }

  placeOf(block: number): number {
    return this.#get(this.#slot(block, SLOT_PLACE));
  }

  listEnd(block: number, shard: number): number {
    return this.#get(this.#slot(block, SLOT_LISTS) + shard) >>> 0;
  }

  reportOf(block: number): BlockReport {
    const at = (block % this.window) * SLOT_NUMBERS;
    const number = (n: number): number => this.#numbers[at + n] as number;
    const time = (n: number): bigint => BigInt.asUintN(64, this.#times[at + n] as bigint);
    return {
      start: this.startOf(block),
      end: number(0),
      packets: number(1),
      fault: number(2),
      ended: number(3) !== 0,
      status: number(4),
      value: number(5),
      detail: number(6),
      pending: number(7),
      pendingIsZero: number(8) !== 0,
      beyondSnaplen: number(9),
      wireTooShort: number(10),
      first: time(1),
      earliest: time(2),
      latest: time(3),
      lateBy: time(4),
    };
  }

  /** Rows that the shard has written to its ring, and those taken from it, modulo 2^32. */
  written(shard: number): number {
    return this.#get(WORD_WRITTEN + shard) >>> 0;
  }

  /** Wakes nobody: rows are merged when their round is done, or when a ring is full. */
  setWritten(shard: number, rows: number): void {
    this.#set(WORD_WRITTEN + shard, rows | 0);
  }

  taken(shard: number): number {
    return this.#get(WORD_TAKEN + shard) >>> 0;
  }

  /** Wakes nobody but a shard whose ring was full. @param room rows that it holds */
  setTaken(shard: number, rows: number, room: number): void {
    const wasFull = (this.written(shard) - this.taken(shard)) >>> 0 >= room;
    this.#set(WORD_TAKEN + shard, rows | 0);
    if (wasFull) this.wake();
  }

  /** SHARD_FAULT_ of a shard so far. */
  faultOf(shard: number): number {
    return this.#get(WORD_FAULT + shard);
  }

  setFault(shard: number, fault: number): void {
    this.#set(WORD_FAULT + shard, fault);
  }

  /** Flows that the shard may have had at a time in this block, SYNs that it held, the oldest block of one answered. */
  setFigures(shard: number, block: number, peak: number, held: number, answered: number): void {
    this.#set(this.#slot(block, SLOT_PEAK) + shard, peak);
    this.#set(this.#slot(block, SLOT_HELD) + shard, held);
    this.#set(this.#slot(block, SLOT_ANSWERED) + shard, answered);
    this.#set(this.#slot(block, SLOT_FIGURES) + shard, block + 1);
  }

  /** Undefined: the shard has not begun the block. */
  figures(shard: number, block: number): { peak: number; held: number; answered: number } | undefined {
    const at = (word: number): number => this.#get(this.#slot(block, word) + shard);
    if (at(SLOT_FIGURES) !== block + 1) return undefined;
    return { peak: at(SLOT_PEAK), held: at(SLOT_HELD), answered: at(SLOT_ANSWERED) >>> 0 };
  }

  /** Rounds that the shard has done. */
  done(shard: number): number {
    return this.#get(WORD_DONE + shard);
  }

  /** The shard has written all rows of a round. */
  endRound(shard: number, round: number, rows: number): void {
    this.#set(this.#slot(round, SLOT_ROUND_END) + shard, rows | 0);
    this.#set(WORD_DONE + shard, round + 1);
    this.wake();
  }

  roundEnd(shard: number, round: number): number {
    return this.#get(this.#slot(round, SLOT_ROUND_END) + shard) >>> 0;
  }
}
