/**
 * One plan with a queue in Redis and several workers on this machine, against one serial `read` of the same captures:
 * the same flows, the time of both, and what each stage costs. See HELP.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Queue } from 'bullmq';
import { planKey, PREFIX } from '../src/cluster/queue/queue_job.ts';
import { parsePlan } from '../src/cluster/plan.ts';
import type { Manifest } from '../src/cluster/results.ts';
import { PROFILE_NAMES } from '../src/options/generate_options.ts';
import { HAS_REDIS, PASSWORD, RedisServer } from '../test/cluster/redis_server.ts';
import { PACKAGE_FOLDER } from './workload.ts';

const HELP = `usage: npm run bench:plan -- [options]
Runs a plan with a queue in Redis and several workers on this machine, and one serial read of the same captures.

  --files N        captures, made one after the other with other seeds (40)
  --megabytes N    of each, about (500)
  --profiles A,B   what they are like, in turn: ${PROFILE_NAMES.join(', ')} (mix,full)
  --workers N      (2)           --jobs N       steps of each at a time (1)
  --buckets N      (16)          --max-flows N  (16000000)
  --parts          a part for each bucket, compared line by line; else one output, compared byte by byte
  --folder DIR     where all of it goes (a new folder below ${tmpdir()}); --keep: captures stay there for the next run
  --json           for programs
`;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '40' },
    megabytes: { type: 'string', default: '500' },
    profiles: { type: 'string', default: 'mix,full' },
    workers: { type: 'string', default: '2' },
    jobs: { type: 'string', default: '1' },
    buckets: { type: 'string', default: '16' },
    'max-flows': { type: 'string', default: '16000000' },
    parts: { type: 'boolean', default: false },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const MAIN = join(PACKAGE_FOLDER, 'dist/bin/pcapflow/main.cjs');
const TIME = '/usr/bin/time';
const MEGABYTE = 1e6;
/** Packets of a megabyte are told from a sample. */
const SAMPLE_PACKETS = 20_000;

/** One process, from its start to its exit. */
interface Ran {
  readonly seconds: number;
  /** User and system time, of its children too. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** Steps of one stage. */
interface StageCost {
  readonly stage: string;
  readonly steps: number;
  /** From the begin of the first to the end of the last. */
  readonly seconds: number;
  /** Of all steps together. */
  readonly busySeconds: number;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function pcapflow(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`pcapflow ${args[0]}: ${stderr}`);
}

/** @throws {Error} when it fails; GNU time is needed */
async function timed(report: string, args: readonly string[]): Promise<Ran> {
  const begun = performance.now();
  const child: ChildProcess = spawn(TIME, ['-f', '%U %S %M', '-o', report, process.execPath, MAIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (piece) => (stderr += String(piece)));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`pcapflow ${args.slice(0, 2).join(' ')}: exit ${status}: ${stderr.slice(-2000)}`);
  const [user = 0, system = 0, peakKiB = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
  return { seconds: (performance.now() - begun) / 1_000, cpuSeconds: user + system, peakMiB: peakKiB / 1024 };
}

function captures(folder: string): readonly string[] {
  const profiles = values.profiles.split(',');
  const unknown = profiles.find((name) => !PROFILE_NAMES.some((one) => one === name));
  if (unknown !== undefined) throw new RangeError(`--profiles ${unknown}: ${PROFILE_NAMES.join(', ')} are known`);
  mkdirSync(folder, { recursive: true });
  const packets = profiles.map((profile) => {
    const sample = join(folder, `.sample-${profile}`);
    generate(profile, SAMPLE_PACKETS, 0, sample);
    const { size } = statSync(sample);
    rmSync(sample);
    return Math.round((SAMPLE_PACKETS * Number(values.megabytes) * MEGABYTE) / size);
  });
  return Array.from({ length: Number(values.files) }, (_, n) => {
    const at = n % profiles.length;
    const path = join(folder, `${profiles[at]}-${values.megabytes}-${n}.pcap`);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      say(`making ${path}`);
      generate(profiles[at] as string, packets[at] as number, n + 1, path);
    }
    return path;
  });
}

function generate(profile: string, packets: number, seed: number, path: string): void {
  const made = ['--profile', profile, '--packets', String(packets), '--seed', String(seed)];
  pcapflow('generate', ...made, '--output', path);
}

async function runPlan(
  folder: string,
  plan: string,
): Promise<{ workers: Ran[]; seconds: number; stages: StageCost[] }> {
  const redis = await RedisServer.start();
  try {
    const at = ['--redis', redis.url, '--plan', plan];
    pcapflow('cluster', 'submit', ...at);
    const begun = performance.now();
    const call = ['cluster', 'worker', '--jobs', values.jobs, ...at];
    const workers = await Promise.all(
      Array.from({ length: Number(values.workers) }, (_, n) => timed(join(folder, `worker-${n}`), call)),
    );
    const seconds = (performance.now() - begun) / 1_000;
    return { workers, seconds, stages: await stageCosts(plan, redis.port) };
  } finally {
    await redis.remove();
  }
}

/** What the queue says about the steps. */
async function stageCosts(plan: string, port: number): Promise<StageCost[]> {
  const name = planKey(parsePlan(readFileSync(plan, 'utf8'), plan));
  const queue = new Queue(name, { connection: { host: '127.0.0.1', port, password: PASSWORD }, prefix: PREFIX });
  try {
    const done = await queue.getCompleted(0, -1);
    return ['map', 'reduce', 'merge'].map((stage) => {
      const times = done
        .filter((job) => job.name === stage)
        .map(({ processedOn = 0, finishedOn = 0 }) => [processedOn, finishedOn] as const);
      const first = Math.min(...times.map(([begun]) => begun));
      const last = Math.max(...times.map(([, ended]) => ended));
      const busy = times.reduce((sum, [begun, ended]) => sum + ended - begun, 0);
      return { stage, steps: times.length, seconds: (last - first) / 1_000, busySeconds: busy / 1_000 };
    });
  } finally {
    await queue.close();
  }
}

/** @throws {Error} when they differ */
async function sameBytes(a: string, b: string): Promise<void> {
  if (statSync(a).size !== statSync(b).size) throw new Error(`${a} and ${b} are not equally long`);
  const { status } = spawnSync('cmp', [a, b]);
  if (status !== 0) throw new Error(`${a} and ${b} differ`);
}

/** Number of lines, and a sum of them that does not depend on their order. */
async function lineSum(paths: readonly string[]): Promise<string> {
  let lines = 0;
  let [low, high] = [0, 0];
  for (const path of paths) {
    let [a, b] = [0x811c9dc5, 0x1b873593];
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
      for (const byte of piece) {
        a = Math.imul(a ^ byte, 0x01000193);
        b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 13);
        if (byte !== 10) continue;
        lines++;
        low = (low + (a >>> 0)) % 2 ** 48;
        high = (high + (b >>> 0)) % 2 ** 48;
        [a, b] = [0x811c9dc5, 0x1b873593];
      }
    }
  }
  return `${lines} ${low} ${high}`;
}

