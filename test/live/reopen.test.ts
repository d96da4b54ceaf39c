/**
 * An interface that goes away and comes back (`--reopen`), and packets that two interfaces show (`--dedup`), in network
 * namespaces made for it; without the right to make them it is skipped.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { COMMAND, countersAddUp, LiveCommand } from './live_command.ts';
import { NEAR, NamespacePair, canUseTcpdump, finished } from './netns.ts';

/** What a bridge passes on to its own interface, too. */
const BROADCAST = 'ff:ff:ff:ff:ff:ff';

function captureOf(pair: NamespacePair, srcPort: number): string {
  const frame = udp({ srcPort, dstPort: 9, payload: 64 })
    .over(ipv4({ id: srcPort }))
    .over(ethernet({ dst: BROADCAST }));
  return pair.file(`${srcPort}.pcap`, pcap([{ timestampNs: 1n, frame: Uint8Array.from(frame) }]));
}

describe.skipIf(!canUseTcpdump || !capLoads)('live --reopen', () => {
  let pair: NamespacePair;
  beforeAll(() => {
    pair = new NamespacePair();
  });
  afterAll(() => pair?.dispose());

  const saysSo = (live: LiveCommand, text: string, times: number): Promise<void> =>
    waitFor(
      () => live.errors.split(text).length > times,
      () => `not said ${times} times: ${text}\n${live.errors}`,
    );

  it.each(['cap', 'tcpdump'])('waits for what is down or was removed, and continues, with %s', async (capture) => {
    const live = await LiveCommand.start(pair, pair.near, NEAR, '--capture', capture, '-F', 'udp', '--reopen');
    await pair.replay(captureOf(pair, 1001));
    pair.near.down(NEAR);
    await saysSo(live, 'waiting for it', 1);
    pair.near.up(NEAR);
    await saysSo(live, 'captured again', 1);
    await pair.replay(captureOf(pair, 1002));
    pair.near.remove(NEAR);
    await saysSo(live, 'waiting for it', 2);
    pair.connect();
    await saysSo(live, 'captured again', 2);
    await pair.replay(captureOf(pair, 1003));
    await waitFor(
      () => pair.near.counters(NEAR).received > 0,
      () => 'nothing has come',
    );
    const result = await live.end('SIGINT');
    expect(result.flows.map(({ srcPort }) => srcPort).sort(), result.errors).toEqual([1001, 1002, 1003]);
    expect([result.code, countersAddUp(result)], result.errors).toEqual([0, true]);
  });

  it.each(['cap', 'tcpdump'])('waits for one of several while the other is captured, with %s', async (capture) => {
    const live = await LiveCommand.start(pair, pair.near, NEAR, 'lo', '--capture', capture, '-F', 'udp', '--reopen');
    pair.near.down(NEAR);
    await saysSo(live, 'waiting for it', 1);
    pair.near.up(NEAR);
    await saysSo(live, 'captured again', 1);
    await pair.replay(captureOf(pair, 1004));
    const result = await live.end('SIGINT');
    expect(
      result.flows.map(({ srcPort }) => srcPort),
      result.errors,
    ).toEqual([1004]);
    expect([result.code, countersAddUp(result)], result.errors).toEqual([0, true]);
  });

  it('is not for who gives up the rights', async () => {
    const ended = finished(pair.near.start(process.execPath, COMMAND, 'live', NEAR, '--reopen', '--user', 'nobody'));
    await expect(ended).rejects.toThrow('--reopen needs the rights');
  });
});

describe.skipIf(!canUseTcpdump || !capLoads)('a bridge and its port', () => {
  let pair: NamespacePair;
  beforeAll(() => {
    pair = new NamespacePair();
    pair.near.ip('link', 'add', 'br0', 'type', 'bridge');
    pair.near.ip('link', 'set', NEAR, 'master', 'br0');
    pair.near.up('br0');
  });
  afterAll(() => pair?.dispose());

  it('show a packet twice on any, which is said, and counted once with --dedup', async () => {
    const args = ['any', '-F', 'udp port 9'];
    const twice = await LiveCommand.start(pair, pair.near, ...args, '--count', '2');
    await pair.replay(captureOf(pair, 1001));
    const both = await twice.end();
    expect(both.errors).toContain(`${NEAR} and br0 show the same packets (${NEAR} is a port of br0)`);
    expect(both.flows.map(({ packetsForward }) => packetsForward)).toEqual([2]);

    const once = await LiveCommand.start(pair, pair.near, ...args, '--count', '2', '--dedup');
    await pair.replay(captureOf(pair, 1002));
    const single = await once.end();
    expect(single.errors).not.toContain('show the same packets');
    expect(single.flows.map(({ packetsForward }) => packetsForward)).toEqual([1]);
    expect(single.stats).toMatchObject({ packetsSeen: 2, notTracked: { duplicate: 1 } });
    expect(countersAddUp(single)).toBe(true);
  });
});
