/** Several engines give what one gives: flows, their order, counters, problems, notes. */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../src/reader/read_options.ts';
import { random as seeded } from '../builders/random.ts';
import type { Random } from '../builders/random.ts';
import { readAlone, readWithJobs } from './compare.ts';
import { InThread } from './in_thread.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = [join(ROOT, 'pcaps'), join(ROOT, '../shared/captures')];
/** With JOBS_ROUNDS all captures take so many rounds each; else some take one. See CONTRIBUTING.md. */
const ROUNDS = Number(process.env.JOBS_ROUNDS ?? 0);
const SHARE = 10;
const SCRATCH = mkdtempSync(join(tmpdir(), 'pcapflow-jobs-'));
afterAll(() => rmSync(SCRATCH, { recursive: true }));

const CAPTURES = FOLDERS.filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(pcap|pcapng|cap)$/.test(name))
      .map((name) => join(folder, name)),
  )
  .filter((_, n) => ROUNDS > 0 || n % SHARE === 0);

const OPTIONS: readonly ReadOptions[] = [
  {},
  { direction: 'uni' },
  { finTimeout: 0, activeTimeout: 7 },
  { filter: 'tcp or udp port 53' },
  { decapsulate: true },
  { fragments: 'port0', snaplen: 96 },
  { flowTimeout: 2, checksums: 'drop' },
  { from: '+1s', to: '+60s' },
  { maxFlows: 20 },
];
const GROUPS: readonly ReadOptions[] = [
  { with: ['stats', 'community-id'] },
  { with: ['tcp', 'stats', 'link', 'activity', 'first-packets'] },
  { with: ['tcp', 'first-packets=3'], direction: 'uni', activeTimeout: 7 },
  { with: ['link', 'tcp'], decapsulate: true },
  { with: ['payload=100', 'entropy'] },
  { with: ['payload', 'stats'], snaplen: 200, fragments: 'port0' },
  { preset: 'cic', with: ['tcp', 'stats', 'activity'] },
  { preset: 'nfstream', with: ['tcp', 'stats', 'link'] },
];

async function compare(path: string | readonly string[], options: ReadOptions, random: Random): Promise<string[]> {
  const jobs = random.between(2, 5);
  const tuning = {
    blockSize: 2 ** random.between(6, 14),
    window: random.between(2, 9),
    rows: random.between(1, 40),
    wrongGuess: random.below(4),
  };
  const sized = { ...options, blockSize: random.between(64, 4096) };
  const alone = await readAlone(path, sized);
  const shared = await readWithJobs(path, jobs, sized, tuning, new InThread(random));
  expect(shared.seen, `${path} ${JSON.stringify({ jobs, tuning, sized })}`).toEqual(alone);
  return [...shared.reasons];
}

/** Bytes of each record of a pcap file. */
function recordsOf(bytes: Buffer): Buffer[] {
  const isBig = bytes.readUInt8(0) === 0xa1;
  const records: Buffer[] = [];
  for (let at = 24; at + 16 <= bytes.length; at += records.at(-1)?.length ?? Infinity) {
    const captured = isBig ? bytes.readUInt32BE(at + 8) : bytes.readUInt32LE(at + 8);
    records.push(bytes.subarray(at, at + 16 + captured));
  }
  return records;
}

/** Writes the records of a capture to several files. @param overlap records that are in the file before, too */
function cut(path: string, cuts: readonly number[], overlap = 0): string[] {
  const bytes = readFileSync(path);
  const records = recordsOf(bytes);
  return [0, ...cuts].map((from, n) => {
    const file = join(SCRATCH, `part${n}.pcap`);
    const part = records.slice(from, cuts[n] === undefined ? undefined : cuts[n] + overlap);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 24), ...part]));
    return file;
  });
}

