/** A plan whose inputs and output are in a bucket: the flows of one serial read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobsOf } from '../../src/cluster/plan.ts';
import type { Plan } from '../../src/cluster/plan.ts';
import { finishedManifest } from '../../src/cluster/results.ts';
import { runStage } from '../../src/cluster/stages.ts';
import { openStorage, readObject } from '../../src/cluster/storage.ts';
import { captureFiles } from './queue/queue_run.ts';
import { planOf, readSerially, sorted, STAGES } from './run_plan.ts';
import { S3Server } from './s3_server.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-s3-plan-'));
let server: S3Server;
let files: string[];
beforeAll(async () => {
  server = await S3Server.start('captures');
  Object.assign(process.env, server.environment);
  files = captureFiles(folder, 3_000, 3);
  for (const file of files) await put(file, readFileSync(file));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function put(file: string, bytes: Uint8Array): Promise<void> {
  const storage = openStorage('s3://captures/day');
  const scratch = await storage.scratch();
  writeFileSync(scratch, bytes);
  await storage.put(scratch, basename(file));
}

async function runAll(plan: Plan): Promise<void> {
  for (const stage of STAGES) for (let n = 0; n < jobsOf(plan, stage); n++) await runStage(plan, stage, n);
}

describe('a plan in a bucket', () => {
  it('has its inputs below a prefix, and its flows are those of a serial read', async () => {
    const plan = await planOf(['s3://captures/day'], { output: 's3://captures/flows', buckets: 3 });
    expect(plan.inputs.map(({ url }) => url)).toEqual(files.map((file) => `s3://captures/day/${basename(file)}`));
    await runAll(plan);
    const storage = openStorage(plan.output);
    const manifest = await finishedManifest(plan, storage);
    const parts = await Promise.all((manifest?.parts ?? []).map(({ name }) => readObject(storage, name)));
    const { text } = await readSerially(files, plan);
    expect(sorted(parts.map((part) => part?.toString('latin1')).join(''))).toBe(sorted(text));
    // Whoever does it again finds it done, and changes nothing.
    const before = await storage.list('');
    await runAll(plan);
    expect(await storage.list('')).toEqual(before);
  });

  it('names an input that is another one than when it was planned', async () => {
    const [first = ''] = files;
    const plan = await planOf(['s3://captures/day/'], { output: 's3://captures/changed', onBadFile: 'fail' });
    const bytes = readFileSync(first);
    bytes[bytes.length - 1] = ~(bytes.at(-1) ?? 0);
    await put(first, bytes);
    await expect(runAll(plan)).rejects.toThrow(`s3://captures/day/${basename(first)}`);
  });
});
