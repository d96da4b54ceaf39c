/**
 * All kinds of sockets in a quiet network namespace: the same rows as `ss` and `netstat` give. Needs root with the
 * right to make namespaces, and the tools named in each test.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { unmapAddress } from '../../../src/host/address/address.ts';
import { socketOwners } from '../../../src/host/process/socket_owners.ts';
import { SocketTable } from '../../../src/host/sockets/index.ts';
import type { SocketRow } from '../../../src/host/sockets/index.ts';
import { SYN, ethernet, ipv4, pcap, tcp } from '../../builders/index.ts';
import {
  FAR_ADDRESS,
  FAR_MAC,
  NEAR,
  NEAR_ADDRESS,
  NEAR_MAC,
  NamespacePair,
  canUseNamespaces,
  hasTool,
} from '../../live/netns.ts';
import type { Namespace } from '../../live/netns.ts';
import { netstatRows, ssRows } from './tool_rows.ts';

const MAKER = fileURLToPath(new URL('socket_maker.mjs', import.meta.url));
/** Addresses on the link that nobody answers for. */
const SILENT = '10.77.0.98';
const SYN_SENDER = '10.77.0.99';
const NOBODY_MAC = '02:00:00:00:00:99';

describe.skipIf(!canUseNamespaces)('in a quiet network namespace (needs root, ip and tcpreplay)', () => {
  let pair: NamespacePair;
  const makers: Maker[] = [];
  let pid = 0;

  beforeAll(async () => {
    pair = new NamespacePair();
    pair.addAddresses();
    for (const address of [SILENT, SYN_SENDER])
      pair.near.ip('neigh', 'add', address, 'lladdr', NOBODY_MAC, 'dev', NEAR, 'nud', 'permanent');
    const server = new Maker(pair.near);
    const client = new Maker(pair.near);
    const far = new Maker(pair.far);
    makers.push(server, client, far);
    pid = await server.pid();
    await makeSockets(server, client, far);
    await halfOpen(pair, server);
  });

  afterAll(async () => {
    for (const maker of makers) await maker.close();
    pair?.dispose();
  });

  function tables(): SocketTable {
    return SocketTable.all(undefined, { pid });
  }

  it('there are about 200 rows, of every state that the tables can show', () => {
    const rows = tables().connections();
    expect(rows.length).toBeGreaterThanOrEqual(200);
    expect(new Set(rows.filter(({ table }) => table.startsWith('tcp')).map(({ state }) => state))).toEqual(
      new Set([
        'established',
        'synSent',
        'synRecv',
        'finWait1',
        'finWait2',
        'timeWait',
        'closeWait',
        'lastAck',
        'listen',
        'closing',
      ]),
    );
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(['tcp', 'tcp6', 'udp', 'udp6']));
    expect(rows.some(({ mapped, table }) => mapped && table === 'udp6')).toBe(true);
  });

  it('a SYN that gets no further is half-open, and belongs to nobody', () => {
    const rows = tables().synRecv();
    expect(rows).toMatchObject([
      {
        ...{ table: 'tcp', state: 'synRecv', stateCode: 3, inode: 0, uid: 0 },
        ...{
          local: { address: NEAR_ADDRESS },
          remote: { address: SYN_SENDER, port: 44444 },
          rtoTicks: undefined,
          cwnd: undefined,
        },
      },
    ]);
  });

  it('the namespace of another process is not the own one', () => {
    const [row] = tables().synRecv();
    expect(new SocketTable('tcp').byEndpoint({ local: row?.local ?? { address: '', port: 0 } })).toEqual([]);
  });

  it.skipIf(!hasTool('ss'))('rows, states and processes are those of ss -Htunap (needs ss)', () => {
    const [before, ss, after] = [ours(tables(), plain), ssRows(pair.near.run('ss', '-Htunap')), ours(tables(), plain)];
    expect(after).toEqual(before);
    expect(ss).toEqual(before);
  });

  it.skipIf(!hasTool('ss'))('ss -Htan and ss -Huan agree too (needs ss)', () => {
    const names = (row: SocketRow): string => describeRow(row, plain);
    const tcp = ssRows(pair.near.run('ss', '-Htan'), 'tcp');
    const udp = ssRows(pair.near.run('ss', '-Huan'), 'udp');
    expect(tcp).toEqual(SocketTable.all(['tcp', 'tcp6'], { pid }).connections().map(names).sort());
    expect(udp).toEqual(SocketTable.all(['udp', 'udp6'], { pid }).connections().map(names).sort());
  });

  it.skipIf(!hasTool('netstat'))('rows, states and processes are those of netstat -tunap (needs netstat)', () => {
    const [before, netstat, after] = [
      ours(tables(), unmapAddress),
      netstatRows(pair.near.run('netstat', '-tunapW')),
      ours(tables(), unmapAddress),
    ];
    expect(after).toEqual(before);
    expect(netstat).toEqual(before);
  });

  it.skipIf(!hasTool('netstat'))('netstat -tuan agrees too (needs netstat)', () => {
    const names = tables()
      .connections()
      .map((row) => describeRow(row, unmapAddress))
      .sort();
    expect(netstatRows(pair.near.run('netstat', '-tuanW'))).toEqual(names);
  });
});

