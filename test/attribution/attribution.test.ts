/** Who is behind new flows: on a recorded tree that the tests change, and with real sockets of child processes. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FlowAttribution } from '../../src/attribution/attribution.ts';
import type { Attribution, FlowStart } from '../../src/attribution/attribution.ts';
import { CpuBudget } from '../../src/attribution/cpu_budget.ts';
import { PeerHabits } from '../../src/attribution/peer_habits.ts';
import { scanSockets } from '../../src/attribution/socket_scan.ts';
import type { ScannedSocket } from '../../src/attribution/socket_scan.ts';
import { ipToHex } from '../../src/host/address/hex_address.ts';
import { processName } from '../../src/host/process/process_name.ts';
import { Peer } from '../host/state/peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcapflow-attribution-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const TCP = 6;
const UDP = 17;
const OWN = '10.0.0.1';
const PEER = '10.0.0.9';

interface Row {
  readonly local: readonly [string, number];
  readonly remote?: readonly [string, number];
  readonly state?: string;
  readonly inode: number;
  readonly uid?: number;
}

/** A proc tree with tables and processes. */
class Tree {
  readonly root = mkdtempSync(join(folder, 'tree-'));
  #lastPid = 0;

  constructor() {
    mkdirSync(join(this.root, 'net'));
    for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) this.table(table, []);
  }

  table(name: string, rows: readonly Row[]): void {
    const ipv6 = name.endsWith('6');
    writeFileSync(join(this.root, 'net', name), HEADING + rows.map((row, index) => line(row, index, ipv6)).join(''));
  }

  process(pid: number, name: string, inodes: readonly number[], parent = 1): void {
    const uid = 33;
    const path = join(this.root, String(pid));
    rmSync(path, { recursive: true, force: true });
    mkdirSync(join(path, 'fd'), { recursive: true });
    writeFileSync(join(path, 'status'), `Name:\t${name}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    writeFileSync(join(path, 'stat'), `${pid} (${name}) S ${parent} ${pid} ${pid} 0 -1\n`);
    inodes.forEach((inode, index) => symlinkSync(`socket:[${inode}]`, join(path, 'fd', String(index + 3))));
    this.#lastPid++;
    writeFileSync(join(this.root, 'loadavg'), `0.0 0.0 0.0 1/1 ${30_000 + this.#lastPid}\n`);
  }

  end(pid: number): void {
    rmSync(join(this.root, String(pid)), { recursive: true });
  }
}

function line({ local, remote = ['', 0], state = '01', inode, uid = 0 }: Row, index: number, ipv6: boolean): string {
  const hex = ([address, port]: readonly [string, number]): string => {
    const known =
      address === '' ? (ipv6 ? '::' : '0.0.0.0') : ipv6 && !address.includes(':') ? `::ffff:${address}` : address;
    return `${ipToHex(known)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  };
  return `${String(index).padStart(4)}: ${hex(local)} ${hex(remote)} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0 100 0 0 10 0\n`;
}

function flow(
  protocol: number,
  [srcAddress, srcPort]: readonly [string, number],
  [dstAddress, dstPort]: readonly [string, number],
): FlowStart {
  return { protocol, srcAddress, srcPort, dstAddress, dstPort, firstSeenMs: Date.now() };
}

async function attributed(tree: Tree, ...flows: readonly FlowStart[]): Promise<readonly Attribution[]> {
  await using attribution = new FlowAttribution({ procRoot: tree.root, localAddresses: () => [OWN, '2001:db8::1'] });
  return await attribution.attribute(flows);
}

const uid = process.getuid?.() ?? 0;

describe('a flow', () => {
  it('of this host is outbound, and of the process that has its socket', async () => {
    const tree = new Tree();
    tree.table('tcp', [{ local: [OWN, 4000], remote: [PEER, 80], inode: 7, uid }]);
    tree.table('tcp6', [
      { local: ['2001:db8::1', 4000], remote: ['2001:db8::2', 80], inode: 8, uid },
      { local: [OWN, 4001], remote: [PEER, 80], inode: 9, uid },
    ]);
    tree.table('udp', [
      { local: [OWN, 5000], remote: [PEER, 53], inode: 10, uid },
      { local: ['', 5001], inode: 11, uid, state: '07' },
    ]);
    tree.process(50, 'client', [7, 8, 9, 10, 11]);
    const client = {
      process: { pid: 50, name: 'client', uid: 33 },
      inbound: false,
      turned: false,
      evidence: 'socket',
    };
    const flows = [
      flow(TCP, [OWN, 4000], [PEER, 80]),
      flow(TCP, ['2001:db8::1', 4000], ['2001:db8::2', 80]),
      flow(TCP, [OWN, 4001], [PEER, 80]),
      flow(UDP, [OWN, 5000], [PEER, 53]),
      flow(UDP, [OWN, 5001], [PEER, 53]),
      flow(TCP, [`::ffff:${OWN}`, 4000], [`::ffff:${PEER}`, 80]),
    ];
    await using attribution = new FlowAttribution({ procRoot: tree.root, localAddresses: () => [OWN, '2001:db8::1'] });
    expect(await attribution.attribute(flows)).toMatchObject(flows.map(() => client));
    expect(attribution.counters).toMatchObject({ flows: 6, bySocket: 6, unknown: 0, reads: 1 });
  });

  it('to this host is inbound, and of the listener, although its own socket has gone', async () => {
    const tree = new Tree();
    tree.table('tcp', [{ local: [OWN, 80], state: '0A', inode: 7, uid }]);
    tree.table('tcp6', [{ local: ['', 81], state: '0A', inode: 8, uid }]);
    tree.table('udp', [{ local: ['', 53], state: '07', inode: 9, uid }]);
    tree.process(50, 'server', [7, 8, 9]);
    const server = { process: { pid: 50, name: 'server', uid: 33 }, inbound: true, turned: false };
    expect(
      await attributed(
        tree,
        flow(TCP, [PEER, 4000], [OWN, 80]),
        flow(TCP, [PEER, 4000], [OWN, 81]),
        flow(UDP, [PEER, 4000], [OWN, 53]),
        flow(UDP, [PEER, 53], ['224.0.0.251', 53]),
      ),
    ).toMatchObject([
      { ...server, evidence: 'listener' },
      { ...server, evidence: 'listener' },
      { ...server, evidence: 'socket' },
      { ...server, evidence: 'socket' },
    ]);
  });

  it('that was accepted is of the process that has the accepted socket, not of the listener’s', async () => {
    const tree = new Tree();
    const rows: readonly Row[] = [
      { local: ['', 80], state: '0A', inode: 7, uid },
      { local: [OWN, 80], remote: [PEER, 4000], inode: 8, uid },
      { local: [OWN, 80], remote: [PEER, 4001], inode: 9, uid },
      { local: ['127.0.0.1', 80], remote: ['127.0.0.1', 4002], inode: 10, uid },
    ];
    tree.table('tcp', rows);
    tree.process(50, 'inetd', [7]);
    tree.process(51, 'server', [8, 10]);
    tree.process(52, 'server', [9]);
    const accepted = (pid: number): object => ({ process: { pid }, inbound: true, evidence: 'socket' });
    expect(
      await attributed(
        tree,
        flow(TCP, [PEER, 4000], [OWN, 80]),
        flow(TCP, [PEER, 4001], [OWN, 80]),
        flow(TCP, ['127.0.0.1', 4002], ['127.0.0.1', 80]),
        // The first packet seen came from the server.
        flow(TCP, [OWN, 80], [PEER, 4000]),
        flow(TCP, [PEER, 4003], [OWN, 80]),
      ),
    ).toMatchObject([
      accepted(51),
      accepted(52),
      accepted(51),
      accepted(51),
      { process: { pid: 50 }, inbound: true, evidence: 'listener' },
    ]);
  });

  it('between other hosts has no direction, and other protocols have no process', async () => {
    const nobody = { process: null, turned: false, evidence: null, holders: [], namespace: null, scope: null };
    expect(
      await attributed(
        new Tree(),
        flow(TCP, [PEER, 1], ['10.0.0.8', 2]),
        flow(1, [OWN, 0], [PEER, 0]),
        flow(1, [PEER, 0], [OWN, 0]),
        flow(TCP, [PEER, 1], [OWN, 2]),
        flow(TCP, [OWN, 1], [PEER, 2]),
        flow(UDP, [OWN, 1], [PEER, 2]),
        flow(UDP, [PEER, 1], ['239.1.2.3', 2]),
      ),
    ).toEqual(
      [null, false, true, true, false, false, true].map((inbound) => ({
        ...nobody,
        inbound,
        forwarded: inbound === null,
      })),
    );
  });

  it('is turned round when its first packet seen came from a listener', async () => {
    const tree = new Tree();
    tree.table('tcp', [
      { local: ['', 80], state: '0A', inode: 7, uid },
      { local: [OWN, 4000], remote: [OWN, 80], inode: 8, uid },
    ]);
    tree.process(50, 'server', [7]);
    tree.process(51, 'client', [8]);
    expect(await attributed(tree, flow(TCP, [OWN, 80], [PEER, 4000]), flow(TCP, [OWN, 80], [OWN, 4000]))).toMatchObject(
      [
        { process: { pid: 50 }, inbound: true, turned: true },
        { process: { pid: 51 }, inbound: false, turned: true },
      ],
    );
  });

  it('is turned round when its first packet seen went to a connection that this host had made', async () => {
    const tree = new Tree();
    tree.table('tcp', [{ local: [OWN, 4000], remote: [PEER, 80], inode: 8, uid }]);
    tree.process(51, 'client', [8]);
    const reply = flow(TCP, [PEER, 80], [OWN, 4000]);
    expect(
      await attributed(tree, reply, { ...reply, originatorKnown: true }, flow(TCP, [PEER, 80], [OWN, 4001])),
    ).toMatchObject([
      { process: { pid: 51 }, inbound: false, turned: true },
      // A SYN came from there: the listener has been closed since.
      { process: { pid: 51 }, inbound: true, turned: false },
      { process: null, inbound: true, turned: false },
    ]);
  });

  it('over udp to a connected socket on a port of the kernel’s choice is a reply', async () => {
    const tree = new Tree();
    tree.table('udp', [
      { local: [OWN, 40_000], remote: [PEER, 53], inode: 7, uid },
      // Another socket takes what others send to the port; a server has connected its socket to the client.
      { local: [OWN, 40_001], remote: [PEER, 53], inode: 8, uid },
      { local: ['', 40_001], inode: 9, uid, state: '07' },
      { local: [OWN, 500], remote: [PEER, 53], inode: 10, uid },
    ]);
    tree.process(50, 'client', [7]);
    tree.process(51, 'server', [8, 10]);
    const from = (port: number): FlowStart => flow(UDP, [PEER, 53], [OWN, port]);
    expect(await attributed(tree, from(40_000), from(40_001), from(500))).toMatchObject([
      { process: { pid: 50 }, inbound: false, turned: true },
      { process: { pid: 51 }, inbound: true, turned: false },
      { process: { pid: 51 }, inbound: true, turned: false },
    ]);
  });

  it('whose connection has left its process has none, unless its beginning was seen', async () => {
    const tree = new Tree();
    tree.table('tcp', [
      { local: ['', 80], state: '0A', inode: 7, uid },
      { local: [OWN, 80], remote: [PEER, 4000], state: '06', inode: 0 },
      { local: [OWN, 80], remote: [PEER, 4001], state: '01', inode: 0 },
      { local: [OWN, 80], remote: [PEER, 4002], state: '03', inode: 0 },
      { local: [OWN, 5000], remote: [PEER, 81], state: '05', inode: 0 },
    ]);
    tree.table('tcp6', [{ local: [OWN, 80], remote: [PEER, 4003], state: '06', inode: 0 }]);
    tree.process(50, 'server', [7]);
    const to80 = (port: number): FlowStart => flow(TCP, [PEER, port], [OWN, 80]);
    const flows = [to80(4000), to80(4001), to80(4002), to80(4003), flow(TCP, [PEER, 81], [OWN, 5000])];
    const listener = { process: { pid: 50 }, inbound: true, turned: false, evidence: 'listener' };
    const left = { process: null, inbound: true, turned: false, evidence: null };
    expect(await attributed(tree, ...flows)).toMatchObject([
      left,
      listener,
      listener,
      left,
      { process: null, inbound: false, turned: true },
    ]);
    expect(await attributed(tree, { ...to80(4000), originatorKnown: true })).toMatchObject([listener]);
  });

  it('with both ends here is the originator’s, or else the responder’s', async () => {
    const tree = new Tree();
    tree.table('tcp', [
      { local: ['', 80], state: '0A', inode: 7, uid },
      { local: ['127.0.0.1', 4000], remote: ['127.0.0.1', 80], inode: 8, uid },
    ]);
    tree.process(50, 'server', [7]);
    tree.process(51, 'client', [8]);
    expect(
      await attributed(
        tree,
        flow(TCP, ['127.0.0.1', 4000], ['127.0.0.1', 80]),
        flow(TCP, ['127.0.0.1', 4001], ['127.0.0.1', 80]),
      ),
    ).toMatchObject([
      { process: { pid: 51 }, inbound: false, evidence: 'socket' },
      { process: { pid: 50 }, inbound: true, evidence: 'listener' },
    ]);
  });

  it('whose socket has gone is still named when it was seen before', async () => {
    const tree = new Tree();
    tree.table('tcp', [{ local: [OWN, 4000], remote: [PEER, 80], inode: 7, uid }]);
    tree.process(50, 'client', [7]);
    await using attribution = new FlowAttribution({ procRoot: tree.root, localAddresses: () => [OWN] });
    await attribution.warm();
    tree.table('tcp', []);
    tree.end(50);
    expect(await attribution.attribute([flow(TCP, [OWN, 4000], [PEER, 80])])).toMatchObject([
      { process: { pid: 50, name: 'client' }, evidence: 'socket' },
    ]);
    const later = { ...flow(TCP, [OWN, 4000], [PEER, 80]), firstSeenMs: Date.now() + 60_000 };
    expect(await attribution.attribute([later])).toMatchObject([{ process: null, inbound: false }]);
  });

  it('whose socket was never seen is of the one process that talks to this peer, and of none when there are two', async () => {
    const tree = new Tree();
    const ports = [3996, 3997, 3998, 3999];
    tree.table(
      'tcp',
      ports.map((port) => ({ local: [OWN, port], remote: [PEER, 80], inode: port, uid }) as const),
    );
    tree.process(50, 'client', ports);
    await using attribution = new FlowAttribution({ procRoot: tree.root, localAddresses: () => [OWN] });
    await attribution.warm();
    const unseen = flow(TCP, [OWN, 4002], [PEER, 80]);
    expect(await attribution.attribute([unseen, flow(TCP, [OWN, 4002], [PEER, 81])])).toMatchObject([
      { process: { pid: 50 }, inbound: false, evidence: 'habit' },
      { process: null, inbound: false, evidence: null },
    ]);
    tree.table('tcp', [{ local: [OWN, 4003], remote: [PEER, 80], inode: 4003, uid }]);
    tree.process(51, 'other', [4003]);
    expect(await attribution.attribute([flow(TCP, [OWN, 4003], [PEER, 80])])).toMatchObject([{ process: { pid: 51 } }]);
    expect(await attribution.attribute([unseen])).toMatchObject([{ process: null, inbound: false }]);
  });

  it('keeps the hostile name of its process raw', async () => {
    const tree = new Tree();
    tree.table('tcp', [{ local: [OWN, 4000], remote: [PEER, 80], inode: 7, uid }]);
    tree.process(50, 'a) S\\n\u001b[31m(', [7]);
    expect(await attributed(tree, flow(TCP, [OWN, 4000], [PEER, 80]))).toMatchObject([
      { process: { name: 'a) S\n\u001b[31m(' } },
    ]);
  });
});

it('a socket that was inherited has all its holders, the lowest pid first', async () => {
  const tree = new Tree();
  tree.table('tcp', [{ local: [OWN, 4000], remote: [PEER, 80], inode: 7, uid }]);
  tree.process(60, 'parent', [7]);
  tree.process(61, 'child', [7], 60);
  tree.process(62, 'stranger', [], 60);
  expect(await attributed(tree, flow(TCP, [OWN, 4000], [PEER, 80]))).toMatchObject([
    {
      process: { pid: 60 },
      holders: [
        { pid: 60, name: 'parent', descriptor: 3 },
        { pid: 61, name: 'child', descriptor: 3 },
      ],
    },
  ]);
});

describe('attribution', () => {
  it('reads once for a batch of 1,000 flows', async () => {
    const tree = new Tree();
    await using attribution = new FlowAttribution({ procRoot: tree.root, localAddresses: () => [OWN] });
    const answers = await attribution.attribute(
      Array.from({ length: 1_000 }, (_, index) => flow(TCP, [OWN, index + 1], [PEER, 80])),
    );
    expect(answers).toHaveLength(1_000);
    expect(attribution.counters).toMatchObject({ flows: 1_000, unknown: 1_000, reads: 1 });
  });

  it('answers what waits when it is closed, and after', async () => {
    const tree = new Tree();
    const attribution = new FlowAttribution({ procRoot: tree.root, localAddresses: () => [OWN] });
    const waiting = attribution.attribute([flow(TCP, [OWN, 1], [PEER, 80])]);
    await attribution.close();
    await attribution.close();
    expect(await waiting).toMatchObject([{ process: null, inbound: false }]);
    expect(await attribution.attribute([flow(TCP, [PEER, 1], [OWN, 80])])).toMatchObject([
      { process: null, inbound: true },
    ]);
    expect(await attribution.attribute([])).toEqual([]);
  });

  it('works without tables and without processes', async () => {
    await using attribution = new FlowAttribution({ procRoot: join(folder, 'none'), localAddresses: () => [OWN] });
    expect(await attribution.attribute([flow(TCP, [OWN, 1], [PEER, 80])])).toMatchObject([
      { process: null, inbound: false },
    ]);
  });

  it('refuses a share of nothing, and text that is no address', async () => {
    expect(() => new FlowAttribution({ cpuShare: 0 })).toThrow(RangeError);
    await using attribution = new FlowAttribution({ procRoot: folder });
    await expect(attribution.attribute([flow(TCP, ['x', 1], [PEER, 80])])).rejects.toThrow(RangeError);
  });

  it('names real processes: a listener’s and a client’s', async () => {
    using server = new Peer();
    using client = new Peer();
    const port = await server.make('listen', { host: '127.0.0.1' });
    const own = await client.make('connect', { host: '127.0.0.1', port });
    const udpPort = await server.make('udp', { host: '127.0.0.1' });
    const udpOwn = await client.make('udp', { to: { host: '127.0.0.1', port: udpPort } });
    await using attribution = new FlowAttribution();
    const named = { pid: client.pid, name: processName(client.pid), uid: process.geteuid?.() };
    expect(
      await attribution.attribute([
        flow(TCP, ['127.0.0.1', own], ['127.0.0.1', port]),
        flow(UDP, ['127.0.0.1', udpOwn], ['127.0.0.1', udpPort]),
      ]),
    ).toMatchObject([
      { process: named, inbound: false, turned: false, evidence: 'socket' },
      { process: named, inbound: false, turned: false, evidence: 'socket' },
    ]);
    await using another = new FlowAttribution({ localAddresses: () => ['127.0.0.1'] });
    expect(await another.attribute([flow(TCP, [PEER, 1], ['127.0.0.1', port])])).toMatchObject([
      { process: { pid: server.pid }, inbound: true },
    ]);
  });
});

it('an accepted socket that was passed on is of who has it now', async () => {
  const tree = new Tree();
  tree.table('tcp', [
    { local: ['', 80], state: '0A', inode: 7, uid },
    { local: [OWN, 80], remote: [PEER, 4000], inode: 8, uid },
  ]);
  tree.process(50, 'server', [7, 8]);
  let now = Date.now();
  await using attribution = new FlowAttribution({
    procRoot: tree.root,
    localAddresses: () => [OWN],
    now: () => now,
  });
  const asked = flow(TCP, [PEER, 4000], [OWN, 80]);
  expect(await attribution.attribute([asked])).toMatchObject([{ process: { pid: 50 } }]);
  tree.process(50, 'server', [7]);
  tree.process(51, 'worker', [8]);
  now += 1_000;
  expect(await attribution.attribute([asked])).toMatchObject([{ process: { pid: 51 }, evidence: 'socket' }]);
});

describe('the scan of a table', () => {
  function scanned(text: string, ipv6 = false): ScannedSocket[] {
    const path = join(folder, 'scanned');
    writeFileSync(path, text);
    const sockets: ScannedSocket[] = [];
    for (const _ of scanSockets(path, ipv6, (socket) => sockets.push(socket)));
    return sockets;
  }

  it('leaves out time-wait and what has no inode, and tells listeners', () => {
    const rows: readonly Row[] = [
      { local: [OWN, 80], state: '0A', inode: 5, uid: 7 },
      { local: [OWN, 80], remote: [PEER, 1], state: '06', inode: 6 },
      { local: [OWN, 80], remote: [PEER, 2], state: '03', inode: 0 },
      { local: [OWN, 80], remote: [PEER, 3], inode: 1234567890, uid: 65534 },
    ];
    const key = `${ipToHex(OWN)}:0050`;
    expect(scanned(HEADING + rows.map((row, index) => line(row, 99_999 + index, false)).join(''))).toEqual([
      { key: `${key} 00000000:0000`, listens: true, uid: 7, inode: 5 },
      { key: `${key} ${ipToHex(PEER)}:0003`, listens: false, uid: 65534, inode: 1234567890 },
    ]);
  });

  it('is the same wherever the pieces of a large table end', () => {
    const rows = Array.from(
      { length: 3_000 },
      (_, index) => ({ local: [OWN, index], remote: [PEER, 1], inode: index + 1 }) as const,
    );
    expect(
      scanned(HEADING + rows.map((row, index) => line(row, index, false)).join('')).map(({ inode }) => inode),
    ).toEqual(rows.map(({ inode }) => inode));
    expect(scanned(HEADING + rows.map((row, index) => line(row, index, true)).join(''), true)).toHaveLength(3_000);
  });

  it('passes over what is no row', () => {
    expect(scanned('')).toEqual([]);
    expect(scanned(`${HEADING}\n\n: \n   1: 00\n  2: ${'x'.repeat(300)}\n${'y'.repeat(70_000)}`)).toEqual([]);
  });
});

describe('the budget', () => {
  it('holds work to its share, and saves up a little', () => {
    const budget = new CpuBudget(0.2);
    budget.spend(2, 1_000);
    expect(budget.waitMs(1_000)).toBe(-30);
    for (let index = 0; index < 10; index++) budget.spend(2, 1_000);
    expect(budget.waitMs(1_000)).toBe(70);
    expect(() => new CpuBudget(1.1)).toThrow(RangeError);
  });
});

describe('habits', () => {
  it('do not count while as many sockets were of processes that could not be found', () => {
    const habits = new PeerHabits(() => 0);
    for (let count = 0; count < 5; count++) habits.note('peer', 1);
    for (let count = 0; count < 4; count++) habits.note('peer');
    expect([habits.only(['peer']), habits.processes('peer')]).toEqual([1, [1]]);
    habits.note('peer');
    expect(habits.only(['peer'])).toBeUndefined();
  });

  it('are forgotten after ten seconds', () => {
    let now = 0;
    const habits = new PeerHabits(() => now);
    for (let count = 0; count < 3; count++) habits.note('peer', 1);
    expect(habits.only(['peer'])).toBeUndefined();
    habits.note('peer', 1);
    expect(habits.only(['peer', 'other spelling'])).toBe(1);
    now = 5_000;
    habits.note('peer', 2);
    expect([habits.only(['peer']), habits.processes('peer')]).toEqual([undefined, [2, 1]]);
    now = 10_001;
    expect(habits.processes('peer')).toEqual([2]);
    now = 15_001;
    expect(habits.processes('peer')).toEqual([]);
  });
});