describe('several engines', { timeout: 600_000 + ROUNDS * 60_000 }, () => {
  it('give what one gives, for all captures', async () => {
    const random = seeded(1);
    for (const path of CAPTURES) {
      for (let round = 0; round < Math.max(1, ROUNDS); round++)
        await compare(path, OPTIONS[random.below(OPTIONS.length)] ?? {}, random);
    }
  });

  it('and for groups of fields', async () => {
    const random = seeded(4);
    for (const path of CAPTURES) {
      for (let round = 0; round < Math.max(1, ROUNDS); round++)
        await compare(path, GROUPS[random.below(GROUPS.length)] ?? {}, random);
    }
  });

  it('and for damaged ones', async () => {
    const random = seeded(2);
    for (const path of CAPTURES) {
      for (let round = 0; round < Math.max(1, ROUNDS); round++) {
        const bytes = Uint8Array.from(readFileSync(path)).subarray(0, 100_000);
        for (let n = random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
        const damaged = join(SCRATCH, 'damaged.pcap');
        writeFileSync(damaged, random.below(2) === 0 ? bytes : bytes.subarray(0, random.below(bytes.length)));
        await compare(damaged, OPTIONS[random.below(OPTIONS.length)] ?? {}, random);
      }
    }
  });

  it('and for several files, which are as one when they follow each other', async () => {
    const random = seeded(5);
    const tour = join(ROOT, 'pcaps/tour.pcap');
    const plain = cut(tour, [1, 60, 61, 200]);
    expect(await compare(plain, {}, random)).toEqual([]);
    expect(await compare(plain.toReversed(), { with: ['tcp'] }, random)).toEqual([]);
    expect(await compare(plain, { order: 'given' }, random)).toEqual([]);
    appendFileSync(plain[4] as string, Buffer.alloc(10, 1));
    expect(await compare(plain, {}, random)).toEqual([]);
    appendFileSync(plain[1] as string, Buffer.alloc(10, 1));
    const reasons = await compare(plain, {}, random);
    reasons.push(...(await compare(cut(tour, [100]).toReversed(), { order: 'given' }, random)));
    reasons.push(...(await compare(cut(tour, [100], 5), {}, random)));
    reasons.push(...(await compare([tour, join(ROOT, 'pcaps/blocks.pcapng')], {}, random)));
    expect(reasons.map((reason) => reason.replace(/^.*because /, ''))).toEqual([
      'the file has more than plain packet records, or cannot be read further',
      'the files overlap in time',
      'the files overlap in time',
      'the files are not all uncompressed pcap files with the same header',
    ]);
    for (const path of CAPTURES.filter((one) => extname(one) === '.pcap')) {
      const { length } = recordsOf(readFileSync(path));
      if (length < 2) continue;
      const cuts = [...new Set(Array.from({ length: 3 }, () => random.between(1, length - 1)))].sort((a, b) => a - b);
      const overlap = random.below(4) === 0 ? random.below(3) : 0;
      await compare(cut(path, cuts, overlap), OPTIONS[random.below(OPTIONS.length)] ?? {}, random);
    }
  });

  it('are threads, unless a test has its own', async () => {
    const path = join(ROOT, 'pcaps/tour.pcap');
    const shared = await readWithJobs(path, 3, {}, { blockSize: 256 });
    expect(shared.reasons).toEqual([]);
    expect(shared.seen).toEqual(await readAlone(path));
  });

  it('leave to one what they cannot share, and say why', async () => {
    const reasons: string[] = [];
    const cases: readonly (readonly [string, ReadOptions])[] = [
      ['../src/errors.ts', {}],
      ['tour.pcap', { with: ['zeek'] }],
      ['tour.pcap', { maxFlows: 3 }],
      ['fragments.pcap', { decapsulate: true }],
    ];
    for (const [name, options] of cases) {
      const path = join(ROOT, 'pcaps', name);
      const shared = await readWithJobs(path, 2, options, {}, new InThread(seeded(3)));
      expect(shared.seen).toEqual(await readAlone(path, options));
      reasons.push(...shared.reasons);
    }
    expect(reasons.map((reason) => reason.replace(/^.*because /, ''))).toEqual([
      'it is not an uncompressed pcap or pcapng file',
      'some fields need the packets of all flows in order (--with identify or zeek)',
      'there may be more flows than --max-flows',
      'tunnels are followed and there are fragments',
    ]);
  });
});
