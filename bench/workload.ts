/**
 * Deterministic captures to measure with: `node dist/bench/workload.js [PROFILE…] [--scale 0.001]`.
 * They are those of `pcapflow generate`, which makes the same bytes everywhere. Files lie in `bench/data/`
 * beside a JSON note of what they hold, and are written only when they are missing or of another version.
 */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { GENERATOR_VERSION, generateCapture } from '../src/generate/capture.ts';
import type { Generated } from '../src/generate/capture.ts';
import { PROFILES } from '../src/generate/profiles.ts';
import { DEFAULT_SEED } from '../src/options/generate_options.ts';
import type { ProfileName } from '../src/options/generate_options.ts';
import { benchArguments } from './arguments.ts';

/** The package's folder; this file runs from `dist/bench/`. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
export const DATA_FOLDER = join(PACKAGE_FOLDER, 'bench', 'data');

/** What there is to read, and where. */
export interface Input extends Generated {
  readonly packetCount: number;
  /** Bytes, of all files. */
  readonly fileSize: number;
  readonly path: string;
}

/** What a workload file holds. */
export interface Workload extends Input {
  readonly version: number;
  readonly profile: ProfileName;
  readonly scale: number;
}

/** Small captures in one folder, which one call reads: 100 packets each. */
const MANY_COUNT = 1_000;
const MANY_SCALE = 0.01;

const FILE_HEADER_SIZE = 24;
const RECORD_HEADER_SIZE = 16;
/** In the header of a record. */
const RECORD_CAPTURED = 8;

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name);
}

/** The workload's file, written first if need be. @param scale share of the packets and flows, above 0, at most 1 */
export function ensureWorkload(profile: ProfileName, scale = 1, folder = DATA_FOLDER): Workload {
  if (!(scale > 0 && scale <= 1)) throw new RangeError(`scale ${scale}: must be above 0 and at most 1`);
  mkdirSync(folder, { recursive: true });
  const name = scale === 1 ? profile : `${profile}@${scale}`;
  const path = join(folder, `${name}.pcap`);
  const notePath = join(folder, `${name}.json`);
  const known = readNote(notePath);
  if (known?.version === GENERATOR_VERSION && statSync(path, { throwIfNoEntry: false })?.size === known.fileSize) {
    return { ...known, path };
  }
  rmSync(notePath, { force: true });
  const part = `${path}.part`;
  const packetCount = Math.round(PROFILES[profile].packetCount * scale);
  const generated = writeWorkload(profile, packetCount, part);
  renameSync(part, path);
  const workload: Workload = {
    ...{ version: GENERATOR_VERSION, profile, scale, packetCount },
    ...generated,
    ...{ fileSize: statSync(path).size, path },
  };
  writeFileSync(notePath, `${JSON.stringify(workload, null, 2)}\n`);
  return workload;
}

/** A folder of small captures that follow each other, as a capture program that rotates its files leaves them. */
export function ensureMany(folder = DATA_FOLDER): Input {
  const whole = ensureWorkload('mix', MANY_SCALE, folder);
  const path = join(folder, 'many');
  mkdirSync(path, { recursive: true });
  const bytes = readFileSync(whole.path);
  const header = bytes.subarray(0, FILE_HEADER_SIZE);
  let end = FILE_HEADER_SIZE;
  for (let n = 0; n < MANY_COUNT; n++) {
    const begin = end;
    for (let left = whole.packetCount / MANY_COUNT; left > 0; left--) {
      end += RECORD_HEADER_SIZE + bytes.readUInt32LE(end + RECORD_CAPTURED);
    }
    writeFileSync(join(path, `${n}.pcap`), Buffer.concat([header, bytes.subarray(begin, end)]));
  }
  return { ...whole, fileSize: whole.fileSize + (MANY_COUNT - 1) * FILE_HEADER_SIZE, path };
}

function writeWorkload(profile: ProfileName, packetCount: number, path: string): Generated {
  const file = openSync(path, 'w');
  try {
    const pieces = generateCapture(profile, packetCount, DEFAULT_SEED);
    for (;;) {
      const { done, value } = pieces.next();
      if (done === true) return value;
      writeFileSync(file, value);
    }
  } finally {
    closeSync(file);
  }
}

function readNote(path: string): Workload | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Workload;
  } catch {
    return undefined;
  }
}

function main(): void {
  const { values, positionals } = benchArguments({
    program: 'workload',
    about: 'Makes the captures that are measured with, and prints where they are.',
    operands: '[PROFILE...]',
    options: {
      scale: { argument: 'N', default: '1', help: 'size of the workloads' },
    },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(PROFILES);
  for (const name of names) {
    if (!isProfileName(name))
      throw new Error(`${name}: no such profile; there are ${Object.keys(PROFILES).join(', ')}`);
    console.log(ensureWorkload(name, Number(values.scale)));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
