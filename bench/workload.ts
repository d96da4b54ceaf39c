/**
 * Deterministic captures to measure with: `node dist/bench/workload.js [PROFILE…] [--scale 0.001]`.
 * A profile, a scale and `WORKLOAD_VERSION` give the same file, byte for byte, everywhere. Files lie in `bench/data/`
 * beside a JSON note of what they hold, and are written only when they are missing or of another version.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import type { FlowScript } from './flow_script.ts';
import { FrameWriter } from './frame_writer.ts';
import { PROFILES } from './profiles.ts';
import type { ProfileName } from './profiles.ts';
import { Random } from './random.ts';
import { Schedule } from './schedule.ts';

/** Goes up with every change of the bytes written. */
export const WORKLOAD_VERSION = 2;

/** The package's folder; this file runs from `dist/bench/`. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
export const DATA_FOLDER = join(PACKAGE_FOLDER, 'bench', 'data');

/** What a workload file holds. */
export interface Workload {
  readonly version: number;
  readonly profile: ProfileName;
  readonly scale: number;
  readonly packetCount: number;
  /** Flow scripts with at least one packet in the capture. */
  readonly flowCount: number;
  readonly durationSeconds: number;
  readonly fileSize: number;
  readonly path: string;
}

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
  if (known?.version === WORKLOAD_VERSION && statSync(path, { throwIfNoEntry: false })?.size === known.fileSize) {
    return { ...known, path };
  }
  rmSync(notePath, { force: true });
  const part = `${path}.part`;
  const written = writeWorkload(profile, scale, part);
  renameSync(part, path);
  const { size } = statSync(path);
  const workload: Workload = { version: WORKLOAD_VERSION, profile, scale, ...written, fileSize: size, path };
  writeFileSync(notePath, `${JSON.stringify(workload, null, 2)}\n`);
  return workload;
}

/** Plays all flows of a profile in the order of time. */
export function writeWorkload(
  profileName: ProfileName,
  scale: number,
  path: string,
): Pick<Workload, 'packetCount' | 'flowCount' | 'durationSeconds'> {
  const profile = PROFILES[profileName];
  const packetCount = Math.round(profile.packetCount * scale);
  const flowCountMax = profile.flowCount === undefined ? Infinity : Math.max(20, Math.round(profile.flowCount * scale));
  // At a small scale flows begin more rarely, so that the capture still lasts as long.
  const startGapUs = Math.floor(profile.startGapUs / scale);
  const random = new Random(0x7063_6170);
  const schedule = new Schedule();
  const writer = new FrameWriter(path, profile.withPayload);
  let flowCount = 0;
  let startUs = 0;
  let lastUs = 0;
  for (let written = 0; written < packetCount; written++) {
    while (flowCount < flowCountMax && (schedule.empty || startUs <= schedule.nextUs)) {
      schedule.add(profile.draw(random, flowCount++, startUs, packetCount));
      startUs += random.below(2 * startGapUs);
    }
    const script: FlowScript = schedule.next;
    script.play(random);
    writer.write(script);
    lastUs = script.dueUs;
    script.advance(random);
    if (script.finished) schedule.drop();
    else schedule.settle();
  }
  writer.close();
  return { packetCount, flowCount, durationSeconds: lastUs / 1e6 };
}

function readNote(path: string): Workload | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Workload;
  } catch {
    return undefined;
  }
}

function main(): void {
  const { values, positionals } = parseArgs({
    options: { scale: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(PROFILES);
  for (const name of names) {
    if (!isProfileName(name))
      throw new Error(`${name}: no such profile; there are ${Object.keys(PROFILES).join(', ')}`);
    console.log(ensureWorkload(name, Number(values.scale)));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
