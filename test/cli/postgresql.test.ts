/** CSV in PostgreSQL, in a table with the types that the documents name: it has the flows of JSON Lines. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnName, fieldPath } from '../../src/flow/field.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { ALL_FIELDS, FLOW_FIELDS } from '../../src/flow/fields.ts';
import { WITH_GROUPS } from '../../src/flow/group_names.ts';
import { execute } from './execute.ts';
import { hasPostgresql, PostgresqlServer } from './postgresql_server.ts';
import { CAPTURES, sorted } from './read_back.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-sql-'));
const file = (name: string): string => join(folder, name);

/** Types by name of the field, from the table of all fields. */
function documentedTypes(): Map<string, string> {
  const document = readFileSync(join(root, 'docs/schema.md'), 'utf8');
  const [titles = [], , ...rows] = document
    .slice(document.indexOf('## Fields'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | '));
  const at = titles.indexOf('PostgreSQL');
  return new Map(rows.map((row) => [row[0]?.replaceAll(/[|` ]/g, '') ?? '', row[at] ?? '']));
}

/** As PostgreSQL prints them, with `|` between them. */
function inJson(path: string, fields: readonly FieldDefinition[]): string[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').filter(Boolean);
  return lines.map((line) => {
    const flow = JSON.parse(line.replaceAll(/":(-?\d[\d.e+-]*)/g, '":"$1"')) as object;
    return fields
      .map((field) => {
        const path = fieldPath(field).split('.');
        const value = path.reduce<unknown>(
          (one, name) => (one as Record<string, unknown> | null)?.[name] ?? null,
          flow,
        );
        return shown(field, value);
      })
      .join('|');
  });
}

function shown({ type }: FieldDefinition, value: unknown): string {
  if (value === null) return '';
  if (type === 'boolean') return value === true ? 't' : 'f';
  if (type === 'list') return (value as number[]).join(' ');
  if (type === 'decimal') return String(Number(value));
  return type === 'packets'
    ? (value as object[])
        .map((one) =>
          Object.values(one)
            .map((n) => n ?? '')
            .join(':'),
        )
        .join(' ')
    : String(value);
}

/** What PostgreSQL has, with numbers as JavaScript writes them. */
function inPostgresql(rows: string, fields: readonly FieldDefinition[]): string[] {
  return rows
    .split('\n')
    .filter((row) => row !== '')
    .map((row) =>
      row
        .split('|')
        .map((value, n) => (fields[n]?.type === 'decimal' && value !== '' ? String(Number(value)) : value))
        .join('|'),
    );
}

describe.skipIf(!hasPostgresql)('PostgreSQL (package postgresql)', () => {
  let server: PostgresqlServer;
  const psql = (script: string): string => server.psql(script);
  beforeAll(() => {
    server = new PostgresqlServer(folder);
  });
  afterAll(() => server.stop());

  it('has the flows of every capture in the table of docs/outputs.md', async () => {
    const [, table = ''] =
      /^(CREATE TABLE flows \([^;]*;)/m.exec(readFileSync(join(root, 'docs/outputs.md'), 'utf8')) ?? [];
    const wanted: string[] = [];
    const script = [table];
    for (const [n, { path }] of CAPTURES.entries()) {
      await execute('read', ['--no-progress', '-f', 'csv', '-o', file(`${n}.csv`), path]);
      await execute('read', ['--no-progress', '-f', 'jsonl', '-o', file(`${n}.jsonl`), path]);
      wanted.push(...sorted(inJson(file(`${n}.jsonl`), FLOW_FIELDS)).map((row) => `${n} ${row}`));
      script.push(`\\copy flows from '${file(`${n}.csv`)}' (format csv, header)`);
      script.push(`\\copy flows to '${file(`${n}.out`)}' (delimiter '|', null '')`, 'TRUNCATE flows;');
    }
    psql(script.join('\n'));
    const stored = CAPTURES.flatMap((_, n) =>
      sorted(inPostgresql(readFileSync(file(`${n}.out`), 'utf8'), FLOW_FIELDS)).map((row) => `${n} ${row}`),
    );
    expect(stored).toEqual(wanted);
  });

  it('takes every field with the type of docs/schema.md', async () => {
    const types = documentedTypes();
    const columns = ALL_FIELDS.map((field) => `"${columnName(field)}" ${types.get(fieldPath(field))}`);
    const groups = ['--with', WITH_GROUPS.join(','), '--interim', '60'];
    const tour = CAPTURES.find(({ name }) => name === 'tour.pcap')?.path ?? '';
    await execute('read', ['--no-progress', '-f', 'csv', '-o', file('all.csv'), ...groups, tour]);
    await execute('read', ['--no-progress', '-f', 'jsonl', '-o', file('all.jsonl'), ...groups, tour]);
    const rows = psql(
      `CREATE TABLE everything (${columns.join(', ')});\n` +
        `\\copy everything from '${file('all.csv')}' (format csv, header match)\nSELECT * FROM everything;`,
    );
    expect(sorted(inPostgresql(rows, ALL_FIELDS))).toEqual(sorted(inJson(file('all.jsonl'), ALL_FIELDS)));
  });
});
