/** Plans whose inputs are damaged, missing or changed, whose disk is full, whose results are damaged. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlanRequest } from '../../src/cluster/make_plan.ts';
import { jobId, planText } from '../../src/cluster/plan.ts';
import type { Plan } from '../../src/cluster/plan.ts';
import { runStage } from '../../src/cluster/stages.ts';
import { pcap } from '../builders/index.ts';
import { planOf, readSerially, resultOf, runPlan, sorted } from './run_plan.ts';

const SCRATCH = mkdtempSync(join(tmpdir(), 'pcapflow-damage-'));
const PCAPS = fileURLToPath(new URL('../../pcaps/', import.meta.url));
afterAll(() => rmSync(SCRATCH, { recursive: true }));

let folders = 0;

/** Two captures of which the second one will be damaged, and where flows go. */
function captures(): { readonly inputs: readonly [string, string]; readonly output: string } {
  const folder = join(SCRATCH, `${folders++}`);
  mkdirSync(folder);
  const inputs = [join(folder, 'a.pcap'), join(folder, 'b.pcap')] as const;
  copyFileSync(join(PCAPS, 'fragments.pcap'), inputs[0]);
  copyFileSync(join(PCAPS, 'tour.pcap'), inputs[1]);
  return { inputs, output: join(folder, 'out') };
}

async function damaged(
  damage: (path: string) => void,
  request: Partial<PlanRequest> = {},
): Promise<{ readonly plan: Plan; readonly inputs: readonly [string, string] }> {
  const { inputs, output } = captures();
  const plan = await planOf(inputs, { output, ...request });
  damage(inputs[1]);
  return { plan, inputs };
}

const corrupt = (path: string): void => {
  const bytes = readFileSync(path);
  bytes.fill(0xff, 5000, 7000);
  writeFileSync(path, bytes);
};

describe('an input that is not what was planned', () => {
  it('is read as far as it can be, and named, as by read', async () => {
    const { inputs, output } = captures();
    corrupt(inputs[1]);
    const { manifest, text, plan } = await runPlan(await planOf(inputs, { output }));
    const serial = await readSerially(inputs, plan);
    expect(sorted(text)).toBe(sorted(serial.text));
    expect(manifest.inputs.flatMap(({ problems }) => problems.map(({ message }) => message))).toEqual(serial.problems);
    expect(serial.problems).toHaveLength(1);
  });

  it('counts nothing with skip', async () => {
    const { plan, inputs } = await damaged(corrupt, { onBadFile: 'skip' });
    const { manifest, text } = await runPlan(plan);
    expect(sorted(text)).toBe(sorted((await readSerially([inputs[0]], plan)).text));
    const bad = manifest.inputs.find(({ url }) => url === inputs[1]);
    expect(bad).toMatchObject({ skipped: true, packets: 0 });
  });

  it('lets its job fail with fail, and nothing remains of that', async () => {
    const { plan } = await damaged(corrupt, { onBadFile: 'fail' });
    await expect(runStage(plan, 'map', 0)).rejects.toThrow(/b\.pcap: .*; the job fails, as --on-bad-file says/);
    expect(readdirSync(plan.output)).toEqual([]);
  });

  it('is missing: the others are read', async () => {
    const { plan, inputs } = await damaged((path) => rmSync(path));
    const { manifest, text } = await runPlan(plan);
    expect(sorted(text)).toBe(sorted((await readSerially([inputs[0]], plan)).text));
    expect(manifest.inputs.flatMap(({ problems }) => problems)).toEqual([
      { code: 'ERR_NO_SUCH_FILE', message: `${inputs[1]}: no such file` },
    ]);
  });

  it('has grown: what was planned is read', async () => {
    const before = captures();
    const { plan, inputs } = await damaged((path) => appendFileSync(path, pcap([]).subarray(0, 20)));
    const { manifest, text } = await runPlan(plan);
    expect(sorted(text)).toBe(sorted((await readSerially(before.inputs, plan)).text));
    const [problem] = manifest.inputs.flatMap(({ problems }) => problems);
    expect(problem?.message).toBe(
      `${inputs[1]}: has changed since it was planned (43520 bytes were planned, it has 43540); plan again`,
    );
  });

  it('has become shorter, or another one', async () => {
    for (const change of [(path: string) => truncateSync(path, 7000), (path: string) => utimesSync(path, 1, 1)]) {
      const { plan, inputs } = await damaged(change);
      const { manifest, text } = await runPlan(plan);
      expect(sorted(text)).toBe(sorted((await readSerially(inputs, plan)).text));
      expect(manifest.inputs.flatMap(({ problems }) => problems)[0]?.message).toContain('has changed since');
    }
  });
});

