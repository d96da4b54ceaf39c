/** What tests of the queue need: captures in several files, a plan for them, and the command as processes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlanRequest } from '../../../src/cluster/make_plan.ts';
import { planText } from '../../../src/cluster/plan.ts';
import type { Plan } from '../../../src/cluster/plan.ts';
import { generateCapture } from '../../../src/generate/capture.ts';
import { planOf } from '../run_plan.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const CAPTURED_AT = 8;
/** Shorter than in earnest, so that what was lost is found soon. */
export const IMPATIENT = ['--lock-duration', '1', '--stalled-interval', '1'];

/** A capture cut into files: flows and fragments span them. Returns their paths. */
export function captureFiles(folder: string, packets: number, files: number): string[] {
  const bytes = Buffer.concat([...generateCapture('mix', packets, 7)].map((piece) => Buffer.from(piece)));
  const records: Buffer[] = [];
  for (let at = FILE_HEADER; at < bytes.length; ) {
    const end = at + RECORD_HEADER + bytes.readUInt32LE(at + CAPTURED_AT);
    records.push(bytes.subarray(at, end));
    at = end;
  }
  const each = Math.ceil(records.length / files);
  return Array.from({ length: files }, (_, n) => {
    const path = join(folder, `${n}.pcap`);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, FILE_HEADER), ...records.slice(n * each, (n + 1) * each)]));
    return path;
  });
}

/** A plan with one map step for each input, as a file. */
export async function planFile(
  folder: string,
  inputs: readonly string[],
  request: Partial<PlanRequest>,
): Promise<{ readonly plan: Plan; readonly file: string }> {
  mkdirSync(folder, { recursive: true });
  const planned = await planOf(inputs, { output: join(folder, 'flows'), ...request });
  const plan = { ...planned, runs: planned.inputs.map((_, n) => [n]) };
  const file = join(folder, 'plan.json');
  writeFileSync(file, planText(plan));
  return { plan, file };
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `pcapflow cluster` with these arguments, until it ends. */
export async function cluster(...args: readonly string[]): Promise<Ended> {
  return new ClusterProcess(args).ended;
}

/** `pcapflow cluster` that runs. */
export class ClusterProcess {
  readonly ended: Promise<Ended>;
  readonly #child;
  stderr = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, ...environment };
    this.#child = spawn(process.execPath, [MAIN, 'cluster', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
    let stdout = '';
    this.#child.stdout.on('data', (piece) => (stdout += String(piece)));
    this.#child.stderr.on('data', (piece) => (this.stderr += String(piece)));
    this.ended = once(this.#child, 'close').then(([status]) => ({
      status: status as number | null,
      stdout,
      stderr: this.stderr,
    }));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Processes that run its steps. */
  children(): readonly number[] {
    return childrenOf(this.pid);
  }
}

export function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));
}

/** Whether a process runs; one that nobody has waited for yet does not. */
export function runs(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