async function main(): Promise<void> {
  if (!HAS_REDIS) throw new Error('redis-server is needed');
  if (statSync(TIME, { throwIfNoEntry: false }) === undefined) throw new Error(`GNU time is needed (${TIME})`);
  const root = values.folder ?? mkdtempSync(join(tmpdir(), 'pcapflow-cluster-'));
  const folder = join(root, 'run');
  rmSync(folder, { recursive: true, force: true });
  try {
    const inputs = captures(join(root, 'captures'));
    mkdirSync(folder, { recursive: true });
    const bytes = inputs.reduce((sum, path) => sum + statSync(path).size, 0);
    const loadBefore = loadavg();
    const limit = ['--max-flows', values['max-flows']];
    say(`read ${inputs.length} captures, ${(bytes / 1e9).toFixed(2)} GB`);
    const serial = join(folder, 'serial.jsonl');
    const reading = await timed(join(folder, 'read'), [
      'read',
      '-f',
      'jsonl',
      '-o',
      serial,
      ...limit,
      '--no-progress',
      ...inputs,
    ]);
    const plan = join(folder, 'plan.json');
    const output = join(folder, 'flows');
    const further = ['--buckets', values.buckets, ...limit, ...(values.parts ? [] : ['--ordered'])];
    const begun = performance.now();
    pcapflow('plan', ...inputs, '-o', plan, '-f', 'jsonl', '--output', output, ...further);
    const planSeconds = (performance.now() - begun) / 1_000;
    say(`run the plan with ${values.workers} workers`);
    const planned = await runPlan(folder, plan);
    const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as Manifest;
    const parts = manifest.parts.map(({ name }) => join(output, name));
    say('compare');
    if (!values.parts) await sameBytes(serial, parts[0] as string);
    else if ((await lineSum([serial])) !== (await lineSum(parts))) throw new Error('the flows differ');
    report({ files: inputs.length, bytes, manifest, reading, planSeconds, ...planned, loads: [loadBefore, loadavg()] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (!values.keep)
      rmSync(values.folder === undefined ? root : join(root, 'captures'), { recursive: true, force: true });
  }
}

interface Report {
  readonly files: number;
  readonly bytes: number;
  readonly manifest: Manifest;
  readonly reading: Ran;
  readonly planSeconds: number;
  readonly workers: readonly Ran[];
  readonly seconds: number;
  readonly stages: readonly StageCost[];
  readonly loads: readonly (readonly number[])[];
}

function report({ manifest, ...found }: Report): void {
  const { files, bytes, reading, planSeconds, workers, seconds, stages, loads } = found;
  const { flows, counters, readByOneEngine } = manifest;
  const packets = counters.packetsSeen;
  const ratio = reading.seconds / seconds;
  if (values.json) {
    const result = { ...found, packets, flows, readByOneEngine: readByOneEngine ?? null, ratio, equal: true };
    process.stdout.write(`${JSON.stringify(result, undefined, 1)}\n`);
    return;
  }
  const ran = ({ seconds: wall, cpuSeconds, peakMiB }: Ran): string =>
    `${wall.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s, ${peakMiB.toFixed(0)} MiB`;
  const lines = [
    `${files} captures, ${(bytes / 1e9).toFixed(2)} GB, ${packets} packets, ${flows} flows: equal`,
    ...(readByOneEngine === undefined ? [] : [`merge has read all by itself: ${readByOneEngine}`]),
    `read      ${ran(reading)}`,
    `plan      ${planSeconds.toFixed(1)} s`,
    `workers   ${seconds.toFixed(1)} s: read takes ${ratio.toFixed(2)} times as long`,
    ...workers.map((worker) => `  worker  ${ran(worker)}`),
    ...stages.map(
      ({ stage, steps, seconds: wall, busySeconds }) =>
        `  ${stage.padEnd(7)} ${steps} steps, ${wall.toFixed(1)} s; ${busySeconds.toFixed(1)} s together`,
    ),
    `load      ${loads.map((load) => load.map((one) => one.toFixed(1)).join(' ')).join(' before, ')} after`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

if (values.help) process.stdout.write(HELP);
else await main();
