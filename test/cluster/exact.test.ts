/** The flows of a plan are those of one engine over all inputs: random captures, cut and shuffled among files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { WITH_GROUPS } from '../../src/flow/group_names.ts';
import { GROUP_SIZES } from '../../src/flow/groups.ts';
import type { PlanValue } from '../../src/cluster/plan.ts';
import { pcap, pcapngOf, random } from '../builders/index.ts';
import type { CaptureRecord, Random } from '../builders/index.ts';
import { onLink, randomPacket } from '../engine/scenario.ts';
import { planOf, readSerially, runPlan, sorted } from './run_plan.ts';

const SCRATCH = mkdtempSync(join(tmpdir(), 'pcapflow-cluster-'));
afterAll(() => rmSync(SCRATCH, { recursive: true }));
const PCAPS = fileURLToPath(new URL('../../pcaps/', import.meta.url));
/** Random captures. See CONTRIBUTING.md. */
const ROUNDS = Number(process.env.CLUSTER_ROUNDS ?? 6);
const START_NS = 1_700_000_000_000_000_000n;
const STEPS_NS = [0, 0, 1, 1000, 50e6, 100e6, 99_999_999, 1e9, 3e9, 31e9];
const BUCKETS = [1, 2, 7];

let outputs = 0;
function output(): string {
  return join(SCRATCH, `out-${outputs++}`);
}

function randomRecords(r: Random): CaptureRecord[] {
  let timestampNs = START_NS + BigInt(r.below(1e9));
  return Array.from({ length: r.between(1, 120) }, () => {
    timestampNs += BigInt(r.pick(STEPS_NS));
    if (r.oneIn(15)) timestampNs -= BigInt(r.pick([1, 5e8, 4e9]));
    return { timestampNs, frame: onLink(r, 1, randomPacket(r)) };
  });
}

/** Cut at every so many packets, or each packet in any file; of any format. */
function writeFiles(r: Random, records: readonly CaptureRecord[]): string[] {
  const count = r.between(1, 5);
  const each = Math.ceil(records.length / count);
  const files: CaptureRecord[][] = Array.from({ length: count }, () => []);
  const isShuffled = r.oneIn(3);
  records.forEach((record, n) => files[isShuffled ? r.below(count) : Math.floor(n / each)]?.push(record));
  return files.map((some, n) => {
    const bytes = r.oneIn(3)
      ? pcapngOf(some, { linkType: 1, tsresol: 9, bigEndian: r.oneIn(2) })
      : pcap(some, { linkType: 1, format: r.pick(['ns', 'modified']), bigEndian: r.oneIn(2) });
    const path = join(SCRATCH, `${outputs}-${n}.pcap`);
    writeFileSync(path, r.oneIn(3) ? gzipSync(bytes) : bytes);
    return path;
  });
}

/** With sizes of their own, so that what is kept of a frame ends at any place. */
function randomGroups(r: Random): string[] {
  const named = WITH_GROUPS.filter(() => r.oneIn(3));
  return named.map((name) => (Object.hasOwn(GROUP_SIZES, name) ? `${name}=${r.pick([1, 3, 60, 200])}` : name));
}

function randomOptions(r: Random): Record<string, PlanValue> {
  const preset = r.pick([undefined, undefined, undefined, 'zeek', 'cic', 'nfstream']);
  return {
    ...(preset === undefined ? {} : { preset }),
    unidirectional: preset !== 'zeek' && r.oneIn(3),
    flowTimeout: r.pick([0.1, 1, 5, 600]),
    finTimeout: r.pick([0, 0.5, 3, 30]),
    fragments: r.pick(['attribute', 'port0']),
    decapsulate: r.oneIn(4),
    order: r.oneIn(4) ? 'given' : 'time',
    checksums: r.pick(['ignore', 'drop']),
    ...(r.oneIn(3) ? { activeTimeout: r.pick([0.3, 5, 60]) } : {}),
    ...(r.oneIn(4) ? { snaplen: r.between(64, 120) } : {}),
    ...(r.oneIn(4) ? { filter: r.pick(['tcp or udp', 'host 10.0.0.1', 'ip6']) } : {}),
    ...(r.oneIn(2) ? { with: randomGroups(r) } : {}),
    ...(r.oneIn(4) ? { where: r.pick(['packets > 1', 'protocol == tcp']) } : {}),
  };
}

/** Runs a plan ordered and not. Returns why one engine had to read it. */
async function compare(
  inputs: readonly string[],
  buckets: number,
  options: Record<string, PlanValue>,
): Promise<string> {
  const what = `${inputs.join(' ')} ${buckets} ${JSON.stringify(options)}`;
  const ordered = await runPlan(await planOf(inputs, { buckets, options, output: output(), ordered: true }));
  const serial = await readSerially(inputs, ordered.plan);
  expect(ordered.text, what).toBe(serial.text);
  const { longestProbe: _a, ...counters } = ordered.manifest.counters;
  const { longestProbe: _b, ...expected } = serial.counters;
  expect(counters, what).toEqual(expected);
  const parts = await runPlan(await planOf(inputs, { buckets, options, output: output() }));
  expect(sorted(parts.text), what).toBe(sorted(serial.text));
  expect(parts.manifest.parts.length).toBe(parts.manifest.readByOneEngine === undefined ? buckets : 1);
  return ordered.manifest.readByOneEngine ?? '';
}

describe('the flows of a plan are those of one read', () => {
  it.each(Array.from({ length: ROUNDS }, (_, seed) => seed))('of random captures (seed %i)', async (seed) => {
    const r = random(seed);
    const inputs = writeFiles(r, randomRecords(r));
    await compare(inputs, r.pick(BUCKETS), randomOptions(r));
  });

  it.each(['tour.pcap', 'fragments.pcap', 'tcp-idle.pcap', 'tunnel-rare.pcap'])('of the capture %s', async (name) => {
    expect(await compare([join(PCAPS, name)], 7, {})).toBe('');
  });

  it('of captures that are read as named, the second one from an earlier time on', async () => {
    const inputs = ['tcp-idle.pcap', 'tour.pcap'].map((name) => join(PCAPS, name));
    expect(await compare(inputs, 7, { order: 'given', flowTimeout: 1, finTimeout: 0.5 })).toBe('');
  });
});
