/** `--with identify` in the formats of other programs: Arrow, Parquet, IPFIX, conn.log, the Elastic Common Schema. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_NAMES } from '../../src/flow/app_names.ts';
import type { KnownIdentity } from '../../src/flow/identity.ts';
import { pcap } from '../builders/index.ts';
import { decodeIpfix } from '../models/ipfix.ts';
import { execute } from './execute.ts';
import { namedFrames } from './named_frames.ts';

const TOUR = new URL('../../pcaps/tour.pcap', import.meta.url).pathname;

let folder = '';
let named = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcapflow-identify-formats-'));
  named = join(folder, 'names.pcap');
  writeFileSync(named, pcap(namedFrames()));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Line {
  readonly srcPort: number;
  readonly identify: KnownIdentity;
}

async function written(format: string, capture: string, ...options: readonly string[]): Promise<string> {
  const output = join(folder, `flows.${format}`);
  const args = [capture, '--no-progress', '--with', 'identify', '-f', format, '-o', output, ...options];
  expect(await execute('read', args)).toBe(0);
  return output;
}

async function linesOf<T>(format: string, capture: string, ...options: readonly string[]): Promise<T[]> {
  const text = readFileSync(await written(format, capture, ...options), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** A member as a cell: lists with spaces between their members, objects as JSON. */
function cell(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The columns of an identity. */
function cellsOf({ banner, ...others }: KnownIdentity): Record<string, string | null> {
  const values = { ...others, banner_client: banner?.client, banner_server: banner?.server };
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, cell(value)] as const)
      .filter(([, value]) => value !== null),
  );
}

function knownCells(row: Readonly<Record<string, unknown>>): Record<string, string | null> {
  const cells = Object.entries(row).map(([name, value]) => [name, cell(value)] as const);
  return Object.fromEntries(cells.filter(([name, value]) => value !== null && !name.startsWith('srcPort')));
}

describe.each([
  ['tour.pcap', (): string => TOUR],
  ['TLS and DNS', (): string => named],
])('column formats of %s say what JSON Lines says', (_, capture) => {
  it('Arrow has it', async () => {
    const lines = await linesOf<Line>('jsonl', capture());
    const path = await written('arrow', capture(), '--fields', 'srcPort,identify');
    const rows = [...tableFromIPC(readFileSync(path))].map((row) => row.toJSON() as Record<string, unknown>);
    expect(rows.map(knownCells)).toEqual(lines.map(({ identify }) => cellsOf(identify)));
  });

  it('Parquet has it, as DuckDB reads it', async () => {
    const lines = await linesOf<Line>('jsonl', capture());
    const path = await written('parquet', capture(), '--fields', 'srcPort,identify');
    const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await duckdb.runAndReadAll(`select * from read_parquet('${path}')`);
    const rows = reader.getRowObjectsJson() as Record<string, unknown>[];
    expect(rows.map(knownCells)).toEqual(lines.map(({ identify }) => cellsOf(identify)));
  });

  it('with members that are chosen, and nothing else', async () => {
    const lines = await linesOf<Line>('jsonl', capture(), '--where', 'protocol = udp');
    const path = await written(
      'arrow',
      capture(),
      '--fields',
      'identify.app,identify.idBits',
      '--where',
      'protocol = udp',
    );
    const table = tableFromIPC(readFileSync(path));
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['app', 'idBits']);
    expect([...table].map((row) => row.toJSON())).toEqual(
      lines.map(({ identify: { app = null, idBits } }) => ({ app, idBits: cell(idBits) })),
    );
  });
});

describe('IPFIX', () => {
  /** What stands before the zeros. */
  const namesIn = (path: string): string[] =>
    decodeIpfix(readFileSync(path))
      .flatMap(({ records }) => records)
      .map(
        ({ values }) =>
          Buffer.from(values.get('96') ?? '')
            .toString('latin1')
            .split('\0')[0] ?? '',
      );

  it.each([[[]], [['--where', 'protocol = udp']]])('has applicationName, with %j', async (options) => {
    const lines = await linesOf<Line>('jsonl', TOUR, ...options);
    expect(namesIn(await written('ipfix', TOUR, ...options))).toEqual(lines.map(({ identify: { app = '' } }) => app));
  });

  it('has it in the records of both directions', async () => {
    const names = namesIn(await written('ipfix', named, '--uniflow'));
    expect(names.toSorted()).toEqual(['', 'dns', 'dns', 'tls', 'tls', 'tls', 'tls']);
  });

  it('has room for every name', () => {
    expect(Math.max(...APP_NAMES.map(({ length }) => length))).toBeLessThanOrEqual(16);
  });
});

