/**
 * What is written about the fields of a flow, made from the schema: the record type, the JSON Schema, and tables.
 * `npm run docs:schema` writes them; test/flow/documents.test.ts checks that they are current.
 */
import { fieldPath, isReverse, recordKey } from '../../src/flow/field.ts';
import type { FieldDefinition, FieldType } from '../../src/flow/field.ts';
import { ALL_FIELDS, FLOW_FIELDS } from '../../src/flow/fields.ts';
import { WITH_GROUPS } from '../../src/flow/group_names.ts';
import { FIELD_GROUPS, groupNull, IDENTIFY_DOC } from '../../src/flow/groups.ts';
import { identityRecord, identitySchema, identityTable } from './identity.ts';
import { createTable, POSTGRESQL_TYPES } from './postgresql.ts';
import { docstringOf, table } from './text.ts';

/** A file's path from the package's folder -> its text, made from the text that it has now. */
export const DOCUMENTS: ReadonlyMap<string, (now: string) => string> = new Map([
  ['src/flow/record.ts', () => recordType(ALL_FIELDS)],
  ['src/flow/identity_record.ts', () => identityRecord()],
  ['docs/flow-schema.json', () => `${JSON.stringify(jsonSchema(ALL_FIELDS), null, 2)}\n`],
  ['docs/schema.md', (now: string) => between(now, fullTable(ALL_FIELDS) + wordTables(ALL_FIELDS) + identityTable())],
  ['docs/outputs.md', (now: string) => between(now, createTable(FLOW_FIELDS))],
  ['README.md', (now: string) => between(now, shortTable(FLOW_FIELDS) + groupTable())],
]);

const BEGIN = '<!-- fields: written by `npm run docs:schema` -->';
const END = '<!-- end of fields -->';

/** The text with what is between the markers replaced. @throws {Error} when it has no markers */
export function between(text: string, part: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the markers '${BEGIN}' and '${END}' are missing`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${part}\n${text.slice(end)}`;
}

/** Fields by group, in the order of the schema. */
function byGroup(fields: readonly FieldDefinition[]): [group: string, fields: FieldDefinition[]][] {
  const groups = [...new Set(fields.map(({ group }) => group))];
  return groups.map((group) => [group, fields.filter((field) => field.group === group)]);
}

function isFlat(members: readonly FieldDefinition[]): boolean {
  return members.every(({ flat }) => flat === true);
}

/** A flow of one direction has none of a group's `reverse`. */
function oneWay(field: FieldDefinition): FieldDefinition {
  return field.group !== 'core' && isReverse(field.name) && !isNullable(field) ? { ...field, null: 'always' } : field;
}

/** src/flow/record.ts: docstrings would be lost in a mapped type. */
export function recordType(fields: readonly FieldDefinition[]): string {
  const parts = byGroup(fields.map(oneWay)).map(([group, members]) => {
    if (group === 'core' || isFlat(members)) {
      return members.map((field) => docstring(field, '  ') + property(field, '  ')).join('');
    }
    return `  readonly ${group}?: ${objectType(members, '  ')}${groupNull(group) === 'never' ? '' : ' | null'};\n`;
  });
  return `/** Written by \`npm run docs:schema\` from schema.ts: change the schema, not this file. */
import type { FirstPacket } from './first_packet.ts';
import type { EndReason } from './flow.ts';
import { FlowObject } from './flow_object.ts';

/** One finished flow, as \`readFlows\` yields it and as one JSON Lines record holds it. Frozen. */
export interface Flow {
${parts.join('')}}
${coreRecord(fields.filter(({ group }) => group === 'core'))}`;
}

/** Members of an object: fields, and objects of those that have points in their names. */
function membersOf(
  fields: readonly FieldDefinition[],
): [name: string, field: FieldDefinition, inner: FieldDefinition[]][] {
  const names = [...new Set(fields.map(({ name }) => name.split('.')[0] as string))];
  return names.map((name) => {
    const [first, ...others] = fields.filter((field) => field.name.split('.')[0] === name) as [FieldDefinition];
    if (first.name === name) return [name, first, []];
    const inner = [first, ...others].map((field) => ({ ...field, name: field.name.slice(name.length + 1) }));
    return [name, first, inner];
  });
}

