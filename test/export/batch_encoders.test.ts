/** Several batches of every way to store a value, written as Parquet and read back by DuckDB. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { ROW_SIZE, ROWS } from '../../assembly/layout.ts';
import { FlowColumns } from '../../src/engine/flow_columns.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { parquetEncoder } from '../../src/export/parquet/parquet.ts';
import type { Column } from '../../src/flow/column.ts';
import { columnName } from '../../src/flow/field.ts';
import { random } from '../builders/index.ts';
import { optionsOf, testedEngine } from '../engine/harness.ts';
import { EVERY_SHAPE, randomRow } from '../engine/random_rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-batches-'));
afterAll(() => rmSync(folder, { recursive: true }));

const numbers = random(23);
const BATCHES = 4;
const ROWS_OF_BATCH = 37;

function shown({ field, values, text, present, words }: Column, n: number): string | null {
  if (present?.[n] === 0) return null;
  if (text !== undefined) {
    const from = n === 0 ? 0 : Number(values[n - 1]);
    return Buffer.from(text.subarray(from, Number(values[n]))).toString('latin1');
  }
  if (field.type === 'enum') return words[Number(values[n])] ?? '';
  if (field.type === 'boolean') return String(values[n] !== 0);
  return String(values[n]);
}

it('every value of every batch is read by DuckDB', async () => {
  const engine = await InlineEngine.create(await testedEngine(), optionsOf({ maxFlows: 16 }));
  const columns = new FlowColumns(engine, EVERY_SHAPE, ROWS_OF_BATCH);
  const pieces: Buffer[] = [];
  const encoder = parquetEncoder(columns.columns, async (bytes) => void pieces.push(Buffer.from(bytes)), ROWS_OF_BATCH);
  const wanted: (string | null)[][] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const count = ROWS_OF_BATCH - batch;
    for (let n = 0; n < count; n++) randomRow(engine.views, numbers, ROWS + n * ROW_SIZE);
    columns.clear();
    columns.add({ base: ROWS, count, rowBytes: ROW_SIZE });
    for (let n = 0; n < count; n++) wanted.push(columns.columns.map((column) => shown(column, n)));
    await encoder.add(count);
  }
  await encoder.end();
  const path = join(folder, 'batches.parquet');
  writeFileSync(path, Buffer.concat(pieces));

  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const texts = EVERY_SHAPE.map((field) => {
    const name = `"${columnName(field)}"`;
    return field.type === 'time' ? `epoch_ns(${name})::VARCHAR` : `${name}::VARCHAR`;
  });
  const rows = (await duckdb.runAndReadAll(`select ${texts.join(', ')} from '${path}'`)).getRowsJson();
  const read = rows.map((row) =>
    row.map((value, n) => (EVERY_SHAPE[n]?.type === 'decimal' && value !== null ? String(Number(value)) : value)),
  );
  expect(read).toEqual(wanted);
});