/** netstat shows a mapped address as IPv4, ss does not. */
type Spelling = (address: string) => string;
const plain: Spelling = (address) => address;

/** Every row in one line, with the process when it has one. */
function ours(table: SocketTable, spelling: Spelling): string[] {
  const { owners } = socketOwners();
  return table
    .connections()
    .map((row) => {
      const pids = row.inode === 0 ? [] : (owners.get(row.inode) ?? []).map((owner) => ` pid ${owner.pid}`);
      return describeRow(row, spelling) + pids.join('');
    })
    .sort();
}

function describeRow({ table, local, remote, state }: SocketRow, spelling: Spelling): string {
  return `${table} ${spelling(local.address)} ${local.port} ${spelling(remote.address)} ${remote.port} ${state}`;
}

/** Some of each kind, in states that last. */
async function makeSockets(server: Maker, client: Maker, far: Maker): Promise<void> {
  const plain4 = await server.ask('listen', { group: 'plain', host: '127.0.0.1', count: 20 });
  const plain6 = await server.ask('listen', { group: 'plain6', host: '::1', count: 10 });
  const dual = await server.ask('listen', { group: 'dual', host: '::', count: 10 });
  await server.ask('listen', { group: 'only6', host: '::', count: 3, ipv6Only: true });
  await server.ask('listen', { group: 'any', host: '0.0.0.0', count: 3 });
  await client.ask('connect', { group: 'plain', host: '127.0.0.1', ports: plain4 });
  await client.ask('connect', { group: 'plain6', host: '::1', ports: plain6 });
  await client.ask('connect', { group: 'mapped', host: '127.0.0.1', ports: dual });

  const bound = await server.ask('bind', { group: 'udp', host: '127.0.0.1', count: 15 });
  await server.ask('bind', { group: 'udp', host: '0.0.0.0', count: 2 });
  const bound6 = await server.ask('bind', { group: 'udp', host: '::1', count: 10 });
  await server.ask('bind', { group: 'udp', host: '::', count: 2, ipv6Only: false });
  await client.ask('connectUdp', { group: 'udp', host: '127.0.0.1', ports: bound });
  await client.ask('connectUdp', { group: 'udp', host: '::1', ports: bound6 });
  await client.ask('connectUdp', { group: 'udp', host: '::ffff:127.0.0.1', ports: bound.slice(0, 3) });

  // closeWait and finWait2: one side is done, the other is not. timeWait: both are, on IPv4, IPv6 and mapped.
  await pairOf(server, client, 'half', '127.0.0.1', 6);
  await client.ask('end', { group: 'half' });
  for (const [group, host, target] of [
    ['done', '127.0.0.1', '127.0.0.1'],
    ['done6', '::1', '::1'],
    ['doneMapped', '::', '127.0.0.1'],
  ] as const) {
    await pairOf(server, client, group, host, 4, target);
    await client.ask('end', { group });
    await server.settle((rows) => rows.filter(({ state }) => state === 'closeWait').length >= 4);
    await server.ask('end', { group });
  }

  await client.ask('begin', { group: 'unanswered', host: SILENT, port: 80 });
  await lostAcknowledgements(server, far);
  // Every state is where it stays.
  await server.settle((rows) => {
    const counts = new Map<string, number>();
    for (const { state, table } of rows) if (table.startsWith('tcp')) counts.set(state, (counts.get(state) ?? 0) + 1);
    return (
      counts.get('timeWait') === 12 &&
      counts.get('finWait2') === 6 &&
      counts.get('closeWait') === 6 &&
      counts.get('synSent') === 1
    );
  });
}

