/** Looking at a run while it works: `--metrics` with `/healthz`, and `--stats-every`. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { COMMAND } from '../live/live_command.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { CAPTURES } from './read_back.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-metrics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

const HEADER = 24;
/** It is sent as it is: nothing but labels may name it. */
const SECRET = '10.99.98.97';

/** A capture with one packet, from this port at this second. */
function capture(srcPort: number, second: number): Buffer {
  const frame = udp({ srcPort, dstPort: 9 })
    .over(ipv4({ src: SECRET }))
    .over(ethernet());
  return Buffer.from(pcap([{ timestampNs: BigInt(second) * 1_000_000_000n, frame }]));
}

class Run {
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown>;
  errors = '';

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#closed = once(this.child, 'close');
    this.child.stderr?.on('data', (piece: Buffer) => {
      this.errors += piece.toString();
    });
  }

  /** Where its metrics are, without `/metrics`. */
  async address(): Promise<string> {
    const found = (): string | undefined => /metrics are at (http:.*)\/metrics\n/.exec(this.errors)?.[1];
    await waitFor(
      () => found() !== undefined,
      () => this.errors,
    );
    return found() as string;
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.child.kill(signal);
    await this.#closed;
    return this.child.exitCode;
  }
}

/** Tries again until nothing is thrown. */
async function until(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 120_000, interval: 50 });
}

let running: Run | undefined;
afterEach(() => running?.child.kill('SIGKILL'));

function run(...args: readonly string[]): Run {
  running = new Run(...args);
  return running;
}

