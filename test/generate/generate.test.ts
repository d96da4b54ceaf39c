/** `pcapflow generate`, and what is in its captures. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { GENERATOR_VERSION, generateCapture } from '../../src/generate/capture.ts';
import { DEFAULT_SEED, PROFILE_NAMES } from '../../src/options/generate_options.ts';
import type { ProfileName } from '../../src/options/generate_options.ts';
import { readFlows } from '../../src/index.ts';
import type { Flow } from '../../src/index.ts';

const MAIN = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-generate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** SHA-256 of captures of 10,000 packets. New ones go with a new `GENERATOR_VERSION`. */
const PACKETS = 10_000;
const DIGESTS: Readonly<Record<ProfileName, string>> = {
  mix: '2acd3d34d8e6e7812143b0e2d8ee83e8945218b26928476e4c84733f00702ed8',
  churn: '0dd3ff0023d0eb7b4f9d5a51f79a02e160548860c644659844ed452d895d8a5f',
  'churn-held': '46ba96e12c7b3f57f7a4a1ca1fa3a1e10bdd983282c71cb1d6e8a255b06a313f',
  elephant: '8e4d540a20fc745a160cd84705f2a62b000aadd539b592bbc2b2222c8f7d3bc4',
  full: 'bdd599ccf3d2435ae7d8c746d0d11a8df6b59d7a8ea6c7c0ca77d9c0147e2a96',
};

function made(profile: ProfileName, packets: number, seed = DEFAULT_SEED): Buffer {
  return Buffer.concat(Array.from(generateCapture(profile, packets, seed), (piece) => Buffer.from(piece)));
}

function run(...args: string[]): { status: number | null; out: Buffer; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'generate', ...args], { maxBuffer: 1 << 27 });
  return { status, out: stdout, err: String(stderr) };
}

async function flowsOf(profile: ProfileName, packets: number): Promise<Flow[]> {
  const path = join(folder, `${profile}-${packets}.pcap`);
  expect(run('--profile', profile, '--packets', String(packets), '-o', path).status).toBe(0);
  const flows: Flow[] = [];
  for await (const flow of readFlows(path)) flows.push(flow);
  return flows;
}

/** Milliseconds since captures begin. */
const msOf = (ns: bigint): number => Number(ns / 1_000_000n - 1_700_000_000_000n);
const packetsOf = (flow: Flow): number => flow.packetsForward + flow.packetsReverse;

it.skipIf(process.platform !== 'linux')('a signal leaves nothing of a capture that is not whole', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const here = mkdtempSync(join(folder, 'signal-'));
    const args = [MAIN, 'generate', '--profile', 'mix', '--packets', '1000000000', '-o', join(here, 'mix.pcap')];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    while (!readdirSync(here).some((name) => statSync(join(here, name)).size > 0)) await setTimeout(10);
    child.kill(signal);
    expect({ signal, status: ((await once(child, 'exit')) as [number])[0] }).toEqual({
      signal,
      status: signal === 'SIGHUP' ? 129 : 3,
    });
    expect(readdirSync(here)).toEqual([]);
  }
});

describe('a made capture', () => {
  it.each(PROFILE_NAMES)('of %s is the same bytes every time, everywhere', (profile) => {
    expect(GENERATOR_VERSION).toBe(2);
    expect(createHash('sha256').update(made(profile, PACKETS)).digest('hex')).toBe(DIGESTS[profile]);
  });

  it.each(PROFILE_NAMES)('of %s has other packets with another seed', (profile) => {
    expect(made(profile, 100, 1).equals(made(profile, 100, 2))).toBe(false);
  });

  it.each(PROFILE_NAMES)('of %s has as many packets as were asked for, from one on', async (profile) => {
    for (const packets of [1, 2, 777]) {
      const flows = await flowsOf(profile, packets);
      expect(flows.reduce((sum, flow) => sum + packetsOf(flow), 0)).toBe(packets);
    }
  });

  it('of churn-held has all flows before the first answer, and answers in another order', async () => {
    const flows = (await flowsOf('churn-held', PACKETS)).toSorted((a, b) => Number(a.firstSeenNs - b.firstSeenNs));
    expect(flows).toHaveLength(PACKETS / 2);
    expect(flows.every((flow) => packetsOf(flow) === 2)).toBe(true);
    const answers = flows.map(({ lastSeenNs }) => msOf(lastSeenNs));
    expect(Math.min(...answers)).toBeGreaterThan(msOf(flows.at(-1)?.firstSeenNs ?? 0n));
    const overtakes = answers.filter((time, n) => time < (answers[n - 1] ?? 0)).length;
    expect(overtakes).toBeGreaterThan(PACKETS / 6);
  });

  it('of churn has each answer soon after its question', async () => {
    const flows = await flowsOf('churn', PACKETS);
    expect(flows).toHaveLength(PACKETS / 2);
    expect(Math.max(...flows.map((flow) => msOf(flow.lastSeenNs) - msOf(flow.firstSeenNs)))).toBeLessThan(20);
  });

  it('of elephant has 20 flows', async () => {
    expect(await flowsOf('elephant', PACKETS)).toHaveLength(20);
  });
});

describe('pcapflow generate', () => {
  it('writes to standard output what it writes to a file', () => {
    const path = join(folder, 'out.pcap');
    expect(run('--profile=mix', '-n', '200000', '--seed=7', '-o', path)).toEqual({
      status: 0,
      out: Buffer.alloc(0),
      err: '',
    });
    const { status, out } = run('--profile=mix', '-n', '200000', '--seed=7');
    expect(status).toBe(0);
    expect(out.equals(readFileSync(path))).toBe(true);
    expect(out.equals(made('mix', 200_000, 7))).toBe(true);
  });

  it('stops when its reader has enough', () => {
    const { status, stdout, stderr } = spawnSync('sh', [
      '-c',
      `"$0" "$1" generate --profile mix -n 1000000000 | head -c 100`,
      process.execPath,
      MAIN,
    ]);
    expect({ status, size: stdout.length, err: String(stderr) }).toEqual({ status: 0, size: 100, err: '' });
  });

  it('leaves no file where it cannot write one', () => {
    const { status, err } = run('--profile=mix', '-n', '10', '-o', join(folder, 'none', 'a.pcap'));
    expect(status).toBe(1);
    expect(err).toContain(join(folder, 'none', 'a.pcap'));
    expect(existsSync(join(folder, 'none'))).toBe(false);
    expect(run('--profile=mix', '-n', '10', '-o', '/dev/full').status).toBe(4);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each([
    [['--profile=mice', '-n', '1'], /--profile.*mice.*mix, churn, churn-held, elephant/],
    [['--profile=mix', '-n', '0'], /--packets.*from 1 to 1000000000/],
    [['--profile=mix', '-n', '1.5'], /--packets/],
    [['--profile=mix', '-n', '1', '--seed', '-1'], /--seed/],
    [['--profile=mix'], /usage: pcapflow generate/],
    [['-n', '1'], /usage: pcapflow generate/],
  ])('refuses what it cannot make: %j', (args, message) => {
    const { status, out, err } = run(...args);
    expect({ status, size: out.length }).toEqual({ status: 1, size: 0 });
    expect(err).toMatch(message);
  });
});
