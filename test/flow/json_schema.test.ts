/** What `read` writes is what docs/flow-schema.json says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WITH_GROUPS, WITH_NAMES } from '../../src/flow/group_names.ts';
import { execute } from '../cli/execute.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The part of JSON Schema 2020-12 that the document uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

const CHECKED = ['type', 'enum', 'minimum', 'maximum', 'items', 'properties', 'required', 'additionalProperties'];
const KEYWORDS = new Set([...CHECKED, '$schema', 'title', 'description', 'contentEncoding', 'x-postgresql']);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Where the value is not as the schema wants it. */
function faults(value: unknown, schema: Schema, path = '$'): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) return [`${path}: keyword ${unknown.join()} is not checked here`];
  const type = typeOf(value);
  const types = [schema.type ?? type].flat();
  if (!types.includes(type) && !(type === 'integer' && types.includes('number')))
    return [`${path}: ${type}, not ${types.join(' or ')}`];
  const found: string[] = [];
  if (schema.enum?.includes(value) === false) found.push(`${path}: ${String(value)} is none of the words`);
  if (typeof value === 'number' && (value < (schema.minimum ?? value) || value > (schema.maximum ?? value)))
    found.push(`${path}: ${value} is out of range`);
  if (Array.isArray(value)) value.forEach((one, n) => found.push(...faults(one, schema.items ?? {}, `${path}[${n}]`)));
  return type === 'object' ? [...found, ...objectFaults(value as Record<string, unknown>, schema, path)] : found;
}

function objectFaults(value: Record<string, unknown>, schema: Schema, path: string): string[] {
  const others = schema.additionalProperties ?? true;
  const found = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${path}.${name}: missing`);
  for (const [name, inner] of Object.entries(value)) {
    const member = schema.properties?.[name] ?? (typeof others === 'object' ? others : undefined);
    if (member !== undefined) found.push(...faults(inner, member, `${path}.${name}`));
    else if (others === false) found.push(`${path}.${name}: not in the schema`);
  }
  return found;
}

const schema = JSON.parse(readFileSync(`${root}docs/flow-schema.json`, 'utf8')) as Schema;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcapflow-schema-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function linesOf(capture: string, ...options: readonly string[]): Promise<object[]> {
  const output = join(folder, 'flows');
  expect(await execute('read', [`${root}pcaps/${capture}`, '-f', 'jsonl', '--output', output, ...options])).toBe(0);
  const text = readFileSync(output, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as object);
}

describe.each(['tour.pcap', 'fragments.pcap', 'icmp-errors.pcap', 'tunnel-vxlan.pcap'])(
  'docs/flow-schema.json and %s',
  (capture) => {
    it.each([
      ['the record', []],
      ['all groups', ['--with', WITH_NAMES.join()]],
      ['one direction', ['--unidirectional', '--with', WITH_NAMES.filter((name) => name !== 'zeek').join()]],
      ['running records', ['--interim', '1', '--with', 'tcp,stats']],
    ])('agree on %s', async (_, options) => {
      const lines = await linesOf(capture, ...options);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.flatMap((line) => faults(line, schema))).toEqual([]);
    });
  },
);

describe('identify stands beside other groups', () => {
  it.each([...WITH_GROUPS, WITH_GROUPS.join()])('with the group %s', async (groups) => {
    const lines = await linesOf('tour.pcap', '--with', `${groups},identify`);
    expect(lines.flatMap((line) => faults(line, schema))).toEqual([]);
    expect(lines.filter((line) => 'identify' in line)).toHaveLength(lines.length);
  });
});

describe('the check itself', () => {
  it('finds what is not as the schema says', async () => {
    const [line] = await linesOf('tour.pcap', '--with', 'identify');
    expect(
      faults({ ...line, srcPort: 65_536, endReason: 'tired', identify: { app: 5, colour: 'red' } }, schema),
    ).toEqual([
      '$.srcPort: 65536 is out of range',
      '$.endReason: tired is none of the words',
      '$.identify.app: integer, not string',
      '$.identify.colour: not in the schema',
    ]);
    expect(faults({}, schema)).toContain('$.srcAddress: missing');
  });
});
