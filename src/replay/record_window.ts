/** The records that a converter holds, taken from the front in pieces. */
import {
  RECORD_EXTRA_NANOS_MASK,
  RECORD_EXTRA_SECONDS_SHIFT,
  RECORD_CAPTURED,
  RECORD_FRACTION,
  RECORD_HEADER,
  RECORD_SECONDS,
} from '../../assembly/layout.ts';
import type { Converter } from './converter.ts';
import type { ReplayClock } from './replay_clock.ts';

/** Some records in a row. */
export interface RecordPiece {
  /** Number of the first one, as of its note. */
  readonly first: number;
  readonly count: number;
  /** Their bytes lie in [from, to). */
  readonly from: number;
  readonly to: number;
}

export class RecordWindow {
  readonly #converter: Converter;
  readonly #data: DataView;
  readonly #notes: Uint32Array;
  #at = 0;
  #to = 0;
  #count = 0;
  #next = 0;

  constructor(converter: Converter) {
    this.#converter = converter;
    const { buffer } = converter.bytes;
    this.#data = new DataView(buffer);
    this.#notes = converter.notes;
  }

  /** Starts with the records that the converter has now. */
  begin(): void {
    const { from, to, count } = this.#converter.records;
    this.#at = from;
    this.#to = count === 0 ? from : to;
    this.#count = count;
    this.#next = 0;
  }

  get empty(): boolean {
    return this.#at === this.#to;
  }

  /** Of the record in front: seconds since the epoch. */
  get seconds(): number {
    return this.#data.getUint32(this.#at + RECORD_SECONDS, true) + secondsOf(this.#notes[this.#next] as number);
  }

  /** Of the record in front: nanoseconds in the second. */
  get nanos(): number {
    return this.#data.getUint32(this.#at + RECORD_FRACTION, true) * 1000 + nanosOf(this.#notes[this.#next] as number);
  }

  /** Bytes of the record in front. */
  get size(): number {
    return RECORD_HEADER + this.#data.getUint32(this.#at + RECORD_CAPTURED, true);
  }

  /** Takes the first record, and those after it that are due, up to `bytesMax` bytes in all. */
  take(bytesMax: number, clock: ReplayClock | undefined): RecordPiece {
    if (clock === undefined && this.#to - this.#at <= bytesMax) return this.#takeAll();
    const first = this.#next;
    const from = this.#at;
    const end = Math.min(this.#to, from + bytesMax);
    const dueMs = clock?.dueMs ?? 0;
    do {
      this.#at += this.size;
      this.#next++;
    } while (
      this.#at < end &&
      this.#at + this.size <= end &&
      (clock === undefined || clock.offsetMs(this.seconds, this.nanos) <= dueMs)
    );
    return { first, count: this.#next - first, from, to: this.#at };
  }

  #takeAll(): RecordPiece {
    const first = this.#next;
    const from = this.#at;
    this.#at = this.#to;
    this.#next = this.#count;
    return { first, count: this.#count - first, from, to: this.#to };
  }
}

/** Nanoseconds beyond the microsecond. */
export function nanosOf(note: number): number {
  return note & RECORD_EXTRA_NANOS_MASK;
}

/** Seconds beyond those that a record can hold, which end in 2106. */
export function secondsOf(note: number): number {
  return (note >>> RECORD_EXTRA_SECONDS_SHIFT) * 2 ** 32;
}
