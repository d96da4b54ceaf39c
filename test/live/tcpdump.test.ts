/** TcpdumpSource on real interfaces. `LIVE_RUNS=100` repeats what happens to interfaces so often; default 2. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Capture } from './capture.ts';
import { canUseTcpdump, canUseVlan, hasTool, NamespacePair, NEAR, WITHOUT_RIGHTS } from './netns.ts';
import type { Namespace } from './netns.ts';
import { bundled, Program } from './program.ts';
import type { CameReport, EndReport, OpenReport, TcpdumpFramesOptions } from './programs/tcpdump_frames.ts';
import { traffic, trafficFile } from './traffic.ts';
import { readCapture } from '../models/index.ts';
import { waitFor } from '../source/live/collecting_sink.ts';

const RUNS = Number(process.env.LIVE_RUNS ?? 2);
/** A second is promised; this is for a machine that does much else. */
const END_MAX_MS = 20_000;

describe.skipIf(!canUseTcpdump)('tcpdump as a source', () => {
  let pair: NamespacePair;
  beforeEach(() => {
    pair = new NamespacePair();
  });
  afterEach(() => pair.dispose());

  /** Running and open. */
  async function started(
    options: Partial<TcpdumpFramesOptions> = {},
    inside: Namespace = pair.near,
  ): Promise<{ program: Program; open: OpenReport }> {
    const program = await Program.start(inside, 'tcpdump_frames', JSON.stringify({ interfaces: [NEAR], ...options }));
    return { program, open: (await program.report(0)) as OpenReport };
  }

  async function stopped(program: Program, index = 1): Promise<EndReport> {
    program.child.kill('SIGTERM');
    return (await program.report(index)) as EndReport;
  }

  it('delivers 20,000 packets of 500 connections as a capture beside it has them', async () => {
    const file = pair.file('sent.pcap', trafficFile());
    const { program, open } = await started({ count: 20_000, snaplen: 128 });
    const beside = await Capture.start(pair.near, NEAR, pair.file('beside.pcap'), { snaplen: 128 });
    await pair.replay(file);
    expect(await program.report(1)).toEqual({ count: 20_000 } satisfies CameReport);
    expect(await beside.stop(20_000)).toEqual({ captured: 20_000, dropped: 0 });
    const end = await stopped(program, 2);
    expect(open).toMatchObject({ linkTypes: [1], recordUnitsNs: [1] });
    expect(end).toMatchObject({ count: 20_000, problems: [], packetsDroppedKernel: 0 });
    expect(end.digest).toBe(digest(readCapture(readFileSync(beside.file)).records));
    expect(end.closeMs).toBeLessThan(END_MAX_MS);
  });

  it('shows each packet of loopback once, to `any` as well', async () => {
    const file = pair.file('sent.pcap', trafficFile({ packets: 400, connections: 10 }));
    for (const [device, linkType] of [
      ['lo', 1],
      ['any', 113],
    ] as const) {
      const { program, open } = await started({ interfaces: [device], count: 400 });
      await pair.replay(file, { rate: 4000 }, pair.near, 'lo');
      await program.report(1);
      expect(open.linkTypes).toEqual([linkType]);
      expect(await stopped(program, 2)).toMatchObject({ count: 400, problems: [] });
    }
  });

  it('captures on several interfaces at once', async () => {
    const file = pair.file('sent.pcap', trafficFile({ packets: 400, connections: 10 }));
    const { program, open } = await started({ interfaces: [NEAR, 'lo'], count: 800 });
    await pair.replay(file);
    await pair.replay(file, {}, pair.near, 'lo');
    await program.report(1);
    expect(open.linkTypes).toEqual([1, 1]);
    expect(await stopped(program, 2)).toMatchObject({ count: 800, problems: [], packetsDroppedKernel: 0 });
  });

  it('keeps VLAN tags', async () => {
    const options = { packets: 400, connections: 10, vlanId: 7 };
    const { program } = await started({ count: 400 });
    await pair.replay(pair.file('sent.pcap', trafficFile(options)));
    await program.report(1);
    expect((await stopped(program, 2)).digest).toBe(
      digest(traffic(options).map(({ frame }) => ({ bytes: frame, wireLen: frame.length }))),
    );
  });

  it.skipIf(!canUseVlan)('captures on a VLAN interface', async () => {
    pair.addVlan(7);
    const { program } = await started({ interfaces: [`${NEAR}.7`], count: 400 });
    await pair.replay(pair.file('sent.pcap', trafficFile({ packets: 400, connections: 10, vlanId: 7 })));
    await program.report(1);
    expect(await stopped(program, 2)).toMatchObject({ count: 400 });
  });

  const LOSSES = [
    ['set down', 'ERR_DEVICE_DOWN', () => pair.near.down(NEAR)],
    ['deleted', 'ERR_NO_SUCH_DEVICE', () => pair.near.remove(NEAR)],
    [
      'deleted and made again',
      'ERR_NO_SUCH_DEVICE',
      () => {
        pair.near.remove(NEAR);
        pair.connect();
      },
    ],
  ] as const;
  it.each(LOSSES)('reports an interface that is %s', async (_title, code, lose) => {
    const file = pair.file('sent.pcap', trafficFile({ packets: 400, connections: 10 }));
    for (let run = 0; run < RUNS; run++) {
      const { program } = await started({ count: 400 });
      await pair.replay(file);
      await program.report(1);
      lose();
      const began = performance.now();
      expect(await program.report(2)).toMatchObject({ count: 400, error: { code } });
      expect(performance.now() - began).toBeLessThan(END_MAX_MS);
      await program.ended;
      if (!pair.near.ip('-o', 'link').includes(NEAR)) pair.connect();
      pair.near.up(NEAR);
    }
  });

  it('goes on when one of two interfaces is lost, and says so', async () => {
    const file = pair.file('sent.pcap', trafficFile({ packets: 400, connections: 10 }));
    const { program } = await started({ interfaces: [NEAR, 'lo'], count: 400, problems: 1 });
    pair.near.remove(NEAR);
    await pair.replay(file, { rate: 1000 }, pair.near, 'lo');
    await program.report(1);
    expect(await stopped(program, 2)).toMatchObject({ count: 400, problems: [{ code: 'ERR_NO_SUCH_DEVICE' }] });
  });

  it('does not mind a carrier that is lost and comes back', async () => {
    const file = pair.file('sent.pcap', trafficFile({ packets: 400, connections: 10 }));
    const { program } = await started({ count: 400 });
    pair.far.down('far0');
    pair.far.up('far0');
    await pair.replay(file);
    await program.report(1);
    expect(await stopped(program, 2)).toMatchObject({ count: 400, problems: [] });
  });

  it('reports a tcpdump that was killed', async () => {
    const { program } = await started();
    pair.near.run('sh', '-c', `kill -9 $(cat /proc/${program.child.pid}/task/*/children)`);
    expect(await program.report(1)).toMatchObject({
      error: { code: 'ERR_READ', message: expect.stringContaining('SIGKILL') as string },
    });
  });

  it('ends tcpdump in order when it has dropped rights meanwhile', async () => {
    const { program } = await started({ user: 'nobody', drop: true });
    const end = await stopped(program);
    expect(end).toMatchObject({ count: 0, packetsDroppedKernel: 0 });
    expect(end.closeMs).toBeLessThan(END_MAX_MS);
    await program.ended;
  });

  it('lets go of a tcpdump that belongs to another user by now', async () => {
    const { program } = await started({ user: 'nobody', drop: true, root: true });
    const child = Number(pair.near.run('sh', '-c', `cat /proc/${program.child.pid}/task/*/children`));
    // Whether its last report is read depends on when its guard, which still may, ends it.
    expect(await stopped(program)).toMatchObject({ count: 0 });
    await program.ended;
    await waitFor(
      () => !existsSync(`/proc/${child}`),
      () => 'tcpdump runs on',
    );
  });

  it.skipIf(!hasTool('setpriv'))('says what helps when it has no right to capture', async () => {
    const output = pair.near.run(
      ...WITHOUT_RIGHTS,
      process.execPath,
      await bundled('tcpdump_frames'),
      JSON.stringify({ interfaces: [NEAR] }),
    );
    const { error } = JSON.parse(output) as OpenReport;
    expect(error).toMatchObject({
      code: 'ERR_PERMISSION',
      message: expect.stringContaining('setcap cap_net_raw') as string,
    });
  });
});

function digest(records: readonly { readonly bytes: Uint8Array; readonly wireLen: number }[]): string {
  const hash = createHash('sha256');
  for (const { bytes, wireLen } of records) hash.update(`${wireLen} ${bytes.length} `).update(bytes);
  return hash.digest('hex');
}
