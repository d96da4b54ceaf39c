/** `--format arrow` and `parquet`, read back by programs that are not ours: DuckDB and Arrow's Rust implementation. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { Table, writeParquet } from 'parquet-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPTIONAL_PACKAGES } from '../../src/cli/optional_package.ts';
import { columnName, fieldPath } from '../../src/flow/field.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import { ALL_FIELDS, FLOW_FIELDS, fieldsWith } from '../../src/flow/fields.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { WITH_GROUPS } from '../../src/flow/group_names.ts';
import { execute } from './execute.ts';
import { CAPTURES, sorted } from './read_back.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-columns-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

let duckdb: DuckDBConnection;
beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
});

function file(name: string): string {
  return join(folder, name);
}

async function read(path: string, ...options: readonly string[]): Promise<void> {
  await execute('read', ['--no-progress', ...options, path]);
}

async function rowsOf(sql: string): Promise<(string | null)[][]> {
  return (await duckdb.runAndReadAll(sql)).getRowsJson() as (string | null)[][];
}

/** What DuckDB finds in a Parquet file, as text; times in nanoseconds. */
async function inDuckdb(path: string, fields: readonly FieldDefinition[]): Promise<string[]> {
  const columns = fields.map((field) => {
    const name = `"${columnName(field)}"`;
    return field.type === 'time' ? `epoch_ns(${name})::VARCHAR` : `${name}::VARCHAR`;
  });
  const rows = await rowsOf(`select ${columns.join(', ')} from read_parquet('${path}')`);
  return rows.map((row) => row.map((value, n) => canonical(fields[n] as FieldDefinition, value)).join(' '));
}

/** The same of JSON Lines. Numbers of a line are kept as the text that they are. */
function inJson(lines: string, fields: readonly FieldDefinition[]): string[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const flow = JSON.parse(line.replaceAll(/":(-?\d[\d.e+-]*)/g, '":"$1"')) as object;
      return fields
        .map((field) => {
          const value = fieldPath(field)
            .split('.')
            .reduce<unknown>((object, name) => (object as Record<string, unknown> | null)?.[name] ?? null, flow);
          const isTime = value !== null && (field.type === 'time' || field.type === 'duration');
          return canonical(
            field,
            isTime
              ? String(value)
                  .replace('.', '')
                  .replace(/^0+(?=.)/, '')
              : value,
          );
        })
        .join(' ');
    });
}

function canonical({ type }: FieldDefinition, value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value) && type === 'packets')
    return value
      .map((packet: object) =>
        Object.values(packet)
          .map((number) => number ?? '')
          .join(':'),
      )
      .join(' ');
  return type === 'decimal' ? String(Number(value)) : String(value);
}

/** What docs/flow-schema.json says of a field, as text. */
function jsonSchemaOf(field: FieldDefinition): string {
  let node: unknown = JSON.parse(readFileSync(join(root, 'docs/flow-schema.json'), 'utf8'));
  for (const name of fieldPath(field).split('.'))
    node = (node as { readonly properties?: Readonly<Record<string, unknown>> } | undefined)?.properties?.[name];
  return JSON.stringify(node) ?? '';
}

