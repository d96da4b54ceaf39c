/**
 * Feeds that give a part of another feed's flows, or the same flows to several writers. Rows are copied out of the engine
 * in batches, and put back for a writer whenever it takes some. The engine has one list of what to make of rows, so each
 * writer's own is kept while another works.
 */
import { CONFIG_ROWS_MAX, CONTROL, PROGRAM, PROGRAM_SIZE, ROWS, ROWS_MAX } from '../../assembly/layout.ts';
import { rowsThatFit } from '../engine/side_records.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import type { FlowFeed, RowIdentities } from '../reader/flow_feed.ts';

/** Copies of rows, one behind the other. */
export interface RowBatch {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** What each flow is; none: that is not wanted. */
  readonly identities: readonly KnownIdentity[];
}

/** Takes closed flows out of the engine, as many as there are rows for. There may be none left when a stage wants none. */
export function takeBatch({ engine, identities }: Pick<FlowFeed, 'engine' | 'identities'>): RowBatch {
  const { data, u8 } = engine.views;
  const most = data.getUint32(CONTROL + CONFIG_ROWS_MAX, true);
  data.setUint32(CONTROL + CONFIG_ROWS_MAX, rowsThatFit(engine.rowBytes), true);
  try {
    return engine.takeClosed(ROWS_MAX, (rows) => ({
      bytes: u8.slice(rows.base, rowAt(rows, rows.count)),
      count: rows.count,
      identities: identities === undefined ? [] : identitiesOf(rows, identities),
    }));
  } finally {
    data.setUint32(CONTROL + CONFIG_ROWS_MAX, most, true);
  }
}

const identitiesOf = (rows: RowRange, identities: RowIdentities): KnownIdentity[] =>
  Array.from({ length: rows.count }, (_, n) => identities.take(rowAt(rows, n)));

export const NO_FLOWS: RowBatch = { bytes: new Uint8Array(0), count: 0, identities: [] };

/** What a writer has told the engine about rows. */
export class EngineProgram {
  readonly #engine: FlowTable;
  #bytes: Uint8Array | undefined;
  #rowsMax = 0;

  constructor(engine: FlowTable) {
    this.#engine = engine;
  }

  keep(): void {
    const { u8, data } = this.#engine.views;
    this.#bytes = u8.slice(PROGRAM, PROGRAM + PROGRAM_SIZE);
    this.#rowsMax = data.getUint32(CONTROL + CONFIG_ROWS_MAX, true);
  }

  /** Nothing before the first `keep`. */
  restore(): void {
    if (this.#bytes === undefined) return;
    const { u8, data } = this.#engine.views;
    u8.set(this.#bytes, PROGRAM);
    data.setUint32(CONTROL + CONFIG_ROWS_MAX, this.#rowsMax, true);
  }
}

/** A feed whose flows are rows that were taken out of the engine before. */
export class PartFeed implements FlowFeed {
  readonly engine: FlowTable;
  readonly identities: RowIdentities | undefined;
  readonly #feed: FlowFeed;
  readonly #next: () => Promise<boolean>;
  readonly #taken: ((rows: RowRange) => void) | undefined;
  #batch = NO_FLOWS;
  /** Of the batch: the first of the rows that were put back. */
  #first = 0;
  #done = 0;
  #end = 0;

  /**
   * @param next supplies rows by `offer`; false: there are no more for this writer
   * @param taken sees rows before their writer does
   */
  constructor(feed: FlowFeed, next: () => Promise<boolean>, taken?: (rows: RowRange) => void) {
    this.#feed = feed;
    this.#next = next;
    this.#taken = taken;
    this.identities = feed.identities && this.#identitiesLike(feed.identities);
    this.engine = new Proxy(feed.engine, {
      get: (engine, name) => {
        if (name === 'closedCount') return this.#end - this.#done;
        if (name === 'takeClosed') return this.#take.bind(this);
        // Flows are left out before they are here.
        if (name === 'stage') return undefined;
        if (name === 'release') return (amount: number) => void (this.#done += amount);
        const value: unknown = Reflect.get(engine, name, engine);
        return typeof value === 'function' ? value.bind(engine) : value;
      },
    });
  }

  /** What was said of the flows when they were taken. Writers share the engine's texts, so none stays there. */
  #identitiesLike(identities: RowIdentities): RowIdentities {
    const ofRow = (row: number): KnownIdentity =>
      this.#batch.identities[this.#first + (row - ROWS) / this.#feed.engine.rowBytes] ?? {};
    return {
      textAt: identities.textAt,
      of: (index, generation) => identities.of(index, generation),
      take: ofRow,
      peek: ofRow,
      isUnlikeKnown: false,
      unlikeKey: () => undefined,
      isShared: () => false,
    };
  }

  get problems(): FlowFeed['problems'] {
    return this.#feed.problems;
  }

  get failure(): FlowFeed['failure'] {
    return this.#feed.failure;
  }

  get problemsOmitted(): number {
    return this.#feed.problemsOmitted;
  }

  /** Rows [from, to) of the batch are the flows that wait. */
  offer(batch: RowBatch, from: number, to: number): void {
    this.#batch = batch;
    this.#done = from;
    this.#end = to;
  }

  /** The feed is started and closed by who has made it. */
  async start(): Promise<void> {}
  close(): void {}

  advance(): Promise<boolean> {
    return this.#next();
  }

  stop(): void {
    this.#feed.stop();
  }

  #take<T>(most: number, use: (rows: RowRange) => T): T {
    const { rowBytes, views } = this.#feed.engine;
    const { u8, data } = views;
    const count = Math.min(most, data.getUint32(CONTROL + CONFIG_ROWS_MAX, true), this.#end - this.#done);
    u8.set(this.#batch.bytes.subarray(this.#done * rowBytes, (this.#done + count) * rowBytes), ROWS);
    this.#first = this.#done;
    this.#done += count;
    const rows: RowRange = { base: ROWS, count, rowBytes };
    this.#taken?.(rows);
    return use(rows);
  }
}
