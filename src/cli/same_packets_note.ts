/** What `live` says when its interfaces show the same packets. */
import { ANY } from '../source/live/interfaces.ts';
import { interfacesIn, samePackets } from '../source/live/same_packets.ts';

/** Undefined when they do not. @param root for tests: where interfaces are described */
export function samePacketsNote(interfaces: readonly string[], root?: string): string | undefined {
  const [first, ...more] = samePackets(interfaces.includes(ANY) ? interfacesIn(root) : interfaces, root);
  if (first === undefined) return undefined;
  const { upper, lower, relation } = first;
  const others = more.length === 0 ? '' : `, and so do ${more.length} more ${more.length === 1 ? 'pair' : 'pairs'}`;
  return (
    `${lower} and ${upper} show the same packets (${lower} is ${relation} ${upper})${others}: ` +
    'they are counted twice; --dedup counts them once'
  );
}
