/** Steps that do not end by themselves: they are handed back, done elsewhere, or run a second time. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'bullmq';
import type { Job } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { jobId, parsePlan, planText } from '../../../src/cluster/plan.ts';
import type { Plan } from '../../../src/cluster/plan.ts';
import { PlanQueue } from '../../../src/cluster/queue/plan_queue.ts';
import { redisAddress } from '../../../src/cluster/queue/redis_address.ts';
import type { RedisAddress } from '../../../src/cluster/queue/redis_address.ts';
import { connectionOptions } from '../../../src/cluster/queue/redis_connection.ts';
import { planStatus } from '../../../src/cluster/queue/status.ts';
import { StepWorker } from '../../../src/cluster/queue/step_worker.ts';
import { copyStragglers } from '../../../src/cluster/queue/stragglers.ts';
import { resultName } from '../../../src/cluster/results.ts';
import { HAS_REDIS, RedisServer } from '../redis_server.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-steps-'));
const SILENT = join(folder, 'silent.mjs');
const WAIT = { timeout: 120_000, interval: 20 };

function planAt(name: string, maps: number): Plan {
  const inputs = Array.from({ length: maps }, (_, n) => ({
    url: `/captures/${n}.pcap`,
    size: 1_000,
    tag: '1',
    group: 0,
    firstNs: null,
  }));
  const rest = { options: {}, onBadFile: 'partial', ordered: false, again: '' } as const;
  const plan = { version: 1, engine: 'ab'.repeat(32), inputs, runs: inputs.map((_, n) => [n]), buckets: 1 } as const;
  return parsePlan(planText({ ...plan, ...rest, output: join(folder, name) }), name);
}

describe.skipIf(!HAS_REDIS)('steps that do not end (needs redis-server)', () => {
  let redis: RedisServer;
  let address: RedisAddress;
  beforeAll(async () => {
    redis = await RedisServer.start();
    address = redisAddress(redis.url);
    // Hears nothing but the end of its worker.
    const ends = "for (const end of ['disconnect', 'SIGTERM']) process.on(end, () => process.exit(1));";
    writeFileSync(SILENT, `${ends}\nexport default () => new Promise(() => {});\n`);
  });
  afterAll(async () => {
    await redis?.remove();
    rmSync(folder, { recursive: true });
  });

  async function silentWorker(plan: Plan): Promise<{ readonly queue: PlanQueue; readonly worker: StepWorker }> {
    const queue = new PlanQueue(plan, address, () => undefined);
    await queue.addTree();
    const options = { connection: connectionOptions(address), prefix: 'bull:pcapflow', lockDuration: 60_000 };
    const worker = new StepWorker(plan, queue.steps.name, SILENT, options);
    void worker.run();
    await vi.waitFor(() => expect(worker.runningSteps).toBe(1), WAIT);
    await vi.waitFor(async () => expect(await queue.steps.getActiveCount()).toBe(1), WAIT);
    return { queue, worker };
  }

  it('are back in the queue when their worker ends, even if the child does not hear it', async () => {
    const { queue, worker } = await silentWorker(planAt('back', 1));
    await worker.handBack(50, 50);
    expect(await queue.steps.getJobState('map-0')).toBe('waiting');
    const { stages } = await planStatus(queue, Date.now());
    expect(stages[0]).toMatchObject({ stage: 'map', steps: 1, active: 0, waiting: 1, failed: 0 });
    await worker.close(true);
    await queue.close();
  });

  it('are done when another worker has left their result', async () => {
    const plan = planAt('elsewhere', 1);
    const { queue, worker } = await silentWorker(plan);
    const result = join(plan.output, resultName(jobId(plan, 'map', 0)));
    mkdirSync(dirname(result), { recursive: true });
    writeFileSync(result, '{}');
    await vi.waitFor(async () => expect(await queue.steps.getJobState('map-0')).toBe('completed'), WAIT);
    expect(worker.runningSteps).toBe(0);
    await worker.close(true);
    await queue.close();
  });

  it('are run a second time, once, when nothing else is waiting', async () => {
    const plan = planAt('copies', 5);
    const queue = new PlanQueue(plan, address, () => undefined);
    await queue.addTree();
    const release = new AbortController();
    const begun: string[] = [];
    const process = async ({ id = '' }: Job): Promise<void> => {
      begun.push(id);
      if (id === 'map-3') await new Promise((resolve) => release.signal.addEventListener('abort', resolve));
    };
    const options = { connection: connectionOptions(address), prefix: 'bull:pcapflow', concurrency: 2 };
    const worker = new Worker(queue.steps.name, process, options);
    await vi.waitFor(async () => expect(await queue.steps.getCompletedCount()).toBe(4), WAIT);
    await copyStragglers(queue, 3_600_000);
    expect(begun).not.toContain('copy-map-3');
    await vi.waitFor(async () => {
      await copyStragglers(queue, 10);
      expect(begun).toContain('copy-map-3');
    }, WAIT);
    await copyStragglers(queue, 10);
    expect(begun.filter((id) => id.startsWith('copy-'))).toEqual(['copy-map-3']);
    expect(await queue.steps.getWaitingCount()).toBe(0);
    expect((await planStatus(queue, Date.now())).slowest.map(({ id }) => id)).toContain('map-3');
    release.abort();
    await worker.close();
    await queue.close();
  });
});
