/** What gives flows: a reader of captures, or a live capture. */
import type { FlowTable } from '../engine/table.ts';
import type { FParserError } from '../errors.ts';

export interface FlowFeed {
  readonly engine: FlowTable;
  /** What went wrong on the way, in order. */
  readonly problems: readonly FParserError[];
  /** The one of them that ended the reading early; undefined while there is none. */
  readonly failure: FParserError | undefined;
  /** Problems beyond those that are kept. */
  readonly problemsOmitted: number;
  /** Opens the capture; packets can flow. @throws {FParserError} when it cannot be opened */
  start(): Promise<void>;
  /**
   * Works until closed flows wait (true: take all of them before the next call) or everything is done (false). At the
   * end of the capture the active flows are ended.
   */
  advance(): Promise<boolean>;
  /** Takes no more packets. What is active is ended by the next calls of `advance`. */
  stop(): void;
  /** Lets go of what is open. Idempotent. */
  close(): void | Promise<void>;
}
