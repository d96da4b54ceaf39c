/** What the command does when a job fails: it says so, ends, and has written nothing that is wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCapture } from '../../src/generate/capture.ts';
import { DEFAULT_SEED } from '../../src/options/generate_options.ts';

const MAIN = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const DYING = fileURLToPath(new URL('dying_worker.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-dying-'));
const capture = join(folder, 'capture.pcap');
/** Blocks of the capture: some 5. */
const PACKETS = 250_000;
/** A run that takes longer hangs. Milliseconds. */
const HANGS_MS = 100_000;
let whole = '';

beforeAll(() => {
  const pieces = Array.from(generateCapture('mix', PACKETS, DEFAULT_SEED), (piece) => Buffer.from(piece));
  writeFileSync(capture, Buffer.concat(pieces));
  whole = read([]).out;
  expect(whole.split('\n').length).toBeGreaterThan(2_000);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function read(args: readonly string[], death?: string): Read {
  const preload = death === undefined ? [] : ['--require', DYING];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...preload, MAIN, 'read', capture, '-f', 'jsonl', '--no-progress', ...args],
    { encoding: 'utf8', maxBuffer: 1 << 27, timeout: HANGS_MS, env: { ...process.env, JOBS_DEATH: death } },
  );
  return { status, out: stdout, err: stderr };
}

describe('a job that fails', () => {
  it.each([
    ['throw:1', 'job 2 failed: the engine is on fire'],
    ['throw:3', 'job 2 failed: the engine is on fire'],
    ['exit:1', 'job 2 ended before its time'],
    ['exit:3', 'job 2 ended before its time'],
    ['memory:2', 'job 2 failed: Worker terminated due to reaching memory limit: JS heap out of memory'],
  ])('by %s ends the command with status 1 and its message; what was written is right', (death, message) => {
    const { status, out, err } = read(['--jobs', '2'], death);
    expect({ status, err }).toEqual({ status: 1, err: `pcapflow: ${message}\n` });
    expect(whole.startsWith(out)).toBe(true);
    expect(out === '' || out.endsWith('\n')).toBe(true);
  });

  it('leaves the file that was there, and no partial one', () => {
    const path = join(folder, 'flows.jsonl');
    writeFileSync(path, 'before\n');
    expect(read(['--jobs', '3', '-o', path], 'throw:3').status).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('before\n');
    expect(readdirSync(folder).toSorted()).toEqual(['capture.pcap', 'flows.jsonl']);
  });

  it.each(['read:100', 'read:1000000', 'read:4000001'])('to read the file (%s) leaves it to one core', (death) => {
    const alone = read([], death);
    expect(alone.status).toBe(3);
    expect(alone.err).toContain('cannot be read further: EIO');
    const { status, out, err } = read(['--jobs', '2'], death);
    const [reason, ...problems] = err.split('\n');
    expect(reason).toMatch(/^pcapflow: warning: --jobs 2: one core reads this, because .*cannot be read further$/);
    expect({ status, problems: problems.join('\n') }).toEqual({ status: 3, problems: alone.err });
    expect(out === alone.out).toBe(true);
  });
});
