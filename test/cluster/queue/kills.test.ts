/** Workers, their children and Redis are killed at random moments: each flow of one serial read is there, once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { random } from '../../builders/index.ts';
import { HAS_REDIS, RedisServer } from '../redis_server.ts';
import { readSerially, resultOf, sorted } from '../run_plan.ts';
import { captureFiles, cluster, ClusterProcess, IMPATIENT, planFile, runs } from './queue_run.ts';

/** Kills, in rounds of three. See CONTRIBUTING.md. */
const KILLS = Number(process.env.QUEUE_KILLS ?? 3);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1e6);
const TARGETS = ['worker', 'child', 'redis'] as const;
/** Milliseconds between two kills, at most. */
const PAUSE_MAX = 1_500;
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-kills-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROUNDS = Array.from({ length: Math.ceil(KILLS / TARGETS.length) }, (_, n) => n);

/** It may have ended by itself. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

describe.skipIf(!HAS_REDIS)('a plan whose processes are killed (needs redis-server)', () => {
  it.each(ROUNDS)(`has the same flows (round %i, seed ${SEED})`, async (round) => {
    const r = random(SEED + round);
    const inputs = captureFiles(folder, 6_000, 5);
    const { plan, file } = await planFile(join(folder, String(round)), inputs, { buckets: 3 });
    const redis = await RedisServer.start();
    const at = ['--redis', redis.url, '--plan', file];
    const start = (): ClusterProcess => new ClusterProcess(['worker', '--jobs', '1', ...IMPATIENT, ...at]);
    const workers = [start(), start()];
    /** Two workers have found Redis, or need it no more: a worker that does not find it ends. */
    const haveConnected = async (): Promise<void> => {
      const { stdout } = await cluster('status', '-f', 'json', ...at);
      const { state, workers: connected } = JSON.parse(stdout) as { readonly state: string; readonly workers: number };
      expect(state === 'completed' || connected >= 2).toBe(true);
    };
    try {
      await vi.waitFor(haveConnected, { timeout: 120_000, interval: 200 });
      await cluster('submit', ...at);
      await vi.waitFor(() => expect(workers.flatMap((one) => one.children())).not.toHaveLength(0), {
        timeout: 120_000,
      });
      const orphans: number[] = [];
      const left = [...TARGETS];
      while (left.length > 0) {
        const [target] = left.splice(r.below(left.length), 1);
        await delay(r.below(PAUSE_MAX));
        const worker = r.pick(workers);
        if (target === 'worker') {
          orphans.push(...worker.children());
          worker.kill('SIGKILL');
          await worker.ended;
          workers.push(start());
          if (left.includes('redis')) await vi.waitFor(haveConnected, { timeout: 120_000, interval: 200 });
        } else if (target === 'child') {
          for (const pid of worker.children().slice(0, 1)) killed(pid);
        } else {
          await redis.kill();
          await delay(r.below(500));
          await redis.start();
        }
      }
      const ends = await Promise.all(workers.map((worker) => worker.ended));
      // A worker that was killed has no status; the plan may have been complete before.
      const wrong = ends.filter(({ status }) => status !== 0 && status !== null);
      expect(wrong, wrong.map(({ stderr }) => stderr).join('\n')).toEqual([]);
      expect(ends.filter(({ status }) => status === null).length).toBeLessThanOrEqual(1);
      await vi.waitFor(() => expect(orphans.filter(runs)).toEqual([]), { timeout: 120_000 });
      const { text } = await readSerially(inputs, plan);
      expect(sorted(resultOf(plan).text)).toBe(sorted(text));
    } finally {
      for (const worker of workers) worker.kill('SIGKILL');
      await redis.remove();
    }
  });
});
