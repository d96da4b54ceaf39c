import { NEXT, NONE, PREVIOUS, RECORD_WORDS } from './records.ts';
import type { FlowRecords } from './records.ts';

/** Ticks are absolute multiples of this, microseconds. */
export const TICK_US = 100_000;
/** Buckets, a power of two; the longest timeout must be shorter than all of them together (819 s). */
const BUCKET_COUNT = 1 << 13;

/** A lazy timer wheel: one list of records per tick. A packet does not move its record; the tick that fires does. */
export class Wheel {
  readonly #words: Int32Array;
  readonly #heads = new Int32Array(BUCKET_COUNT).fill(NONE);

  constructor(records: FlowRecords) {
    this.#words = records.words;
  }

  /** Puts a record into the list of a tick that lies less than 8,192 ticks ahead. */
  file(record: number, tick: number): void {
    const words = this.#words;
    const heads = this.#heads;
    const bucket = tick % BUCKET_COUNT;
    const next = heads[bucket]!;
    const base = record * RECORD_WORDS;
    words[base + NEXT] = next;
    words[base + PREVIOUS] = ~bucket;
    if (next !== NONE) words[next * RECORD_WORDS + PREVIOUS] = record;
    heads[bucket] = record;
  }

  unlink(record: number): void {
    const words = this.#words;
    const heads = this.#heads;
    const next = words[record * RECORD_WORDS + NEXT]!;
    const previous = words[record * RECORD_WORDS + PREVIOUS]!;
    if (previous < 0) heads[~previous] = next;
    else words[previous * RECORD_WORDS + NEXT] = next;
    if (next !== NONE) words[next * RECORD_WORDS + PREVIOUS] = previous;
  }

  /** Empties a tick's list and returns its first record; the others follow by `NEXT`. */
  takeList(tick: number): number {
    const bucket = tick % BUCKET_COUNT;
    const head = this.#heads[bucket]!;
    this.#heads[bucket] = NONE;
    return head;
  }

  /** The next record of the same tick, or `NONE`. */
  after(record: number): number {
    return this.#words[record * RECORD_WORDS + NEXT]!;
  }

  /** Ticks after which every record has been visited. */
  get turn(): number {
    return BUCKET_COUNT;
  }
}