describe('a Parquet file', () => {
  it.each(CAPTURES.map((capture) => [capture.name, capture] as const))(
    'of %s has its flows in DuckDB',
    async (name, { path }) => {
      await read(path, '-f', 'parquet', '-o', file(name));
      await read(path, '-f', 'jsonl', '-o', file('lines'));
      expect(await inDuckdb(file(name), FLOW_FIELDS)).toEqual(inJson(readFileSync(file('lines'), 'utf8'), FLOW_FIELDS));
    },
  );

  it('has the fields of every group', async () => {
    const groups = ['--with', WITH_GROUPS.join(','), '--interim', '60'];
    await read(tour.path, '-f', 'parquet', '-o', file('groups.parquet'), ...groups);
    await read(tour.path, '-f', 'jsonl', '-o', file('groups.jsonl'), ...groups);
    const wanted = inJson(readFileSync(file('groups.jsonl'), 'utf8'), ALL_FIELDS);
    expect(await inDuckdb(file('groups.parquet'), ALL_FIELDS)).toEqual(wanted);
  });

  it('and JSON and Arrow have the types that docs/schema.md lists, for every field', async () => {
    const document = readFileSync(join(root, 'docs/schema.md'), 'utf8');
    const table = document.slice(document.indexOf('## Types'), document.indexOf('## Fields'));
    const rows = [...table.matchAll(/^\| (`.*`) \| (\w+) \| (\w+).* \| (\w+).* \|$/gm)];
    const types = new Map(
      rows.flatMap(([, names = '', ...cells]) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, cells])),
    );
    const groups = ['--with', WITH_GROUPS.join(','), '--interim', '60'];
    await read(tour.path, '-f', 'parquet', '-o', file('types.parquet'), ...groups);
    await read(tour.path, '-f', 'arrow', '-o', file('types.arrow'), ...groups);
    const inParquet = new Map(
      (await rowsOf(`select column_name, column_type from (describe select * from '${file('types.parquet')}')`)).map(
        ([name, type]) => [name, type],
      ),
    );
    const { fields } = tableFromIPC(readFileSync(file('types.arrow'))).schema;
    const inArrow = new Map(fields.map(({ name, type }) => [name, String(type)]));
    for (const field of ALL_FIELDS) {
      const [json, arrow, parquet] = types.get(field.type) ?? [];
      const name = columnName(field);
      expect([name, inParquet.get(name)]).toEqual([name, parquet]);
      expect([name, inArrow.get(name)?.split('<')[0]]).toEqual([name, arrow]);
      const property = jsonSchemaOf(field);
      const wanted = [json, ...(json === 'integer' || json === 'number' ? ['integer', 'number'] : [])];
      expect([name, wanted.some((one) => property.includes(`"${one}"`))]).toEqual([name, true]);
      // The document names it, with its element of IPFIX.
      const line = document.split('\n').find((one) => one.startsWith(`| \`${fieldPath(field)}\` |`));
      expect([name, line?.split(' | ')[1]]).toEqual([name, field.type]);
      for (const { name: element } of field.ipfix) expect(line).toContain(element);
    }
  });

  it('has the names and types of the schema, and its version', async () => {
    await read(tour.path, '-f', 'parquet', '-o', file('a.parquet'));
    const columns = await rowsOf(
      `select column_name, column_type from (describe select * from '${file('a.parquet')}')`,
    );
    const types: Readonly<Record<string, string>> = {
      address: 'VARCHAR',
      enum: 'VARCHAR',
      u8: 'UTINYINT',
      u16: 'USMALLINT',
      u64: 'BIGINT',
      time: 'TIMESTAMP_NS',
    };
    expect(columns).toEqual(FLOW_FIELDS.map((field) => [columnName(field), types[field.type]]));
    const [version] = await rowsOf(
      `select value::VARCHAR from parquet_kv_metadata('${file('a.parquet')}') where key = 'pcapflow.schema'`,
    );
    expect(version).toEqual(['1']);
    const [codec] = await rowsOf(`select distinct compression from parquet_metadata('${file('a.parquet')}')`);
    expect(codec).toEqual(['ZSTD']);
  });

  it('has the chosen columns in the order that is asked for', async () => {
    const chosen = ['bytesReverse', 'srcAddress', 'lastSeen'];
    await read(tour.path, '-f', 'parquet', '-o', file('b.parquet'), '--fields', chosen.join(','));
    const columns = await rowsOf(`select column_name from (describe select * from '${file('b.parquet')}')`);
    expect(columns.flat()).toEqual(chosen);
  });
});

/** The text of an address of 16 bytes. */
function addressOf(bytes: Uint8Array): string {
  const isMapped = Buffer.from(bytes.subarray(0, 12)).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  return isMapped ? ipv4Text(bytes, 12) : ipv6Text(bytes, 0);
}

