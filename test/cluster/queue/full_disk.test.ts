/** The disk of the output is full for a while: steps fail, are tried again, and nothing half of them is ever seen. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { jobsOf } from '../../../src/cluster/plan.ts';
import type { Plan, Stage } from '../../../src/cluster/plan.ts';
import type { PlanStatus } from '../../../src/cluster/queue/status.ts';
import { runStage } from '../../../src/cluster/stages.ts';
import { HAS_REDIS, RedisServer } from '../redis_server.ts';
import { readSerially, resultOf, sorted, STAGES } from '../run_plan.ts';
import { captureFiles, cluster, ClusterProcess, IMPATIENT, planFile } from './queue_run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-full-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const DISK_SIZE = 4 * 2 ** 20;
const isMounted =
  HAS_REDIS && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_SIZE}`, 'tmpfs', disk]).status === 0;
const ballast = join(disk, 'ballast');
const output = join(disk, 'flows');

afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true });
});

/** Room for the files that a step begins, and not for what is in them. */
function fill(): void {
  for (let size = DISK_SIZE; ; size -= 4096) {
    try {
      writeFileSync(ballast, Buffer.alloc(size));
      return;
    } catch {
      rmSync(ballast, { force: true });
    }
  }
}

/** Results that whoever looks for them would find. */
function visible(): readonly string[] {
  const names = readdirSync(output, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name !== 'work' && !name.startsWith('.scratch-'));
}

/** Steps of the stages before are done elsewhere. */
async function runBefore(stage: Stage, plan: Plan): Promise<void> {
  for (const before of STAGES.slice(0, STAGES.indexOf(stage)))
    for (let n = 0; n < jobsOf(plan, before); n++) await runStage(plan, before, n);
}

describe.skipIf(!isMounted)('a plan whose disk is full (needs redis-server and mount)', () => {
  it.each(['map', 'reduce'] as const)('is complete when there is room again: in %s', async (stage) => {
    const inputs = captureFiles(folder, 4_000, 2);
    const { plan, file } = await planFile(join(folder, stage), inputs, { buckets: 2, output });
    const redis = await RedisServer.start();
    const at = ['--redis', redis.url, '--plan', file];
    const failing = async (): Promise<void> => {
      const found = JSON.parse((await cluster('status', '-f', 'json', ...at)).stdout) as PlanStatus;
      const failed = found.failures.filter(({ id, reason }) => id.startsWith(stage) && /ENOSPC/.test(reason));
      expect(failed).not.toEqual([]);
      expect(failed.every(({ again }) => again)).toBe(true);
    };
    mkdirSync(output, { recursive: true });
    await runBefore(stage, plan);
    const before = visible();
    fill();
    const workers = [1, 2].map(() => new ClusterProcess(['worker', '--jobs', '1', ...IMPATIENT, ...at]));
    try {
      await cluster('submit', ...at);
      await vi.waitFor(failing, { timeout: 120_000, interval: 100 });
      expect(visible()).toEqual(before);
      rmSync(ballast);
      const ended = await Promise.all(workers.map((worker) => worker.ended));
      const said = ended.map(({ stderr }) => stderr).join('');
      expect(
        ended.map(({ status }) => status),
        said,
      ).toEqual([0, 0]);
      expect(said).toMatch(new RegExp(`${stage}-\\d: .*ENOSPC.* \\(attempt \\d of 5\\)`));
      const { text } = await readSerially(inputs, plan);
      expect(sorted(resultOf(plan).text)).toBe(sorted(text));
      expect(readdirSync(output).filter((name) => name.startsWith('.'))).toEqual([]);
    } finally {
      for (const worker of workers) worker.kill('SIGKILL');
      await redis.remove();
      rmSync(ballast, { force: true });
      rmSync(output, { recursive: true, force: true });
    }
  });
});
