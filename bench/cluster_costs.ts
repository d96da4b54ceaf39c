/** Measures what the stages of a plan cost on one core of this machine, with small captures of one profile. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../src/cluster/results.ts';
import { generateCapture } from '../src/generate/capture.ts';
import type { ProfileName } from '../src/options/generate_options.ts';
import type { StageCosts } from './cluster_model.ts';
import { measure } from './measure.ts';
import { PACKAGE_FOLDER } from './workload.ts';

const MAIN = join(PACKAGE_FOLDER, 'dist/bin/pcapflow/main.cjs');
const GIGABYTE = 1e9;
const MILLION = 1e6;
/** A job's own cost is told from that of its packets by a small capture and a large one; */
const SMALL_PACKETS = 20_000;
const LARGE_PACKETS = 500_000;
const BUCKETS = 2;
/** that of a bucket in merge by few and many of them. */
const BUCKETS_MORE = 32;

/** CPU seconds of all jobs of each stage; seconds where they are not known. */
interface Measured {
  readonly map: number;
  readonly reduce: number;
  readonly merge: number;
  readonly bytes: number;
  readonly packets: number;
}

/** @param say takes what is done */
export function measureCosts(profile: ProfileName, say: (line: string) => void): StageCosts {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-costs-'));
  try {
    const run = (packets: number, buckets: number): Measured => {
      say(`measuring ${packets} packets in ${buckets} buckets`);
      return measured(join(folder, `${packets}-${buckets}`), profile, packets, buckets);
    };
    const small = run(SMALL_PACKETS, BUCKETS);
    const large = run(LARGE_PACKETS, BUCKETS);
    const more = run(SMALL_PACKETS, BUCKETS_MORE);
    const perByte = (large.map - small.map) / (large.bytes - small.bytes);
    const perPacket = (large.reduce - small.reduce) / (large.packets - small.packets);
    const perBucket = Math.max(0, (more.merge - small.merge) / (BUCKETS_MORE - BUCKETS));
    return {
      map: { secondsPerJob: rest(small.map - perByte * small.bytes), secondsPerGigabyte: rounded(perByte * GIGABYTE) },
      reduce: {
        secondsPerJob: rest((small.reduce - perPacket * small.packets) / BUCKETS),
        secondsPerMillionPackets: rounded(perPacket * MILLION),
      },
      merge: { secondsPerJob: rest(small.merge - perBucket * BUCKETS), secondsPerBucket: rounded(perBucket) },
      packetsPerGigabyte: Math.round((large.packets / large.bytes) * GIGABYTE),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rest(seconds: number): number {
  return rounded(Math.max(0, seconds));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function measured(folder: string, profile: ProfileName, packets: number, buckets: number): Measured {
  mkdirSync(folder);
  const capture = join(folder, 'capture.pcap');
  writeFileSync(capture, '');
  for (const piece of generateCapture(profile, packets, 1)) writeFileSync(capture, piece, { flag: 'a' });
  const plan = join(folder, 'plan.json');
  const output = join(folder, 'flows');
  const call = ['plan', capture, '-o', plan, '--output', output, '--buckets', String(buckets), '-f', 'jsonl'];
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...call], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const stage = (name: string, jobs: number): number => {
    let seconds = 0;
    for (let index = 0; index < jobs; index++) {
      const job = ['shard', '--plan', plan, '--stage', name, '--index', String(index)];
      const { cpuSeconds, wallSeconds } = measure([process.execPath, MAIN, ...job]);
      seconds += cpuSeconds ?? wallSeconds;
    }
    return seconds;
  };
  const costs = { map: stage('map', 1), reduce: stage('reduce', buckets), merge: stage('merge', 1) };
  const { counters } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as Manifest;
  return { ...costs, bytes: statSync(capture).size, packets: counters.packetsSeen };
}
