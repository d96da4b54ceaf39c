/**
 * The source `cap` inside namespaces made for the purpose. It is run in a process of its own: the package is native.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcap } from '../../builders/index.ts';
import { canUseNamespaces, canUseVlan, FAR, hasTool, NamespacePair, NEAR } from '../../live/netns.ts';
import { bundled } from '../../live/program.ts';
import { waitFor } from '../live/collecting_sink.ts';
import { traffic, trafficFile } from '../../live/traffic.ts';
import type { TrafficOptions } from '../../live/traffic.ts';
import type { EndReport, OpenReport } from '../../live/programs/cap_frames.ts';
import { capLoads } from './cap_loads.ts';
import { CapRun, framesAfter, loseCarrier, replayThrough } from './cap_run.ts';

/** More by a script: each case of a lost interface so many times. */
const RUNS = Number(process.env.LIVE_RUNS ?? 1);
const CYCLES = Number(process.env.LIVE_CYCLES ?? 20);

const LINKTYPE_LINUX_SLL = 113;
const SLL_SIZE = 16;
const ETHERNET_SIZE = 14;

const SMALL: TrafficOptions = { packets: 400, connections: 20 };
/** Packets sent at once, and a buffer in which the kernel has room for them. */
const PIECE = 4_000;
const PIECE_BUFFER = 256 << 20;

const cooked = (report: EndReport): string[] => framesAfter(report, SLL_SIZE);
const sent = (options: TrafficOptions): string[] =>
  traffic(options).map(({ frame }) => Buffer.from(frame.subarray(ETHERNET_SIZE)).toString('hex'));