describe('files that share the flows', () => {
  const FORMATS = ['jsonl', 'csv', 'ecs', 'ipfix', 'arrow'] as const;

  it.each([
    ['all flows', []],
    ['flows that are left out', ['--where', 'protocol != udp']],
  ])('of several formats are those of each alone: %s', async (_, options) => {
    const args = FORMATS.flatMap((format) => [...['-f', format, '-o', join(folder, `shared.${format}`)]]);
    expect(await execute('read', [named, '--no-progress', '--with', 'identify', ...options, ...args])).toBe(0);
    for (const format of FORMATS) {
      const alone = readFileSync(await written(format, named, ...options));
      expect(readFileSync(join(folder, `shared.${format}`)).equals(alone), format).toBe(true);
    }
  });

  it('of several periods have the flows of one', async () => {
    const template = join(folder, 'period-%i.jsonl');
    const args = [named, '--no-progress', '--with', 'identify', '--rotate', '1s', '-f', 'jsonl', '-o', template];
    expect(await execute('read', args)).toBe(0);
    const names = readdirSync(folder).filter((name) => name.startsWith('period-') && name.endsWith('.jsonl'));
    expect(names.length).toBeGreaterThan(1);
    const parts = names
      .toSorted((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(parts.join('')).toBe(readFileSync(await written('jsonl', named), 'utf8'));
  });
});

describe('conn.log has services', () => {
  it('under the names of Zeek, from the content only', async () => {
    const lines = readFileSync(await written('zeek', named), 'utf8').split('\n');
    const column =
      lines
        .find((line) => line.startsWith('#fields'))
        ?.split('\t')
        .indexOf('service') ?? 0;
    const services = lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t')[column - 1]);
    expect(services.toSorted()).toEqual(['-', 'dns', 'ssl', 'ssl']);
  });

  it('in JSON where there is one', async () => {
    const plain = join(folder, 'plain');
    expect(await execute('read', [named, '-f', 'zeek-json', '-o', plain])).toBe(0);
    const lines = await linesOf<Record<string, unknown>>('zeek-json', named);
    expect(lines.map(({ service }) => service).toSorted()).toEqual(['dns', 'ssl', 'ssl', undefined]);
    const without = lines.map(({ service: _, ...others }) => others);
    expect(without).toEqual(
      readFileSync(plain, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    );
  });

  it('not by port alone', async () => {
    const byPort = (await linesOf<Line>('jsonl', TOUR)).filter(({ identify: { appBy } }) => appBy === 'port');
    const services = await linesOf<Record<string, unknown>>('zeek-json', TOUR);
    expect(byPort.length).toBeGreaterThan(0);
    for (const { srcPort } of byPort) {
      const flow = services.find((one) => one['id.orig_p'] === srcPort);
      expect(flow).not.toHaveProperty('service');
    }
  });
});

describe('documents of ECS', () => {
  it('have the fields of protocols, and are otherwise the same', async () => {
    const plain = join(folder, 'plain');
    expect(await execute('read', [named, '-f', 'ecs', '-o', plain])).toBe(0);
    const before = readFileSync(plain, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const lines = await linesOf<Record<string, Record<string, unknown>>>('ecs', named);
    const without = lines.map(({ tls: _t, dns: _d, related: _r, network, ...others }) => {
      const { protocol: _p, ...rest } = network ?? {};
      return { ...others, network: rest };
    });
    expect(without).toEqual(before);
    expect(lines.find(({ dns }) => dns !== undefined)).toMatchObject({
      network: { protocol: 'dns' },
      dns: { question: { name: 'www.example.com', type: 'A' }, response_code: 'NOERROR', resolved_ip: ['192.0.2.1'] },
      related: { hosts: ['www.example.com'], ip: ['192.0.2.1'] },
    });
    const tls = lines.find((line) => line['tls'] !== undefined);
    expect(tls).toMatchObject({
      network: { protocol: 'tls' },
      tls: { version_protocol: 'tls', version: '1.3', cipher: expect.stringMatching(/^0x[0-9a-f]{4}$/) },
    });
  });

  it('have requests and answers of HTTP', async () => {
    const lines = await linesOf<Record<string, unknown>>('ecs', TOUR);
    expect(lines.find((line) => 'http' in line)).toMatchObject({
      http: { request: { method: 'GET' }, response: { status_code: 301 } },
      url: { domain: 'www.example.org' },
    });
  });
});