describe('--binary-addresses', () => {
  // With the ends of tunnels, which most flows do not have.
  const options = ['--with', 'link', '--decapsulate', '--binary-addresses'];
  const fields = fieldsWith(['link']).filter(({ type }) => type !== 'list');
  const addresses = fields.filter(({ type }) => type === 'address');
  const expand = (rows: readonly (readonly (string | null)[])[]): string[] =>
    sorted(
      rows.map((row) =>
        row
          .map((value, n) =>
            fields[n]?.type === 'address' && value !== null ? addressOf(Buffer.from(value, 'hex')) : value,
          )
          .map((value, n) => canonical(fields[n] as FieldDefinition, value))
          .join(' '),
      ),
    );

  it.each(CAPTURES.map((capture) => [capture.name, capture] as const))(
    'of %s are read by DuckDB and Arrow as those of JSON Lines',
    async (name, { path }) => {
      const [parquet, arrow, lines] = [file(`${name}.parquet`), file(`${name}.arrow`), file('lines')];
      await read(path, '-f', 'parquet', '-o', parquet, ...options, '-f', 'arrow', '-o', arrow, '--binary-addresses');
      await read(path, '-f', 'jsonl', '-o', lines, '--with', 'link', '--decapsulate');
      const wanted = sorted(inJson(readFileSync(lines, 'utf8'), fields));
      const columns = fields.map((field) => {
        const column = `"${columnName(field)}"`;
        if (field.type === 'address') return `lower(hex(${column}))`;
        return field.type === 'time' ? `epoch_ns(${column})::VARCHAR` : `${column}::VARCHAR`;
      });
      expect(expand(await rowsOf(`select ${columns.join(', ')} from '${parquet}'`))).toEqual(wanted);
      const table = tableFromIPC(readFileSync(arrow));
      const shown = addresses.map((field) => table.getChild(columnName(field)));
      const inArrow = Array.from({ length: table.numRows }, (_, n) =>
        shown.map((vector) => {
          const bytes = vector?.get(n) as Uint8Array | null;
          return bytes === null ? 'null' : addressOf(bytes);
        }),
      );
      const inLines = inJson(readFileSync(lines, 'utf8'), addresses);
      expect(inArrow.map((row) => row.join(' '))).toEqual(inLines);
    },
  );

  it('have 16 bytes by type, which the metadata explains', async () => {
    await read(tour.path, '-f', 'parquet', '-o', file('b.parquet'), ...options);
    const types = await rowsOf(
      `select name, type, type_length::INT, repetition_type from parquet_schema('${file('b.parquet')}')
        where type = 'FIXED_LEN_BYTE_ARRAY'`,
    );
    expect(types).toEqual(
      addresses.map((field) => [
        columnName(field),
        'FIXED_LEN_BYTE_ARRAY',
        16,
        field.null === 'never' ? 'REQUIRED' : 'OPTIONAL',
      ]),
    );
    const [said] = await rowsOf(
      `select value::VARCHAR from parquet_kv_metadata('${file('b.parquet')}') where key = 'pcapflow.addresses'`,
    );
    expect(said).toEqual(['16 bytes, IPv4 as ::ffff:a.b.c.d']);
    await read(tour.path, '-f', 'arrow', '-o', file('b.arrow'), ...options);
    const { schema } = tableFromIPC(readFileSync(file('b.arrow')));
    expect(schema.metadata.get('pcapflow.addresses')).toBe(said?.[0]);
    const [first] = schema.fields;
    expect([first?.name, String(first?.type), first?.metadata.get('description')]).toEqual([
      'srcAddress',
      'FixedSizeBinary[16]',
      expect.stringMatching(/16 bytes, IPv4 as ::ffff:a\.b\.c\.d\.$/),
    ]);
    await read(tour.path, '-f', 'arrow', '-o', file('text.arrow'));
    expect(tableFromIPC(readFileSync(file('text.arrow'))).schema.metadata.has('pcapflow.addresses')).toBe(false);
  });

  it('are the same in replay, in rotated files and for every size of block', async () => {
    const whole = ['-f', 'parquet', '--binary-addresses'];
    await read(tour.path, ...whole, '-o', file('one.parquet'));
    await read(tour.path, ...whole, '-o', file('two.parquet'), '--block-size', '64');
    expect(readFileSync(file('two.parquet')).equals(readFileSync(file('one.parquet')))).toBe(true);
    await execute('replay', [...whole, '--speed', 'max', '-o', file('three.parquet'), tour.path]);
    await read(tour.path, ...whole, '--rotate', '5m', '-o', join(file('rotated-%i.parquet')));
    const sums = async (path: string): Promise<unknown> =>
      rowsOf(`select hex(srcAddress) a, sum(bytesForward)::VARCHAR from '${file(path)}' group by a order by a`);
    const wanted = await sums('one.parquet');
    expect(await sums('three.parquet')).toEqual(wanted);
    expect(await sums('rotated-*.parquet')).toEqual(wanted);
  });

  it('need a format that has them', () => {
    const main = join(root, 'dist/bin/pcapflow/main.cjs');
    for (const format of ['jsonl', 'csv', 'ipfix', 'table']) {
      const args = [main, 'read', tour.path, '-f', format, '-o', file('not'), '--binary-addresses'];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      const reason = `--binary-addresses needs --format arrow or parquet; in ${format} addresses have one form only`;
      expect({ status, stderr }).toEqual({ status: 1, stderr: `pcapflow: ${reason}\n` });
      expect(existsSync(file('not'))).toBe(false);
    }
  });
});

