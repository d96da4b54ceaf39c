/** The commands of a plan, run by the launchers of docs/scaling.md: with each of them the bytes are those of `read`. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/cluster/results.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist/bin/pcapflow/main.cjs');
const SCRATCH = mkdtempSync(join(tmpdir(), 'pcapflow-commands-'));
const SHARED = join(SCRATCH, 'shared');
const INPUTS = ['tour.pcap', 'fragments.pcap', 'tcp-idle.pcap'].map((name) => join(ROOT, 'pcaps', name));
const MAP_JOBS = 1;
const BUCKETS = 2;
afterAll(() => rmSync(SCRATCH, { recursive: true }));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** With `pcapflow`, and what stands for the programs of clusters, in PATH. */
function sh(script: string, more: NodeJS.ProcessEnv = {}): Ran {
  const env = { ...process.env, PATH: `${join(SCRATCH, 'bin')}${delimiter}${process.env.PATH}`, ...more };
  return spawnSync('sh', ['-e', '-c', script], { cwd: SCRATCH, env, encoding: 'utf8' });
}

function program(name: string, text: string): void {
  writeFileSync(join(SCRATCH, 'bin', name), text);
  chmodSync(join(SCRATCH, 'bin', name), 0o755);
}

/** A fresh plan at the place that the document has it, and where its flows go. */
function freshPlan(name: string, options = ''): string {
  const output = join(SHARED, name);
  const call = `pcapflow plan ${INPUTS.join(' ')} -o ${SHARED}/plan.json -f jsonl --output ${output}`;
  const { stdout, stderr } = sh(`${call} --buckets ${BUCKETS} ${options}`);
  expect(stderr).toBe('');
  expect(stdout).toBe(`map ${MAP_JOBS}\nreduce ${BUCKETS}\nmerge 1\n`);
  return output;
}

/** Names, and contents of the flows. */
function flowsIn(output: string): Record<string, string> {
  const { parts } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as Manifest;
  return Object.fromEntries(parts.map(({ name }) => [name, readFileSync(join(output, name), 'utf8')]));
}

/** The first block of code behind a title of the document, for the plan of this test. */
function example(title: string): string {
  const text = readFileSync(join(ROOT, 'docs/scaling.md'), 'utf8');
  const section = text.slice(text.indexOf(`### ${title}`));
  const [, block = ''] = /^```\w*\n(.*?)^```$/ms.exec(section) ?? [];
  return block
    .replaceAll('/shared', SHARED)
    .replaceAll(/--plan plan\.json/g, `--plan ${SHARED}/plan.json`)
    .replaceAll(/seq 0 2\b/g, `seq 0 ${MAP_JOBS - 1}`)
    .replaceAll(/seq 0 15\b/g, `seq 0 ${BUCKETS - 1}`)
    .replaceAll('--array=0-2', `--array=0-${MAP_JOBS - 1}`)
    .replaceAll('--array=0-15', `--array=0-${BUCKETS - 1}`);
}

let serial = '';
let expected: Record<string, string> = {};

