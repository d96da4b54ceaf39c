/** `--time-format`: the same times in three forms, exact to the nanosecond; and what `--stats` says of a run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, random, udp } from '../builders/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOUR = 'pcaps/tour.pcap';
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-times-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pcapflow(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/bin/pcapflow/main.cjs', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

const csv = (path: string, form: string): string[] =>
  pcapflow('read', path, '-f', 'csv', '--fields', 'srcPort,firstSeen', '--time-format', form).out.trim().split('\n');

/** 300 flows at any second of the epoch's first 136 years, leap days and turns of years among them. */
function capture(seed: number): { readonly path: string; readonly times: ReadonlyMap<number, bigint> } {
  const next = random(seed);
  const special = ['1970-01-01T00:00:01Z', '2000-02-29T23:59:59Z', '2024-02-29T00:00:00Z', '2100-02-28T23:59:59Z'];
  const seconds = [
    ...special.map((text) => Date.parse(text) / 1000),
    Date.parse('2100-03-01T00:00:00Z') / 1000,
    Date.parse('1999-12-31T23:59:59Z') / 1000,
    ...Array.from({ length: 300 }, () => next.uint32()),
  ];
  const times = new Map(
    seconds.map((second, n) => [1000 + n, BigInt(second) * 1_000_000_000n + BigInt(next.below(1e9))] as const),
  );
  const path = join(folder, `${seed}.pcap`);
  const frame = (port: number) =>
    udp({ srcPort: port, dstPort: 9 })
      .over(ipv4({ src: '192.0.2.1', dst: '192.0.2.2' }))
      .over(ethernet());
  const records = [...times].map(([port, timestampNs]) => ({ timestampNs, frame: frame(port) }));
  writeFileSync(path, pcap(records, { format: 'ns' }));
  return { path, times };
}

describe('--time-format', () => {
  it('iso and ns are the times of the packets, at any date', () => {
    const seed = Date.now() % 2 ** 31;
    const { path, times } = capture(seed);
    const iso = csv(path, 'iso').slice(1);
    const ns = csv(path, 'ns').slice(1);
    expect(iso).toHaveLength(times.size);
    for (const line of iso) {
      const [port, text] = line.split(',');
      const time = times.get(Number(port)) ?? 0n;
      const second = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
      expect(text, `seed ${seed}`).toBe(`${second}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`);
    }
    for (const line of ns) {
      const [port, text] = line.split(',');
      expect(text, `seed ${seed}`).toBe(String(times.get(Number(port))));
    }
  });

  it('has texts in JSON, where a double would not be exact, and numbers in CSV', () => {
    const args = ['read', TOUR, '-f', 'jsonl', '--fields', 'firstSeen,duration', '--time-format'];
    const first = (form: string): string | undefined => pcapflow(...args, form).out.split('\n')[0];
    expect(first('ns')).toBe('{"firstSeen":"1700000000560000000","duration":"217000000"}');
    expect(first('iso')).toBe('{"firstSeen":"2023-11-14T22:13:20.560000000Z","duration":0.217000000}');
    expect(first('seconds')).toBe('{"firstSeen":1700000000.560000000,"duration":0.217000000}');
    expect(csv(TOUR, 'ns')[1]).toBe('51001,1700000000560000000');
  });

  it('leaves all other fields and tables as they are', () => {
    const ns = pcapflow('read', TOUR, '-f', 'jsonl', '--time-format', 'ns').out;
    const asSeconds = ns.replaceAll(/"(\d{10})(\d{9})"/g, '$1.$2');
    expect(asSeconds).toBe(pcapflow('read', TOUR, '-f', 'jsonl').out);
    expect(pcapflow('read', TOUR, '-f', 'table', '--time-format', 'ns').out).toBe(
      pcapflow('read', TOUR, '-f', 'table').out,
    );
  });
});

describe('--stats', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

  it('names version, command, inputs and the options that were given', () => {
    const { err } = pcapflow('read', TOUR, '-f', 'none', '--flow-timeout', '5', '--with', 'tcp', '--stats', '-');
    const { command, inputs, options, version: shown } = JSON.parse(err) as Record<string, unknown>;
    expect({ command, inputs, options, shown }).toEqual({
      command: 'read',
      inputs: [TOUR],
      options: { format: 'none', 'flow-timeout': 5, with: ['tcp'], stats: '-' },
      shown: version,
    });
  });

  it('does so for a replay as well', () => {
    const path = join(folder, 'replay.json');
    pcapflow('replay', TOUR, '-f', 'none', '--speed', 'max', '--stats', path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      version,
      command: 'replay',
      inputs: [TOUR],
      options: { format: 'none', speed: 'max' },
    });
  });
});

it.each([
  ['BZh91AY&SY', /is in the format bzip2 \(it begins with 42 5a 68 39\), .* use 'bzip2 -dc \S+ \| pcapflow read -'/],
  ['PK\x03\x04....', /is in the format zip \(it begins with 50 4b 03 04\), .* use 'unzip -p \S+ \| pcapflow read -'/],
  ['hello world', /one of them in gzip or zstd is expected; this begins with the bytes 68 65 6c 6c$/m],
])('a file of another format is named by its bytes: %j', (text, message) => {
  const path = join(folder, 'foreign');
  writeFileSync(path, text, 'latin1');
  const { status, err } = pcapflow('read', path);
  expect(status).toBe(1);
  expect(err).toMatch(message);
});
