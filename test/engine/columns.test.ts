/** The engine's columns against its rows read one by one: random rows, every way to store a value. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ROW_SIZE, ROWS, TEXT_SIZE } from '../../assembly/layout.ts';
import { FlowColumns } from '../../src/engine/flow_columns.ts';
import type { Column } from '../../src/flow/column.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { wordsByCode } from '../../src/engine/words.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import { STORE_WIDTH } from '../../src/flow/field.ts';
import type { FieldDefinition, FieldType } from '../../src/flow/field.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { random } from '../builders/index.ts';
import { EVERY_SHAPE, plainValue, randomRow } from './random_rows.ts';
import { optionsOf, testedEngine } from './harness.ts';

let engine: InlineEngine;
beforeAll(async () => {
  engine = await InlineEngine.create(await testedEngine(), optionsOf({ maxFlows: 16 }));
});

const numbers = random(21);
const INT64_MAX = 2n ** 63n - 1n;

/** The value of a column as lines have it. */
function shown({ field, values, text, present }: Column, n: number): string | null {
  if (present?.[n] === 0) return null;
  if (text !== undefined) {
    const from = n === 0 ? 0 : Number(values[n - 1]);
    return Buffer.from(text.subarray(from, Number(values[n]))).toString('latin1');
  }
  const value = values[n] as number | bigint;
  switch (field.type) {
    case 'enum':
    case 'boolean':
      return wordsByCode(field)[Number(value)] ?? '';
    case 'time':
    case 'duration': {
      const time = BigInt(value);
      return `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
    }
    default:
      return String(value);
  }
}

/** The address in 16 bytes; null: there are no bytes. */
function addressText({ values, text, present }: Column, n: number): string | null {
  const bytes = text?.slice(n === 0 ? 0 : Number(values[n - 1]), Number(values[n])) ?? new Uint8Array();
  expect(bytes.length).toBe(present?.[n] === 0 ? 0 : 16);
  if (bytes.length === 0) return null;
  const isMapped = Buffer.from(bytes.subarray(0, 12)).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  return isMapped ? ipv4Text(bytes, 12) : ipv6Text(bytes, 0);
}

/** Bytes that a number of a type has; a row may hold it in more, with a sentinel. */
const WIDTHS: Readonly<Partial<Record<FieldType, number>>> = { u8: 1, u16: 2, u32: 4 };

/** A copy of the row, where a number of the field that a column cannot hold is one that it can. */
function fitting({ type, store, at, null: rule }: FieldDefinition, row: number): RowBytes {
  const u8 = engine.views.u8.slice(row, row + ROW_SIZE);
  const data = new DataView(u8.buffer);
  const bytes = u8.subarray(at, at + STORE_WIDTH[store]);
  if (rule === 'sentinel' && bytes.every((byte) => byte === 0xff)) return { u8, data };
  if (store !== 'text' && store !== 'address') bytes.fill(0, WIDTHS[type] ?? bytes.length);
  if (store === 'u64' && data.getBigUint64(at, true) > INT64_MAX) data.setBigUint64(at, INT64_MAX, true);
  return { u8, data };
}

/** Adds `count` random rows. Returns what they are, field by field. */
function addRandom(columns: FlowColumns, fields: readonly FieldDefinition[], count: number): (string | null)[][] {
  const rows = Array.from({ length: count }, (_, n) => ROWS + n * ROW_SIZE);
  for (const row of rows) randomRow(engine.views, numbers, row);
  const plain = rows.map((row) => fields.map((field) => plainValue(fitting(field, row), field, 0)));
  columns.add({ base: ROWS, count, rowBytes: ROW_SIZE });
  return plain;
}

describe('columns', () => {
  it.each([
    ['the fields of flows', FLOW_FIELDS],
    ['every way to store a value, with every rule for null', EVERY_SHAPE],
  ])('have the values of the rows: %s', (_, fields) => {
    const columns = new FlowColumns(engine, fields, 1000);
    for (let round = 0; round < 3; round++) {
      columns.clear();
      const plain: (string | null)[][] = [];
      while (columns.room > 0) {
        const count = Math.min(columns.room, 1 + numbers.below(engine.rowsMax));
        plain.push(...addRandom(columns, fields, count));
      }
      expect(columns.size).toBe(1000);
      const got = plain.map((__, n) => columns.columns.map((column) => shown(column, n)));
      expect(got).toEqual(plain);
    }
  });

  it('have 0 and no text where a flow has no value', () => {
    const columns = new FlowColumns(engine, EVERY_SHAPE, 64);
    addRandom(columns, EVERY_SHAPE, 64);
    let absent = 0;
    for (const { values, text, present } of columns.columns) {
      for (let n = 0; n < columns.size; n++) {
        if (present?.[n] !== 0) continue;
        absent++;
        const before = text === undefined ? 0 : n === 0 ? 0 : Number(values[n - 1]);
        expect(Number(values[n])).toBe(before);
      }
    }
    expect(absent).toBeGreaterThan(100);
  });

  it('have addresses as 16 bytes where that is asked for, those of IPv4 mapped', () => {
    const addresses = EVERY_SHAPE.filter(({ type }) => type === 'address');
    expect(new Set(addresses.map(({ store }) => store))).toEqual(new Set(['address', 'ip']));
    const columns = new FlowColumns(engine, addresses, 500, true);
    const plain = addRandom(columns, addresses, Math.min(500, engine.rowsMax));
    const got = plain.map((_, n) => columns.columns.map((column) => addressText(column, n)));
    expect(got).toEqual(plain);
    expect(columns.columns.map(({ byteCount }) => byteCount)).toEqual(addresses.map(() => 16));
    expect(new Set(plain.flat().map((text) => text?.includes(':')))).toEqual(new Set([true, false, undefined]));
  });

  it('refuse more flows than there is room for', () => {
    const columns = new FlowColumns(engine, FLOW_FIELDS, 3);
    addRandom(columns, FLOW_FIELDS, 2);
    expect(() => columns.add({ base: ROWS, count: 2, rowBytes: ROW_SIZE })).toThrow('2 flows do not fit');
  });

  it('fit into the memory of the engine, however many fields are texts', () => {
    const text = EVERY_SHAPE.find(({ type }) => type === 'text') as FieldDefinition;
    const fields = Array.from({ length: 100 }, () => text);
    const columns = new FlowColumns(engine, fields, 1000);
    expect(engine.rowsMax).toBe(Math.floor((TEXT_SIZE - 4800) / (100 * 258)));
    expect(addRandom(columns, fields, engine.rowsMax).map(([first]) => first)).toEqual(
      Array.from({ length: engine.rowsMax }, (_, n) => shown(columns.columns[99] as Column, n)),
    );
  });
});
