/** Which flows are shown, and in which order: ids of rows. */
import type { RowTest } from '../../src/engine/row_bytes.ts';
import type { RowChunk, RowStore } from './row_store.ts';
import { BATCH_ROWS, Totals } from './totals.ts';
import type { FurtherSums } from './totals.ts';

const IDS_MIN = 4096;

export class FlowView {
  totals = new Totals();
  readonly #store: RowStore;
  #test: RowTest | undefined;
  readonly #further: (() => FurtherSums)[] = [];
  /** Sorts ids. None: as the flows ended. */
  #sorter: ((ids: Uint32Array) => void) | undefined;
  #ids = new Uint32Array(IDS_MIN);
  #count = 0;
  /** Rows of the store that were looked at. */
  #seen = 0;
  readonly #batch = new Uint32Array(BATCH_ROWS);
  /** The ids are in the order in which the flows ended. */
  #isAscending = true;

  constructor(store: RowStore) {
    this.#store = store;
  }

  get count(): number {
    return this.#count;
  }

  /** The id of the row at a place of the view. */
  idAt(index: number): number {
    return this.#ids[index]!;
  }

  get ids(): Uint32Array {
    return this.#ids.subarray(0, this.#count);
  }

  /** @param test undefined: all flows */
  select(test: RowTest | undefined): void {
    this.#test = test;
    this.restart();
    this.update();
    this.#sort();
  }

  /** Sums up more than the rows have. @param make new sums */
  sumFurther(make: () => FurtherSums): void {
    this.#further.push(make);
    this.restart();
  }

  /** Looks at all rows again. */
  restart(): void {
    this.totals = new Totals(this.#further.map((make) => make()));
    this.#count = 0;
    this.#seen = 0;
    this.#isAscending = true;
  }

  sort(sorter: ((ids: Uint32Array) => void) | undefined): undefined {
    this.#sorter = sorter;
    this.#sort();
    return undefined;
  }

  /** Takes in the rows that came. They are behind the others until `settle`. */
  update(): void {
    const store = this.#store;
    while (this.#seen < store.count) {
      const chunk = store.bytesOf(this.#seen);
      const end = Math.min(store.count, store.chunkEnd(this.#seen), this.#seen + BATCH_ROWS);
      const rows = this.#chosen(chunk, end);
      this.totals.add(chunk, this.#batch, rows);
      this.#seen = end;
    }
  }

  /** Places of the rows up to `end` that belong to the view, in the batch. Returns how many. */
  #chosen(chunk: RowChunk, end: number): number {
    const test = this.#test;
    const batch = this.#batch;
    if (this.#count + BATCH_ROWS > this.#ids.length) {
      const longer = new Uint32Array(2 * this.#ids.length);
      longer.set(this.#ids);
      this.#ids = longer;
    }
    const { rowBytes } = this.#store;
    let rows = 0;
    let row = this.#store.placeOf(this.#seen);
    for (let id = this.#seen; id < end; id++, row += rowBytes) {
      if (test !== undefined && !test(chunk, row)) continue;
      batch[rows++] = row;
      this.#ids[this.#count++] = id;
    }
    return rows;
  }

  /** Brings all rows into the order. */
  settle(): void {
    this.update();
    this.#sort();
  }

  /** The largest flows were kept and have new ids; the sums stay. */
  renumber(): void {
    const { totals } = this;
    this.restart();
    this.update();
    this.totals = totals;
  }

  #sort(): void {
    const { ids } = this;
    if (this.#sorter !== undefined) this.#sorter(ids);
    else if (!this.#isAscending) ids.sort();
    this.#isAscending = this.#sorter === undefined;
  }
}
