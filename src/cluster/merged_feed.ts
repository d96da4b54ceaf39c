/** The flows of all buckets in the order of one engine: merges the rows that reduce jobs have left for `--ordered`. */
import { CONTROL, SERIAL_ROW_HEADER, STATE_CLOCK, STATE_FIRST_TIME } from '../../assembly/layout.ts';
import { InlineEngine } from '../engine/inline.ts';
import { loadEngine } from '../engine/load.ts';
import type { EngineOptions } from '../engine/options.ts';
import { stagedRows } from '../engine/row_stage.ts';
import type { RowRange } from '../engine/table.ts';
import { Heap } from '../heap.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import { RowCursor } from './row_cursor.ts';
import type { Storage } from './storage.ts';

/** Has no flows of its own: rows are put into it. */
class RowsEngine extends InlineEngine {
  rows: Uint8Array[] = [];

  static async make(options: EngineOptions): Promise<RowsEngine> {
    const settings = { ...options, maxFlows: 1, closedLimit: 1, files: 1, blockSize: 0 };
    return new RowsEngine(await InlineEngine.prepare(await loadEngine(), settings));
  }

  /** What the capture's clock would have been at its begin and at its end, nanoseconds. */
  setTimes(first: bigint, latest: bigint): void {
    this.views.data.setBigUint64(CONTROL + STATE_FIRST_TIME, first, true);
    this.views.data.setBigUint64(CONTROL + STATE_CLOCK, latest, true);
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
  /** The first one has the next row. */
  readonly #open = new Heap<RowCursor>((a, b) => a.isBefore(b));
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
      if (await cursor.fill()) this.#open.add(cursor);
    }
  }

  async advance(): Promise<boolean> {
    this.#signal?.throwIfAborted();
    const { engine } = this;
    const most = engine.rowsMax;
    while (engine.rows.length < most) {
      const { first } = this.#open;
      if (first === undefined) break;
      engine.rows.push(first.row);
      if (first.step() || (await first.fill())) this.#open.settle();
      else this.#open.drop();
    }
    return engine.rows.length > 0;
  }

  stop(): void {
    this.#open.clear();
  }

  close(): void {
    this.stop();
  }
}
