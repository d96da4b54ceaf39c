/** ICMP replies whose request was not captured: the flow's source is who asked. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ethernet, icmp, icmpv6, ipv4, ipv4Fragments, ipv6, pcap } from '../builders/index.ts';
import type { Packet } from '../builders/index.ts';
import { flowLine, flowsOf, readCapture } from '../models/index.ts';
import { difference, modelOptions, run } from './harness.ts';
import type { RunOptions } from './harness.ts';

const MADE = fileURLToPath(new URL('../../../shared/captures/made/', import.meta.url));
const SENDER = '192.0.2.1';
const SENDER6 = '2001:db8::1';

/** Frames as sent from the sender to the other, or back. */
const over4 = (upper: Packet, back = false): Uint8Array =>
  upper.over(ipv4(back ? { src: '192.0.2.9', dst: SENDER } : { src: SENDER, dst: '192.0.2.9' })).over(ethernet());
const over6 = (upper: Packet, back = false): Uint8Array =>
  upper.over(ipv6(back ? { src: '2001:db8::9', dst: SENDER6 } : { src: SENDER6, dst: '2001:db8::9' })).over(ethernet());

/** Source, packets there and back of each flow, the same from engine and model. */
async function sourcesOf(frames: readonly Uint8Array[], options: RunOptions = {}): Promise<unknown[]> {
  const file = pcap(frames.map((frame, n) => ({ timestampNs: BigInt(n), frame })));
  const { flows, lines } = await run(file, options);
  const model = flowsOf(readCapture(file).records, modelOptions(options));
  expect(difference(model.flows.map(flowLine), lines)).toBeUndefined();
  return flows.map((flow) => [flow.srcAddress, flow.packetsForward, flow.packetsReverse]);
}

describe('an ICMP reply that is seen first', () => {
  it.each([
    ['echo reply', 0, 8],
    ['timestamp reply', 14, 13],
    ['information reply', 16, 15],
    ['address mask reply', 18, 17],
  ])('%s goes to the source', async (_name, reply, request) => {
    const frames = [over4(icmp({ type: reply, id: 7 })), over4(icmp({ type: request, id: 7 }), true)];
    expect(await sourcesOf(frames)).toEqual([['192.0.2.9', 1, 1]]);
    expect(await sourcesOf(frames.slice(0, 1))).toEqual([['192.0.2.9', 0, 1]]);
    expect(await sourcesOf(frames.reverse())).toEqual([['192.0.2.9', 1, 1]]);
  });

  it.each([
    ['echo reply', 129, 128],
    ['node information reply', 140, 139],
  ])('%s of ICMPv6 goes to the source', async (_name, reply, request) => {
    const frames = [over6(icmpv6({ type: reply, id: 7 })), over6(icmpv6({ type: request, id: 7 }), true)];
    expect(await sourcesOf(frames)).toEqual([['2001:db8::9', 1, 1]]);
    expect(await sourcesOf(frames.reverse())).toEqual([['2001:db8::9', 1, 1]]);
  });

  it('is not an advertisement or an error, which nobody need have asked for', async () => {
    for (const type of [3, 5, 9, 11]) expect(await sourcesOf([over4(icmp({ type }))])).toEqual([[SENDER, 1, 0]]);
    for (const type of [1, 134, 136]) expect(await sourcesOf([over6(icmpv6({ type }))])).toEqual([[SENDER6, 1, 0]]);
  });

  it('has its sender as source in flows of one direction', async () => {
    expect(await sourcesOf([over4(icmp({ type: 0, id: 7 }))], { direction: 'uni' })).toEqual([[SENDER, 1, 0]]);
  });

  it('goes to the source as well when its fragments come in any order', async () => {
    const ends = { src: SENDER, dst: '192.0.2.9', id: 5 };
    const fragments = ipv4Fragments(icmp({ type: 0, id: 7, payload: 90 }), ends, 32).map((one) => one.over(ethernet()));
    expect(fragments).toHaveLength(4);
    expect(await sourcesOf(fragments)).toEqual([['192.0.2.9', 0, 4]]);
    expect(await sourcesOf(fragments.reverse())).toEqual([['192.0.2.9', 0, 4]]);
  });

  it.skipIf(!existsSync(MADE))('made/echo_reply_first.pcap has who asked as source', async () => {
    const { flows } = await run(readFileSync(`${MADE}echo_reply_first.pcap`));
    expect(flows).toMatchObject([
      { srcAddress: '192.0.2.10', dstAddress: '203.0.113.80', icmpType: 0, packetsForward: 1, packetsReverse: 2 },
    ]);
  });
});
