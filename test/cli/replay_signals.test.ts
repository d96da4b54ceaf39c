/** Signals to `pcapflow replay`: a hangup hands over or ends, SIGUSR1 counts, SIGUSR2 writes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { canMakePipes, MutePipe } from '../mute_pipe.ts';
import { waitFor } from '../source/live/collecting_sink.ts';

const main = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-hangup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const place = (): string => join(mkdtempSync(join(folder, `${count++}-`)), 'flows');

/** Each packet is a flow of its own, and ends the flows that are half a second older. */
const record = (n: number): CaptureRecord => ({
  timestampNs: 1_700_000_000_000_000_000n + BigInt(n) * 100_000_000n,
  frame: udp({ srcPort: 1000 + n, dstPort: 53 })
    .over(ipv4())
    .over(ethernet()),
});
const HEADER_SIZE = 24;
const records = (from: number, to: number): CaptureRecord[] =>
  Array.from({ length: to - from }, (_, n) => record(from + n));
const BEGIN = pcap(records(0, 50));
/** Without the header of a file. */
const more = (from: number, to: number): Uint8Array => pcap(records(from, to)).subarray(HEADER_SIZE);

/** A replay of what is written into a pipe, until it is disposed of. */
class Replay implements Disposable {
  readonly pipe = new MutePipe(BEGIN);
  readonly child;
  readonly ended: Promise<unknown[]>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const words = [main, 'replay', this.pipe.path, '--speed', 'max', '--flow-timeout', '0.5', '-f', 'csv', ...args];
    this.child = spawn(process.execPath, words, { stdio: 'pipe', env: { ...process.env, ...env } });
    this.ended = once(this.child, 'close');
    this.child.stdout.on('data', (piece: Buffer) => (this.stdout += piece.toString()));
    this.child.stderr.on('data', (piece: Buffer) => (this.stderr += piece.toString()));
  }

  until(condition: () => boolean): Promise<void> {
    return waitFor(condition, () => JSON.stringify({ out: this.stdout, err: this.stderr }), 20_000);
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    await this.ended;
    return this.child.exitCode;
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL');
    this.pipe[Symbol.dispose]();
  }
}

const lines = (path: string): string[] => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []);
/** Of the file that has not got its name yet. */
const waiting = (path: string): string[] => {
  const name = readdirSync(join(path, '..')).find((one) => one.startsWith('.flows.'));
  return name === undefined ? [] : lines(join(path, '..', name));
};
const portsIn = (text: readonly string[]): number[] => text.slice(1).map((line) => Number(line.split(',')[1]));

describe.skipIf(!canMakePipes)('a replay', () => {
  it('hands over its file at a hangup, continues there, and begins a new one when it was moved away', async () => {
    const path = place();
    writeFileSync(path, 'of an earlier run\n');
    using replay = new Replay(['-o', path]);
    await replay.until(() => waiting(path).length > 40);
    expect(lines(path)).toEqual(['of an earlier run']);

    replay.child.kill('SIGHUP');
    await replay.until(() => lines(path)[0]?.startsWith('srcAddress,') === true);
    expect(readdirSync(join(path, '..'))).toEqual(['flows']);
    replay.pipe.write(more(50, 100));
    await replay.until(() => lines(path).length > 90);

    renameSync(path, `${path}.1`);
    replay.child.kill('SIGHUP');
    await replay.until(() => existsSync(path));
    replay.pipe.write(more(100, 150));
    await replay.until(() => lines(path).length > 40);
    expect(await replay.end('SIGTERM'), replay.stderr).toBe(3);

    const [before, after] = [lines(`${path}.1`), lines(path)];
    expect(after[0]).toBe(before[0]);
    const ports = [...portsIn(before), ...portsIn(after)].toSorted((a, b) => a - b);
    expect(ports).toEqual(records(0, 150).map((_, n) => 1000 + n));
  });

  it('with --append writes in place, so that the first hangup begins a new file', async () => {
    const path = place();
    using replay = new Replay(['-o', path, '--append']);
    await replay.until(() => lines(path).length > 40);
    renameSync(path, `${path}.1`);
    replay.child.kill('SIGHUP');
    await replay.until(() => existsSync(path));
    expect(await replay.end('SIGTERM'), replay.stderr).toBe(3);
    expect([...portsIn(lines(`${path}.1`)), ...portsIn(lines(path))]).toHaveLength(50);
  });

  it.each([[[]], [['-o', '-']]])('ends in order at a hangup without a file: %j', async (args) => {
    using replay = new Replay(args);
    await replay.until(() => replay.stdout.split('\n').length > 40);
    expect(await replay.end('SIGHUP'), replay.stderr).toBe(3);
    expect(portsIn(replay.stdout.trimEnd().split('\n'))).toHaveLength(50);
  });

  it('goes on when nohup has started it, counts at SIGUSR1 and writes at SIGUSR2', async () => {
    using replay = new Replay([], { _: '/usr/bin/nohup' });
    await replay.until(() => replay.stdout !== '');
    for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGUSR1'] as const) replay.child.kill(signal);
    await replay.until(() => /50 packets .* in flows/.test(replay.stderr));
    replay.pipe.write(more(50, 100));
    await replay.until(() => replay.stdout.split('\n').length > 90);
    expect(await replay.end('SIGTERM'), replay.stderr).toBe(3);
    expect(replay.stderr).not.toContain('Debugger');
  });

  it('keeps the file of a format that has an end until then', async () => {
    const path = place();
    using replay = new Replay(['-f', 'arrow', '-o', path]);
    await replay.until(() => readdirSync(join(path, '..')).length > 0);
    replay.child.kill('SIGUSR1');
    await replay.until(() => /packets .* in flows/.test(replay.stderr));
    replay.child.kill('SIGHUP');
    await replay.until(() => replay.stderr.includes('is not opened again'));
    expect(existsSync(path)).toBe(false);
    expect(await replay.end('SIGTERM'), replay.stderr).toBe(3);
    expect(readFileSync(path).subarray(0, 6).toString()).toBe('ARROW1');
  });
});
