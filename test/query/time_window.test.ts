/** `--from` and `--to`: which packets they leave, alone and with files that are merged, and what they refuse. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readFlows } from '../../src/index.ts';
import { timeWindow } from '../../src/query/time_window.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOUR = 'pcaps/tour.pcap';
const SECOND = 1_000_000_000n;
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-window-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Packet {
  readonly ns: bigint;
  readonly bytes: Uint8Array;
}

/** Records of a little-endian classic pcap file. */
function recordsOf(path: string): { readonly header: Uint8Array; readonly packets: readonly Packet[] } {
  const file = readFileSync(join(ROOT, path));
  const perUnit = file.readUInt32LE(0) === 0xa1b23c4d ? 1n : 1000n;
  const packets: Packet[] = [];
  for (let at = 24; at < file.length; ) {
    const end = at + 16 + file.readUInt32LE(at + 8);
    const ns = BigInt(file.readUInt32LE(at)) * SECOND + BigInt(file.readUInt32LE(at + 4)) * perUnit;
    packets.push({ ns, bytes: file.subarray(at, end) });
    at = end;
  }
  return { header: file.subarray(0, 24), packets };
}

const { header, packets } = recordsOf(TOUR);
const first = packets[0]?.ns ?? 0n;

function pcapflow(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/bin/pcapflow/main.cjs', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

/**
 * Lines in an order of their own, without the reason of the end: packets outside of the window still let time pass, so
 * flows end where they would at the end of the capture.
 */
function comparable(text: string): string[] {
  return text
    .replaceAll(/"endReason":"\w+"/g, '')
    .split('\n')
    .toSorted();
}

/** The flows of a file that has only these packets. */
function flowsOf(wanted: (ns: bigint) => boolean): string {
  const path = join(folder, 'part.pcap');
  writeFileSync(path, Buffer.concat([header, ...packets.filter(({ ns }) => wanted(ns)).map(({ bytes }) => bytes)]));
  return pcapflow('read', path, '-f', 'jsonl').out;
}

const CASES: readonly (readonly [readonly string[], (ns: bigint) => boolean])[] = [
  [['--from', '2023-11-14T22:14:00Z'], (ns) => ns >= 1_700_000_040n * SECOND],
  [['--to', '1700000040'], (ns) => ns < 1_700_000_040n * SECOND],
  [['--from', '+5.5s', '--to', '+1min'], (ns) => ns >= first + 5_500_000_000n && ns < first + 60n * SECOND],
  [
    ['--from', '+10', '--to', '2023-11-14T22:14:00'],
    (ns) => ns >= first + 10n * SECOND && ns < 1_700_000_040n * SECOND,
  ],
  [['--from', '2023-11-14', '--to', '2023-11-15'], () => true],
  [['--to', '+600ms'], (ns) => ns < first + 600_000_000n],
];

describe('--from and --to', () => {
  it.each(CASES)('with %j leaves the flows of these packets', (args, wanted) => {
    const expected = flowsOf(wanted);
    expect(expected).not.toBe('');
    const { out, err } = pcapflow('read', TOUR, '-f', 'jsonl', ...args, '--stats', '-');
    expect(comparable(out)).toEqual(comparable(expected));
    const outside = packets.filter(({ ns }) => !wanted(ns)).length;
    expect(JSON.parse(err)).toMatchObject({ packetsSeen: packets.length, packetsFiltered: outside });
    const replayed = pcapflow('replay', TOUR, '--speed', 'max', '-f', 'jsonl', ...args).out;
    expect(replayed.split('\n').toSorted()).toEqual(out.split('\n').toSorted());
  });

  it('count from the earliest packet of several files, and work with a capture filter', () => {
    const [early, late] = ['early.pcap', 'late.pcap'].map((name) => join(folder, name)) as [string, string];
    const middle = packets.length >> 1;
    for (const [path, part] of [
      [early, packets.slice(0, middle)],
      [late, packets.slice(middle)],
    ] as const) {
      writeFileSync(path, Buffer.concat([header, ...part.map(({ bytes }) => bytes)]));
    }
    const args = ['-F', 'udp', '--from', '+5.5s', '--to', '+1min', '-f', 'jsonl'];
    const whole = pcapflow('read', TOUR, ...args).out;
    expect(whole).not.toBe('');
    expect(pcapflow('read', late, early, ...args).out).toBe(whole);
  });

  it('are options of the library', async () => {
    const seen: bigint[] = [];
    for await (const { firstSeenNs } of readFlows(TOUR, { from: '+10s', to: '+60s' })) seen.push(firstSeenNs);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((ns) => ns >= first + 10n * SECOND && ns < first + 60n * SECOND)).toBe(true);
    expect(() => readFlows(TOUR, { from: 'noon' })).toThrow("from is 'noon', which is not a time");
  });
});

describe('times that are refused', () => {
  it.each(['yesterday', '2023-13-01', '2023-02-29', '+5parsecs', '+5MB', '+', '+2M', '12:00', '-5s', '1e9'])(
    'is %s, in the message with forms that are good',
    (text) => {
      expect(() => timeWindow(text, undefined, ['--from', '--to'])).toThrow(`--from is '${text}', which is not a time`);
    },
  );

  it('are those of an end that is not after its beginning', () => {
    expect(() => timeWindow('+5s', '+5s', ['--from', '--to'])).toThrow("--to '+5s' is not after --from '+5s'");
    expect(() => timeWindow('2024-01-02', '2024-01-01', ['--from', '--to'])).toThrow(RangeError);
    expect(timeWindow('2024-01-02', '+5s', ['--from', '--to'])).toMatchObject({ to: { relative: true } });
  });
});

it('a time without a zone is that of this host with --local-time', () => {
  const ns = timeWindow('2024-05-31T12:00:00', undefined, ['--from', '--to'], true)?.from?.ns;
  expect(ns).toBe(BigInt(new Date(2024, 4, 31, 12).getTime()) * 1_000_000n);
});
