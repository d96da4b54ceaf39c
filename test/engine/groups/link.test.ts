/**
 * The group link: engine against model on random frames. A failure prints its seed; PCAPFLOW_SEED=n runs that one
 * alone, PCAPFLOW_SCENARIOS=n another number of captures.
 */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { linkGroup } from '../../models/groups/link.ts';
import { compareGroups } from './compare.ts';
import { linkCapture } from './link_conversations.ts';

const CAPTURES = Number(process.env.PCAPFLOW_SCENARIOS ?? 300);
const only = process.env.PCAPFLOW_SEED;

/** How often each thing was there, so that a generator that never makes one is noticed. */
const seen: Record<string, number> = {};

function noteSeen(group: NonNullable<Flow['link']>): void {
  const { forward, reverse: _reverse, tunnel, vlans, mpls, ...whole } = group;
  const found: object[] = [forward, whole, { vlans: vlans.length, mpls: mpls.length }];
  const { kind, id, srcPort, srcAddress } = tunnel;
  if (kind !== null) found.push({ [kind]: 1, id, port: srcPort, six: srcAddress?.includes(':') });
  for (const [name, value] of found.flatMap((one) => Object.entries(one))) {
    if (value) seen[name] = (seen[name] ?? 0) + 1;
  }
}

async function compare(seed: number): Promise<void> {
  const { file, options } = linkCapture(seed);
  const wanted = await compareGroups(`seed ${seed}, ${JSON.stringify(options)}`, file, options, (flow) => ({
    link: linkGroup(flow.packets, flow.originator, options.direction),
  }));
  seen.flows = (seen.flows ?? 0) + wanted.length;
  for (const { link } of wanted) noteSeen(link as NonNullable<Flow['link']>);
}

describe('the engine has the group link of the model', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, () => compare(Number(only)));
    return;
  }
  it(`for ${CAPTURES} random captures`, { timeout: 1_800_000 }, async () => {
    for (let seed = 1; seed <= CAPTURES; seed++) await compare(seed);
  });
  it('with all that can happen in them', () => {
    const names =
      'ttlFirst ttlMin ttlMax tosFirst tosLast dscpChanged ecnCe dfPackets flowLabel ipOptions fragments srcMac ' +
      'dstMac vlans vlanCount mpls mplsCount vlanChanged macChanged tunnelChanged id port six ipip 6in4 4in6 6in6 ' +
      'gre erspan vxlan vxlan-gpe geneve gtpu teredo mpls etherip ethernet l2tp pim capwap ayiya';
    expect(seen.flows).toBeGreaterThan(4 * CAPTURES);
    for (const name of names.split(' ')) expect(seen[name] ?? 0, name).toBeGreaterThan(0);
  });
});
