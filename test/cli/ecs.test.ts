/** `--format ecs`: documents made from JSON Lines by other code, and read by DuckDB. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { ethernet, ipv4, Packet, pcap } from '../builders/index.ts';
import { execute } from './execute.ts';
import { CAPTURES } from './read_back.ts';
import type { Members } from './read_back.ts';

const main = fileURLToPath(new URL('../../dist/bin/pcapflow/main.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcapflow-ecs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const tour = CAPTURES.find(({ name }) => name === 'tour.pcap') as (typeof CAPTURES)[number];

async function documentsOf(path: string, ...options: readonly string[]): Promise<unknown[]> {
  await execute('read', ['--no-progress', '-f', 'ecs', '-o', file('flows'), ...options, path]);
  const lines = readFileSync(file('flows'), 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as unknown);
}

/** `1700000000.560000000` as ISO 8601. */
function isoTime(seconds: string): string {
  const [whole, nanos] = seconds.split('.') as [string, string];
  return `${new Date(Number(whole) * 1000).toISOString().slice(0, 19)}.${nanos}Z`;
}

const nanoseconds = (seconds = ''): bigint => BigInt(seconds.replace('.', ''));

const KEYWORDS: Readonly<Record<string, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipv4',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  88: 'eigrp',
  89: 'ospfigp',
  103: 'pim',
  112: 'vrrp',
  115: 'l2tp',
  132: 'sctp',
  136: 'udplite',
};

function wanted(flow: Members): object {
  const number = (name: string): number => Number(flow[name]);
  const keyword = KEYWORDS[flow.protocol ?? ''];
  return {
    '@timestamp': isoTime(flow.firstSeen ?? ''),
    ecs: { version: '8.17.0' },
    event: {
      kind: 'event',
      category: ['network'],
      type: ['connection', 'end'],
      action: 'network_flow',
      start: isoTime(flow.firstSeen ?? ''),
      end: isoTime(flow.lastSeen ?? ''),
      duration: Number(nanoseconds(flow.lastSeen) - nanoseconds(flow.firstSeen)),
      reason: flow.endReason,
    },
    source: {
      ip: flow.srcAddress,
      port: number('srcPort'),
      packets: number('packetsForward'),
      bytes: number('bytesForward'),
    },
    destination: {
      ip: flow.dstAddress,
      port: number('dstPort'),
      packets: number('packetsReverse'),
      bytes: number('bytesReverse'),
    },
    network: {
      type: flow.srcAddress?.includes(':') === true ? 'ipv6' : 'ipv4',
      iana_number: flow.protocol,
      ...(keyword === undefined ? {} : { transport: keyword }),
      packets: number('packetsForward') + number('packetsReverse'),
      bytes: number('bytesForward') + number('bytesReverse'),
    },
  };
}

it.each(CAPTURES.map((capture) => [capture.name, capture] as const))('%s has its flows', async (_, { path, flows }) => {
  expect(await documentsOf(path)).toEqual(flows.map(wanted));
});

it('every protocol has its number as a text, those with a keyword that too', async () => {
  const numbers = Array.from({ length: 256 }, (_, protocol) => protocol).filter((n) => ![0, 1, 6, 17, 58].includes(n));
  const frames = numbers.map((protocol, n) => ({
    timestampNs: BigInt(n),
    frame: new Packet(new Uint8Array(40), {}).over(ipv4({ protocol })).over(ethernet()),
  }));
  writeFileSync(file('protocols.pcap'), pcap(frames));
  const documents = (await documentsOf(file('protocols.pcap'))) as { network: Record<string, unknown> }[];
  const found = new Map(documents.map(({ network }) => [network.iana_number, network.transport]));
  expect(found.size).toBeGreaterThan(200);
  for (const [number, keyword] of found) {
    expect(number).toBe(String(Number(number)));
    if (KEYWORDS[String(number)] !== undefined) expect(keyword).toBe(KEYWORDS[String(number)]);
  }
  expect(found.get('253')).toBeUndefined();
});

it('has the Community ID where that is asked for', async () => {
  const [document] = (await documentsOf(tour.path, '--with', 'community-id')) as [{ network: object }];
  expect(document.network).toHaveProperty('community_id', expect.stringMatching(/^1:[A-Za-z0-9+/]{27}=$/));
});

it('is read by DuckDB', async () => {
  await documentsOf(tour.path);
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const sql = `select count(*), sum(source.bytes + destination.bytes), sum(network.bytes), min("@timestamp")::VARCHAR
    from read_json('${file('flows')}')`;
  const [row] = (await duckdb.runAndReadAll(sql)).getRowsJson();
  const sum = tour.flows.reduce((all, flow) => all + Number(flow.bytesForward) + Number(flow.bytesReverse), 0);
  expect(row?.slice(0, 3).map(Number)).toEqual([tour.flows.length, sum, sum]);
  expect(row?.[3]).toMatch(/^2023-11-14.22:13:20\.1008/);
});

it('becomes a bulk request as the document says', () => {
  const command = `'${process.execPath}' '${main}' read '${tour.path}' -f ecs | sed 's/^/{"create":{}}\\n/'`;
  const lines = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trimEnd().split('\n');
  expect(lines.length).toBe(2 * tour.flows.length);
  lines.forEach((line, n) => {
    if (n % 2 === 0) expect(line).toBe('{"create":{}}');
    else expect(JSON.parse(line)).toHaveProperty('@timestamp');
  });
});

it.each([['--fields', 'srcAddress'], ['--by', 'srcAddress'], ['--with', 'identify', '--top', '3'], ['--owner']])(
  'refuses %s, which asks for other columns',
  (...options) => {
    const { status, stderr } = spawnSync(process.execPath, [main, 'read', '-f', 'ecs', tour.path, ...options], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/--format ecs has the fields of the Elastic Common Schema; leave out --/);
  },
);
