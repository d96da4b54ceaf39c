/** Distinct values of a column and, for each flow, the place of its value among them. */
import type { ColumnNumbers } from '../../flow/column.ts';

/** More values are not worth a dictionary. */
export const DICTIONARY_MAX = 4096;
/** So many values are looked at before it is decided whether too many of them differ. */
const TRIAL = 2048;

/** Numbers below 2^16. It is made once and used for one column after another. */
export class NumberDictionary {
  /** The places of the last column. */
  readonly places: Uint16Array;
  /** By number: its place and 1; 0: it has none yet. */
  readonly #placeOf = new Uint16Array(1 << 16);
  readonly #values = new Uint16Array(DICTIONARY_MAX);

  /** @param capacity numbers of a column at most */
  constructor(capacity: number) {
    this.places = new Uint16Array(capacity);
  }

  /** The distinct numbers, in the order of their first places; undefined: they are too many. */
  look(numbers: ColumnNumbers, count: number): Uint16Array | undefined {
    const placeOf = this.#placeOf;
    let size = 0;
    placeOf.fill(0);
    for (let n = 0; n < count; n++) {
      const number = numbers[n] as number;
      let place = placeOf[number] as number;
      if (place === 0) {
        if (size === DICTIONARY_MAX || isPoor(size, n)) return undefined;
        this.#values[size] = number;
        place = ++size;
        placeOf[number] = place;
      }
      this.places[n] = place - 1;
    }
    return this.#values.subarray(0, size);
  }
}

/** More than half of the values were new. */
function isPoor(size: number, looked: number): boolean {
  return looked >= TRIAL && size > looked / 2;
}

/** The same of texts. */
export class TextDictionary {
  readonly places: Uint16Array;
  /** By hash: a place and 1; 0: none. Four times as many as there are places. */
  readonly #table = new Uint16Array(4 * DICTIONARY_MAX);
  /** Where the texts begin and end. */
  readonly #starts = new Uint32Array(DICTIONARY_MAX);
  readonly #ends = new Uint32Array(DICTIONARY_MAX);

  constructor(capacity: number) {
    this.places = new Uint16Array(capacity);
  }

  /**
   * @param ends of the texts, which are behind each other
   * @returns starts and ends of the distinct texts; undefined: they are too many
   */
  look(text: Uint8Array, ends: Uint32Array, count: number): readonly [Uint32Array, Uint32Array] | undefined {
    this.#table.fill(0);
    let size = 0;
    let start = 0;
    for (let n = 0; n < count; n++) {
      const end = ends[n] as number;
      const slot = this.#slot(text, start, end);
      let place = this.#table[slot] as number;
      if (place === 0) {
        if (size === DICTIONARY_MAX || isPoor(size, n)) return undefined;
        this.#starts[size] = start;
        this.#ends[size] = end;
        place = ++size;
        this.#table[slot] = place;
      }
      this.places[n] = place - 1;
      start = end;
    }
    return [this.#starts.subarray(0, size), this.#ends.subarray(0, size)];
  }

  /** That of the text, or the free one where it belongs. */
  #slot(text: Uint8Array, start: number, end: number): number {
    const mask = this.#table.length - 1;
    for (let slot = hashOf(text, start, end) & mask; ; slot = (slot + 1) & mask) {
      const place = this.#table[slot] as number;
      if (place === 0) return slot;
      const from = this.#starts[place - 1] as number;
      if (isSame(text, from, this.#ends[place - 1] as number, start, end)) return slot;
    }
  }
}

/** FNV-1a; its upper bits are the better ones. */
function hashOf(text: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (text[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(text: Uint8Array, from: number, to: number, start: number, end: number): boolean {
  if (to - from !== end - start) return false;
  for (let at = start; at < end; at++) if (text[at] !== text[from + at - start]) return false;
  return true;
}