describe('text', () => {
  const names = FLOW_FIELDS.map((field) => columnName(field));
  const texts = `{${names.map((name) => `'${name}': 'VARCHAR'`).join(', ')}}`;
  const types: Readonly<Record<string, string>> = { u64: 'BIGINT', u16: 'USMALLINT', u8: 'UTINYINT' };

  it.each([
    ['csv', [], (path: string) => `read_csv('${path}', header = true, all_varchar = true, nullstr = '')`],
    // DuckDB reads numbers of JSON as binary fractions, which lose nanoseconds; texts are exact.
    ['jsonl', ['--time-format', 'ns'], (path: string) => `read_json('${path}', columns = ${texts})`],
  ])('of all captures as %s has its flows in DuckDB, times to the nanosecond', async (format, options, reader) => {
    const isNs = options.length > 0;
    const columns = FLOW_FIELDS.map(({ type }, n) => {
      const sqlType = type === 'time' ? (isNs ? 'BIGINT' : 'DECIMAL(20, 9)') : (types[type] ?? 'VARCHAR');
      return `"${names[n]}"::${sqlType}::VARCHAR`;
    });
    const wanted = (flow: Readonly<Record<string, string>>): (string | null)[] =>
      FLOW_FIELDS.map(({ type }, n) => {
        const text = flow[names[n] ?? ''] ?? 'null';
        if (text === 'null') return null;
        return type === 'time' && isNs ? String(BigInt(text.replace('.', ''))) : text;
      });
    for (const { name, path, flows } of CAPTURES) {
      await read(path, '-f', format, '-o', file('text'), ...options);
      const rows = await rowsOf(`select ${columns.join(', ')} from ${reader(file('text'))}`);
      expect([name, rows]).toEqual([name, flows.map(wanted)]);
    }
  });
});

describe('Arrow', () => {
  it.each(CAPTURES.map((capture) => [capture.name, capture] as const))(
    'of %s: a stream has its flows in DuckDB by way of Rust, a file the same as the stream',
    async (name, { path }) => {
      await read(path, '-f', 'arrow', '-o', file(`${name}.arrows`));
      await read(path, '-f', 'jsonl', '-o', file('lines'));
      const stream = readFileSync(file(`${name}.arrows`));
      if (name !== 'empty.pcap') {
        writeFileSync(file(`${name}.parquet`), writeParquet(Table.fromIPCStream(stream)));
        const wanted = inJson(readFileSync(file('lines'), 'utf8'), FLOW_FIELDS);
        expect(await inDuckdb(file(`${name}.parquet`), FLOW_FIELDS)).toEqual(wanted);
      }
      await read(path, '-f', 'arrow', '-o', file(`${name}.arrow`));
      const bytes = readFileSync(file(`${name}.arrow`));
      expect(bytes.subarray(0, 6).toString()).toBe('ARROW1');
      expect(tableFromIPC(bytes).toArray().map(String)).toEqual(tableFromIPC(stream).toArray().map(String));
    },
  );

  it('on standard output is a stream', () => {
    const main = join(root, 'dist/bin/pcapflow/main.cjs');
    const { stdout } = spawnSync(process.execPath, [main, 'read', tour.path, '-f', 'arrow']);
    expect(Table.fromIPCStream(stdout).recordBatches()[0]?.numRows).toBe(tour.flows.length);
  });
});

