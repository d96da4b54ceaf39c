/**
 * The groups first-packets, payload and entropy: engine against model on random captures, each alone and all together.
 */
import { expect, it } from 'vitest';
import type { WithName } from '../../../src/flow/groups.ts';
import { ethernet, ipv4, pcap, random, tcp, udp, type CaptureRecord } from '../../builders/index.ts';
import type { ActiveFlow } from '../../models/active_flow.ts';
import { entropyGroup, firstPackets, payloadGroup } from '../../models/groups/samples.ts';
import type { RunOptions } from '../harness.ts';
import { compareGroups, type Wanted } from './compare.ts';
import { linkCapture } from './link_conversations.ts';
import { compareRandomCaptures, type Seen } from './random_captures.ts';
import { conversations } from './tcp_conversations.ts';

interface Sizes {
  readonly packets: number;
  readonly payload: number;
  readonly entropy: boolean;
  readonly payloadOnly: boolean;
}

type Name = Exclude<WithName, 'interim' | `identify=${string}`>;

function namesOf({ packets, payload, entropy }: Sizes): Name[] {
  const names: Name[] = entropy ? ['entropy'] : [];
  if (packets > 0) names.push(packets === 10 ? 'first-packets' : `first-packets=${packets}`);
  if (payload > 0) names.push(payload === 64 ? 'payload' : `payload=${payload}`);
  return names;
}

function wantedOf({ packets, originator }: ActiveFlow, sizes: Sizes, direction: 'uni' | 'bi'): Wanted {
  const { entropyForward, entropyReverse } = entropyGroup(packets, originator);
  const near = (value: number | null): unknown => (value === null ? null : expect.closeTo(value, 9));
  const members: Record<string, unknown> = {
    ...(sizes.packets === 0
      ? {}
      : { firstPackets: firstPackets(packets, originator, sizes.packets, sizes.payloadOnly) }),
    ...(sizes.payload === 0 ? {} : payloadGroup(packets, originator, sizes.payload)),
    ...(sizes.entropy ? { entropyForward: near(entropyForward), entropyReverse: near(entropyReverse) } : {}),
  };
  if (direction === 'uni') for (const name of Object.keys(members)) if (name.endsWith('Reverse')) members[name] = null;
  return members;
}

async function compare(seed: number, seen: Seen): Promise<void> {
  const r = random(seed);
  const { file, options } = r.oneIn(2) ? conversations(seed) : linkCapture(seed);
  const packets = r.pick([0, 1, 2, 3, 10, 20, 255]);
  const sizes: Sizes = {
    packets,
    payload: r.pick([0, 1, 7, 8, 64, 100, 1024]),
    entropy: r.oneIn(2),
    payloadOnly: r.oneIn(3) && packets > 0,
  };
  const { payloadOnly } = sizes;
  const all: RunOptions = { ...options, closedLimit: 1, with: namesOf(sizes), payloadOnly };
  const told = `seed ${seed}, ${JSON.stringify(all)}`;
  const wanted = await compareGroups(told, file, all, (flow) => wantedOf(flow, sizes, options.direction ?? 'bi'));
  seen.flows += wanted.length;
  for (const members of wanted) seen.note(members);
}

function further(): void {
  it('up to the bytes that are counted, and beyond sizes that are kept', async () => {
    const r = random(7);
    const ends = { src: '10.0.0.1', dst: '10.0.0.2' };
    const records: CaptureRecord[] = Array.from({ length: 70 }, (_, n) => ({
      timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 5_000_000_000_000n,
      frame: udp({ srcPort: 1, dstPort: 2, payload: r.bytes(n === 3 ? 65_507 : 1400) })
        .over(ipv4(ends))
        .over(ethernet()),
    }));
    records.push({
      timestampNs: records.at(-1)?.timestampNs as bigint,
      frame: tcp({ srcPort: 1, dstPort: 2, payload: new Uint8Array(9000).fill(7) })
        .over(ipv4(ends))
        .over(ethernet()),
    });
    const sizes: Sizes = { packets: 255, payload: 1024, entropy: true, payloadOnly: false };
    const options: RunOptions = { with: namesOf(sizes), flowTimeout: 31_536_000 };
    const [, second] = await compareGroups('large', pcap(records, { format: 'ns' }), options, (flow) =>
      wantedOf(flow, sizes, 'bi'),
    );
    expect(second).toMatchObject({ entropyForward: expect.closeTo(0, 9) as unknown });
  });
}

compareRandomCaptures('the engine has the first packets, payload and entropy of the model', {
  usual: 150,
  compare,
  flowsEach: 3,
  names:
    'firstPackets payloadForward payloadReverse payloadCutForward payloadCutReverse payloadGapForward ' +
    'payloadGapReverse entropyForward entropyReverse',
  further,
});
