/** The engine's lines against a plain rendering of rows, for random rows and random choices of fields. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  COUNT_PACKETS,
  LINE_MAX,
  PROGRAM_STEPS_MAX,
  ROW_DESTINATION,
  ROW_FIRST_SECONDS,
  ROW_FORWARD,
  ROW_LAST_SECONDS,
  ROW_PROTOCOL,
  ROW_REVERSE,
  ROW_SIZE,
  ROW_SOURCE,
  ROW_TCP_FLAGS_FORWARD,
  ROW_VERSION,
  ROWS,
  ROWS_MAX,
  TEXT_SIZE,
} from '../../assembly/layout.ts';
import { writeFieldProgram } from '../../src/engine/field_program.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { csv } from '../../src/export/csv.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import { fieldPath, STORE_WIDTH } from '../../src/flow/field.ts';
import type { FieldDefinition, FieldStore, FieldType, NullRule } from '../../src/flow/field.ts';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import { random } from '../builders/index.ts';
import { optionsOf, testedEngine } from './harness.ts';

let engine: InlineEngine;
beforeAll(async () => {
  engine = await InlineEngine.create(await testedEngine(), optionsOf({ maxFlows: 16 }));
});

const numbers = random(20);

/** Every way to store a value with every rule for its absence, at a place of its own where that matters. */
const SHAPES: readonly (readonly [FieldType, FieldStore])[] = [
  ['address', 'address'],
  ['u8', 'u8'],
  ['u16', 'u16'],
  ['u32', 'u32'],
  ['u64', 'u64'],
  ['u64', 'f64'],
  ['time', 'u64'],
  ['duration', 'u64'],
  ['enum', 'u8'],
  ['boolean', 'u8'],
  ['decimal', 'f64'],
  ['text', 'text'],
  ['address', 'ip'],
  ['mac', 'mac'],
  ['list', 'list'],
];
const RULES: readonly NullRule[] = ['never', 'notTcp', 'noForward', 'noReverse', 'sentinel', 'always'];
const STORE_AT: Readonly<Record<FieldStore, number>> = {
  address: ROW_SOURCE,
  u8: 38,
  u16: 32,
  u32: 84,
  u64: 40,
  f64: ROW_FORWARD + 8,
  text: ROW_LAST_SECONDS,
  ip: ROW_SOURCE,
  mac: 40,
  list: ROW_DESTINATION,
};
/** Any number, apart from the counters. */
const FLOAT_AT = ROW_FIRST_SECONDS;
/** Characters of the text in a row at most. */
const TEXT_MAX = ROW_TCP_FLAGS_FORWARD - STORE_AT.text - 1;
const EVERY_SHAPE: readonly FieldDefinition[] = SHAPES.flatMap(([type, store]) =>
  RULES.map((rule) => ({
    name: `${type}${store}${rule}`.toLowerCase(),
    group: 'core',
    type,
    unit: null,
    range: null,
    null: rule,
    store,
    at: type === 'decimal' ? FLOAT_AT : STORE_AT[store],
    opposite: null,
    ipfix: [],
    as: { ecs: null, zeek: null },
    doc: 'Something.',
    ...(type === 'enum'
      ? { words: Array.from({ length: 7 }, (_, code) => ({ code, word: 'w'.repeat(2 * code), ipfix: 0, doc: '' })) }
      : {}),
  })),
);

/** A row with bytes of all kinds: small and large, all ones, TCP or not, with and without packets. */
function randomRow(row: number): void {
  const { u8, data } = engine.views;
  for (let at = 0; at < ROW_SIZE; at++) u8[row + at] = numbers.below(256);
  const addressWords = 8;
  for (let group = 0; group < addressWords; group++) {
    if (numbers.below(2) === 0) data.setUint16(row + ROW_SOURCE + 2 * group, 0);
  }
  u8[row + ROW_VERSION] = numbers.below(2) === 0 ? 4 : 6;
  u8[row + ROW_PROTOCOL] = numbers.below(2) === 0 ? 6 : numbers.below(256);
  u8[row + STORE_AT.u8] = numbers.below(7);
  for (const side of [ROW_FORWARD, ROW_REVERSE]) {
    for (let at = 0; at < 32; at += 8) data.setFloat64(row + side + at, Math.floor(2 ** numbers.below(54)) - 1, true);
    if (numbers.below(3) === 0) data.setFloat64(row + side + COUNT_PACKETS, 0, true);
  }
  data.setFloat64(row + FLOAT_AT, (numbers.below(2) === 0 ? -1 : 1) * (numbers.below(2 ** 31) / 8), true);
  u8[row + STORE_AT.text] = numbers.below(TEXT_MAX + 1);
  for (let n = 1; n <= TEXT_MAX; n++) u8[row + STORE_AT.text + n] = numbers.pick([0x20, 0x22, 0x2c, 0x41, 0x5c, 0x7e]);
  u8[row + STORE_AT.ip] = numbers.pick([4, 6, 6]);
  data.setUint32(row + STORE_AT.list, numbers.below(4), true);
  const width = numbers.below(10);
  const stores = Object.entries(STORE_AT) as [FieldStore, number][];
  const [store, at] = stores[width] as [FieldStore, number];
  if (numbers.below(3) === 0 && store !== 'f64' && store !== 'text' && store !== 'list')
    u8.fill(0xff, row + at, row + at + STORE_WIDTH[store]);
}

