import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { FILTERS } from '../../bench/filters.ts';
import { RIVAL_FIELDS } from '../../bench/rival/jsonl.ts';
import { ensureWorkload } from '../../bench/workload.ts';
import { compileFilter } from '../../src/filter/index.ts';
import { generateCapture } from '../../src/generate/capture.ts';
import { DEFAULT_SEED, PROFILE_NAMES } from '../../src/options/generate_options.ts';

const SCALE = 0.001;
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

describe('a workload', () => {
  it.each(PROFILE_NAMES)('of %s is what the generator makes', (profile) => {
    const { path, packetCount, flowCount, fileSize } = ensureWorkload(profile, SCALE, folder);
    const pieces = Array.from(generateCapture(profile, packetCount, DEFAULT_SEED), (piece) => Buffer.from(piece));
    expect(readFileSync(path).equals(Buffer.concat(pieces))).toBe(true);
    expect(fileSize).toBe(statSync(path).size);
    expect(flowCount).toBeGreaterThan(0);
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
