/** Walks the schema: no field lacks a property, and no output lacks a field or gives it another name. */
import { describe, expect, it } from 'vitest';
import {
  ACTIVITY_BLOCK_SIZE,
  COMMUNITY_ID_SIZE,
  EARLY_ENTRIES,
  ENTROPY_BLOCK_SIZE,
  INTERIM_BLOCK_SIZE,
  LAYERS_BLOCK_SIZE,
  PREFIX_BLOCK_BYTES,
  ROW_SIZE,
  STATS_BLOCK_SIZE,
  TCP_BLOCK_SIZE,
  ZEEK_BLOCK_SIZE,
} from '../../assembly/layout.ts';
import { recordReader, RowView } from '../../src/engine/rows.ts';
import { csv } from '../../src/export/csv.ts';
import { columnsOf } from '../../src/export/field_columns.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import { fieldPath, STORE_WIDTH } from '../../src/flow/field.ts';
import type { FieldDefinition, NullRule } from '../../src/flow/field.ts';
import { ALL_FIELDS, FLOW_FIELDS } from '../../src/flow/fields.ts';
import type { GroupKey } from '../../src/flow/group_fields.ts';
import type { GroupName } from '../../src/flow/groups.ts';
import type { Flow, FlowView } from '../../src/flow/flow.ts';
import type { INTERIM_FIELDS } from '../../src/flow/interim_schema.ts';
import type { FLOW_SCHEMA } from '../../src/flow/schema.ts';
import { jsonSchema } from '../../docs/make/documents.ts';

const names = FLOW_FIELDS.map(fieldPath);
const emptyRow = { u8: new Uint8Array(ROW_SIZE), data: new DataView(new ArrayBuffer(ROW_SIZE)) };

/** Fails to compile when the generated record and the schema do not have the same keys. */
type SchemaKey = {
  [N in CoreName]: Extract<(typeof FLOW_SCHEMA)[number], { readonly name: N }>['type'] extends 'time' ? `${N}Ns` : N;
}[CoreName];
type CoreName = (typeof FLOW_SCHEMA)[number]['name'];
type FlowKey = Exclude<keyof Flow, GroupKey | (typeof INTERIM_FIELDS)[number]['name'] | 'identify'>;
const sameKeys: [SchemaKey] extends [FlowKey] ? ([FlowKey] extends [SchemaKey] ? true : never) : never = true;

/** What the opposite field has instead of a rule about one direction. */
const TURNED: Partial<Readonly<Record<NullRule, NullRule>>> = { noForward: 'noReverse', noReverse: 'noForward' };