const SECOND_NS = 1_000_000_000n;

/** Null: the flow does not have it. Written from the schema's documentation, not from the engine. */
function plainValue({ type, store, at, null: rule, words = [] }: FieldDefinition, row: number): string | null {
  const { u8, data } = engine.views;
  const bytes = u8.slice(row + at, row + at + STORE_WIDTH[store]);
  const missing: Readonly<Record<NullRule, () => boolean>> = {
    never: () => false,
    notTcp: () => u8[row + ROW_PROTOCOL] !== 6,
    noForward: () => data.getFloat64(row + ROW_FORWARD + COUNT_PACKETS, true) === 0,
    noReverse: () => data.getFloat64(row + ROW_REVERSE + COUNT_PACKETS, true) === 0,
    sentinel: () => bytes.every((byte) => byte === 255),
    always: () => true,
  };
  if (missing[rule]()) return null;
  if (store === 'address') return u8[row + ROW_VERSION] === 4 ? ipv4Text(bytes, 0) : ipv6Text(bytes, 0);
  if (type === 'decimal') return String(data.getFloat64(row + at, true));
  if (type === 'boolean') return String(bytes[0] !== 0);
  if (store === 'text') {
    const from = row + at + 1;
    return Buffer.from(u8.slice(from, from + (bytes[0] as number))).toString('latin1');
  }
  if (store === 'ip') {
    const address = u8.slice(row + at + 8, row + at + 24);
    return bytes[0] === 4 ? ipv4Text(address, 0) : ipv6Text(address, 0);
  }
  if (store === 'mac') return (Buffer.from(bytes.slice(0, 6)).toString('hex').match(/../g) ?? []).join(':');
  if (store === 'list') {
    const count = data.getUint32(row + at, true);
    return Array.from({ length: count }, (_, n) => data.getUint32(row + at + 4 + 4 * n, true)).join(' ');
  }
  if (store === 'f64') return String(BigInt(data.getFloat64(row + at, true)));
  const number = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (type === 'enum') return words.find(({ code }) => code === Number(number))?.word ?? words.at(-1)?.word ?? '';
  if (type !== 'time' && type !== 'duration') return String(number);
  return `${number / SECOND_NS}.${String(number % SECOND_NS).padStart(9, '0')}`;
}

function plainJson(fields: readonly FieldDefinition[], row: number): string {
  const members = fields.map((field) => {
    const value = plainValue(field, row);
    const isText = ['address', 'enum', 'text', 'mac'].includes(field.type);
    if (field.type === 'list' && value !== null) return `"${field.name}":[${value.replaceAll(' ', ',')}]`;
    return `"${field.name}":${isText && value !== null ? JSON.stringify(value) : value}`;
  });
  return `{${members.join(',')}}`;
}

function plainCsv(fields: readonly FieldDefinition[], row: number): string {
  return fields
    .map((field) => {
      const value = plainValue(field, row) ?? '';
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

describe('the field program', () => {
  it.each([
    ['the fields of flows', FLOW_FIELDS, FLOW_FIELDS.length],
    ['every way to store a value, with every rule for null', EVERY_SHAPE, 10],
  ])('writes rows as a plain rendering does: %s', (_, all, most) => {
    for (let round = 0; round < 200; round++) {
      const fields = someOf(all, most);
      const count = round === 0 ? ROWS_MAX : 1 + numbers.below(8);
      const rows = Array.from({ length: count }, (_unused, n) => ROWS + n * ROW_SIZE);
      for (const row of rows) randomRow(row);
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
    for (let n = 0; n < 5000; n++) {
      bits[0] = (BigInt(numbers.below(2 ** 32)) << 32n) | BigInt(numbers.below(2 ** 32));
      const wanted =
        special[n] ?? (n % 2 === 0 ? numbers.below(2 ** 32) / (1 + numbers.below(1e6)) : (value[0] as number));
      if (!Number.isFinite(wanted)) continue;
      engine.views.data.setFloat64(ROWS + FLOAT_AT, wanted, true);
      const [text = ''] = lines(1);
      expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/);
      expect(Number(text), text).toBe(wanted);
      expect(text.length, text).toBeLessThanOrEqual(String(wanted).length + 1);
    }
  });

  it('writes the fields that are named even when a program before it had others', () => {
    writeFieldProgram(engine.views.u8, jsonLines, FLOW_FIELDS);
    const fields = FLOW_FIELDS.filter((field) => fieldPath(field) === 'srcPort');
    randomRow(ROWS);
    writeFieldProgram(engine.views.u8, csv, fields);
    expect(lines(1)).toEqual([plainCsv(fields, ROWS)]);
  });
});
