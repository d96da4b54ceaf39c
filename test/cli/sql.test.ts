/** `pcapflow query`: the examples, results in each form, and what SQL may not do. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { QUERY_EXAMPLES } from '../../src/cli/query_examples.ts';
import { resultText } from '../../src/cli/query_result.ts';
import { runQuery } from '../../src/export/duckdb.ts';
import { execute } from './execute.ts';
import { CAPTURES } from './read_back.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'dist/bin/pcapflow/main.cjs');
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-sql-'));
afterAll(() => rmSync(folder, { recursive: true }));

function query(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'query', ...args], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
  });
  return { status, stdout, stderr };
}

const LIMITS = { allowFiles: false, memoryLimit: undefined, threads: undefined };

const hasDuckdb = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('@duckdb/node-api');
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasDuckdb)('query (needs @duckdb/node-api)', () => {
  it('gives the numbers of the flows', () => {
    const { status, stdout } = query('SELECT count(*) AS flows, sum(bytesForward) AS bytes FROM flows', tour.path);
    const bytes = tour.flows.reduce((sum, flow) => sum + Number(flow.bytesForward), 0);
    expect(stdout).toBe(`{"flows":${tour.flows.length},"bytes":${bytes}}\n`);
    expect(status).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends with a signal, and leaves no flows behind', async () => {
    const endless = 'SELECT count(*) FROM range(1000000000) a, range(1000000000) b, flows WHERE a.range <> b.range';
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const child = spawn(process.execPath, [main, 'query', endless, tour.path, '--threads', '1'], {
        env: { ...process.env, TMPDIR: folder },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let err = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      const closed = once(child, 'close');
      // They are whole, so the query begins next, or runs.
      while (!readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('/flows.parquet')))
        await setTimeout(20);
      child.kill(signal);
      const [status] = (await closed) as [number];
      // SIGHUP while the reading ends is the end at once.
      if (signal !== 'SIGHUP' || status !== 129)
        expect({ signal, status, err }).toEqual({
          signal,
          status: 3,
          err: expect.stringMatching(/pcapflow: interrupted before the query was done\n$/),
        });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('runs each example, which the document has', async () => {
    const file = join(folder, 'flows.parquet');
    await execute('read', ['--no-progress', '-f', 'parquet', '-o', file, tour.path]);
    const document = readFileSync(join(root, 'docs/query.md'), 'utf8');
    expect(QUERY_EXAMPLES.length).toBe(10);
    const found = new Map<string, number>();
    for (const { title, sql } of QUERY_EXAMPLES) {
      expect(document).toContain(sql);
      found.set(title, (await runQuery(sql, file, LIMITS)).rows.length);
    }
    rmSync(file);
    expect(found.get('top talkers')).toBeGreaterThan(3);
    expect(found.get('bytes per minute')).toBeGreaterThan(3);
    const halfOpen = tour.flows.filter(
      ({ protocol, tcpFlagsForward, packetsReverse }) =>
        protocol === '6' && (Number(tcpFlagsForward) & 2) === 2 && packetsReverse === '0',
    );
    expect(found.get('half-open connections: SYN without an answer')).toBe(halfOpen.length);
  });

  it('takes the options of reading, and several captures as one', () => {
    const { stdout } = query('SELECT DISTINCT protocol FROM flows', '-F', 'udp', '-f', 'csv', tour.path, tour.path);
    expect(stdout).toBe('protocol\n17\n');
  });

  it('reads no other file, unless that is allowed', () => {
    const other = join(folder, 'other.csv');
    writeFileSync(other, 'a,b\n1,2\n');
    const sql = `SELECT * FROM read_csv('${other}')`;
    const denied = query(sql, tour.path);
    expect(denied.status).toBe(1);
    expect(denied.stderr).toMatch(/^pcapflow: the query failed: Permission Error/);
    expect(query('SET enable_external_access = true; SELECT 1', tour.path).status).toBe(1);
    expect(query(`COPY flows TO '${join(folder, 'x.csv')}'`, tour.path).status).toBe(1);
    expect(query(sql, '--allow-files', tour.path).stdout).toBe('{"a":1,"b":2}\n');
    rmSync(other);
  });

  it('takes half of the memory and all cores, unless it is told otherwise, and keeps its settings', () => {
    const bytes = (text: string): number => {
      const [, number = '', prefix = ''] = /^([\d.]+) (Ki|Mi|Gi|Ti)?B$/.exec(text.replace(/bytes?/, 'B')) ?? [];
      return Number(number) * 1024 ** ['', 'Ki', 'Mi', 'Gi', 'Ti'].indexOf(prefix);
    };
    const settings = (...options: string[]): { memory: string; threads: number; outside: boolean; locked: boolean } =>
      JSON.parse(
        query(
          `SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS threads,
            current_setting('enable_external_access') AS outside, current_setting('lock_configuration') AS locked`,
          ...options,
          tour.path,
        ).stdout,
      ) as ReturnType<typeof settings>;
    const usual = settings();
    const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
    // Shown with one decimal.
    expect(bytes(usual.memory) / memory).toBeCloseTo(0.5, 1);
    expect(usual).toMatchObject({ threads: availableParallelism(), outside: false, locked: true });
    const told = settings('--memory-limit', '300MiB', '--threads', '3', '--allow-files');
    expect(told).toEqual({ memory: '300.0 MiB', threads: 3, outside: true, locked: false });
    expect(query("SET memory_limit = '1TB'; SELECT 1", tour.path).stderr).toContain('configuration has been locked');
    expect(query('SELECT 1', '--memory-limit', 'much', tour.path)).toMatchObject({ status: 1, stdout: '' });
  });

  it('sorts what does not fit into its memory, in its own folder', () => {
    const sql = `SELECT max(n) - min(n) AS span, count(*) AS rows FROM (SELECT n, row_number() OVER
      (ORDER BY hash(n), repeat(n::VARCHAR, 20)) AS place FROM range(1000000) AS numbers(n))`;
    const { stdout, stderr } = query(sql, '--memory-limit', '80MiB', '--threads', '1', tour.path);
    expect(stderr).toBe('');
    expect(stdout).toBe('{"span":999999,"rows":1000000}\n');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes the rows of the last statement, and refuses to lose those of another', () => {
    const { stdout } = query('CREATE TABLE t AS SELECT count(*) AS n FROM flows; SELECT n FROM t', tour.path);
    expect(stdout).toBe('{"n":29}\n');
    const lost = query('SELECT 1 AS a; SELECT 2 AS b', tour.path);
    expect(lost).toMatchObject({ status: 1, stdout: '' });
    expect(lost.stderr).toContain('statement 1 of 2 is a SELECT');
  });

  it('refuses what is no SQL before it reads a capture', () => {
    const missing = join(folder, 'missing.pcap');
    for (const [sql, message] of [
      ['SELEC 1', 'Parser Error'],
      [' ; ', 'there is no statement'],
    ] as const) {
      const { status, stderr } = query(sql, missing);
      expect(stderr).toMatch(new RegExp(`^pcapflow: the query failed: .*${message}`));
      expect(status).toBe(1);
    }
  });

  it('says what is wrong with SQL', () => {
    const { status, stderr } = query('SELECT nothing FROM flows', tour.path);
    expect(stderr).toMatch(/the query failed: Binder Error: .*"nothing"/);
    expect(status).toBe(1);
  });
});

describe('a result', () => {
  const result = {
    columns: [
      { name: 'name', isInteger: false },
      { name: 'count', isInteger: true },
    ],
    rows: [
      ['a "b", c', '9007199254740993'],
      [null, null],
    ],
  };

  it('is JSON Lines with whole numbers exact', () => {
    expect(resultText('jsonl', result)).toBe(
      '{"name":"a \\"b\\", c","count":9007199254740993}\n{"name":null,"count":null}\n',
    );
  });

  it('is CSV with quotes where they are needed', () => {
    expect(resultText('csv', result)).toBe('name,count\n"a ""b"", c",9007199254740993\n,\n');
  });

  it('is CSV that no spreadsheet runs', () => {
    const rows = [['=HYPERLINK("x")'], ['-1.5'], ['@a'], ['-']];
    expect(resultText('csv', { columns: [{ name: 'name', isInteger: false }], rows })).toBe(
      `name\n"'=HYPERLINK(""x"")"\n-1.5\n'@a\n'-\n`,
    );
  });

  it('is a table', () => {
    expect(resultText('table', result)).toMatch(/^name +count *\na "b", c +9007199254740993 *\n/);
  });
});
