/**
 * The group link: engine against model on random frames.
 */
import type { Flow } from '../../../src/flow/flow.ts';
import { linkGroup } from '../../models/groups/link.ts';
import { compareGroups } from './compare.ts';
import { linkCapture } from './link_conversations.ts';
import { compareRandomCaptures, type Seen } from './random_captures.ts';

function noteSeen(seen: Seen, group: NonNullable<Flow['link']>): void {
  const { forward, reverse: _reverse, tunnel, vlans, mpls, ...whole } = group;
  const found: object[] = [forward, whole, { vlans: vlans.length, mpls: mpls.length }];
  const { kind, id, srcPort, srcAddress } = tunnel;
  if (kind !== null) found.push({ [kind]: 1, id, port: srcPort, six: srcAddress?.includes(':') });
  for (const parts of found) seen.note(parts);
}

async function compare(seed: number, seen: Seen): Promise<void> {
  const { file, options } = linkCapture(seed);
  const wanted = await compareGroups(`seed ${seed}, ${JSON.stringify(options)}`, file, options, (flow) => ({
    link: linkGroup(flow.packets, flow.originator, options.direction),
  }));
  seen.flows += wanted.length;
  for (const { link } of wanted) noteSeen(seen, link as NonNullable<Flow['link']>);
}

compareRandomCaptures('the engine has the group link of the model', {
  usual: 300,
  compare,
  flowsEach: 4,
  names:
    'ttlFirst ttlMin ttlMax tosFirst tosLast dscpChanged ecnCe dfPackets flowLabel ipOptions fragments srcMac ' +
    'dstMac vlans vlanCount mpls mplsCount vlanChanged macChanged tunnelChanged id port six ipip 6in4 4in6 6in6 ' +
    'gre erspan vxlan vxlan-gpe geneve gtpu teredo mpls etherip ethernet l2tp pim capwap ayiya',
});