/** Values by name and labels, as they are written. */
async function scrape(address: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${address}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

type Json = Readonly<Record<string, unknown>>;

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What must be served of these figures: name, labels, value. */
function expectedMetrics(stats: Json): Map<string, number> {
  const gauges = ['longestProbe', 'memoryUsedBytes', 'packetsInRing'];
  const found = new Map<string, number>();
  for (const [name, value] of Object.entries(stats)) {
    const metric = `pcapflow_${snakeCase(name)}${gauges.includes(name) ? '' : '_total'}`;
    if (typeof value === 'number') found.set(metric, value);
    if (name === 'malformed' || name === 'notTracked')
      for (const [reason, count] of Object.entries(value as Json))
        found.set(`${metric}{reason="${reason}"}`, Number(count));
  }
  for (const [n, { format, ...counters }] of (stats.outputs as Json[]).entries())
    for (const [name, value] of Object.entries(counters))
      found.set(`pcapflow_output_${snakeCase(name)}_total{output="${n + 1}",format="${format}"}`, Number(value));
  return found;
}

describe('--metrics', () => {
  it('of read --follow has every counter of --stats, as they rise, and no address', async () => {
    const path = file('grows.pcap');
    writeFileSync(path, capture(1, 100));
    const outputs = ['-f', 'jsonl', '-o', file('flows.jsonl'), '-f', 'ipfix', '-o', 'udp://127.0.0.1:9'];
    const follow = run(
      ...['read', path, '--follow', '--flow-timeout', '1', ...outputs],
      ...['--metrics', '127.0.0.1:0', '--stats', file('stats.json')],
    );
    const address = await follow.address();
    const health = await fetch(`${address}/healthz`);
    expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    for (let n = 2; n < 5; n++) {
      appendFileSync(path, capture(n, 100 * n).subarray(HEADER));
      await until(async () => {
        const seen = await scrape(address);
        expect(seen.get('pcapflow_packets_seen_total')).toBe(n);
        expect(seen.get('pcapflow_flows_active')).toBe(1);
      });
    }
    const last = await scrape(address);
    expect(last.get('pcapflow_flows_ended_total')).toBe(3);
    expect(await follow.end('SIGINT')).toBe(0);
    const stats = JSON.parse(readFileSync(file('stats.json'), 'utf8')) as Json;
    const expected = expectedMetrics(stats);
    expect([...expected.keys()].filter((name) => !last.has(name))).toEqual([]);
    expect(expected.size).toBeGreaterThan(40);
    const labels = [...last.keys()].flatMap((key) => [...key.matchAll(/(\w+)="/g)].map(([, label]) => label));
    expect(new Set(labels)).toEqual(new Set(['version', 'reason', 'output', 'format']));
    expect([...last.keys()].join()).not.toMatch(/\d+\.\d+\.\d+\.\d+|flows\.jsonl/);
  });

  it('of replay has values that --stats has reached at the end', async () => {
    const replay = run(
      ...['replay', tour.path, '-f', 'csv', '-o', file('flows.csv')],
      ...['--metrics', '[::1]:0', '--stats', file('end.json')],
    );
    const address = await replay.address();
    let metrics: ReadonlyMap<string, number> = new Map();
    await until(async () => {
      metrics = await scrape(address);
      expect(metrics.get('pcapflow_packets_seen_total')).toBeGreaterThan(0);
    });
    // It was not read to its end.
    expect(await replay.end('SIGINT')).toBe(3);
    const last = JSON.parse(readFileSync(file('end.json'), 'utf8')) as Json;
    expect(last.outputs).toEqual([{ format: 'csv', bytes: readFileSync(file('flows.csv')).length }]);
    const expected = expectedMetrics(last);
    const totals = [...metrics].filter(([name]) => name.includes('_total'));
    expect(totals.length).toBeGreaterThan(40);
    for (const [name, value] of totals) expect(value, name).toBeLessThanOrEqual(expected.get(name) ?? -1);
  });

  it('answers GET of two paths only', async () => {
    const path = file('few.pcap');
    writeFileSync(path, capture(1, 100));
    const follow = run('read', path, '--follow', '-f', 'none', '--metrics', '127.0.0.1:0');
    const address = await follow.address();
    const status = async (where: string, method = 'GET'): Promise<number> =>
      (await fetch(`${address}${where}`, { method })).status;
    expect([await status('/'), await status('/metrics', 'POST'), await status('/healthz?x')]).toEqual([404, 405, 200]);
    expect(await follow.end('SIGTERM')).toBe(0);
  });

  it.each([
    ['9464', '--metrics is 9464; it must be HOST:PORT, as 127.0.0.1:9464'],
    ['127.0.0.1:65536', 'it must be HOST:PORT'],
    ['::1:9464', 'IPv6 in brackets'],
  ])('%s is refused before anything is written', (address, message) => {
    const args = ['read', tour.path, '-f', 'jsonl', '--metrics', address, '-o', file('nothing')];
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
    expect(stderr).toContain(message);
    expect(status).toBe(1);
  });

  it('at a port that is taken is a failure that names it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const child = run('read', tour.path, '-f', 'none', '--metrics', `127.0.0.1:${port}`);
    expect(await child.end()).toBe(1);
    expect(child.errors).toContain(`metrics cannot be served at 127.0.0.1:${port}: listen EADDRINUSE`);
    server.close();
  });
});

describe('--stats-every', () => {
  it('adds a line of counters at each interval, and the whole object at the end', async () => {
    const path = file('log.pcap');
    const log = file('counters.jsonl');
    writeFileSync(path, capture(1, 100));
    const follow = run('read', path, '--follow', '-f', 'none', '--stats', log, '--stats-every', '0.1');
    const lines = (): Json[] =>
      readFileSync(log, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Json);
    const more = async (packets: number): Promise<void> => {
      await waitFor(
        () => lines().some(({ packetsSeen }) => packetsSeen === packets),
        () => readFileSync(log, 'utf8') + follow.errors,
      );
    };
    await waitFor(
      () => spawnSync('test', ['-e', log]).status === 0,
      () => follow.errors,
    );
    await more(1);
    appendFileSync(path, capture(2, 200).subarray(HEADER));
    await more(2);
    expect(await follow.end('SIGINT')).toBe(0);
    const all = lines();
    const times = all.map(({ time }) => Date.parse(String(time)));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(all.at(-1)).toMatchObject({ command: 'read', inputs: [path], packetsSeen: 2, flowsEnded: 2 });
    expect(all.slice(0, -1).every((line) => !('command' in line) && 'packetsSeen' in line)).toBe(true);
    expect(follow.errors).toBe('');
  });

  it('goes to standard error when no file is named', async () => {
    const path = file('stderr.pcap');
    writeFileSync(path, capture(1, 100));
    const follow = run('read', path, '--follow', '-f', 'none', '--stats-every', '0.1');
    await waitFor(
      () => follow.errors.split('\n').length > 2,
      () => follow.errors,
    );
    expect(await follow.end('SIGINT')).toBe(0);
    for (const line of follow.errors.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ packetsSeen: 1 });
  });
});
