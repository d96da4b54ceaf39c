/** Which flows are shown, and in which order: ids of rows. */
import type { RowTest } from '../../src/engine/row_bytes.ts';
import type { Order } from '../protocol.ts';
import { sortIds } from './row_order.ts';
import type { RowStore } from './row_store.ts';
import { Totals } from './totals.ts';

const IDS_MIN = 4096;

export class FlowView {
  totals = new Totals();
  readonly #store: RowStore;
  #test: RowTest | undefined;
  #order: Order = { column: undefined, descending: false };
  #ids = new Uint32Array(IDS_MIN);
  #count = 0;
  /** Rows of the store that were looked at. */
  #seen = 0;

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

  /** Looks at all rows again. */
  restart(): void {
    this.totals = new Totals();
    this.#count = 0;
    this.#seen = 0;
  }

  sort(order: Order): void {
    this.#order = order;
    this.#sort();
  }

  /** Takes in the rows that came. They are behind the others until `settle`. */
  update(): void {
    const store = this.#store;
    const test = this.#test;
    for (let id = this.#seen; id < store.count; id++) {
      const bytes = store.bytesOf(id);
      const row = store.placeOf(id);
      if (test !== undefined && !test(bytes, row)) continue;
      if (this.#count === this.#ids.length) {
        const longer = new Uint32Array(2 * this.#ids.length);
        longer.set(this.#ids);
        this.#ids = longer;
      }
      this.#ids[this.#count++] = id;
      this.totals.add(bytes, row);
    }
    this.#seen = store.count;
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
    const { column, descending } = this.#order;
    const ids = this.ids;
    if (column === undefined) ids.sort();
    else sortIds(ids, this.#store, column, descending);
  }
}
