/** CSV in PostgreSQL, in a table with the types that the documents name: it has the flows of JSON Lines. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnName, fieldPath } from '../../src/flow/field.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { ALL_FIELDS, FLOW_FIELDS } from '../../src/flow/fields.ts';
import { WITH_GROUPS } from '../../src/flow/group_names.ts';
import { execute } from './execute.ts';
import { CAPTURES, sorted } from './read_back.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-sql-'));
const file = (name: string): string => join(folder, name);

/** Debian's place for what is not on the path, the newest version last. */
const DEBIAN = '/usr/lib/postgresql';
const bin = existsSync(DEBIAN)
  ? readdirSync(DEBIAN)
      .map((version) => join(DEBIAN, version, 'bin'))
      .findLast((path) => existsSync(join(path, 'initdb')))
  : undefined;

/** The server refuses to run as root: then it runs as this user. */
const USER = 'postgres';
const ids: Ids | undefined = userInfo().uid === 0 ? idsOf(USER) : {};

interface Ids {
  readonly uid?: number;
  readonly gid?: number;
}

function idsOf(user: string): Ids | undefined {
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([name]) => name === user) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function run(program: string, args: readonly string[], input = ''): string {
  const options = { ...ids, cwd: folder, input, encoding: 'utf8', maxBuffer: 1 << 26 } as const;
  return execFileSync(join(bin ?? '', program), args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs SQL and psql's own commands, and gives what they print, without titles. */
function psql(script: string): string {
  const options = ['-h', folder, '-U', USER, '-d', 'postgres', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  return run('psql', options, script);
}

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

describe.skipIf(bin === undefined || ids === undefined)('PostgreSQL (package postgresql)', () => {
  beforeAll(() => {
    mkdirSync(file('data'));
    const { uid = -1, gid = -1 } = ids ?? {};
    for (const path of [folder, file('data')]) chownSync(path, uid, gid);
    chmodSync(file('data'), 0o700);
    run('initdb', ['-D', file('data'), '-A', 'trust', '-U', USER, '--no-sync', '-E', 'UTF8', '--locale=C']);
    const options = `-k ${folder} -c listen_addresses= -c fsync=off`;
    run('pg_ctl', ['-D', file('data'), '-w', '-l', file('log'), '-o', options, 'start']);
  });
  afterAll(() => {
    run('pg_ctl', ['-D', file('data'), '-m', 'immediate', 'stop']);
    rmSync(folder, { recursive: true });
  });

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