function objectType(fields: readonly FieldDefinition[], indent: string): string {
  const inner = `${indent}  `;
  const lines = membersOf(fields).map(([name, field, members]) =>
    members.length === 0
      ? docstring(field, inner) + property(field, inner)
      : `${inner}readonly ${name}: ${objectType(members, inner)};\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

/** Spelled out, a record is made in 0.26 microseconds; key by key in 0.72 (Node 20). */
function coreRecord(fields: readonly FieldDefinition[]): string {
  const keys = fields.map(recordKey);
  return `
type CoreKey =
${keys.map((key) => `  | '${key}'`).join('\n')};

/**
 * Makes records of the core fields.
 * @param readers by key: each gives its value of the row at \`row\`
 */
export function coreRecord<Views>(
  readers: Readonly<Record<CoreKey, (views: Views, row: number) => unknown>>,
): (views: Views, row: number) => FlowObject {
  const {
${keys.map((key) => `    ${key},\n`).join('')}  } = readers;
  // A class with all members is made as fast as a literal; a literal with a prototype takes ten times as long.
  const Core = class Flow extends FlowObject {
${keys.map((key) => `    readonly ${key}: unknown;\n`).join('')}
    constructor(views: Views, row: number) {
      super();
${keys.map((key) => `      this.${key} = ${key}(views, row);\n`).join('')}    }
  };
  return (views, row) => new Core(views, row);
}
`;
}

function docstring(field: FieldDefinition, indent: string): string {
  const notes = [field.doc, ...(recordUnit(field) ?? []), ...nullNote(field)];
  return docstringOf(notes, indent);
}

function recordUnit({ type, range }: FieldDefinition): string[] {
  if (type === 'time' || type === 'duration') return ['Nanoseconds.'];
  return range === null || type === 'u64' || type === 'decimal' ? [] : [`${count(range[0])}..${count(range[1])}.`];
}

function count(value: number): string {
  return value === 2 ** 53 ? '2^53' : value.toLocaleString('en-US').replaceAll(',', '_');
}

const NULL_NOTES: Readonly<Record<FieldDefinition['null'], string>> = {
  never: '',
  notTcp: '`null` when the flow is not TCP.',
  noForward: '`null` without a packet from the originator.',
  noReverse: '`null` without a packet from the responder.',
  noPackets: '`null` without a packet, as a flow has been whose only packets were damaged (preset `zeek`).',
  sentinel: '`null` when it is not known.',
  always: '`null` in a flow of one direction.',
};

/** May it be null in an object that is there? */
function isNullable({ null: rule, group }: FieldDefinition): boolean {
  return rule !== 'never' && rule !== groupNull(group);
}

function nullNote(field: FieldDefinition): string[] {
  return isNullable(field) ? [NULL_NOTES[field.null]] : [];
}

function property(field: FieldDefinition, indent: string): string {
  const type = `${typeName(field)}${isNullable(field) ? ' | null' : ''}`;
  const begin = `${indent}readonly ${recordKey(field)}${field.flat === true ? '?' : ''}:`;
  const line = `${begin} ${type};`;
  if (line.length <= 120) return `${line}\n`;
  // As the formatter breaks a union.
  return `${begin}\n${type
    .split(' | ')
    .map((one) => `${indent}  | ${one}`)
    .join('\n')};\n`;
}

function typeName({ name, group, type, words = [] }: FieldDefinition): string {
  switch (type) {
    case 'boolean':
      return 'boolean';
    case 'address':
    case 'text':
    case 'mac':
      return 'string';
    case 'octets':
      return 'string';
    case 'list':
      return 'readonly number[]';
    case 'packets':
      return 'readonly FirstPacket[]';
    case 'time':
    case 'duration':
      return 'bigint';
    case 'enum':
      if (group !== 'core') return words.map(({ word }) => `'${word}'`).join(' | ');
      return `${name[0]?.toUpperCase()}${name.slice(1)}`;
    default:
      return 'number';
  }
}

/** JSON Schema 2020-12 of one JSON Lines record. */
export function jsonSchema(fields: readonly FieldDefinition[]): object {
  const groups = byGroup(fields.map(oneWay));
  const core = groups.find(([group]) => group === 'core')?.[1] ?? [];
  const others = groups.filter(([group]) => group !== 'core');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Flow',
    description: 'One line of `pcapflow read --format jsonl`.',
    ...objectSchema(
      core,
      Object.fromEntries([
        ...others.flatMap(([group, members]) => groupSchemas(group, members)),
        ['identify', identitySchema()],
      ]),
    ),
  };
}

/** An object, which may be null as a whole, or members of the flow. */
function groupSchemas(group: string, fields: readonly FieldDefinition[]): [name: string, schema: object][] {
  if (isFlat(fields)) return fields.map((field) => [field.name, fieldSchema(field)]);
  const type = groupNull(group) === 'never' ? 'object' : ['object', 'null'];
  return [[group, { ...objectSchema(fields), type }]];
}

function objectSchema(fields: readonly FieldDefinition[], more: Readonly<Record<string, object>> = {}): object {
  const members = membersOf(fields);
  const schemas = members.map(([name, field, inner]) => [
    name,
    inner.length === 0 ? fieldSchema(field) : objectSchema(inner),
  ]);
  return {
    type: 'object',
    properties: { ...Object.fromEntries(schemas), ...more },
    required: members.map(([name]) => name),
    additionalProperties: false,
  };
}

function fieldSchema(field: FieldDefinition): object {
  const { type, range, unit, doc, words } = field;
  const nullable = isNullable(field);
  const json = JSON_TYPES[type] ?? 'integer';
  const values = words?.map(({ word }) => word);
  const bounds = range === null ? {} : { minimum: range[0], maximum: range[1] };
  return {
    description: [doc, ...(unit === null ? [] : [`Unit: ${unit}.`]), ...nullNote(field)].join(' '),
    type: nullable ? [json, 'null'] : json,
    ...(values === undefined ? {} : { enum: nullable ? [...values, null] : values }),
    ...(type === 'list' ? { items: { type: 'integer', ...bounds } } : bounds),
    ...(type === 'packets' ? { items: PACKET_SCHEMA } : {}),
    ...(type === 'octets' ? { contentEncoding: 'base64' } : {}),
    'x-postgresql': POSTGRESQL_TYPES[type],
  };
}

/** See FirstPacket. */
const PACKET_SCHEMA = {
  type: 'object',
  properties: {
    dir: { type: 'integer', minimum: 0, maximum: 1 },
    ipBytes: { type: 'integer', minimum: 0, maximum: 65_535 },
    payload: { type: 'integer', minimum: 0, maximum: 65_535 },
    gap: { type: 'integer', minimum: 0 },
    flags: { type: ['integer', 'null'], minimum: 0, maximum: 4095 },
  },
  required: ['dir', 'ipBytes', 'payload', 'gap', 'flags'],
  additionalProperties: false,
} as const;

const JSON_TYPES: Readonly<Partial<Record<FieldType, string>>> = {
  address: 'string',
  enum: 'string',
  time: 'number',
  duration: 'number',
  boolean: 'boolean',
  decimal: 'number',
  text: 'string',
  mac: 'string',
  list: 'array',
  packets: 'array',
  octets: 'string',
};

function shortTable(fields: readonly FieldDefinition[]): string {
  return table(
    ['field', 'unit', 'meaning'],
    fields.map((field) => [`\`${fieldPath(field)}\``, field.unit ?? '', [field.doc, ...nullNote(field)].join(' ')]),
  );
}

