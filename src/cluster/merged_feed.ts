/** The flows of all buckets in the order of one engine: merges the rows that reduce jobs have left for `--ordered`. */
import { SERIAL_ROW_HEADER } from '../../assembly/layout.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import { planMemory, reserve } from '../engine/memory.ts';
import type { EngineOptions } from '../engine/options.ts';
import { stagedRows } from '../engine/row_stage.ts';
import type { RowRange } from '../engine/table.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import { RowCursor } from './row_cursor.ts';
import type { Storage } from './storage.ts';

/** Has no flows of its own: rows are put into it. */
class RowsEngine extends InlineEngine {
  rows: Uint8Array[] = [];

  static async make(options: EngineOptions): Promise<RowsEngine> {
    const settings = { ...options, maxFlows: 1, closedLimit: 1, files: 1, blockSize: 0 };
    const plan = planMemory(settings);
    return new RowsEngine(await InlineEngine.prepare(await loadEngine(), settings, plan, reserve(plan.pages, false)));
  }

  override get closedCount(): number {
    return this.rows.length;
  }

  override takeClosed<T>(most: number, use: (rows: RowRange) => T): T {
    const rows = this.putRows(this.rows.splice(0, Math.min(most, this.rowsMax)));
    return use(this.stage === undefined ? rows : stagedRows(this.stage, this.views, rows));
  }

  override release(amount: number): void {
    this.rows.splice(0, amount);
  }
}

/** Where the rows of a bucket are. */
export interface RowsObject {
  readonly name: string;
  readonly bytes: number;
}

/** The flows of all buckets, in the order of one engine. */
export class MergedFeed implements FlowFeed {
  readonly engine: RowsEngine;
  readonly identities = undefined;
  readonly problems = [];
  readonly failure = undefined;
  readonly problemsOmitted = 0;
  /** A heap: the first one has the next row. */
  readonly #heap: RowCursor[] = [];
  readonly #cursors: readonly RowCursor[];
  readonly #signal: AbortSignal | undefined;

  private constructor(engine: RowsEngine, cursors: readonly RowCursor[], signal: AbortSignal | undefined) {
    this.engine = engine;
    this.#cursors = cursors;
    this.#signal = signal;
  }

  static async make(
    options: EngineOptions,
    storage: Storage,
    objects: readonly RowsObject[],
    signal: AbortSignal | undefined,
  ): Promise<MergedFeed> {
    const engine = await RowsEngine.make(options);
    const rowSize = SERIAL_ROW_HEADER + engine.rowBytes;
    const cursors = objects.map(({ name, bytes }) => new RowCursor(storage, name, bytes, rowSize));
    return new MergedFeed(engine, cursors, signal);
  }

  async start(): Promise<void> {
    for (const cursor of this.#cursors) {
      if (!(await cursor.fill())) continue;
      this.#heap.push(cursor);
      this.#up(this.#heap.length - 1);
    }
  }

  async advance(): Promise<boolean> {
    this.#signal?.throwIfAborted();
    const { engine } = this;
    const most = engine.rowsMax;
    while (engine.rows.length < most) {
      const first = this.#heap[0];
      if (first === undefined) break;
      engine.rows.push(first.row);
      if (!first.step() && !(await first.fill())) {
        const last = this.#heap.pop() as RowCursor;
        if (last === first) continue;
        this.#heap[0] = last;
      }
      this.#down(0);
    }
    return engine.rows.length > 0;
  }

  #up(place: number): void {
    for (let at = place; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, above)) return;
      at = above;
    }
  }

  #down(place: number): void {
    for (let at = place; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      const [a, b] = [this.#heap[left], this.#heap[right]];
      if (a === undefined) return;
      const below = b?.isBefore(a) === true ? right : left;
      if (!this.#swapIfBefore(below, at)) return;
      at = below;
    }
  }

  #swapIfBefore(low: number, high: number): boolean {
    const [a, b] = [this.#heap[low] as RowCursor, this.#heap[high] as RowCursor];
    if (!a.isBefore(b)) return false;
    this.#heap[low] = b;
    this.#heap[high] = a;
    return true;
  }

  stop(): void {
    this.#heap.length = 0;
  }

  close(): void {
    this.stop();
  }
}
