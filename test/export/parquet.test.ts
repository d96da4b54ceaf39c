/** Parquet by columns of one's own choice: what is hard for an encoding, read by DuckDB and by Arrow's Rust library. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { DICTIONARY_MAX } from '../../src/export/parquet/dictionary.ts';
import { parquetEncoder } from '../../src/export/parquet/parquet.ts';
import type { Column, ColumnNumbers } from '../../src/flow/column.ts';
import type { FieldType } from '../../src/flow/field.ts';
import { random } from '../builders/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 6000;
const numbers = random(7);

function column(type: FieldType, values: ColumnNumbers, rest: Partial<Column> = {}): Column {
  const field = { name: 'x', group: 'core', type, unit: null, range: null, null: 'never', store: 'u8', at: 0 } as const;
  const { words = [], ...others } = rest;
  const definition = { ...field, opposite: null, ipfix: [], as: { ecs: null, zeek: null }, doc: 'Something.' };
  return { field: definition, values, text: undefined, present: undefined, words, ...others };
}

function large(type: FieldType, value: (n: number) => bigint, present?: Uint8Array): Column {
  return column(
    type,
    BigInt64Array.from({ length: ROWS }, (_, n) => value(n)),
    { present },
  );
}

function small(type: 'u8' | 'u16' | 'u32', value: (n: number) => number, present?: Uint8Array): Column {
  const values = Array.from({ length: ROWS }, (_, n) => value(n));
  return column(type, new { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array }[type](values), { present });
}

function texts(value: (n: number) => string, present?: Uint8Array): Column {
  const all = Array.from({ length: ROWS }, (_, n) => (present?.[n] === 0 ? '' : value(n)));
  let end = 0;
  const ends = Uint32Array.from(all, (one) => (end += one.length));
  return column('text', ends, { text: Buffer.from(all.join('')), present });
}

/** Addresses of 16 bytes. */
function addresses(value: (n: number) => number, present?: Uint8Array): Column {
  const all = Array.from({ length: ROWS }, (_, n) => {
    const bytes = Buffer.alloc(present?.[n] === 0 ? 0 : 16, 0x11);
    if (bytes.length > 0) bytes.writeUInt32BE(value(n), 7);
    return bytes;
  });
  let end = 0;
  const ends = Uint32Array.from(all, (one) => (end += one.length));
  return column('address', ends, { text: Buffer.concat(all), present, byteCount: 16 });
}

const someAbsent = Uint8Array.from({ length: ROWS }, (_, n) => Number(n % 7 > 1 || n > 4000));
const allAbsent = new Uint8Array(ROWS);
const max = 2n ** 63n - 1n;

const CASES: readonly (readonly [string, Column])[] = [
  ['times in no order', large('time', () => 1_700_000_000_000_000_000n + BigInt(numbers.below(2 ** 31)))],
  ['times years apart', large('time', (n) => BigInt(n % 3) * 10n ** 17n + BigInt(n))],
  ['the greatest times', large('time', (n) => max - BigInt(n))],
  ['times as far apart as differences can be', large('time', (n) => (n % 2 === 0 ? 1n : 2n ** 51n))],
  ['times a little further apart', large('time', (n) => (n % 2 === 0 ? 1n : 2n ** 51n + 1n))],
  ['counters of all sizes', large('u64', (n) => 2n ** BigInt(n % 50) - 1n)],
  ['counters up to 2^53', large('u64', (n) => (n % 2 === 0 ? 0n : 2n ** 53n))],
  ['a counter that stays', large('u64', () => 5n)],
  ['counters that are not always there', large('u64', (n) => BigInt(n), someAbsent)],
  ['counters that are never there', large('u64', () => 0n, allAbsent)],
  ['bytes of all values', small('u8', (n) => n & 0xff)],
  ['few ports', small('u16', (n) => 65_535 - (n % 3))],
  ['ports in runs', small('u16', (n) => (n >> 5) % 300)],
  ['as many ports as a dictionary holds', small('u16', (n) => 2 * (n % DICTIONARY_MAX))],
  ['too many ports for a dictionary', small('u16', (n) => (n < 2000 ? 0 : 2 * n))],
  ['ports that are not always there', small('u16', (n) => n % 10, someAbsent)],
  ['ports that are never there', small('u16', () => 0, allAbsent)],
  ['numbers of 32 bits', small('u32', (n) => 2 ** 32 - 1 - n)],
  ['few texts', texts((n) => ['', 'a', '2001:db8::1'][n % 3] ?? '')],
  ['one text', texts(() => '192.0.2.1')],
  ['as many texts as a dictionary holds', texts((n) => `${n % DICTIONARY_MAX}`)],
  ['too many texts for a dictionary, late', texts((n) => (n < 1500 ? 'a' : `${n}`))],
  ['different texts', texts((n) => 'x'.repeat(numbers.below(40)) + n)],
  ['texts that are not always there', texts((n) => `${n}`, someAbsent)],
  ['few texts that are not always there', texts((n) => `${n % 5}`, someAbsent)],
  ['texts that are never there', texts(() => '', allAbsent)],
  ['few addresses', addresses((n) => n % 9)],
  ['different addresses', addresses((n) => n)],
  ['addresses that are not always there', addresses((n) => n, someAbsent)],
  ['few addresses that are not always there', addresses((n) => n % 3, someAbsent)],
  ['addresses that are never there', addresses(() => 0, allAbsent)],
  [
    'words',
    column(
      'enum',
      Uint8Array.from({ length: ROWS }, (_, n) => n % 3),
      { words: ['idle', 'fin', 'rst'] },
    ),
  ],
  [
    'truth',
    column(
      'boolean',
      Uint8Array.from({ length: ROWS }, (_, n) => Number(n % 5 === 0)),
    ),
  ],
  [
    'fractions',
    column(
      'decimal',
      Float64Array.from({ length: ROWS }, (_, n) => n / 3),
      { present: someAbsent },
    ),
  ],
];

