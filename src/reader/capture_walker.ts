import type { InlineEngine } from '../engine/inline.ts';

/** Filters of a walker, made when an interface needs one: see STATUS_FILTER. */
export type FilterSlots = Pick<InlineEngine, 'addFilter' | 'refuseFilter'>;

/** Flows that are still active when all files have been walked. */
export type ActiveFlows = Pick<InlineEngine, 'beginFlush' | 'flushSome'>;

/** Walks the bytes of captures. The resulting flows or records wait until they are taken. */
export interface CaptureWalker
  extends Pick<
    InlineEngine,
    | 'filesMax'
    | 'select'
    | 'beginFile'
    | 'beginJoined'
    | 'clock'
    | 'offset'
    | 'pending'
    | 'pendingIsZero'
    | 'opened'
    | 'interfaces'
    | 'space'
    | 'filled'
    | 'endFile'
    | 'walk'
    | 'packetsSeen'
  > {
  /** Flows or records that wait. */
  readonly waitingCount: number;
  /** Undefined: the walk never asks for a filter. */
  readonly filters: FilterSlots | undefined;
  /** Undefined: nothing is left when the last file has been walked. */
  readonly activeFlows: ActiveFlows | undefined;
}
