/** `--rotate`: files that are whole, their manifest, and what becomes of them when the process or the disk fails. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeIpfix } from '../models/ipfix.ts';
import { ethernet, ipv4, pcap, random, udp } from '../builders/index.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { execute } from './execute.ts';
import { CAPTURES } from './read_back.ts';

const main = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const parent = mkdtempSync(join(tmpdir(), 'pcapflow-rotation-'));
afterAll(() => rmSync(parent, { recursive: true }));
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(parent, String(count++));
  mkdirSync(folder);
});

interface Entry {
  readonly sequence: number;
  readonly name: string;
  readonly rows: number | null;
  readonly bytes: number;
  readonly sha256: string;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly recovered?: true;
}

function manifest(): Entry[] {
  const lines = readFileSync(join(folder, 'flows.manifest.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
}

function visible(): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('.') && !name.includes('manifest'));
}

const bytesOf = (name: string): Buffer => readFileSync(join(folder, name));

async function rotate(limit: string, format: string, ...options: readonly string[]): Promise<void> {
  const template = join(folder, `flows-%Y%m%dT%H%M%SZ-%i.${format}`);
  await execute('read', ['--no-progress', '-f', format, '-o', template, '--rotate', limit, ...options, tour.path]);
}

/** Every file is what its line says. */
function checkFiles(): void {
  const entries = new Map(manifest().map((entry) => [entry.name, entry]));
  expect(entries.size).toBe(manifest().length);
  for (const name of visible()) {
    const entry = entries.get(name);
    expect(entry, name).toBeDefined();
    expect(bytesOf(name).length).toBe(entry?.bytes);
    expect(createHash('sha256').update(bytesOf(name)).digest('hex')).toBe(entry?.sha256);
    if (!name.includes('.jsonl')) continue;
    const lines = bytesOf(name).toString().split('\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) JSON.parse(line);
    if (entry?.rows !== null) expect(lines.length).toBe(entry?.rows);
  }
}

describe('rotation by time', () => {
  it('divides the flows, the same for every size of block, and names files by their period', async () => {
    await execute('read', ['--no-progress', '-f', 'jsonl', '-o', join(folder, 'all.log'), tour.path]);
    const all = readFileSync(join(folder, 'all.log'), 'utf8');
    rmSync(join(folder, 'all.log'));
    let names: string[] | undefined;
    for (const block of ['64', '524288']) {
      await rotate('1m', 'jsonl', '--block-size', block);
      checkFiles();
      expect(visible().length).toBeGreaterThan(3);
      expect(
        visible()
          .map((name) => bytesOf(name).toString())
          .join(''),
      ).toBe(all);
      names ??= visible();
      expect(visible()).toEqual(names);
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    }
    for (const [n, name] of (names ?? []).entries())
      expect(name).toMatch(new RegExp(`^flows-202311\\d\\dT\\d{4}00Z-${String(n + 1).padStart(6, '0')}\\.jsonl$`));
  });

  it('says in the manifest what each file has', async () => {
    await rotate('5m', 'jsonl');
    const entries = manifest();
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, n) => n + 1));
    expect(entries.reduce((sum, { rows }) => sum + (rows ?? 0), 0)).toBe(tour.flows.length);
    for (const { name, firstSeen, lastSeen } of entries) {
      const lines = bytesOf(name).toString().trim().split('\n');
      const times = (key: string): string[] =>
        lines.map((line) => new RegExp(`"${key}":([0-9.]+)`).exec(line)?.[1] ?? '').sort();
      expect([firstSeen, lastSeen]).toEqual([times('firstSeen')[0], times('lastSeen').at(-1)]);
    }
  });

  it('makes whole files of Parquet, CSV and IPFIX', async () => {
    for (const format of ['parquet', 'csv', 'ipfix']) await rotate('2m', format);
    checkFiles();
    const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = async (kind: string): Promise<number> => {
      const sql = `select count(*) from ${kind === 'csv' ? 'read_csv' : 'read_parquet'}('${folder}/*.${kind}')`;
      return Number((await duckdb.runAndReadAll(sql)).getRows()[0]?.[0]);
    };
    expect(await rows('parquet')).toBe(tour.flows.length);
    expect(await rows('csv')).toBe(tour.flows.length);
    const messages = visible().filter((name) => name.endsWith('.ipfix'));
    const records = messages.flatMap((name) => decodeIpfix(bytesOf(name)).flatMap(({ records: some }) => some));
    expect(records.length).toBe(tour.flows.length);
  });
});