describe('the schema of flows', () => {
  it('has the fields that its users rely on, in their order', () => {
    expect(sameKeys).toBe(true);
    expect(names.slice(0, 18)).toEqual(
      `srcAddress srcPort dstAddress dstPort protocol firstSeen lastSeen packetsForward packetsReverse bytesForward bytesReverse
      wireBytesForward wireBytesReverse payloadBytesForward payloadBytesReverse tcpFlagsForward tcpFlagsReverse
      endReason`.split(/\s+/),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(ALL_FIELDS.map((field) => [fieldPath(field), field] as const))('says everything about %s', (_, field) => {
    expect(field.name).toMatch(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/);
    expect(field.group).toMatch(/^[a-z][A-Za-z0-9-]*$/);
    expect(field.doc).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(field.as)).toEqual(['ecs', 'zeek']);
    for (const name of [field.unit, field.as.ecs, field.as.zeek]) expect(name).not.toBe('');
    const isQuantity = !['address', 'enum', 'boolean', 'text', 'mac', 'packets', 'octets'].includes(field.type);
    expect(field.range !== null, 'a number has a range').toBe(isQuantity);
    if (field.range !== null) expect(field.range[0]).toBeLessThan(field.range[1]);
    expect(field.words !== undefined, 'an enumeration has words').toBe(field.type === 'enum');
    for (const element of field.ipfix) {
      expect(element.name).toMatch(/^[a-z][A-Za-z0-9]+$/);
      expect(element.name.startsWith('reverse')).toBe(element.enterprise === 29_305);
      expect(element.id).toBeGreaterThan(0);
      expect(element.length).toBeGreaterThan(0);
    }
  });

  it.each(ALL_FIELDS.map((field) => [fieldPath(field), field] as const))(
    'stores %s as wide as its type',
    (_, field) => {
      const stores: Readonly<Record<FieldDefinition['type'], readonly string[]>> = {
        address: ['address', 'ip'],
        u8: ['u8', 'u16'],
        u16: ['u16', 'u32'],
        u32: ['u32', 'u64'],
        u64: ['u64', 'f64'],
        time: ['u64'],
        duration: ['u64'],
        enum: ['u8'],
        boolean: ['u8'],
        decimal: ['f64'],
        text: ['text'],
        mac: ['mac'],
        list: ['list'],
        packets: ['packets'],
        octets: ['octets'],
      };
      expect(stores[field.type]).toContain(field.store);
    },
  );

  it('lets no two fields of the core row overlap or leave it', () => {
    const core = FLOW_FIELDS.filter(({ group }) => group === 'core').sort((a, b) => a.at - b.at);
    core.forEach((field, n) => {
      const end = field.at + STORE_WIDTH[field.store];
      expect(end, field.name).toBeLessThanOrEqual(core[n + 1]?.at ?? ROW_SIZE);
      expect(field.at % Math.min(8, STORE_WIDTH[field.store]), field.name).toBe(0);
    });
  });

  it('lets no two fields of the block of a group overlap or leave it', () => {
    const sizes: Readonly<Record<GroupName, number>> = {
      tcp: TCP_BLOCK_SIZE,
      'community-id': COMMUNITY_ID_SIZE,
      stats: STATS_BLOCK_SIZE,
      zeek: ZEEK_BLOCK_SIZE,
      link: LAYERS_BLOCK_SIZE,
      activity: ACTIVITY_BLOCK_SIZE,
      'first-packets': EARLY_ENTRIES,
      payload: PREFIX_BLOCK_BYTES + 16,
      entropy: ENTROPY_BLOCK_SIZE,
      interim: INTERIM_BLOCK_SIZE,
    };
    for (const [group, size] of Object.entries(sizes)) {
      const fields = ALL_FIELDS.filter((field) => field.group === group).sort((a, b) => a.at - b.at);
      fields.forEach((field, n) => {
        const end = field.at + STORE_WIDTH[field.store];
        expect(end, field.name).toBeLessThanOrEqual(fields[n + 1]?.at ?? size);
        expect(field.at % STORE_WIDTH[field.store], field.name).toBe(0);
      });
    }
  });

  it('pairs the fields that turn with the originator', () => {
    for (const field of ALL_FIELDS) {
      if (field.opposite === null) continue;
      const opposite = ALL_FIELDS.find(({ name, group }) => name === field.opposite && group === field.group);
      expect(opposite, field.name).toMatchObject({
        opposite: field.name,
        type: field.type,
        store: field.store,
        unit: field.unit,
        range: field.range,
        null: TURNED[field.null] ?? field.null,
      });
      expect(opposite?.at).not.toBe(field.at);
    }
  });

  it('has one code and one number of IPFIX for each word', () => {
    for (const { words = [] } of ALL_FIELDS) {
      expect(new Set(words.map(({ code }) => code)).size).toBe(words.length);
      expect(new Set(words.map(({ word }) => word)).size).toBe(words.length);
    }
    const reasons: FieldDefinition | undefined = FLOW_FIELDS.find(({ name }) => name === 'endReason');
    expect(Object.fromEntries(reasons?.words?.map(({ word, ipfix }) => [word, ipfix]) ?? [])).toEqual({
      idle: 1,
      active: 2,
      fin: 3,
      rst: 3,
      evicted: 5,
      end: 4,
    });
  });
});

describe('every output has every field under its name:', () => {
  it('records of a row', () => {
    const keys = Object.keys(recordReader(FLOW_FIELDS)(emptyRow, 0));
    expect(keys.map((key) => key.replace(/Ns$/, ''))).toEqual(names);
  });

  it('views of a row', () => {
    const view = new RowView(emptyRow);
    for (const name of names) expect(view[name as keyof FlowView], name).not.toBe(undefined);
  });

  it('the columns of CSV', () => expect(csv.header(FLOW_FIELDS)).toBe(`${names.join(',')}\n`));

  it('the keys of JSON Lines', () => {
    const line = jsonLines
      .steps(FLOW_FIELDS)
      .map(({ text, field }) => (field === undefined ? text : `${text}0`))
      .join('');
    expect(Object.keys(JSON.parse(line) as object)).toEqual(names);
  });

  it('the columns of tables', () => expect(columnsOf(FLOW_FIELDS).titles).toEqual(names));

  it('the JSON Schema', () => {
    const schema = jsonSchema(FLOW_FIELDS) as { properties: object; required: string[] };
    expect(Object.keys(schema.properties)).toEqual([...names, 'identify']);
    expect(schema.required).toEqual(names);
  });
});
