/** The active flows of one moment, most recently used first. Iterable once; a flow is decoded when it is given. */
import type { FlowCopies } from '../engine/copies.ts';
import { flowOf } from './flow_view.ts';
import type { Direction, FlowOf } from './flow_view.ts';

export function* snapshotFlows<D extends Direction>(
  direction: D,
  copies: FlowCopies,
): Generator<FlowOf<D>, void, undefined> {
  for (let n = copies.count - 1; n >= 0; n--) yield flowOf(direction, copies.at(n), copies.shape);
}
