/** Files, and what DuckDB, psql and tshark find in them. */
import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Table, writeParquet } from 'parquet-wasm';
import { FLOW_FIELDS } from '../../src/flow/fields.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { hasPostgresql, PostgresqlServer } from '../../test/cli/postgresql_server.ts';
import { hasTool } from '../../test/live/netns.ts';
import { PACKAGE_FOLDER } from '../workload.ts';
import { everyField, inIpfix, nanoseconds } from './flow_lines.ts';
import { linesOf } from './multiset.ts';
import type { ReadBack } from './read_back.ts';

/** Values as text with spaces between them. */
async function* inDuckdb(source: string, text: (field: FieldDefinition) => string): AsyncGenerator<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const duckdb = await instance.connect();
  const columns = FLOW_FIELDS.map((field) => `coalesce((${text(field)})::VARCHAR, 'null')`);
  const result = await duckdb.stream(`SELECT concat_ws(' ', ${columns.join(', ')}) FROM ${source}`);
  for await (const rows of result.yieldRows()) for (const [line] of rows) yield String(line);
  instance.closeSync();
}

const inColumns = ({ name, type }: FieldDefinition): string => (type === 'time' ? `epoch_ns("${name}")` : `"${name}"`);
/** Seconds with nine decimals. */
const inText = ({ name, type }: FieldDefinition): string =>
  type === 'time' ? `replace("${name}", '.', '')::BIGINT` : `"${name}"`;

/** A format that DuckDB reads itself. @param source what it selects from @param text a field as the others have it */
function readByDuckdb(
  format: string,
  options: readonly string[],
  source: (path: string) => string,
  text: (field: FieldDefinition) => string,
): ReadBack {
  return {
    name: `${format} by DuckDB`,
    wanted: everyField,
    missing: undefined,
    async *read(command, folder) {
      const path = join(folder, 'flows');
      await command(...options, '-o', path);
      yield* inDuckdb(source(path), text);
    },
  };
}

const PARQUET = readByDuckdb('Parquet', ['-f', 'parquet'], (path) => `read_parquet('${path}')`, inColumns);

const ARROW: ReadBack = {
  name: "Arrow by Arrow's Rust library and DuckDB",
  wanted: everyField,
  missing: undefined,
  async *read(command, folder) {
    const [stream, path] = [join(folder, 'flows.arrows'), join(folder, 'arrow.parquet')];
    await command('-f', 'arrow', '-o', stream);
    writeFileSync(path, writeParquet(Table.fromIPCStream(readFileSync(stream))));
    yield* inDuckdb(`read_parquet('${path}')`, inColumns);
  },
};

const CSV = readByDuckdb(
  'CSV',
  ['-f', 'csv'],
  (path) => `read_csv('${path}', header = true, all_varchar = true, nullstr = '')`,
  inText,
);

const TEXT_COLUMNS = FLOW_FIELDS.map(({ name }) => `"${name}": 'VARCHAR'`).join(', ');
/** DuckDB reads numbers as binary fractions; whole nanoseconds are texts. */
const JSON_LINES = readByDuckdb(
  'JSON Lines',
  ['-f', 'jsonl', '--time-format', 'ns'],
  (path) => `read_json('${path}', format = 'newline_delimited', columns = {${TEXT_COLUMNS}})`,
  inText,
);

const POSTGRESQL: ReadBack = {
  name: 'CSV by PostgreSQL (COPY by psql)',
  wanted: everyField,
  missing: hasPostgresql ? undefined : 'PostgreSQL, and its user',
  async *read(command) {
    // The server has a user of its own, who must reach it.
    const place = mkdtempSync(join(tmpdir(), 'pcapflow-readback-'));
    const server = new PostgresqlServer(place);
    try {
      await command('-f', 'csv', '-o', join(place, 'flows.csv'));
      const document = readFileSync(join(PACKAGE_FOLDER, 'docs', 'outputs.md'), 'utf8');
      const [, table = ''] = /^(CREATE TABLE flows \([^;]*;)/m.exec(document) ?? [];
      server.psql(`${table}\n\\copy flows from 'flows.csv' (format csv, header)`);
      server.psql("\\copy flows to 'flows.txt' (delimiter ' ', null 'null')");
      yield* copied(join(place, 'flows.txt'));
    } finally {
      server.stop();
    }
  },
};

async function* copied(path: string): AsyncGenerator<string> {
  const times = new Set(FLOW_FIELDS.flatMap(({ type }, n) => (type === 'time' ? [n] : [])));
  for await (const line of linesOf(createReadStream(path)))
    yield line
      .split(' ')
      .map((value, n) => (times.has(n) ? nanoseconds(value) : value))
      .join(' ');
}

/** Lines of tshark about a flow, in the order of the fields; grep leaves out the others, which are many more. */
const SHOWN =
  '^ +(Flow [0-9]+$|(Src|Dst)(Addr|Port):|Protocol:|StartTime:|EndTime:|Packets:|Octets:|Layer2 Octet D|'.concat(
    'Transport_Octet_D|TCP Flags:|Flow End Reason:|IPv[46] ICMP (Type|Code):)',
  );

const TSHARK: ReadBack = {
  name: 'IPFIX file by tshark',
  wanted: inIpfix,
  missing: hasTool('tshark') ? undefined : 'tshark',
  async *read(command, folder) {
    const path = join(folder, 'flows.ipfix');
    await command('-f', 'ipfix', '-o', path);
    const script = `tshark -r '${path}' -O cflow -V 2>/dev/null | grep -E '${SHOWN}'`;
    const { stdout } = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let values = new Map<string, string>();
    for await (const line of linesOf(stdout)) {
      const [key = '', value] = line.trim().split(': ', 2);
      if (value !== undefined) {
        noteShown(values, key, value);
        continue;
      }
      // The options record has none of these.
      if (values.size > 0) yield [...values.values()].join(' ');
      values = new Map();
    }
    yield [...values.values()].join(' ');
  },
};

function noteShown(values: Map<string, string>, key: string, value: string): void {
  // The second one is that of nanoseconds, or the reverse direction.
  if (key === 'StartTime' || key === 'EndTime') values.set(key, shownTime(value));
  else if (key.includes('ICMP')) values.set(key, value);
  else {
    const [, code] = /\((\d+)\)$/.exec(value) ?? [];
    const isCode = key === 'Protocol' || key === 'Flow End Reason';
    values.set(values.has(key) ? `${key} reverse` : key, isCode ? (code ?? '') : firstNumber(key, value));
  }
}

function firstNumber(key: string, value: string): string {
  const [word = ''] = value.split(/[ ,]/);
  return key.endsWith('Addr') ? word : String(Number(word));
}

let shownSecond = ['', 0] as readonly [string, number];

/** As `Nov 14, 2023 22:13:20.560000000 UTC`. */
function shownTime(text: string): string {
  const [, second = '', nanos = ''] = /^(.*)\.(\d{9}) UTC$/.exec(text) ?? [];
  if (second !== shownSecond[0]) shownSecond = [second, Date.parse(`${second} UTC`) / 1000];
  return String(BigInt(`${shownSecond[1]}${nanos}`));
}

export const FILES: readonly ReadBack[] = [PARQUET, ARROW, CSV, JSON_LINES, POSTGRESQL, TSHARK];
