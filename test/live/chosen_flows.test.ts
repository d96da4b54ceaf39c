/**
 * `--where`, `--sort`, `--top`, `--by`, `--from` and `--to` of `live`: what `read` and `replay` give for the same
 * packets. In a network namespace made for it; without the right to make one it is skipped.
 */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { COMMAND, LiveCommand } from './live_command.ts';
import { NEAR, NamespacePair, canUseNamespaces, finished } from './netns.ts';
import { trafficFile } from './traffic.ts';

const PACKETS = 2_000;
const SECOND = 1_000_000_000n;
const compare = (a: bigint, b: bigint): number => Number(a - b);
const TIMELESS = 'srcAddress,srcPort,dstAddress,dstPort,protocol,packets,bytes,service';
/** One result, at the end. */
const ONCE = ['--interval', '3600'];

describe.skipIf(!canUseNamespaces || !capLoads)('live (needs namespaces)', () => {
  let pair: NamespacePair;
  let file: string;
  beforeAll(() => {
    pair = new NamespacePair();
    file = pair.file('traffic.pcap', trafficFile({ packets: PACKETS, connections: 100 }));
  });
  afterAll(() => pair?.dispose());

  /** Lines of CSV of the captured packets. */
  async function captured(...args: readonly string[]): Promise<readonly string[]> {
    const live = await LiveCommand.start(pair, pair.near, NEAR, '-f', 'csv', '--count', String(PACKETS), ...args);
    await pair.replay(file, { rate: 20_000 });
    const { out, code, errors } = await live.end();
    expect(code, errors).toBe(0);
    return out.trimEnd().split('\n');
  }

  function played(...args: readonly string[]): readonly string[] {
    const { stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args, '-f', 'csv'], { encoding: 'utf8' });
    expect(stdout, stderr).not.toBe('');
    return stdout.trimEnd().split('\n');
  }

  it.each([
    { args: ['--where', 'bytes > 3000 and protocol = udp', '--fields', TIMELESS], ordered: false, sums: false },
    { args: ['--sort', '-bytes', '--fields', TIMELESS], ordered: true, sums: false },
    {
      args: ['--where', 'srcAddress in 192.0.2.0/24', '--sort', 'srcPort', '--top', '7', '--fields', TIMELESS],
      ordered: true,
      sums: false,
    },
    { args: ['--by', 'srcAddress/24,protocol'], ordered: true, sums: true },
    {
      args: ['--by', 'dstAddress', '--where', 'protocol = tcp', '--sort', '-bytes', '--top', '5'],
      ordered: true,
      sums: true,
    },
  ])('gives what read and replay give: $args.0 $args.1 $args.2 $args.3', async ({ args, ordered, sums }) => {
    const gathers = ordered ? ONCE : [];
    const live = await captured(...args, ...gathers);
    // Sums of an interval have its end in front.
    const lines = sums ? live.map((line) => line.slice(line.indexOf(',') + 1)) : live;
    const inOrder = (some: readonly string[]): readonly string[] => (ordered ? some : some.toSorted());
    expect(lines.length).toBeGreaterThan(2);
    for (const other of [played('read', file, ...args), played('replay', file, '--speed', 'max', ...args)])
      expect(inOrder(lines)).toEqual(inOrder(other));
  });

  it('ends by itself after --to, with the flows from --from on', async () => {
    const window = ['--from', '+200ms', '--to', '+3s', '--time-format', 'ns'];
    const live = await LiveCommand.start(pair, pair.near, NEAR, ...window);
    const isOver = (): boolean => live.child.exitCode !== null;
    while (!isOver()) await pair.replay(file, { rate: 2_000 });
    const { code, flows, errors, stats } = await live.end();
    expect(code, errors).toBe(0);
    const times = flows.flatMap(({ firstSeen, lastSeen }) => [BigInt(firstSeen as string), BigInt(lastSeen as string)]);
    const [first = 0n, last = 0n] = [times.toSorted(compare).at(0), times.toSorted(compare).at(-1)];
    expect(first).toBeGreaterThan(0n);
    expect(last - first).toBeLessThan((28n * SECOND) / 10n);
    expect(stats.packetsFiltered).toBeGreaterThan(0);
  });

  it('ends after --to on a silent line as well', async () => {
    const live = await LiveCommand.start(pair, pair.near, NEAR, '--to', '+100ms');
    await pair.replay(file, { rate: 20_000 });
    const { code, flows } = await live.end();
    expect(code).toBe(0);
    expect(flows.length).toBeGreaterThan(0);
  });

  it('refuses an end that has passed', async () => {
    const args = [COMMAND, 'live', NEAR, '--to', '2024-05-31'];
    await expect(finished(pair.near.start(process.execPath, ...args))).rejects.toThrow("--to '2024-05-31' has passed");
    await waitFor(
      () => pair.near.processes().length === 0,
      () => 'it captures',
    );
  });
});
