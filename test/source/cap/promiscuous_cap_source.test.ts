/** Interfaces themselves through `cap`, in processes of their own, inside namespaces made for the purpose. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FParserError } from '../../../src/errors.ts';
import { reported } from '../../../src/source/cap/cap_child_process.ts';
import { waitFor } from '../live/collecting_sink.ts';
import { canUseNamespaces, NamespacePair, NEAR } from '../../live/netns.ts';
import { bundled } from '../../live/program.ts';
import { traffic, trafficFile } from '../../live/traffic.ts';
import type { TrafficOptions } from '../../live/traffic.ts';
import { capLoads } from './cap_loads.ts';
import { CapRun, framesAfter, loseCarrier, replayThrough } from './cap_run.ts';

/** More by a script: each case of a lost interface so many times. */
const RUNS = Number(process.env.LIVE_RUNS ?? 1);
const runs = Array.from({ length: RUNS }, (_, index) => index);

const LINKTYPE_ETHERNET = 1;
const SMALL: TrafficOptions = { packets: 400, connections: 20 };
const sent = (): string[] => traffic(SMALL).map(({ frame }) => Buffer.from(frame).toString('hex'));

it('finds what the process says of itself among other words', () => {
  expect(reported('Warning: x\nERR_PERMISSION "no permission\\nsudo"\n')).toEqual(
    new FParserError('ERR_PERMISSION', 'no permission\nsudo'),
  );
  expect(reported("node: binding.cc:190: Assertion `status == 0' failed.\n")).toBeUndefined();
  expect(reported('ERR_READ no JSON\n')).toBeUndefined();
});

describe.skipIf(!canUseNamespaces || !capLoads)('PromiscuousCapSource', () => {
  let pair: NamespacePair;
  let file: string;

  beforeAll(async () => {
    pair = new NamespacePair();
    file = pair.file('small.pcap', trafficFile(SMALL));
    await bundled('cap_frames');
  });
  afterAll(() => pair.dispose());

  const start = (options: Parameters<typeof CapRun.start>[1] = {}): Promise<CapRun> =>
    CapRun.start(pair, { promiscuous: true, ...options });
  const withFrames = async (count = 10_000): Promise<CapRun> => {
    const run = await start({ count });
    await pair.replay(file, { rate: 5000 });
    return run;
  };

  it('delivers frames with their own headers, those for other hosts as well', async () => {
    const others = pair.file(
      'others.pcap',
      trafficFile({ ...SMALL, macs: ['02:00:00:00:00:1b', '02:00:00:00:00:1a'] }),
    );
    const run = await start({ count: 400 });
    expect(run.opened.linkTypes).toEqual([LINKTYPE_ETHERNET]);
    await pair.replay(others, { rate: 5000 });
    expect(framesAfter(await run.end(), 12)).toEqual(sent().map((hex) => hex.slice(24)));
  });

  it('keeps the length of what it cuts', async () => {
    const run = await start({ count: 400, snaplen: 64 });
    await pair.replay(file, { rate: 5000 });
    const { frames } = await run.end();
    expect(frames.map(({ hex }) => hex)).toEqual(sent().map((hex) => hex.slice(0, 128)));
    expect(frames.map(({ wireLen }) => wireLen)).toEqual(traffic(SMALL).map(({ frame }) => frame.length));
  });

  it('gives up rights where it is told to, and can still be stopped', async () => {
    const run = await start({ user: 'nobody', count: 400 });
    const owners = pids().map((pid) => /^Uid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    expect(owners.sort()).toEqual(['0', '65534']);
    await pair.replay(file, { rate: 5000 });
    expect((await run.end()).count).toBe(400);
    expect(pids()).toEqual([]);
  });

  it.each(runs)('tells that the interface was set down, run %i', async () => {
    const run = await withFrames();
    pair.near.down(NEAR);
    const report = await run.end();
    pair.near.up(NEAR);
    expect(report).toMatchObject({ count: 400, published: 400, error: { code: 'ERR_DEVICE_DOWN' } });
  });

  it.each(runs)('tells that the interface was deleted, run %i', async () => {
    const run = await withFrames();
    pair.near.remove(NEAR);
    const report = await run.end();
    pair.connect();
    expect(report).toMatchObject({ count: 400, published: 400, error: { code: 'ERR_NO_SUCH_DEVICE' } });
  });

  it.each(runs)('does not mind a lost carrier, run %i', async () => {
    const run = await withFrames(800);
    await loseCarrier(pair);
    await replayThrough(pair, file, 400);
    const report = await run.end();
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({ count: 800, problems: [] });
  });

  it('goes on with the other of two', async () => {
    const run = await start({ interfaces: [NEAR, 'lo'], count: 800, problems: 1 });
    await pair.replay(file, { rate: 5000 });
    pair.near.down('lo');
    await pair.replay(file, { rate: 800 });
    const report = await run.end();
    pair.near.up('lo');
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({ count: 800, problems: [{ code: 'ERR_DEVICE_DOWN' }] });
  });

  it.each([
    [{ filter: 'tcp and udp' }, 'ERR_FILTER_SYNTAX', 'rejects all packets'],
    [{ filter: 'tcp prot 80' }, 'ERR_FILTER_SYNTAX', 'tcp prot 80'],
    [{ interfaces: ['near1'] }, 'ERR_NO_SUCH_DEVICE', 'lo, near0'],
    [{ user: 'no-such-user' }, 'ERR_PERMISSION', 'no such user'],
  ])('PromiscuousCapSource refuses %j', async (options, code, words) => {
    const run = await start(options);
    await run.program.ended;
    expect(run.opened.error?.code).toBe(code);
    expect(run.opened.error?.message).toContain(words);
    expect(pids()).toEqual([]);
  });

  it('leaves nothing behind when this process is killed', async () => {
    const run = await start();
    expect(pids()).toHaveLength(2);
    run.program.child.kill('SIGKILL');
    await waitFor(
      () => pids().length === 0,
      () => 'it runs on',
    );
  });

  /** Processes in the namespace. */
  function pids(): string[] {
    return pair.near
      .run('ip', 'netns', 'pids', pair.near.name)
      .split('\n')
      .filter((pid) => pid !== '' && isNode(pid));
  }
});

function isNode(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(process.execPath);
  } catch {
    return false;
  }
}
