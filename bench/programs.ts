import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FILTERS } from './filters.ts';
import type { ProfileName } from '../src/options/generate_options.ts';
import { PACKAGE_FOLDER } from './workload.ts';

/**
 * What is compared: the programs on a profile, ours with filters, or, with Node doing nothing, ours on a tiny capture
 * and on a thousand small ones in one call.
 */
export type Section = ProfileName | 'filter' | 'startup' | 'many';

/** What the project has set itself: a ratio of whole-process times and its bound. */
export interface Target {
  readonly ratio: 'ours/theirs' | 'theirs/ours';
  readonly comparison: 'at most' | 'at least';
  readonly bound: number;
}

/** A program whose whole run over a capture is measured. */
export interface Program {
  readonly name: string;
  readonly installed: () => boolean;
  /** A command that prints its version. */
  readonly version: readonly string[];
  /** The command line. `folder` is empty, the program's own, and removed after the run. */
  readonly command: (capture: string, folder: string) => readonly string[];
  readonly targets: Partial<Record<Section, Target>>;
}

const OUR_COMMAND = join(PACKAGE_FOLDER, 'dist', 'bin', 'pcapflow', 'main.cjs');
const OUR_VERSION = [process.execPath, OUR_COMMAND, '--version'];
const NODE_VERSION = [process.execPath, '--version'];
const RIVAL = join(PACKAGE_FOLDER, 'dist', 'bench', 'rival.js');

export const OURS: Program = {
  name: 'pcapflow',
  installed: () => existsSync(OUR_COMMAND),
  version: OUR_VERSION,
  command: (capture) => [process.execPath, OUR_COMMAND, 'read', capture, '--format', 'none', '--no-progress'],
  targets: {},
};

/** Ours with two cores, and the programs that ours is compared with. */
export const RIVALS: readonly Program[] = [
  {
    name: 'jobs',
    installed: OURS.installed,
    version: OUR_VERSION,
    command: (capture, folder) => [...OURS.command(capture, folder), '--jobs', '2'],
    targets: { mix: { ratio: 'ours/theirs', comparison: 'at least', bound: 1.4 } },
  },
  {
    name: 'tcpdump',
    installed: () => onPath('tcpdump'),
    version: ['tcpdump', '--version'],
    command: (capture) => ['tcpdump', '-r', capture, '-w', '/dev/null'],
    targets: { mix: atMost(0.8), elephant: atMost(0.65), full: atMost(0.75), 'churn-held': atMost(2.6) },
  },
  {
    // In the foreground, without a collector, with IPv6 as we have it and room for all flows (its default is 8,192).
    // Without a control socket: 1.1.0 sometimes waits for ever for someone to connect to it.
    name: 'softflowd',
    installed: () => onPath('softflowd'),
    version: ['softflowd', '-h'],
    command: (capture, folder) => [
      ...['softflowd', '-r', capture, '-d', '-6', '-m', '2000000'],
      ...['-p', join(folder, 'pid'), '-c', 'none'],
    ],
    targets: { mix: atLeast(6) },
  },
  {
    name: 'nfpcapd',
    installed: () => onPath('nfpcapd'),
    version: ['nfpcapd', '-V'],
    command: (capture, folder) => ['nfpcapd', '-r', capture, nfpcapdFolderOption(), folder],
    targets: { mix: atLeast(8) },
  },
  {
    name: 'rival',
    installed: () => existsSync(RIVAL),
    version: NODE_VERSION,
    command: (capture) => [process.execPath, RIVAL, capture],
    targets: { mix: atLeast(1.8) },
  },
  {
    name: 'jsonl',
    installed: OURS.installed,
    version: OUR_VERSION,
    command: (capture) => [
      ...[process.execPath, OUR_COMMAND, 'read', capture, '--no-progress'],
      ...['--format', 'jsonl', '-o', '/dev/null'],
    ],
    targets: { mix: { ratio: 'theirs/ours', comparison: 'at most', bound: 2 } },
  },
];

/**
 * Ours with filters. Literal expressions drop nearly all packets, and the run gets faster; with the passing ones it
 * does all its other work too: see filters.ts.
 */
export const FILTERED: readonly Program[] = FILTERS.flatMap(({ name, literal, passing }) => [
  filtered(`${name}, all pass`, passing, 1.15),
  filtered(`${name}, literal`, literal, 1),
]);

/** Node doing nothing: what a run over a tiny capture cannot be faster than. */
export const NODE: Program = {
  name: 'node -e 0',
  installed: () => true,
  version: NODE_VERSION,
  command: () => [process.execPath, '-e', '0'],
  targets: { startup: atMost(1.2) },
};

/** @param bound what a run may take at most, in runs without a filter */
function filtered(name: string, expression: string, bound: number): Program {
  return {
    name,
    installed: OURS.installed,
    version: OUR_VERSION,
    command: (capture, folder) => [...OURS.command(capture, folder), '--filter', expression, '--stats', '-'],
    targets: { filter: { ratio: 'theirs/ours', comparison: 'at most', bound } },
  };
}

/** Calls a function with a folder that lives as long as the call. */
export function inScratchFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ours may take at most this many times their time. */
function atMost(bound: number): Target {
  return { ratio: 'ours/theirs', comparison: 'at most', bound };
}

/** They take at least this many times ours. */
function atLeast(bound: number): Target {
  return { ratio: 'theirs/ours', comparison: 'at least', bound };
}

function onPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** nfdump 1.7 writes to `-w`, earlier versions to `-l`. */
function nfpcapdFolderOption(): string {
  const { stdout, stderr } = spawnSync('nfpcapd', ['-h'], { encoding: 'utf8' });
  return /^-w flowdir/m.test(stdout + stderr) ? '-w' : '-l';
}
