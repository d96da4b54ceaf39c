/** The active flows of one moment, most recently used first. Iterable once; a flow is decoded when it is given. */
import type { FlowCopies } from '../engine/copies.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import { flowOf } from './flow_view.ts';
import type { Direction, FlowOf } from './flow_view.ts';

export function* snapshotFlows<D extends Direction>(
  direction: D,
  copies: FlowCopies,
  identityOf: (words: Uint32Array) => KnownIdentity | null | undefined,
): Generator<FlowOf<D>, void, undefined> {
  for (let n = copies.count - 1; n >= 0; n--) {
    const words = copies.at(n);
    yield flowOf(direction, words, copies.shape, identityOf(words));
  }
}
