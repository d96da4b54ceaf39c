/** The tools that the tests of live capture use. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Capture } from './capture.ts';
import { canUseTcpdump, canUseVlan, FAR, NamespacePair, NEAR } from './netns.ts';
import { traffic, trafficFile } from './traffic.ts';
import { flowsOf, readCapture } from '../models/index.ts';

describe('known traffic', () => {
  it('is 20,000 packets over 500 connections', () => {
    const { records } = readCapture(trafficFile());
    const { flows, counters } = flowsOf(records);
    expect(records).toHaveLength(20_000);
    expect(flows).toHaveLength(500);
    expect(counters).toMatchObject({ packetsMalformed: 0 });
  });
});

describe.skipIf(!canUseTcpdump)('namespaces', () => {
  it('carry a replayed file from far0 to near0, once each, in order', async () => {
    using pair = new NamespacePair();
    const sent = traffic({ packets: 2000, connections: 50 });
    const capture = await Capture.start(pair.near, NEAR, pair.file('near.pcap'));
    await pair.replay(pair.file('sent.pcap', trafficFile({ packets: 2000, connections: 50 })));
    expect(await capture.stop(sent.length)).toEqual({ captured: sent.length, dropped: 0 });
    expect(
      readCapture(readFileSync(capture.file)).records.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
    ).toEqual(sent.map(({ frame }) => Buffer.from(frame).toString('hex')));
  });

  it.skipIf(!canUseVlan)('have VLAN interfaces', async () => {
    using pair = new NamespacePair();
    pair.addVlan(7);
    const capture = await Capture.start(pair.near, `${NEAR}.7`, pair.file('near.pcap'));
    await pair.replay(
      pair.file('sent.pcap', trafficFile({ packets: 400, connections: 10, vlanId: 7 })),
      {},
      pair.far,
      FAR,
    );
    expect(await capture.stop(400)).toEqual({ captured: 400, dropped: 0 });
  });

  it('are gone afterwards', () => {
    const pair = new NamespacePair();
    pair.dispose();
    expect(() => pair.near.ip('link')).toThrow();
    pair.dispose();
  });
});