describe('both', () => {
  it.each(['jsonl', 'csv', 'cic', 'nfstream', 'ecs', 'zeek', 'zeek-json', 'ipfix', 'arrow', 'parquet'])(
    '%s: the same bytes when it is written again, for every size of block',
    async (format) => {
      const written: Buffer[] = [];
      for (const block of ['524288', '64', '4096', '524288']) {
        await read(tour.path, '-f', format, '-o', file('again'), '--block-size', block);
        written.push(readFileSync(file('again')));
      }
      const [first, ...others] = written;
      expect(first?.length).toBeGreaterThan(0);
      expect(others.map((bytes) => first?.equals(bytes))).toEqual([true, true, true]);
    },
  );

  /** Runs the command where no package is found. */
  function alone(...args: readonly string[]): { status: number | null; stderr: string } {
    const dist = file('dist');
    if (!existsSync(dist)) symlinkSync(join(root, 'dist'), dist);
    const options = ['--preserve-symlinks', '--preserve-symlinks-main', join(dist, 'bin/pcapflow/main.cjs')];
    const { status, stderr } = spawnSync(process.execPath, [...options, ...args], { encoding: 'utf8' });
    return { status, stderr };
  }

  it('name the packages that are missing, with the line that installs them, and write nothing', () => {
    const output = file('nothing');
    for (const [what, packages, ...options] of [
      ['--format arrow', ['apache-arrow'], '-f', 'arrow'],
      ['--format parquet', ['@bokuweb/zstd-wasm'], '-f', 'parquet'],
      ['--output kafka://', ['kafkajs'], '-f', 'jsonl', '-o', 'kafka://127.0.0.1:9/flows'],
      ['--metrics', ['prom-client'], '-f', 'jsonl', '--metrics', '127.0.0.1:0'],
    ] as const) {
      const names = packages.map((name) => `${name}@${OPTIONAL_PACKAGES[name]}`).join(' ');
      expect(alone('read', tour.path, ...options, '-o', output)).toEqual({
        status: 1,
        stderr: `pcapflow: ${what} needs packages that are not installed; run: npm install ${names}\n`,
      });
      expect(existsSync(output)).toBe(false);
    }
  });

  it('of the cluster are named when they are missing', () => {
    const install = `npm install bullmq@${OPTIONAL_PACKAGES.bullmq} ioredis@${OPTIONAL_PACKAGES.ioredis}`;
    const message = `pcapflow cluster needs packages that are not installed; run: ${install}`;
    const answer = alone('cluster', 'status', '--redis', 'redis://[::1]', '--plan', 'x');
    expect(answer).toEqual({ status: 1, stderr: `pcapflow: ${message}\n` });
  });

  it('are tested with the versions that the message names', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    for (const [name, version] of Object.entries(OPTIONAL_PACKAGES)) expect(devDependencies[name]).toBe(version);
  });

  it.each(['arrow', 'parquet'])('%s cannot be appended to', async (format) => {
    const main = join(root, 'dist/bin/pcapflow/main.cjs');
    const args = [main, 'read', tour.path, '-f', format, '-o', file('x'), '--append'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(`--append cannot add to a file of --format ${format}`);
  });
});

it('the multiset of all flows is that of JSON Lines when all captures are one', async () => {
  const all = CAPTURES.map(({ path }) => path);
  const options = ['--no-progress', '--order', 'given'];
  await execute('read', [...options, '-f', 'parquet', '-o', file('all.parquet'), ...all]);
  await execute('read', [...options, '-f', 'jsonl', '-o', file('all.jsonl'), ...all]);
  expect(sorted(await inDuckdb(file('all.parquet'), FLOW_FIELDS))).toEqual(
    sorted(inJson(readFileSync(file('all.jsonl'), 'utf8'), FLOW_FIELDS)),
  );
});
