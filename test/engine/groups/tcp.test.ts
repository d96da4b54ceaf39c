/**
 * The group tcp: engine against model on random conversations. A failure prints its seed; PCAPFLOW_SEED=n runs that one
 * alone, PCAPFLOW_SCENARIOS=n another number of captures.
 */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { flowsOf, readCapture } from '../../models/index.ts';
import { tcpGroup } from '../../models/groups/tcp.ts';
import { tcpRecord } from '../../models/groups/tcp_record.ts';
import { modelOptions, run } from '../harness.ts';
import { difference } from './difference.ts';
import { conversations } from './tcp_conversations.ts';

const CAPTURES = Number(process.env.PCAPFLOW_SCENARIOS ?? 200);
const only = process.env.PCAPFLOW_SEED;

/** What was looked at, so that a generator that never loses a segment is noticed. */
const seen: Record<string, number> = {};

function noteSeen({ forward, reverse: _reverse, ecn, ...whole }: NonNullable<Flow['tcp']>): void {
  const parts = { ...forward, ...whole, samples: forward.rtt.n, [ecn]: true };
  for (const [name, value] of Object.entries(parts)) if (value) seen[name] = (seen[name] ?? 0) + 1;
}

async function compare(seed: number): Promise<void> {
  const { file, options } = conversations(seed);
  const want: (object | null)[] = [];
  flowsOf(readCapture(file).records, {
    ...modelOptions(options),
    onEnd: (flow, { protocol }) =>
      want.push(protocol === 6 ? tcpRecord(tcpGroup(flow.packets, flow.originator), options.direction) : null),
  });
  const { flows } = await run(file, options);
  const told = `seed ${seed}, ${JSON.stringify(options)}`;
  expect(flows.length, told).toBe(want.length);
  seen.flows = (seen.flows ?? 0) + flows.length;
  flows.forEach(({ tcp }, n) => {
    expect(tcp === undefined ? 'no group' : difference(tcp, want[n], `flow ${n}: tcp`), told).toBeUndefined();
    if (tcp) noteSeen(tcp);
  });
}

describe('the engine has the group tcp of the model', () => {
  if (only !== undefined) {
    it(`for seed ${only}`, () => compare(Number(only)));
    return;
  }
  it(`for ${CAPTURES} random captures`, { timeout: 1_800_000 }, async () => {
    for (let seed = 1; seed <= CAPTURES; seed++) await compare(seed);
  });
  it('with all that can happen in them', () => {
    const names =
      'retransmittedPackets outOfOrderPackets gaps missingBytes holesLost keepAlives zeroWindows duplicateAcks ' +
      'sequenceWraps sackBlocks tsFirst tsLast mss windowScale sackPermitted timestamps samples rttSynAck ' +
      'rttHandshake handshakeRepeated none offered accepted';
    expect(seen.flows).toBeGreaterThan(4 * CAPTURES);
    for (const name of names.split(' ')) expect(seen[name] ?? 0, name).toBeGreaterThan(0);
  });
});