beforeAll(() => {
  mkdirSync(join(SCRATCH, 'bin'));
  mkdirSync(SHARED);
  program('pcapflow', `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  serial = sh(`pcapflow read --no-progress -f jsonl ${INPUTS.join(' ')}`).stdout;
  const output = freshPlan('one-after-the-other');
  const one = (stage: string, index: number): string =>
    `pcapflow shard --plan ${SHARED}/plan.json --stage ${stage} --index ${index}`;
  expect(sh([one('map', 0), one('reduce', 1), one('reduce', 0), one('merge', 0)].join('\n'))).toMatchObject({
    status: 0,
    stderr: '',
  });
  expected = flowsIn(output);
});

describe('a plan under a launcher', () => {
  it('gives the flows of read', () => {
    expect(Object.keys(expected)).toHaveLength(BUCKETS);
    const lines = Object.values(expected).join('').split('\n').sort();
    expect(lines).toEqual(serial.split('\n').sort());
    expect(lines.length).toBeGreaterThan(30);
  });

  it('gives the same bytes under xargs -P', () => {
    const output = freshPlan('xargs');
    expect(sh(example('One machine: xargs'))).toMatchObject({ status: 0, stderr: '' });
    expect(flowsIn(output)).toEqual(expected);
  });

  it('gives the bytes of read with --ordered', () => {
    const output = freshPlan('ordered', '--ordered');
    expect(sh(example('One machine: xargs'))).toMatchObject({ status: 0, stderr: '' });
    expect(Object.values(flowsIn(output))).toEqual([serial]);
  });

  it('gives the same bytes with cluster run --local', () => {
    const output = freshPlan('local');
    const call = `pcapflow cluster run --local --plan ${SHARED}/plan.json`;
    expect(sh(`${call} --root /nowhere || test $? = 1`).stderr).toContain('which is not below /nowhere');
    expect(sh(call)).toMatchObject({ status: 0, stderr: '' });
    expect(flowsIn(output)).toEqual(expected);
    expect(sh(`${call} --ordered`)).toMatchObject({ status: 0, stderr: '' });
    expect(Object.values(flowsIn(output))).toEqual([serial]);
  });

  it('gives the same bytes under GNU parallel', () => {
    // Where it is not installed: jobs one after the other, as it would start them.
    program('parallel', '#!/bin/sh\nwhile [ "$1" != pcapflow ]; do shift; done\nexec xargs -I {} "$@"\n');
    const output = freshPlan('parallel');
    expect(sh(example('GNU parallel, on several machines'))).toMatchObject({ status: 0, stderr: '' });
    expect(flowsIn(output)).toEqual(expected);
  });

  it('gives the same bytes in Slurm arrays', () => {
    // Runs what is to be run at once, and insists on what it depends on.
    program(
      'sbatch',
      `#!/bin/sh -e
first=0 last=0 jobs='${SCRATCH}/jobs'
for word in "$@"; do case $word in
  --array=*) range=\${word#--array=}; first=\${range%-*}; last=\${range#*-};;
  --dependency=afterok:*) grep -qx "\${word#--dependency=afterok:}" "$jobs";;
esac; command=$word; done
for SLURM_ARRAY_TASK_ID in $(seq $first $last); do export SLURM_ARRAY_TASK_ID; sh -c "$command"; done
echo $$ >> "$jobs"; echo $$
`,
    );
    const output = freshPlan('slurm');
    expect(sh(example('Slurm'))).toMatchObject({ status: 0, stderr: '' });
    expect(flowsIn(output)).toEqual(expected);
  });

  it('has a Kubernetes job whose command does one job', () => {
    const output = freshPlan('kubernetes');
    const manifest = example('Kubernetes');
    expect(manifest).toMatch(/^ {2}completionMode: Indexed$/m);
    expect(manifest).toMatch(/^ {10}command: \[sh, -c\]$/m);
    const [, command = ''] = /^ {12}- (exec pcapflow .*)$/m.exec(manifest) ?? [];
    const script = command.replace(` --root ${SHARED}`, ` --root ${SHARED} --root ${join(ROOT, 'pcaps')}`);
    expect(sh(script, { JOB_COMPLETION_INDEX: '0' })).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(join(output, 'work')).some((name) => name.endsWith('-map-00000.json'))).toBe(true);
    expect(sh(command, { JOB_COMPLETION_INDEX: '0' }).stderr).toContain(`which is not below ${SHARED} (--root)`);
  });
});

describe('a plan that is finished', () => {
  it('is not done again, unless another one is made', () => {
    const output = freshPlan('again');
    const all = example('One machine: xargs');
    expect(sh(all).status).toBe(0);
    rmSync(join(output, 'work'), { recursive: true });
    expect(sh(all)).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(output)).not.toContain('work');
    freshPlan('again', '--again');
    expect(sh(`pcapflow merge --plan ${SHARED}/plan.json`)).toMatchObject({
      status: 1,
      stderr: 'pcapflow: job 0 of stage map is not finished; run it first: pcapflow shard --stage map --index 0\n',
    });
    expect(sh(all).status).toBe(0);
    expect(Object.values(flowsIn(output))).toEqual(Object.values(expected));
  });
});
