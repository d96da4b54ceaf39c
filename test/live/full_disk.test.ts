/** `pcapflow live --rotate` on a disk that is full for a while: a small tmpfs in a mount namespace. */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { COMMAND } from './live_command.ts';
import { NEAR, NamespacePair, canUseNamespaces } from './netns.ts';

/** Flows of 400 bytes each as JSON Lines: more than the disk has room for. */
const FLOWS = 4000;

function datagrams(srcPort: number, count: number): Uint8Array {
  return pcap(
    Array.from({ length: count }, (_, n) => ({
      timestampNs: BigInt(n) * 50_000n,
      frame: udp({ srcPort: srcPort + n, dstPort: 9 })
        .over(ipv4())
        .over(ethernet()),
    })),
  );
}

it.skipIf(!canUseNamespaces || !capLoads)(
  'live --rotate on a full disk continues, counts flows, and writes files again when there is room (needs root)',
  async () => {
    using pair = new NamespacePair();
    const folder = pair.file('disk');
    mkdirSync(folder);
    const stats = pair.file('stats.json');
    const script = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"';
    const live = pair.near.start(
      ...(['unshare', '-m', 'sh', '-c', script, folder, process.execPath, COMMAND, 'live', NEAR] as const),
      ...['-F', 'udp', '-f', 'jsonl', '--rotate', '1h', '-o', join(folder, 'flows-%i.jsonl')],
      ...['--flow-timeout', '0.2', '--stats', stats],
    );
    let errors = '';
    live.stderr?.on('data', (piece: Buffer) => {
      errors += piece.toString();
    });
    const until = (condition: () => boolean): Promise<void> => waitFor(condition, () => errors);
    await until(() => errors.includes('listening on'));
    // The disk as the process sees it.
    const disk = `/proc/${live.pid}/root${folder}`;
    const files = (): string[] => readdirSync(disk).filter((name) => name.startsWith('flows-'));
    await pair.replay(pair.file('many.pcap', datagrams(1024, FLOWS)), { rate: 4000 });
    await until(() => errors.includes('ENOSPC') && errors.includes('flows are counted as not written'));
    await until(() => files().length > 0);

    // Room again: what was handed over is taken away.
    const taken = files();
    let rowsTaken = 0;
    const counted = new Map<string, number>();
    for (const name of taken) {
      const text = readFileSync(join(disk, name), 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      const rows = text.trimEnd().split('\n').length;
      counted.set(name, rows);
      rowsTaken += rows;
      rmSync(join(disk, name));
    }
    const parts = (): string[] => readdirSync(disk).filter((name) => name.endsWith('.part'));
    // Each round has flows of its own.
    for (let round = 0; parts().length === 0 && live.exitCode === null; round++)
      await pair.replay(pair.file('later.pcap', datagrams(20_000 + 50 * round, 50)), { rate: 200 });
    // The disk goes with the process.
    const manifest = openSync(join(disk, 'flows.manifest.jsonl'), 'a+');
    live.kill('SIGTERM');
    await until(() => live.exitCode !== null);
    expect(live.exitCode, errors).toBe(3);

    // A line that found no room on the full disk came later.
    const listed = readFileSync(manifest, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly name: string; readonly rows: number })
      .map(({ name, rows }) => [name, rows] as const);
    closeSync(manifest);
    expect(new Map(listed.filter(([name]) => counted.has(name)))).toEqual(counted);

    const { flowsEnded, flowsDropped, outputs } = JSON.parse(readFileSync(stats, 'utf8')) as {
      readonly flowsEnded: number;
      readonly flowsDropped: number;
      readonly outputs: readonly { readonly files: number; readonly flowsNotWritten: number }[];
    };
    expect(flowsDropped).toBe(0);
    expect(outputs[0]?.flowsNotWritten).toBeGreaterThan(0);
    expect(outputs[0]?.files).toBeGreaterThan(taken.length);
    expect(errors).toContain(`${outputs[0]?.flowsNotWritten} flows were not written, as the disk was full`);
    // All others are in files, some in those after that.
    const written = listed.reduce((sum, [, rows]) => sum + rows, 0);
    expect(written + Number(outputs[0]?.flowsNotWritten)).toBe(flowsEnded);
    expect(written).toBeGreaterThan(rowsTaken);
  },
);
