/** The engine's lines against a plain rendering of rows, for random rows and random choices of fields. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  LINE_MAX,
  PROGRAM_STEPS_MAX,
  ROW_SIZE,
  ROW_VERSION,
  ROWS,
  ROWS_MAX,
  TEXT_SIZE,
} from '../../assembly/layout.ts';
import { writeFieldProgram } from '../../src/engine/field_program.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { csv } from '../../src/export/csv.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import { fieldPath } from '../../src/flow/field.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { random, type Random } from '../builders/index.ts';
import { optionsOf, testedEngine } from './harness.ts';
import { EVERY_SHAPE, FLOAT_AT, plainValue, randomRow, STORE_AT } from './random_rows.ts';

let engine: InlineEngine;
beforeAll(async () => {
  engine = await InlineEngine.create(await testedEngine(), optionsOf({ maxFlows: 16 }));
});

const numbers = random(20);

function plainJson(fields: readonly FieldDefinition[], row: number): string {
  const members = fields.map((field) => {
    const value = plainValue(engine.views, field, row);
    const isText = ['address', 'enum', 'text', 'mac'].includes(field.type);
    if (field.type === 'list' && value !== null) return `"${field.name}":[${value.replaceAll(' ', ',')}]`;
    return `"${field.name}":${isText && value !== null ? JSON.stringify(value) : value}`;
  });
  return `{${members.join(',')}}`;
}

function plainCsv(fields: readonly FieldDefinition[], row: number): string {
  return fields
    .map((field) => {
      const value = plainValue(engine.views, field, row) ?? '';
      return /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    })
    .join(',');
}

function lines(count: number): string[] {
  const bytes = engine.rowsText({ base: ROWS, count, rowBytes: ROW_SIZE });
  return Buffer.from(bytes).toString('latin1').split('\n').slice(0, -1);
}

/** Some of them, in any order. */
function someOf(fields: readonly FieldDefinition[], most: number): FieldDefinition[] {
  const left = [...fields];
  const count = 1 + numbers.below(Math.min(most, left.length));
  return Array.from({ length: count }, () => left.splice(numbers.below(left.length), 1)[0] as FieldDefinition);
}

/** As a mean or a rate is: mostly with as many digits as a double has. */
function quotientOf(numbers: Random): number {
  const [a, b] = [numbers.below(2 ** numbers.between(1, 31)), 1 + numbers.below(2 ** numbers.between(0, 25))];
  return numbers.oneIn(2) ? a / b : Math.sqrt(a * 2 ** numbers.below(20) + 1 / b);
}

