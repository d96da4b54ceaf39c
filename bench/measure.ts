import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One run of one program, from its start to its exit. */
export interface Run {
  readonly wallSeconds: number;
  /** User and system time; `undefined` where GNU time is not installed. */
  readonly cpuSeconds: number | undefined;
  /** Peak resident set; `undefined` where GNU time is not installed. */
  readonly peakMiB: number | undefined;
  readonly stderr: string;
}

/** GNU time, which reports the CPU time and the peak memory of one child. */
const TIME = '/usr/bin/time';
/** A run that takes longer has failed. Milliseconds. */
const RUN_MS_MAX = 120_000;

/**
 * Runs a program with its output thrown away. @throws {Error} when it cannot start or exits with another code than 0
 */
export function measure(command: readonly string[]): Run {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const report = join(folder, 'time');
    const timed = existsSync(TIME);
    const [program = '', ...parameters] = timed ? [TIME, '-f', '%U %S %M', '-o', report, ...command] : command;
    const begun = process.hrtime.bigint();
    const { status, signal, error, stderr } = spawnSync(program, parameters, {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: RUN_MS_MAX,
    });
    const wallSeconds = Number(process.hrtime.bigint() - begun) / 1e9;
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status ?? signal}\n${stderr.slice(-2000)}`);
    const [user, system, peakKiB] = timed ? readFileSync(report, 'utf8').trim().split(' ').map(Number) : [];
    const cpuSeconds = user === undefined || system === undefined ? undefined : user + system;
    return { wallSeconds, cpuSeconds, peakMiB: peakKiB === undefined ? undefined : peakKiB / 1024, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The middle of the values, or the mean of the two in the middle; `undefined` when one is missing or there are none.
 */
export function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (known.length === 0 || known.length < values.length) return undefined;
  const middle = known.length >>> 1;
  const upper = known[middle] as number;
  return known.length % 2 === 1 ? upper : (upper + (known[middle - 1] as number)) / 2;
}

/** Reads a file once, so that it lies in the page cache. */
export function warm(path: string): void {
  const file = openSync(path, 'r');
  const block = new Uint8Array(1 << 22);
  while (readSync(file, block) > 0);
  closeSync(file);
}
