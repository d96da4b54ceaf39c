/** One plan, two workers, a queue in Redis: the flows of one serial read, whatever else is in the queue. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { planKey } from '../../../src/cluster/queue/queue_job.ts';
import type { PlanStatus } from '../../../src/cluster/queue/status.ts';
import { bucketSizes, largestFirst } from '../../../src/cluster/skew.ts';
import { HAS_REDIS, PASSWORD, RedisServer } from '../redis_server.ts';
import { readSerially, resultOf, runPlan, sorted } from '../run_plan.ts';
import { skewedCapture } from '../skewed_capture.ts';
import { captureFiles, cluster, ClusterProcess, IMPATIENT, planFile, runs } from './queue_run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-queue-'));
const WAIT = { timeout: 120_000, interval: 50 };

describe.skipIf(!HAS_REDIS)('a queue in Redis (needs redis-server)', () => {
  let redis: RedisServer;
  let inputs: string[];
  beforeAll(async () => {
    redis = await RedisServer.start();
    inputs = captureFiles(folder, 4_000, 4);
    writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
  });
  afterAll(async () => {
    await redis?.remove();
    rmSync(folder, { recursive: true });
  });

  it('gives two workers the steps of a plan, and refuses what is not of it by name', async () => {
    const { plan, file } = await planFile(join(folder, 'two'), inputs, { buckets: 3 });
    const url = `redis://127.0.0.1:${redis.port}`;
    const at = ['--redis', url, '--redis-password-file', join(folder, 'password'), '--plan', file];
    expect(await cluster('status', ...at)).toMatchObject({ status: 4 });
    expect(await cluster('submit', ...at)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('submitted: 4 map steps, 3 reduce steps, 1 merge step') as string,
    });
    const connection = { host: '127.0.0.1', port: redis.port, password: PASSWORD };
    const queue = new Queue(planKey(plan), { connection, prefix: 'bull:pcapflow' });
    const key = planKey(plan);
    await queue.add('map', { plan: key, stage: '../../etc', index: 0 }, { jobId: 'poisoned-stage' });
    await queue.add('map', { plan: key, stage: 'map', index: 4 }, { jobId: 'poisoned-index' });
    await queue.add('map', { plan: key, stage: 'map', index: 0, output: '/etc' }, { jobId: 'poisoned-path' });
    await queue.add('map', { plan: '../other', stage: 'map', index: 0 }, { jobId: 'poisoned-plan' });
    await queue.add('mail', 'not ours', { jobId: 'foreign', attempts: 9 });
    await queue.close();
    const workers = [1, 2].map(() => new ClusterProcess(['worker', '--jobs', '1', '--root', folder, ...at]));
    const ends = await Promise.all(workers.map((worker) => worker.ended));
    expect(ends.map(({ status }) => status)).toEqual([0, 0]);
    const said = ends.map(({ stderr }) => stderr).join('');
    for (const message of [
      `job 'poisoned-stage' is refused: its stage is "../../etc"`,
      "job 'poisoned-index' is refused: its index is 4; map has 0 to 3",
      `job 'poisoned-path' is refused: "output" does not belong to a step of a plan`,
      `job 'poisoned-plan' is refused: its plan is "../other"; this worker has ${key}`,
      "job 'foreign' is refused: its data is not an object",
    ])
      expect(said).toContain(`${message}${message.includes('../../etc') ? '' : ' (not tried again)'}`);
    const { text } = await readSerially(inputs, plan);
    expect(sorted(resultOf(plan).text)).toBe(sorted(text));
    const elsewhere = await runPlan({ ...plan, output: join(folder, 'elsewhere') });
    expect(resultOf(plan).text === elsewhere.text, 'the bytes are those of any launcher').toBe(true);
    const { stdout } = await cluster('status', '-f', 'json', ...at);
    const status = JSON.parse(stdout) as PlanStatus;
    expect(status).toMatchObject({ plan: key, state: 'completed', secondsLeft: 0, slowest: [] });
    expect(status.stages.map(({ stage, steps, completed }) => [stage, steps, completed])).toEqual([
      ['map', 4, 4],
      ['reduce', 3, 3],
      ['merge', 1, 1],
    ]);
    expect([...status.foreign].sort()).toEqual([
      'foreign',
      'poisoned-index',
      'poisoned-path',
      'poisoned-plan',
      'poisoned-stage',
    ]);
    expect(status.failures).toHaveLength(5);
    expect((await cluster('submit', ...at)).stderr).toContain('the plan is complete already');
    expect(await cluster('cancel', ...at)).toMatchObject({ status: 0 });
    expect(await cluster('cancel', ...at)).toMatchObject({
      status: 4,
      stderr: 'pcapflow: the plan is not in the queue\n',
    });
  });

  it('is left by a worker on SIGTERM, and its step is done by another', async () => {
    const { plan, file } = await planFile(join(folder, 'term'), inputs, { buckets: 2 });
    const at = ['--redis', redis.url, '--plan', file];
    await cluster('submit', ...at);
    const first = new ClusterProcess(['worker', '--jobs', '1', ...IMPATIENT, ...at]);
    await vi.waitFor(() => expect(first.children()).toHaveLength(1), WAIT);
    const [child = 0] = first.children();
    first.kill('SIGTERM');
    expect((await first.ended).status).toBe(3);
    await vi.waitFor(() => expect(runs(child)).toBe(false), WAIT);
    expect(first.stderr).toContain('SIGTERM: steps that are not done in 20 s are handed back');
    const second = await cluster('worker', ...at);
    expect(second.status).toBe(0);
    // It had been handed back: nobody had to wait for a lock.
    expect(second.stderr).not.toContain('its worker is gone');
    const { text } = await readSerially(inputs, plan);
    expect(sorted(resultOf(plan).text)).toBe(sorted(text));
  });

  it('is gone when the plan is cancelled before any worker took a step', async () => {
    const { file } = await planFile(join(folder, 'untouched'), inputs, { buckets: 2 });
    const at = ['--redis', redis.url, '--plan', file];
    await cluster('submit', ...at);
    expect(await cluster('cancel', ...at)).toMatchObject({ status: 0 });
    expect((await cluster('status', ...at)).status).toBe(4);
  });

  it('ends its workers when the plan is cancelled', async () => {
    const { file } = await planFile(join(folder, 'cancel'), inputs, { buckets: 64 });
    const at = ['--redis', redis.url, '--plan', file];
    const worker = new ClusterProcess(['worker', '--jobs', '1', ...at]);
    await vi.waitFor(() => expect(worker.stderr).toContain('waiting for: pcapflow cluster submit'), WAIT);
    await cluster('submit', ...at);
    await vi.waitFor(() => expect(worker.children()).toHaveLength(1), WAIT);
    const [child = 0] = worker.children();
    // So that the plan is not complete before it is cancelled.
    process.kill(child, 'SIGSTOP');
    await cluster('cancel', ...at);
    process.kill(child, 'SIGCONT');
    expect(await worker.ended).toMatchObject({ status: 3 });
    expect(worker.stderr).toContain('the plan was cancelled');
    await vi.waitFor(() => expect(runs(child)).toBe(false), WAIT);
    expect((await cluster('status', ...at)).status).toBe(4);
  });

  it.each([
    ['a wrong password', () => `redis://:wrong@127.0.0.1:${redis.port}`, ': the user or the password is wrong'],
    ['no password', () => `redis://127.0.0.1:${redis.port}`, ': it wants a password; give --redis-password-file'],
    ['no Redis', () => 'redis://127.0.0.1:1', ': nothing listens there; start redis-server, or correct --redis'],
    ['a Redis beyond this machine without TLS', () => 'redis://:x@192.0.2.1', ' is beyond this machine and needs TLS'],
  ])('is not used with %s, and the message has no password', async (_, url, message) => {
    const { file } = await planFile(join(folder, 'refused'), inputs.slice(0, 1), {});
    const { status, stderr } = await cluster('worker', '--redis', url(), '--plan', file);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('wrong@');
    expect(status).toBe(1);
  });

  it('names the bucket that has far more packets than others', async () => {
    const input = join(folder, 'skewed.pcap');
    writeFileSync(input, skewedCapture());
    const { plan, file } = await planFile(join(folder, 'skewed'), [input], { buckets: 7 });
    const at = ['--redis', redis.url, '--plan', file];
    await cluster('submit', ...at);
    const { status, stderr } = await cluster('worker', '--jobs', '1', ...at);
    expect(status, stderr).toBe(0);
    const [bucket] = largestFirst(await bucketSizes(plan));
    expect(stderr).toMatch(new RegExp(`bucket ${bucket} has \\d+ packets, more than ten times the median of \\d+`));
    const { stdout } = await cluster('status', ...at);
    expect(stdout).toMatch(new RegExp(`more than ten times the median:\\n  reduce-${bucket}  .* of packets`));
  });

  it('is not used for a plan that names files outside the roots, or options that are not known', async () => {
    const { plan, file } = await planFile(join(folder, 'roots'), inputs.slice(0, 1), {});
    const outside = await cluster('worker', '--redis', redis.url, '--plan', file, '--root', join(folder, 'roots'));
    expect(outside).toMatchObject({ status: 1, stderr: expect.stringContaining('is not below') as string });
    writeFileSync(file, JSON.stringify({ ...plan, options: { output: '/etc/passwd' } }));
    const unknown = await cluster('worker', '--redis', redis.url, '--plan', file);
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining("unknown option 'output'") as string });
  });
});