describe('the field program', () => {
  it.each([
    ['the fields of flows', FLOW_FIELDS, FLOW_FIELDS.length],
    ['every way to store a value, with every rule for null', EVERY_SHAPE, 10],
  ])('writes rows as a plain rendering does: %s', (_, all, most) => {
    for (let round = 0; round < 200; round++) {
      const fields = someOf(all, most);
      const count = round === 0 ? ROWS_MAX : 1 + numbers.below(8);
      const rows = Array.from({ length: count }, (_unused, n) => ROWS + n * ROW_SIZE);
      for (const row of rows) randomRow(engine.views, numbers, row);
      writeFieldProgram(engine.views.u8, jsonLines, fields);
      expect(lines(count)).toEqual(rows.map((row) => plainJson(fields, row)));
      writeFieldProgram(engine.views.u8, csv, fields);
      expect(lines(count)).toEqual(rows.map((row) => plainCsv(fields, row)));
    }
  });

  it('writes null for a list that is not there, and brackets for one that is empty', () => {
    const list = EVERY_SHAPE.filter(({ type, null: rule }) => type === 'list' && rule === 'sentinel');
    const name = list[0]?.name as string;
    for (const [count, json, column] of [
      [0xffff_ffff, 'null', ''],
      [0, '[]', ''],
    ] as const) {
      engine.views.data.setUint32(ROWS + STORE_AT.list, count, true);
      writeFieldProgram(engine.views.u8, jsonLines, list);
      expect(lines(1)).toEqual([`{"${name}":${json}}`]);
      writeFieldProgram(engine.views.u8, csv, list);
      expect(lines(1)).toEqual([column]);
    }
  });

  it('writes a word for every end reason, and "end" for a flow that is active', () => {
    const reason = FLOW_FIELDS.filter(({ name }) => name === 'endReason');
    const field = reason[0] as FieldDefinition;
    const codes = [0, ...(field.words ?? []).map(({ code }) => code)];
    codes.forEach((code, n) => {
      engine.views.u8[ROWS + n * ROW_SIZE + field.at] = code;
    });
    writeFieldProgram(engine.views.u8, csv, reason);
    expect(lines(codes.length)).toEqual(['end', 'idle', 'active', 'fin', 'rst', 'evicted', 'end']);
  });

  it('takes an address and a count of the greatest length', () => {
    const fields = FLOW_FIELDS.filter(({ type, store }) => type === 'address' || store === 'f64');
    engine.views.u8.fill(0xff, ROWS, ROWS + 32);
    engine.views.u8[ROWS + ROW_VERSION] = 6;
    for (const { store, at } of fields) {
      if (store === 'f64') engine.views.data.setFloat64(ROWS + at, 2 ** 53, true);
    }
    writeFieldProgram(engine.views.u8, csv, fields);
    const address = Array.from({ length: 8 }, () => 'ffff').join(':');
    expect(lines(1)).toEqual([[address, address, ...Array.from({ length: 8 }, () => '9007199254740992')].join(',')]);
  });

  it('writes fewer rows at a time when their lines are long, and refuses a line that is too long', () => {
    const [address] = EVERY_SHAPE as [FieldDefinition];
    const named = (count: number): FieldDefinition[] =>
      Array.from({ length: count }, (_, n) => ({ ...address, name: `a${n}` }));
    writeFieldProgram(engine.views.u8, csv, named(1));
    expect(engine.rowsMax).toBe(ROWS_MAX);
    writeFieldProgram(engine.views.u8, csv, named(400));
    const most = engine.rowsMax;
    expect(most).toBeLessThan(ROWS_MAX);
    expect(most * 400 * 40).toBeGreaterThan(TEXT_SIZE / 2);
    for (let n = 0; n < most; n++) engine.views.u8.fill(0xff, ROWS + n * ROW_SIZE, ROWS + (n + 1) * ROW_SIZE);
    expect(lines(most).join('').length).toBeLessThanOrEqual(TEXT_SIZE);
    writeFieldProgram(engine.views.u8, csv, named(1));
    expect(engine.rowsMax).toBe(ROWS_MAX);

    const text = EVERY_SHAPE.find(({ type, null: rule }) => type === 'text' && rule === 'never') as FieldDefinition;
    const long = Array.from({ length: 130 }, () => text);
    expect(() => writeFieldProgram(engine.views.u8, csv, long)).toThrow(`the most is ${LINE_MAX}`);
    const name = 'n'.repeat(60);
    expect(() => writeFieldProgram(engine.views.u8, jsonLines, [{ ...address, name }])).toThrow(
      'too long for a field program',
    );
    const many = Array.from({ length: PROGRAM_STEPS_MAX }, () => address);
    expect(() => writeFieldProgram(engine.views.u8, csv, many)).toThrow(`at most ${PROGRAM_STEPS_MAX - 1} fields`);
  });

  it('writes any number so that it reads back as the same', () => {
    const field = EVERY_SHAPE.find(({ type, null: rule }) => type === 'decimal' && rule === 'never') as FieldDefinition;
    writeFieldProgram(engine.views.u8, csv, [field]);
    const bits = new BigUint64Array(1);
    const value = new Float64Array(bits.buffer);
    const special = [0, 1, -1, 0.1, 1 / 3, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, 123_456_789.125];
    for (let n = 0; n < 20_000; n++) {
      bits[0] = (BigInt(numbers.below(2 ** 32)) << 32n) | BigInt(numbers.below(2 ** 32));
      const wanted = special[n] ?? (n % 4 === 0 ? (value[0] as number) : quotientOf(numbers));
      if (!Number.isFinite(wanted)) continue;
      engine.views.data.setFloat64(ROWS + FLOAT_AT, wanted, true);
      const [text = ''] = lines(1);
      expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/);
      expect(Number(text), text).toBe(wanted);
      // Of usual sizes, that have a fraction, it is the shortest.
      const isUsual = wanted >= 2 ** -7 && wanted < 2 ** 53 && Math.log2(wanted) % 1 !== 0;
      expect(text.length, text).toBeLessThanOrEqual(String(wanted).length + (isUsual ? 0 : 1));
    }
  });

  it('writes the fields that are named even when a program before it had others', () => {
    writeFieldProgram(engine.views.u8, jsonLines, FLOW_FIELDS);
    const fields = FLOW_FIELDS.filter((field) => fieldPath(field) === 'srcPort');
    randomRow(engine.views, numbers, ROWS);
    writeFieldProgram(engine.views.u8, csv, fields);
    expect(lines(1)).toEqual([plainCsv(fields, ROWS)]);
  });
});