describe.skipIf(!canUseNamespaces || !capLoads)('CapSource', () => {
  let pair: NamespacePair;
  let file: string;

  beforeAll(async () => {
    pair = new NamespacePair();
    file = pair.file('small.pcap', trafficFile(SMALL));
    await bundled('cap_frames');
  });
  afterAll(() => pair.dispose());

  it('delivers 20,000 packets of 500 connections with their bytes and lengths, in order, IPv6 among them', async () => {
    const records = traffic();
    const run = await CapRun.start(pair, { bufferSize: PIECE_BUFFER, count: records.length, tell: PIECE });
    expect(run.opened).toMatchObject({ linkTypes: [LINKTYPE_LINUX_SLL] });
    for (let from = 0; from < records.length; from += PIECE) {
      await pair.replay(pair.file('piece.pcap', pcap(records.slice(from, from + PIECE))), { rate: 20_000 });
      await run.told(from / PIECE + 1);
    }
    const report = await run.end();
    expect(cooked(report)).toEqual(sent({}));
    expect(report.frames.map(({ wireLen }) => wireLen)).toEqual(
      records.map(({ frame }) => frame.length - ETHERNET_SIZE + SLL_SIZE),
    );
    expect(report.published).toBe(20_000);
    const times = report.frames.map(({ timestampNs }) => BigInt(timestampNs));
    expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0n))).toBe(true);
    expect(Math.abs(Number(times.at(-1)) / 1e6 - Date.now())).toBeLessThan(60_000);
    expect(report).toMatchObject({ name: NEAR, packetsDroppedKernel: null, problems: [] });
  });

  it('keeps the original length where the sink keeps a part', async () => {
    const run = await CapRun.start(pair, { sink: { snaplen: 64 }, count: 400 });
    await pair.replay(file, { rate: 5000 });
    const report = await run.end();
    expect(cooked(report)).toEqual(sent(SMALL).map((hex) => hex.slice(0, (64 - SLL_SIZE) * 2)));
    expect(report.frames.map(({ wireLen }) => wireLen)).toEqual(traffic(SMALL).map(({ frame }) => frame.length + 2));
  });

  it('filters, and misses not even the first packet', async () => {
    const run = await CapRun.start(pair, { filter: 'ip6 and tcp' });
    await pair.replay(file, { rate: 5000 });
    const report = await run.stop();
    const wanted = traffic(SMALL).filter(({ frame }) => frame[12] === 0x86 && frame[20] === 6);
    expect(wanted.length).toBeGreaterThan(20);
    expect(cooked(report)).toEqual(
      wanted.map(({ frame }) => Buffer.from(frame.subarray(ETHERNET_SIZE)).toString('hex')),
    );
  });

  it('sees only its own interfaces, those of `any` and of a list once each', async () => {
    // Each source sends itself packets over 127.0.0.1, which the others see.
    const runs = await Promise.all(
      [['lo'], [NEAR], ['lo', NEAR], ['any'], [NEAR, 'any']].map((interfaces) =>
        CapRun.start(pair, { interfaces, filter: 'udp and not host 127.0.0.1' }),
      ),
    );
    await pair.replay(file, { rate: 5000 });
    const onLoopback = pair.file(
      'lo.pcap',
      trafficFile({ ...SMALL, macs: ['00:00:00:00:00:00', '00:00:00:00:00:00'] }),
    );
    await pair.replay(onLoopback, { rate: 5000 }, pair.near, 'lo');
    const udp = traffic(SMALL).filter(({ frame }) => frame[frame[12] === 0x86 ? 20 : 23] === 17).length;
    const counts = (await Promise.all(runs.map((run) => run.stop()))).map(({ count }) => count);
    expect(counts).toEqual([udp, udp, 2 * udp, 2 * udp, 2 * udp]);
  });

  it('tells the true length of the longest loopback packets', async () => {
    const run = await CapRun.start(pair, { interfaces: ['lo'], count: 1 });
    pair.near.run(
      process.execPath,
      '-e',
      "const s = require('dgram').createSocket('udp4'); s.send(Buffer.alloc(65507), 9, '127.0.0.1', () => s.close())",
    );
    const {
      frames: [frame],
    } = await run.end();
    expect(frame?.hex).toHaveLength(2 * 65_535);
    expect(frame?.wireLen).toBe(SLL_SIZE + 65_535);
  });

  it.skipIf(!canUseVlan)('captures on a VLAN interface', async () => {
    pair.addVlan(7);
    const tagged = pair.file('tagged.pcap', trafficFile({ ...SMALL, vlanId: 7 }));
    const run = await CapRun.start(pair, { interfaces: [`${NEAR}.7`], count: 400 });
    await pair.replay(tagged, { rate: 5000 });
    expect(cooked(await run.end())).toEqual(sent(SMALL));
    pair.near.remove(`${NEAR}.7`);
    pair.far.remove(`${FAR}.7`);
  });

  it('stops when the sink wants no more', async () => {
    const run = await CapRun.start(pair, { sink: { countMax: 100 } });
    await pair.replay(file, { rate: 5000 });
    expect(await run.end()).toMatchObject({ count: 100, published: 100 });
  });

  describe('an interface is lost', () => {
    const withFrames = async (count = 10_000): Promise<CapRun> => {
      const run = await CapRun.start(pair, { count });
      await pair.replay(file, { rate: 5000 });
      return run;
    };

    it.each(Array.from({ length: RUNS }, (_, index) => index))('set down, run %i', async () => {
      const run = await withFrames();
      pair.near.down(NEAR);
      const report = await run.end();
      pair.near.up(NEAR);
      expect(report).toMatchObject({ count: 400, published: 400, error: { code: 'ERR_DEVICE_DOWN' } });
      expect(report.error?.message).toContain(`ip link set ${NEAR} up`);
    });

    it('set down while the program does not run: what came before is delivered', async () => {
      const run = await CapRun.start(pair, {});
      run.program.child.kill('SIGSTOP');
      // Longer than the watch waits between two looks: it is the first to run again.
      await pair.replay(file, { rate: 1000 });
      pair.near.down(NEAR);
      run.program.child.kill('SIGCONT');
      const report = await run.end();
      pair.near.up(NEAR);
      expect(report).toMatchObject({ count: 400, published: 400, error: { code: 'ERR_DEVICE_DOWN' } });
    });

    it.each(Array.from({ length: RUNS }, (_, index) => index))('deleted, run %i', async () => {
      const run = await withFrames();
      pair.near.remove(NEAR);
      const report = await run.end();
      pair.connect();
      expect(report).toMatchObject({ count: 400, published: 400, error: { code: 'ERR_NO_SUCH_DEVICE' } });
    });

    it.each(Array.from({ length: RUNS }, (_, index) => index))('deleted and made again, run %i', async () => {
      const run = await withFrames();
      pair.near.remove(NEAR);
      pair.connect();
      expect(await run.end()).toMatchObject({ count: 400, published: 400, error: { code: 'ERR_NO_SUCH_DEVICE' } });
    });

    it.each(Array.from({ length: RUNS }, (_, index) => index))(
      'no carrier for a while, which is harmless, run %i',
      async () => {
        const run = await withFrames(800);
        await loseCarrier(pair);
        await replayThrough(pair, file, 400);
        const report = await run.end();
        expect(report).toMatchObject({ count: 800, problems: [] });
        expect(report.error).toBeUndefined();
      },
    );

    it('one of two: the other goes on', async () => {
      const run = await CapRun.start(pair, { interfaces: [NEAR, 'lo'], problems: 1 });
      await pair.replay(file, { rate: 5000 });
      pair.near.down('lo');
      // The watch looks while these come.
      await pair.replay(file, { rate: 800 });
      pair.near.up('lo');
      const report = await run.stop();
      expect(report.error).toBeUndefined();
      expect(report).toMatchObject({ count: 800, problems: [{ code: 'ERR_DEVICE_DOWN' }] });
    });
  });

  it.each([
    ['ip and', 'ERR_FILTER_SYNTAX'],
    ['ip) or (ip', 'ERR_FILTER_SYNTAX'],
    ['tcp and udp', 'ERR_FILTER_SYNTAX'],
    // Bytes of the cooked header that the kernel does not have: libpcap would filter by itself, and reject everything.
    ['link[4:2] = 6', 'ERR_FILTER_UNSUPPORTED'],
  ])('refuses the filter %s', async (filter, code) => {
    expect((await CapRun.start(pair, { filter })).opened.error?.code).toBe(code);
  });

  it('refuses an interface that is not there, and tells those that are', async () => {
    const { error } = (await CapRun.start(pair, { interfaces: ['near1'] })).opened;
    expect(error).toEqual({
      code: 'ERR_NO_SUCH_DEVICE',
      message: `near1: no such interface (available: lo, ${NEAR}, any)`,
    });
  });

  it('refuses an interface that is down', async () => {
    pair.near.down('lo');
    const { error } = (await CapRun.start(pair, { interfaces: ['lo'] })).opened;
    pair.near.up('lo');
    expect(error?.code).toBe('ERR_DEVICE_DOWN');
  });

  it('works without a loopback interface, then the first packet may be missing', async () => {
    pair.near.down('lo');
    const run = await CapRun.start(pair, {});
    await pair.replay(file, { rate: 5000 });
    const report = await run.stop();
    pair.near.up('lo');
    expect(cooked(report).at(-1)).toBe(sent(SMALL).at(-1));
    expect(report.count).toBeGreaterThanOrEqual(399);
  });

  it.skipIf(!hasTool('setpriv'))('says what helps when rights are missing', async () => {
    const program = pair.near.start(
      'setpriv',
      '--bounding-set',
      '-net_raw',
      process.execPath,
      await bundled('cap_frames'),
      JSON.stringify({ interfaces: [NEAR], filter: '' }),
    );
    let output = '';
    for await (const piece of program.stdout ?? []) output += String(piece);
    const { error } = JSON.parse(output) as OpenReport;
    expect(error?.code).toBe('ERR_PERMISSION');
    expect(error?.message).toContain(`sudo ${process.execPath}`);
    expect(error?.message).toContain('setcap cap_net_raw+ep');
  });

  it('goes on when rights were dropped, after which nothing can be opened', async () => {
    const run = await CapRun.start(pair, { user: 'nobody' });
    await pair.replay(file, { rate: 5000 });
    expect(await run.stop()).toMatchObject({ count: 400, reopened: 'ERR_PERMISSION' });
  });

  it('survives that opening failed in the package and garbage was collected', async () => {
    const run = await CapRun.start(pair, { failures: 5, count: 400 });
    await pair.replay(file, { rate: 5000 });
    expect((await run.end()).count).toBe(400);
  });

  it(`opens and closes ${CYCLES} times without growing`, async () => {
    const run = await CapRun.start(pair, { cycles: CYCLES, bufferSize: 4 << 20, count: 50 });
    await pair.replay(file, { rate: 1000 });
    expect((await run.end()).count).toBe(50);
    const [before, after] = run.opened.memory;
    // One kernel buffer that stayed would be 8 MiB.
    expect(after - before).toBeLessThan(24 << 20);
  });

  it('handles signals while packets come faster than they can be handled', async () => {
    const run = await CapRun.start(pair, { slowUs: 200 });
    const flood = pair.far.start(
      'tcpreplay',
      '--quiet',
      '--preload-pcap',
      '--topspeed',
      '--loop=0',
      `--intf1=${FAR}`,
      file,
    );
    try {
      const enough = pair.far.counters(FAR).sent + 500_000;
      await waitFor(
        () => pair.far.counters(FAR).sent > enough,
        () => 'nothing is sent',
      );
      const report = await run.stop();
      expect(flood.exitCode).toBeNull();
      expect(report.count).toBeGreaterThan(0);
    } finally {
      flood.kill();
    }
  });

  it.skipIf(!hasTool('nsenter'))('notices that /sys belongs to another namespace', async () => {
    const text = JSON.stringify({ interfaces: [NEAR], filter: '' });
    const output = execFileSync(
      'nsenter',
      [`--net=/run/netns/${pair.near.name}`, process.execPath, await bundled('cap_frames'), text],
      { encoding: 'utf8' },
    );
    expect((JSON.parse(output) as OpenReport).error).toMatchObject({
      code: 'ERR_LIVE_UNAVAILABLE',
      message: expect.stringContaining('another network namespace'),
    });
  });
});