describe('a plan that cannot be run', () => {
  it('names an option that it may not have', async () => {
    const { inputs, output } = captures();
    const plan = await planOf(inputs, { output });
    const run = (options: Plan['options']): Promise<void> => runStage({ ...plan, options }, 'map', 0);
    await expect(run({ output: '/etc/passwd' })).rejects.toThrow("unknown option 'output'");
    await expect(run({ flowTimeout: -1 })).rejects.toThrow('flowTimeout is -1; it must be');
    await expect(run({ flowTimeout: '1' })).rejects.toThrow('flowTimeout is of type string');
    await expect(run({ filter: 'tcp and and' })).rejects.toThrow('and');
    await expect(run({ from: '+10s' })).rejects.toThrow('not counted from the first packet');
    await expect(run({ format: 'netflow9' })).rejects.toThrow('a plan writes parquet, arrow, jsonl, csv');
  });

  it('says which job is missing, or damaged', async () => {
    const { inputs, output } = captures();
    const plan = await planOf(inputs, { output });
    await expect(runStage(plan, 'reduce', 0)).rejects.toThrow('job 0 of stage map is not finished; run it first');
    await runStage(plan, 'map', 0);
    await expect(runStage(plan, 'merge', 0)).rejects.toThrow('job 0 of stage reduce is not finished');
    const result = join(output, 'work', `${jobId(plan, 'map', 0)}.json`);
    const pieces = join(output, 'work', readdirSync(join(output, 'work')).find((name) => /pieces$/.test(name)) ?? '');
    const whole = readFileSync(pieces);
    truncateSync(pieces, whole.length - 8);
    await expect(runStage(plan, 'reduce', 1)).rejects.toThrow(/\.pieces has \d+ of \d+ bytes/);
    writeFileSync(pieces, Buffer.from(whole).fill(0, 100, 300));
    const both = Promise.all([runStage(plan, 'reduce', 0), runStage(plan, 'reduce', 1)]);
    await expect(both).rejects.toThrow('.pieces is damaged; remove it and the .json beside it');
    writeFileSync(result, '{');
    await expect(runStage(plan, 'reduce', 1)).rejects.toThrow('is not a result');
    rmSync(result);
    const { text } = await runPlan(plan);
    expect(sorted(text)).toBe(sorted((await readSerially(inputs, plan)).text));
  });

  it('gives up when it is told to, and leaves nothing', async () => {
    const { inputs, output } = captures();
    const plan = await planOf(inputs, { output });
    const ended = { signal: AbortSignal.abort(new Error('enough')) };
    await expect(runStage(plan, 'map', 0, ended)).rejects.toThrow('enough');
    await runStage(plan, 'map', 0);
    await expect(runStage(plan, 'reduce', 0, ended)).rejects.toThrow('enough');
    expect(readdirSync(output)).toEqual(['work']);
  });
});

describe('two writers of all jobs', () => {
  it('do no harm', async () => {
    const { inputs, output } = captures();
    const plan = await planOf(inputs, { output, buckets: 3 });
    await runPlan(await planOf(inputs, { output: `${output}-1`, buckets: 3 }));
    const twice = async (stage: 'map' | 'reduce' | 'merge', n: number): Promise<void> => {
      await Promise.all([runStage(plan, stage, n), runStage(plan, stage, n)]);
    };
    await twice('map', 0);
    for (let n = 0; n < 3; n++) await twice('reduce', n);
    await twice('merge', 0);
    expect(resultOf(plan).text).toBe(readParts(`${output}-1`));
    expect(readdirSync(output).filter((name) => name.startsWith('part-'))).toHaveLength(3);
  });
});

function readParts(output: string): string {
  const names = readdirSync(output).filter((name) => name.startsWith('part-'));
  return names
    .sort()
    .map((name) => readFileSync(join(output, name), 'utf8'))
    .join('');
}

const FULL = join(SCRATCH, 'full');
mkdirSync(FULL);
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', FULL]).status === 0;
afterAll(() => void (isMounted && spawnSync('umount', [FULL])));

describe('a full disk', () => {
  it.skipIf(!isMounted)('fails the job, and leaves nothing half', async () => {
    const { inputs } = captures();
    const plan = await planOf(inputs, { output: join(FULL, 'out') });
    writeFileSync(join(FULL, 'ballast'), Buffer.alloc(28 * 1024));
    await expect(runStage(plan, 'map', 0)).rejects.toThrow(/cannot be written: ENOSPC/);
    expect(readdirSync(join(FULL, 'out'))).toEqual([]);
    rmSync(join(FULL, 'ballast'));
    await runStage(plan, 'map', 0);
    writeFileSync(join(FULL, 'ballast'), Buffer.alloc(8 * 1024));
    try {
      appendFileSync(join(FULL, 'ballast'), Buffer.alloc(32 * 1024));
    } catch {
      // It is full now.
    }
    await expect(runStage(plan, 'reduce', 0)).rejects.toThrow(/ENOSPC/);
    expect(readdirSync(join(FULL, 'out'))).toEqual(['work']);
    expect(planText(plan)).toContain('"buckets":2');
  });
});
