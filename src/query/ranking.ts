/**
 * Puts things into an order, or keeps only the first so many of it: with a limit no more than that are held at a time.
 * What is equal keeps the order in which it came, and what has no value comes last in both directions.
 */

/** Numbers with numbers, texts with texts; null: it has no value. */
export type RankKey = number | bigint | string | null;

export interface RankingOptions {
  readonly descending: boolean;
  /** How many are kept. Default: all. */
  readonly top?: number | undefined;
}

interface Entry<T> {
  readonly key: RankKey;
  /** Number of things that came before. */
  readonly place: number;
  readonly item: T;
}

export class Ranking<T> {
  readonly #descending: boolean;
  readonly #top: number;
  /** With a limit: a heap with the last in the order at its root. */
  #entries: Entry<T>[] = [];
  #added = 0;

  constructor({ descending, top = Infinity }: RankingOptions) {
    this.#descending = descending;
    this.#top = top;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** @param make called only if the thing is kept for now */
  add(key: RankKey, make: () => T): void {
    const place = this.#added++;
    const entries = this.#entries;
    if (entries.length >= this.#top) {
      const last = entries[0];
      if (last === undefined || this.#order(key, place, last) > 0) return;
      this.#sink({ key, place, item: make() });
      return;
    }
    entries.push({ key, place, item: make() });
    if (entries.length === this.#top) entries.sort((a, b) => -this.#order(a.key, a.place, b));
  }

  /** All that were kept, in order. It is empty then. */
  take(): readonly T[] {
    const entries = this.#entries.sort((a, b) => this.#order(a.key, a.place, b));
    this.#entries = [];
    this.#added = 0;
    return entries.map(({ item }) => item);
  }

  /** Puts an entry in place of the root. */
  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [entries[child], entries[child + 1]];
      if (left === undefined) break;
      let lower = left;
      if (right !== undefined && this.#order(right.key, right.place, left) > 0) {
        child++;
        lower = right;
      }
      if (this.#order(lower.key, lower.place, entry) < 0) break;
      entries[at] = lower;
      at = child;
    }
    entries[at] = entry;
  }

  /** Negative: the first comes before the other. Never 0. */
  #order(key: RankKey, place: number, other: Entry<T>): number {
    if (key === null || other.key === null) {
      if (key !== other.key) return key === null ? 1 : -1;
    } else if (key !== other.key) {
      return key < other.key === this.#descending ? 1 : -1;
    }
    return place - other.place;
  }
}
