import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { FILTERS } from '../../bench/filters.ts';
import { PROFILES } from '../../bench/profiles.ts';
import { RIVAL_FIELDS } from '../../bench/rival/jsonl.ts';
import type { ProfileName } from '../../bench/profiles.ts';
import { WORKLOAD_VERSION, ensureWorkload, writeWorkload } from '../../bench/workload.ts';
import { compileFilter } from '../../src/filter/index.ts';

const SCALE = 0.001;
const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];
const ROOT = new URL('../../', import.meta.url).pathname;
const OURS = [
  join(ROOT, 'dist/bin/pcapflow/main.cjs'),
  'read',
  '--format',
  'jsonl',
  '--fields',
  RIVAL_FIELDS.join(','),
  '--no-progress',
];
const RIVAL = [join(ROOT, 'dist/bench/rival.js'), '--format', 'jsonl'];

const folder = mkdtempSync(join(tmpdir(), 'workload-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** SHA-256 of each profile at `SCALE`. New ones go with a new `WORKLOAD_VERSION`. */
const DIGESTS: Readonly<Record<ProfileName, string>> = {
  mix: '2acd3d34d8e6e7812143b0e2d8ee83e8945218b26928476e4c84733f00702ed8',
  churn: 'f81632dba107162395067c16a65e2ad0b814bc3ecc9396dd665ef94f74ef45c1',
  elephant: '0fdabdb2ea9a6395f167f460191c435e6268ac3f3bc20f0f0145b03f9d98f70f',
  full: 'a34aa48997e5b26724f2bb2e93ae39c149b70ebe03f6671c02c80641b8bfaa20',
};

describe('the workload generator', () => {
  it.each(PROFILE_NAMES)('writes the same bytes for %s every time, everywhere', (profile) => {
    const path = join(folder, 'again.pcap');
    writeWorkload(profile, SCALE, path);
    const again = readFileSync(path);
    expect(again.equals(readFileSync(ensureWorkload(profile, SCALE, folder).path))).toBe(true);
    expect(WORKLOAD_VERSION).toBe(2);
    expect(createHash('sha256').update(again).digest('hex')).toBe(DIGESTS[profile]);
  });

  it('does not write a file again that is there', () => {
    const first = ensureWorkload('elephant', SCALE, folder);
    const { ino } = statSync(first.path);
    expect(ensureWorkload('elephant', SCALE, folder)).toEqual(first);
    expect(statSync(first.path).ino).toBe(ino);
    expect(first.packetCount).toBe(2_000);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses the scale %d', (scale) => {
    expect(() => ensureWorkload('mix', scale, folder)).toThrow(RangeError);
  });
});

describe('the rival', () => {
  it.each(PROFILE_NAMES)('tells the same flows of %s as we do, byte for byte', (profile) => {
    const { path, flowCount } = ensureWorkload(profile, SCALE, folder);
    const ours = linesOf([...OURS, path]);
    expect(ours.length).toBeGreaterThanOrEqual(flowCount);
    expect(linesOf([...RIVAL, path])).toEqual(ours);
  });

  it('has flows of mix that end by FIN, by RST and with the capture', () => {
    const reasons = linesOf([...RIVAL, ensureWorkload('mix', SCALE, folder).path]).map(
      (line) => (JSON.parse(line) as { endReason: string }).endReason,
    );
    expect(new Set(reasons)).toEqual(new Set(['fin', 'rst', 'end']));
  });
});

describe('the measured filters', () => {
  const frames = framesOf(readFileSync(ensureWorkload('mix', SCALE, folder).path));

  it.each(FILTERS)('$name: the passing form keeps all packets of mix, the literal one few', ({ literal, passing }) => {
    expect(keptOf(passing, frames)).toBe(frames.length);
    expect(keptOf(literal, frames)).toBeLessThan(frames.length / 20);
  });
});

function linesOf(command: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 1 << 26 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.trimEnd().split('\n');
}

/** Frames of a little-endian classic file. */
function framesOf(file: Buffer): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) {
    frames.push(file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8)));
  }
  return frames;
}

function keptOf(expression: string, frames: readonly Uint8Array[]): number {
  const filter = compileFilter(expression);
  return frames.filter((frame) => filter.test(frame)).length;
}