it('rotation by size begins another file when one has its size', async () => {
  await rotate('1kB', 'jsonl', '--block-size', '64');
  checkFiles();
  const sizes = manifest().map(({ bytes }) => bytes);
  expect(sizes.length).toBeGreaterThan(1);
  for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(1000);
});

it('goes on with numbers that were never used', async () => {
  await rotate('1h', 'jsonl');
  const [first] = visible() as [string];
  rmSync(join(folder, first));
  await rotate('1h', 'jsonl');
  expect(visible()).toEqual([first.replace('000001', '000002')]);
});

describe('a later start', () => {
  const GONE = 2 ** 22 + 1;
  const part = (name: string): string => join(folder, `.${name}.${GONE}.part`);

  it('cuts text at its last line, messages at their last one, and deletes blocks without an end', async () => {
    await rotate('1h', 'jsonl');
    await rotate('1h', 'ipfix');
    const [messages, lines] = [
      visible().find((n) => n.endsWith('.ipfix')),
      visible().find((n) => n.endsWith('.jsonl')),
    ];
    const text = bytesOf(lines as string);
    const whole = bytesOf(messages as string);
    writeFileSync(part('flows-20231114T221320Z-000007.jsonl'), text.subarray(0, text.length - 5));
    await rotate('1h', 'jsonl');
    const recovered = bytesOf('flows-20231114T221320Z-000007.jsonl.recovered').toString();
    expect(recovered).toBe(text.toString().split('\n').slice(0, -2).join('\n').concat('\n'));

    writeFileSync(part('flows-20231114T221320Z-000008.ipfix'), Buffer.concat([whole, whole.subarray(0, 50)]));
    await rotate('1h', 'ipfix');
    expect(bytesOf('flows-20231114T221320Z-000008.ipfix.recovered').equals(whole)).toBe(true);

    writeFileSync(part('flows-20231114T221320Z-000020.parquet'), 'PAR1 and no end');
    await rotate('1h', 'parquet');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(visible().filter((name) => name.endsWith('.parquet'))).toEqual([expect.stringMatching(/-000021\.parquet$/)]);
    checkFiles();
  });

  it('completes what was whole: the name, or the line', async () => {
    const text = '{"srcAddress":"192.0.2.1"}\n';
    const entry = (sequence: number, name: string): string =>
      JSON.stringify({
        sequence,
        name,
        rows: 1,
        bytes: text.length,
        sha256: createHash('sha256').update(text).digest('hex'),
        firstSeen: null,
        lastSeen: null,
      });
    const [unnamed, unlisted] = ['flows-20231114T221320Z-000003.jsonl', 'flows-20231114T221320Z-000004.jsonl'];
    writeFileSync(part(unnamed as string), text);
    writeFileSync(`${part(unnamed as string)}.json`, entry(3, unnamed as string));
    writeFileSync(join(folder, unlisted as string), text);
    writeFileSync(`${part(unlisted as string)}.json`, entry(4, unlisted as string));
    const recovered = 'flows-20231114T221320Z-000002.jsonl';
    writeFileSync(part(recovered), text);
    writeFileSync(`${part(recovered)}.json`, entry(2, `${recovered}.recovered`));
    await rotate('1h', 'jsonl');
    checkFiles();
    expect(visible()).toContain(`${recovered}.recovered`);
    expect(manifest().map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('leaves the file of a process that runs', async () => {
    const name = `.flows-20231114T221320Z-000009.jsonl.${process.ppid}.part`;
    writeFileSync(join(folder, name), 'half a li');
    await rotate('1h', 'jsonl');
    expect(readdirSync(folder)).toContain(name);
  });
});

it('files are whole, and all of them in the manifest, however often the process is killed', async () => {
  const numbers = random(7);
  const kills = Number(process.env.ROTATION_KILLS ?? 2);
  const template = join(folder, 'flows-%Y%m%dT%H%M%SZ-%i.jsonl');
  const args = [main, 'replay', tour.path, '--speed', '300', '-f', 'jsonl', '-o', template, '--rotate', '10s'];
  for (let n = 0; n < kills; n++) {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    await waitFor(
      () => readdirSync(folder).some((name) => name.includes(`.${child.pid}.part`)),
      () => 'no file is begun',
    );
    await setTimeout(200 + numbers.below(2000));
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once('exit', done));
  }
  await rotate('1h', 'jsonl');
  checkFiles();
  expect(manifest().length).toBe(visible().length);
  expect(visible().length).toBeGreaterThan(1);
});

const mounts = spawnSync('unshare', ['-m', 'true']).status === 0;
it.skipIf(!mounts)('a full disk ends read with 4, and what is whole has its name (needs mount namespaces)', () => {
  const frames = Array.from({ length: 4000 }, (_, n) => ({
    timestampNs: BigInt(n) * 1_000_000n,
    frame: udp({ srcPort: 1024 + n, dstPort: 9 })
      .over(ipv4())
      .over(ethernet()),
  }));
  writeFileSync(`${folder}.pcap`, pcap(frames));
  const script = `mount -t tmpfs -o size=1m none '${folder}' &&
    '${process.execPath}' '${main}' read --no-progress -f jsonl --rotate 1h \\
      -o '${folder}/flows-%i.jsonl' '${folder}.pcap'
    status=$?; cat '${folder}'/flows-0*; exit $status`;
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8' });
  expect(stderr).toContain('cannot be written: ENOSPC');
  expect(status).toBe(4);
  const lines = stdout.split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.length).toBeGreaterThan(100);
  for (const line of lines) JSON.parse(line);
});

it.each([
  [['-o', 'a.jsonl', '--rotate', '5m'], 'needs %i'],
  [['-o', 'a-%q-%i', '--rotate', '5m'], "has '%q'"],
  [['-o', '%Y/a-%i', '--rotate', '5m'], "a folder with '%'"],
  [['-o', 'none/a-%i', '--rotate', '5m'], 'no file can be written in none: ENOENT'],
  [['-o', 'a-%i', '--rotate', '5x'], '--rotate is 5x; it must be a time as 30s, 5m or 1h, a size as 1GiB, or both'],
  [['-o', 'a-%i', '--rotate', '5m,6m'], '--rotate is 5m,6m'],
  [['--rotate', '5m'], '--rotate needs files'],
  [['-o', 'udp://127.0.0.1:9', '-f', 'ipfix', '--rotate', '5m'], '--rotate needs files'],
  [['-o', 'a-%i', '--rotate', '5m', '--append'], 'leave out --append'],
  [['-o', 'a-%i', '--rotate', '5m', '-f', 'table'], 'a format for programs, not table'],
  [['-o', 'a-%i', '--rotate', '5m', '--sort', 'bytes'], '--rotate cannot have --sort'],
])('refuses wrong templates and limits: %j', (options, message) => {
  const format = options.includes('-f') ? [] : ['-f', 'jsonl'];
  const { status, stderr } = spawnSync(process.execPath, [main, 'read', tour.path, ...format, ...options], {
    encoding: 'utf8',
    cwd: folder,
  });
  expect(stderr).toContain(message);
  expect(status).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});