/** What `--with` takes. */
function groupTable(): string {
  const rows = WITH_GROUPS.map((name) => [`\`${name}\``, FIELD_GROUPS[name].doc]);
  rows.push(['`identify`', IDENTIFY_DOC]);
  return `\nGroups of further fields, which \`--with\` (\`with\`) adds:\n\n${table(['group', 'fields'], rows)}`;
}

function fullTable(fields: readonly FieldDefinition[]): string {
  return table(
    ['field', 'type', 'PostgreSQL', 'unit', 'range', 'null', 'IPFIX', 'ECS', 'Zeek', 'meaning'],
    fields.map((field) => [
      `\`${fieldPath(field)}\``,
      field.type,
      POSTGRESQL_TYPES[field.type],
      field.unit ?? '',
      field.range === null ? '' : field.range.map(count).join(' .. '),
      field.null === 'never' ? '' : field.null,
      field.ipfix.map(ipfixText).join(', '),
      field.as.ecs ?? '',
      field.as.zeek ?? '',
      field.doc,
    ]),
  );
}

/** Example: 8 sourceIPv4Address (4) */
function ipfixText({ enterprise, id, name, length }: FieldDefinition['ipfix'][number]): string {
  return `${enterprise === 0 ? '' : `${enterprise}/`}${id} ${name} (${length})`;
}

function wordTables(fields: readonly FieldDefinition[]): string {
  const tables = fields.flatMap((field) => {
    if (field.words === undefined) return [];
    const rows = field.words.map(({ word, ipfix, doc }) => [`\`${word}\``, String(ipfix), doc]);
    return `\nWords of \`${fieldPath(field)}\`:\n\n${table(['word', 'IPFIX', 'meaning'], rows)}`;
  });
  return tables.join('');
}
