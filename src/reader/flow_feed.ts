/** A source of flows: a reader of captures, or a live capture. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { rowAt } from '../engine/table.ts';
import type { FlowTable } from '../engine/table.ts';
import type { FParserError } from '../errors.ts';
import type { FlowIdentities } from './flow_identities.ts';

/** Gives closed flows back unread. What they are must still be taken: it may say something of others. */
export function discardClosed({ engine, identities }: Pick<FlowFeed, 'engine' | 'identities'>): void {
  // A stage counts what it leaves out.
  if (identities === undefined && engine.stage === undefined) {
    engine.release(engine.closedCount);
    return;
  }
  while (engine.closedCount > 0)
    engine.takeClosed(ROWS_MAX, (rows) => {
      for (let n = 0; n < rows.count; n++) identities?.take(rowAt(rows, n));
    });
}

/** A feed of files. */
export interface FileFeed extends FlowFeed {
  /** Bytes taken from the files so far, before decompression. */
  readonly bytesTaken: number;
  close(): void;
}

/** What the flows in the rows of an engine are. */
export type RowIdentities = Pick<
  FlowIdentities,
  'take' | 'peek' | 'of' | 'textAt' | 'isUnlikeKnown' | 'unlikeKey' | 'isShared'
>;

/** Makes flows that a stage leaves out say what they know of others. */
export function takeLeftOut({ engine, identities }: Pick<FlowFeed, 'engine' | 'identities'>): void {
  if (engine.stage !== undefined && identities !== undefined)
    engine.stage.onLeftOut = (row) => void identities.take(row);
}

/** What the flows of a feed are, for a writer that needs it. @throws {Error} when the capture was opened without */
export function wantedIdentities(feed: Pick<FlowFeed, 'engine' | 'identities'>): RowIdentities {
  if (feed.identities === undefined) throw new Error('the capture was opened without identification');
  takeLeftOut(feed);
  return feed.identities;
}

export interface FlowFeed {
  readonly engine: FlowTable;
  /** What the flows are; undefined when that is not wanted. */
  readonly identities: RowIdentities | undefined;
  /** What went wrong on the way, in order. */
  readonly problems: readonly FParserError[];
  /** The problem that ended the reading early; undefined if none did. */
  readonly failure: FParserError | undefined;
  /** How many further problems were not kept. */
  readonly problemsOmitted: number;
  /** Opens the capture and starts it. @throws {FParserError} when it cannot be opened */
  start(): Promise<void>;
  /**
   * Works until closed flows wait (true: take all of them before the next call) or everything is done (false). At the
   * end of the capture the active flows are ended.
   */
  advance(): Promise<boolean>;
  /** Takes no more packets. The next calls of `advance` end the active flows. */
  stop(): void;
  /** Closes everything. Idempotent. */
  close(): void | Promise<void>;
}
