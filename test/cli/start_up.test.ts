/**
 * What a plain `read` loads. At start-up, loading is most of the time that the program itself takes, so what is not
 * used must not be loaded: other formats, groups of fields, commands, help, Node's streams and cryptography.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist/bin/pcapflow/main.cjs');
const SPY = join(ROOT, 'test/cli/start_up_spy.cjs');
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes of code: a little more than what it is. An option takes some 250, a field some 350. */
const CODE_BYTES_MAX = 213_500;

interface Loaded {
  /** Modules of Node beyond those that each program has. */
  readonly builtin: readonly string[];
  /** Parts of the bundle, without the digest in their names. */
  readonly chunks: readonly string[];
  readonly bytes: number;
}

function loadedBy(...args: string[]): Loaded {
  const report = join(folder, 'report.json');
  const { status } = spawnSync(process.execPath, ['--require', SPY, MAIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, SPY_REPORT: report },
    stdio: 'ignore',
  });
  expect(status).toBe(0);
  const { builtin, files } = JSON.parse(readFileSync(report, 'utf8')) as { builtin: string[]; files: string[] };
  return {
    builtin,
    chunks: files.map((path) => basename(path, '.cjs').replace(/-[\w-]{8}$/, '')).toSorted(),
    bytes: files.reduce((sum, path) => sum + statSync(path).size, 0),
  };
}

it('a plain read loads the code of reading and of its format only', () => {
  const { chunks, bytes } = loadedBy('read', 'pcaps/tour.pcap', '-f', 'jsonl');
  expect(chunks).toEqual(['command', 'main', 'read', 'rolldown-runtime', 'start']);
  expect(bytes).toBeLessThan(CODE_BYTES_MAX);
});

it('a plain read needs none of the large modules of Node', () => {
  const { builtin } = loadedBy('read', 'pcaps/tour.pcap', '-f', 'jsonl', '-o', join(folder, 'flows.jsonl'));
  const large = /^(internal\/)?(streams?|crypto|tty|net|zlib|worker|child_process|http|url|os|readline)\b/;
  expect(builtin.filter((name) => large.test(name))).toEqual([]);
});

it("the table's memory does not make V8 collect garbage", () => {
  const output = join(folder, 'collected.jsonl');
  const { stdout } = spawnSync(process.execPath, ['--trace-gc', MAIN, 'read', 'pcaps/tour.pcap', '-o', output], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(statSync(output).size).toBeGreaterThan(0);
  expect(stdout).not.toContain('external memory pressure');
});

it('what an option needs is loaded with it', () => {
  const plain = loadedBy('read', 'pcaps/tour.pcap', '-f', 'jsonl');
  for (const option of ['--with=tcp', '--where=bytes > 1', '--format=csv', '--fields=srcPort']) {
    expect(loadedBy('read', 'pcaps/tour.pcap', option).bytes, option).toBeGreaterThan(plain.bytes);
  }
});

it('recognisers are loaded where flows are identified, with little else', () => {
  const plain = loadedBy('read', 'pcaps/tour.pcap', '-f', 'jsonl');
  const identified = loadedBy('read', 'pcaps/tour.pcap', '-f', 'jsonl', '--with', 'identify');
  expect(identified.chunks.filter((name) => !plain.chunks.includes(name))).toEqual(['identify', 'identity']);
  // Others need addresses as text, too.
  for (const option of ['--format=table', '--by=srcAddress', '--where=srcAddress = 10.0.0.1'])
    expect(loadedBy('read', 'pcaps/tour.pcap', option).chunks, option).not.toContain('identify');
});
