/**
 * The group tcp: engine against model on random conversations.
 */
import { expect } from 'vitest';
import type { Flow } from '../../../src/flow/flow.ts';
import { flowsOf, readCapture } from '../../models/index.ts';
import { tcpGroup } from '../../models/groups/tcp.ts';
import { tcpRecord } from '../../models/groups/tcp_record.ts';
import { modelOptions, run } from '../harness.ts';
import { difference } from './difference.ts';
import { compareRandomCaptures, type Seen } from './random_captures.ts';
import { conversations } from './tcp_conversations.ts';

function partsOf({ forward, reverse: _reverse, ecn, ...whole }: NonNullable<Flow['tcp']>): object {
  return { ...forward, ...whole, samples: forward.rtt.n, [ecn]: true };
}

async function compare(seed: number, seen: Seen): Promise<void> {
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
  seen.flows += flows.length;
  flows.forEach(({ tcp }, n) => {
    expect(tcp === undefined ? 'no group' : difference(tcp, want[n], `flow ${n}: tcp`), told).toBeUndefined();
    if (tcp) seen.note(partsOf(tcp));
  });
}

compareRandomCaptures('the engine has the group tcp of the model', {
  usual: 100,
  compare,
  flowsEach: 4,
  names:
    'retransmittedPackets outOfOrderPackets gaps missingBytes holesLost keepAlives zeroWindows duplicateAcks ' +
    'sequenceWraps sackBlocks tsFirst tsLast mss windowScale sackPermitted timestamps samples rttSynAck ' +
    'rttHandshake handshakeRepeated none offered accepted',
});
