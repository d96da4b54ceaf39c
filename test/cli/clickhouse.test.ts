/**
 * docs/outputs.md about ClickHouse, which is not here: the types of its table against those of the Parquet file, by
 * ClickHouse's own list, and its commands against a server that keeps what it gets.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { columnName } from '../../src/flow/field.ts';
import type { FieldType } from '../../src/flow/field.ts';
import { ALL_FIELDS, FLOW_FIELDS } from '../../src/flow/fields.ts';
import { WITH_GROUPS } from '../../src/flow/group_names.ts';
import { hasTool } from '../live/netns.ts';
import { execute } from './execute.ts';
import { CAPTURES } from './read_back.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-clickhouse-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

const DOCUMENT = readFileSync(join(root, 'docs/outputs.md'), 'utf8');
const SECTION = DOCUMENT.slice(DOCUMENT.indexOf('## ClickHouse'), DOCUMENT.indexOf('## Collectors'));
const [PARQUET = '', JSON_LINES = '', TABLE = ''] = [...SECTION.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(
  ([, block = '']) => block,
);

/** Types of columns by logical, converted or physical type: clickhouse.com/docs/interfaces/formats/Parquet. */
const CLICKHOUSE: readonly (readonly [parquet: RegExp, type: string])[] = [
  [/UINT_8/, 'UInt8'],
  [/UINT_16/, 'UInt16'],
  [/UINT_32/, 'UInt32'],
  [/Timestamp.*isAdjustedToUTC=0.*NANOS/, "DateTime64(9, 'UTC')"],
  [/UTF8/, 'String'],
  [/FIXED_LEN_BYTE_ARRAY 16/, 'FixedString(16)'],
  [/^BOOLEAN/, 'Bool'],
  [/^DOUBLE/, 'Float64'],
  [/^INT64/, 'Int64'],
];

/** Columns of a Parquet file with the types that ClickHouse has for them. */
async function columnsOf(path: string): Promise<string[]> {
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const sql = `select name, concat_ws(' ', type, type_length, converted_type, logical_type), repetition_type
    from parquet_schema('${path}') where num_children is null or num_children = 0`;
  const rows = (await duckdb.runAndReadAll(sql)).getRowsJson() as [string, string, string][];
  return rows.map(([name, parquet, repetition]) => {
    const type = CLICKHOUSE.find(([pattern]) => pattern.test(parquet))?.[1] ?? `none for ${parquet}`;
    return `${name} ${repetition === 'OPTIONAL' ? `Nullable(${type})` : type}`;
  });
}

describe('the table for ClickHouse', () => {
  const [, body = ''] =
    /^CREATE TABLE flows \(\n([\s\S]*)\n\) ENGINE = MergeTree ORDER BY firstSeen;$/m.exec(TABLE) ?? [];
  const columns = body.split(/,\n/).map((line) => line.trim());

  it('has the columns of a Parquet file, with the types that need no conversion', async () => {
    await execute('read', ['--no-progress', '-f', 'parquet', '-o', file('a.parquet'), tour.path]);
    expect(columns).toEqual(await columnsOf(file('a.parquet')));
    expect(columns.map((column) => column.split(' ')[0])).toEqual(FLOW_FIELDS.map(({ name }) => name));
  });

  it('has addresses of 16 bytes with --binary-addresses', async () => {
    const options = ['-f', 'parquet', '--binary-addresses', '-o', file('b.parquet')];
    await execute('read', ['--no-progress', ...options, tour.path]);
    const wanted = columns.map((column) => column.replace(/^(\w+Address) String$/, '$1 FixedString(16)'));
    expect(wanted).not.toEqual(columns);
    expect(await columnsOf(file('b.parquet'))).toEqual(wanted);
  });

  it('would have the types that the document says for the columns of every group', async () => {
    const types: Partial<Readonly<Record<FieldType, string>>> = {
      u8: 'UInt8',
      u16: 'UInt16',
      u32: 'UInt32',
      u64: 'Int64',
      time: "DateTime64(9, 'UTC')",
      duration: 'Int64',
      boolean: 'Bool',
      decimal: 'Float64',
    };
    const options = ['-f', 'parquet', '--with', WITH_GROUPS.join(','), '--interim', '60', '-o', file('c.parquet')];
    await execute('read', ['--no-progress', ...options, tour.path]);
    const all = await columnsOf(file('c.parquet'));
    for (const field of ALL_FIELDS) {
      const type = types[field.type] ?? 'String';
      const wanted = [type, `Nullable(${type})`].map((one) => `${columnName(field)} ${one}`);
      expect(all.filter((column) => wanted.includes(column))).toHaveLength(1);
    }
  });
});

/** Runs the lines of the document with the command of this checkout. Returns the query, and what came with it. */
async function sent(script: string): Promise<{ readonly query: URLSearchParams; readonly body: Buffer }> {
  const pieces: Buffer[] = [];
  let query = new URLSearchParams();
  const server = createServer((request, response) => {
    query = new URL(request.url ?? '', 'http://localhost').searchParams;
    request.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const here = script
    .replaceAll('localhost:8123', `127.0.0.1:${port}`)
    .replaceAll('pcapflow', `'${process.execPath}' '${join(root, 'dist/bin/pcapflow/main.cjs')}'`)
    .replaceAll('capture.pcap', `--no-progress '${tour.path}'`);
  const child = spawn('sh', ['-ec', here], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
  const [code] = (await once(child, 'close')) as [number];
  server.close();
  expect(code, errors).toBe(0);
  return { query, body: Buffer.concat(pieces) };
}

describe.skipIf(!hasTool('curl'))('the commands for ClickHouse (need curl)', () => {
  it('send the Parquet file', async () => {
    const { query, body } = await sent(PARQUET);
    expect(Object.fromEntries(query)).toEqual({ query: 'INSERT INTO flows FORMAT Parquet' });
    expect(body.equals(readFileSync(file('flows.parquet')))).toBe(true);
  });

  it('send the lines, with times that have a form of their own', async () => {
    const { query, body } = await sent(JSON_LINES);
    const wanted = { query: 'INSERT INTO flows FORMAT JSONEachRow', date_time_input_format: 'best_effort' };
    expect(Object.fromEntries(query)).toEqual(wanted);
    await execute('read', ['--no-progress', '-f', 'jsonl', '--time-format', 'iso', '-o', file('lines'), tour.path]);
    expect(body.toString()).toBe(readFileSync(file('lines'), 'utf8'));
  });
});