/** Listeners of one process, each with a connection from another. */
async function pairOf(
  server: Maker,
  client: Maker,
  group: string,
  host: string,
  count: number,
  target = host,
): Promise<void> {
  const ports = await server.ask('listen', { group, host, count });
  await client.ask('connect', { group, host: target, ports });
  while ((await server.ask<number>('count', { group })) < count);
}

/**
 * finWait1, lastAck and closing: what this side sends goes to an address of nobody, so that its FINs are never
 * acknowledged, while the other side is heard.
 */
async function lostAcknowledgements(near: Maker, far: Maker): Promise<void> {
  const groups = ['finWait1', 'lastAck', 'closing'];
  for (const group of groups) await pairOf(near, far, group, NEAR_ADDRESS, 2);
  await far.ask('end', { group: 'lastAck' });
  await near.settle(
    (rows) => rows.filter(({ state, local }) => state === 'closeWait' && local.address === NEAR_ADDRESS).length === 2,
  );
  near.namespace.ip('neigh', 'replace', FAR_ADDRESS, 'lladdr', NOBODY_MAC, 'dev', NEAR, 'nud', 'permanent');
  for (const group of groups) await near.ask('end', { group });
  await near.settle((rows) => rows.filter(({ state }) => state === 'finWait1').length === 4);
  await far.ask('end', { group: 'closing' });
  for (const state of ['finWait1', 'lastAck', 'closing'])
    await near.settle((rows) => rows.filter((row) => row.state === state).length === 2);
}

/** One SYN from an address that answers nothing. */
async function halfOpen(pair: NamespacePair, server: Maker): Promise<void> {
  const [port = 0] = await server.ask('listen', { group: 'halfOpen', host: NEAR_ADDRESS, count: 1 });
  const frame = tcp({ srcPort: 44444, dstPort: port, flags: SYN })
    .over(ipv4({ src: SYN_SENDER, dst: NEAR_ADDRESS }))
    .over(ethernet({ src: FAR_MAC, dst: NEAR_MAC }));
  await pair.replay(pair.file('syn.pcap', pcap([{ timestampNs: 0n, frame }])));
  await server.settle((rows) => rows.some(({ state }) => state === 'synRecv'));
}

/** A process in a namespace that makes sockets. */
class Maker {
  readonly namespace: Namespace;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  /** An answer that will never come is not waited for. */
  readonly #ended = new AbortController();

  constructor(namespace: Namespace) {
    this.namespace = namespace;
    // `ip` becomes the command: its pid is that of the process with the sockets.
    this.#child = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, MAKER], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.once('close', () => this.#ended.abort());
  }

  /** The process is in its namespace, and its sockets are those of this pid. */
  async pid(): Promise<number> {
    await this.ask('count', { group: '' });
    return this.#child.pid ?? 0;
  }

  async ask<T = readonly number[]>(work: string, options: object): Promise<T> {
    const answer = once(this.#lines, 'line', { signal: this.#ended.signal });
    this.#child.stdin.write(`${JSON.stringify([work, options])}\n`);
    return JSON.parse(String((await answer)[0])) as T;
  }

  /** Reads the tables of its namespace until they are as expected. @throws after 10 s */
  async settle(expected: (rows: readonly SocketRow[]) => boolean): Promise<void> {
    const table = SocketTable.all(undefined, { pid: await this.pid() });
    for (const end = performance.now() + 120_000; !expected(table.connections()); await table.refreshAsync()) {
      if (performance.now() > end)
        throw new Error(
          `not as expected: ${table
            .connections()
            .map((row) => describeRow(row, plain))
            .join('\n')}`,
        );
    }
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}