function shown({ field, values, text, present, words, byteCount }: Column, size: number): (string | null)[] {
  return Array.from({ length: size }, (_, n) => {
    if (present?.[n] === 0) return null;
    if (text !== undefined) {
      const bytes = Buffer.from(text.subarray(n === 0 ? 0 : Number(values[n - 1]), Number(values[n])));
      return bytes.toString(byteCount === undefined ? 'utf8' : 'hex');
    }
    if (field.type === 'enum') return words[Number(values[n])] ?? '';
    return field.type === 'boolean' ? String(values[n] !== 0) : String(values[n]);
  });
}

async function written(one: Column, sizes: readonly number[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const encoder = parquetEncoder([one], async (bytes) => void pieces.push(Buffer.from(bytes)), ROWS);
  for (const size of sizes) await encoder.add(size);
  await encoder.end();
  return Buffer.concat(pieces);
}

async function inDuckdb(bytes: Buffer, type: FieldType): Promise<(string | null)[]> {
  const path = join(folder, 'x.parquet');
  writeFileSync(path, bytes);
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const text = { time: 'epoch_ns(x)::VARCHAR', address: 'lower(hex(x))' }[type as string] ?? 'x::VARCHAR';
  const rows = (await duckdb.runAndReadAll(`select ${text} from '${path}'`)).getRowsJson() as (string | null)[][];
  return rows.map(([value]) => (type === 'decimal' && value != null ? String(Number(value)) : (value ?? null)));
}

function inRust(bytes: Buffer, type: FieldType): (string | null)[] {
  const vector = tableFromIPC(readParquet(bytes).intoIPCStream()).getChildAt(0);
  // Arrow's vectors give times as milliseconds.
  if (type === 'time') return (vector?.data ?? []).flatMap(({ values }) => Array.from(values as BigInt64Array, String));
  return Array.from(vector ?? [], (value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value === null ? null : String(value),
  );
}

/** The first of the places that are not the same; undefined: there is none. */
function difference(read: readonly (string | null)[], wanted: readonly (string | null)[]): object | undefined {
  const length = Math.max(read.length, wanted.length);
  const n = Array.from({ length }).findIndex((_, at) => read[at] !== wanted[at]);
  return n === -1 ? undefined : { n, read: read[n], wanted: wanted[n], count: [read.length, wanted.length] };
}

describe('a column of Parquet', () => {
  it.each(CASES)('has what is hard to encode: %s', async (_, one) => {
    // The sizes of blocks, of groups, and what is neither.
    const sizes = [ROWS, 1, 129, 2048];
    const bytes = await written(one, sizes);
    const wanted = sizes.flatMap((size) => shown(one, size));
    expect(difference(await inDuckdb(bytes, one.field.type), wanted)).toBeUndefined();
    expect((await written(one, sizes)).equals(bytes)).toBe(true);
    expect(difference(inRust(bytes, one.field.type), wanted)).toBeUndefined();
  });

  it('may have no flows', async () => {
    expect(
      await inDuckdb(
        await written(
          large('u64', () => 0n),
          [],
        ),
        'u64',
      ),
    ).toEqual([]);
  });
});

it('a file names the least and the greatest number of each chunk', async () => {
  const path = join(folder, 'range.parquet');
  writeFileSync(
    path,
    await written(
      large('u64', (n) => BigInt(n * n), someAbsent),
      [ROWS],
    ),
  );
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const sql = `select stats_min_value, stats_max_value, stats_null_count::INT from parquet_metadata('${path}')`;
  const absent = someAbsent.filter((one) => one === 0).length;
  expect((await duckdb.runAndReadAll(sql)).getRowsJson()).toEqual([['4', String((ROWS - 1) ** 2), absent]]);
});
