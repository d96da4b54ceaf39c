/** Sockets of this process on the loopback interface, found in the kernel's tables. Needs Linux. */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

import { afterEach, describe, expect, it } from 'vitest';

import { SocketTable } from '../../../src/host/sockets/index.ts';
import type { SocketRow, TableName } from '../../../src/host/sockets/index.ts';

const hasTables = existsSync('/proc/net/tcp') && existsSync('/proc/net/udp');
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((entry) => entry?.address === '::1');
const uid = process.geteuid?.() ?? 0;

const open: (Server | Socket | DatagramSocket)[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) {
    if ('destroy' in socket) socket.destroy();
    else socket.close();
  }
});

describe.skipIf(!hasTables)('tcp (needs /proc/net)', () => {
  it('a listener and both ends of a connection have their ports, states, uid and inodes', async () => {
    const [server, listenerInode] = await inodeOf(() => listen('127.0.0.1'));
    const { client } = await connection(server, '127.0.0.1');
    const table = new SocketTable('tcp');
    const port = portOf(server);
    const clientPort = client.localPort ?? 0;
    const [listener] = found(table, { port, state: 'listen' });
    expect(listener).toMatchObject({
      ...{ table: 'tcp', local: { address: '127.0.0.1', port }, remote: { address: '0.0.0.0', port: 0 } },
      ...{
        state: 'listen',
        stateCode: 10,
        uid,
        inode: listenerInode,
        rxQueue: 0,
        txQueue: 0,
        timer: 'off',
        mapped: false,
      },
    });
    expect(found(table, { port: clientPort })).toMatchObject([
      { state: 'established', uid, remote: { address: '127.0.0.1', port } },
    ]);
    const [served] = found(table, { port, state: 'established' });
    expect(served).toMatchObject({ uid, remote: { address: '127.0.0.1', port: clientPort } });
    const inodes = socketInodes();
    for (const row of [listener, served, ...found(table, { port: clientPort })]) expect(inodes).toContain(row?.inode);
    expect(served?.cwnd).toBeGreaterThan(0);
  });

  it('written and unread bytes are in the queues', async () => {
    const server = await listen('127.0.0.1');
    const { client } = await connection(server, '127.0.0.1');
    await new Promise<void>((resolve) => {
      client.write('x'.repeat(1000), () => resolve());
    });
    const row = await eventually(
      'tcp',
      { port: portOf(server), state: 'established' },
      ({ rxQueue }) => rxQueue === 1000,
    );
    expect(row).toMatchObject({ rxQueue: 1000, txQueue: 0 });
  });

  it('connections that were not accepted are in the queue of the listener', async () => {
    const server = await listen('127.0.0.1');
    const port = portOf(server);
    // This process does nothing but wait, so it accepts nothing.
    const clients = `for (let n = 0; n < 3; n++) require('net').connect(${port}, '127.0.0.1', () => { if (++up === 3) process.exit(); }); let up = 0;`;
    expect(spawnSync(process.execPath, ['-e', clients]).status).toBe(0);
    expect(found(new SocketTable('tcp'), { port, state: 'listen' })).toMatchObject([{ rxQueue: 3, txQueue: 0 }]);
  });

  it('the side that closed first stays in time-wait, without owner', async () => {
    const server = await listen('127.0.0.1');
    const { client, accepted } = await connection(server, '127.0.0.1');
    const port = client.localPort ?? 0;
    accepted.resume().once('end', () => accepted.end());
    client.resume().end();
    await Promise.all([once(client, 'close'), once(accepted, 'close')]);
    const row = await eventually('tcp', { port }, ({ state }) => state === 'timeWait');
    expect(row).toMatchObject({
      ...{ local: { address: '127.0.0.1', port }, remote: { address: '127.0.0.1', port: portOf(server) } },
      ...{ inode: 0, uid: 0, timer: 'timeWait', rtoTicks: undefined, cwnd: undefined },
    });
    expect(row.timerExpiresTicks).toBeGreaterThan(0);
    expect(row.timerExpiresTicks).toBeLessThanOrEqual(6000);
  });

  it('a half-closed connection waits for the other side', async () => {
    const server = await listen('127.0.0.1');
    const { client } = await connection(server, '127.0.0.1');
    client.end();
    const port = client.localPort ?? 0;
    expect(await eventually('tcp', { port: portOf(server) }, ({ state }) => state === 'closeWait')).toMatchObject({
      uid,
    });
    expect(await eventually('tcp', { port }, ({ state }) => state === 'finWait2')).toMatchObject({
      remote: { port: portOf(server) },
    });
  });

  it('a closed socket is gone', async () => {
    const server = await listen('127.0.0.1');
    const port = portOf(server);
    const table = new SocketTable('tcp');
    expect(found(table, { port })).toHaveLength(1);
    server.close();
    await once(server, 'close');
    expect(found(table, { port })).toHaveLength(1);
    expect(found(await table.refreshAsync(), { port })).toHaveLength(0);
  });

  it.skipIf(!hasIpv6)('an IPv6 connection is in tcp6 (needs IPv6)', async () => {
    const server = await listen('::1');
    const { client } = await connection(server, '::1');
    const table = new SocketTable('tcp6');
    expect(found(table, { port: portOf(server), state: 'listen' })).toMatchObject([
      { local: { address: '::1' }, remote: { address: '::', port: 0 }, uid },
    ]);
    expect(found(table, { port: client.localPort ?? 0 })).toMatchObject([
      {
        local: { address: '::1' },
        remote: { address: '::1', port: portOf(server) },
        state: 'established',
        mapped: false,
      },
    ]);
  });

  it.skipIf(!hasIpv6)(
    'an IPv4 client of a dual-stack listener is a mapped row of tcp6 and a plain one of tcp (needs IPv6)',
    async () => {
      const server = await listen('::');
      const { client } = await connection(server, '127.0.0.1');
      const [port, clientPort] = [portOf(server), client.localPort ?? 0];
      const table = SocketTable.all(['tcp', 'tcp6']);
      expect(found(table, { port, state: 'listen' })).toMatchObject([
        { table: 'tcp6', local: { address: '::' }, mapped: false },
      ]);
      expect(found(table, { port, state: 'established' })).toMatchObject([
        {
          ...{
            table: 'tcp6',
            local: { address: '::ffff:127.0.0.1' },
            remote: { address: '::ffff:127.0.0.1', port: clientPort },
          },
          ...{ mapped: true, unmapped: '127.0.0.1' },
        },
      ]);
      expect(found(table, { port: clientPort })).toMatchObject([
        { table: 'tcp', local: { address: '127.0.0.1' }, mapped: false },
      ]);
      expect(
        table.byEndpoint({ local: { address: '127.0.0.1', port }, remote: { address: '127.0.0.1', port: clientPort } }),
      ).toHaveLength(1);
    },
  );
});

describe.skipIf(!hasTables)('udp (needs /proc/net)', () => {
  it.each([['127.0.0.1', 'udp', '0.0.0.0'], ...(hasIpv6 ? [['::1', 'udp6', '::'] as const] : [])] as const)(
    'on %s: bound without a peer, and connected',
    async (host, name, unspecified) => {
      const [bound, inode] = await inodeOf(() => bind(host));
      const connected = await bind(host);
      connected.connect(bound.address().port, host);
      await once(connected, 'connect');
      const table = new SocketTable(name);
      const [port, connectedPort] = [bound.address().port, connected.address().port];
      expect(table.closed().filter((row) => row.local.port === port)).toMatchObject([
        {
          local: { address: host, port },
          remote: { address: unspecified, port: 0 },
          state: 'close',
          uid,
          inode,
          drops: 0,
        },
      ]);
      expect(table.established().filter((row) => row.local.port === connectedPort)).toMatchObject([
        { local: { address: host, port: connectedPort }, remote: { address: host, port }, uid },
      ]);
      expect(table.listening().filter((row) => row.local.port === port)).toEqual([]);
      expect(table.listening({ udpAsListen: true }).map((row) => row.inode)).toContain(inode);
    },
  );
});

async function listen(host: string): Promise<Server> {
  // What is paused from the start is not read ahead either.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  open.push(server);
  server.on('connection', (socket) => open.push(socket));
  server.listen({ port: 0, host });
  await once(server, 'listening');
  return server;
}

async function connection(server: Server, host: string): Promise<{ client: Socket; accepted: Socket }> {
  const arrival = once(server, 'connection') as Promise<[Socket]>;
  const client = connect({ port: portOf(server), host, allowHalfOpen: true });
  open.push(client);
  await once(client, 'connect');
  const [accepted] = await arrival;
  return { client, accepted };
}

async function bind(host: string): Promise<DatagramSocket> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
  open.push(socket);
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function found(table: SocketTable, wanted: { readonly port: number; readonly state?: string }): SocketRow[] {
  return table.byLocalPort(wanted.port).filter(({ state }) => wanted.state === undefined || state === wanted.state);
}

/** The row, as soon as it is as expected; the kernel moves on by itself. @throws {Error} after two minutes */
async function eventually(
  name: TableName,
  wanted: { readonly port: number; readonly state?: string },
  expected: (row: SocketRow) => boolean,
): Promise<SocketRow> {
  const table = new SocketTable(name);
  const end = performance.now() + 120_000;
  for (;;) {
    const rows = found(await table.refreshAsync(), wanted);
    const row = rows.find(expected);
    if (row !== undefined) return row;
    if (performance.now() > end) throw new Error(`not as expected: ${JSON.stringify(rows)}`);
  }
}

/** Makes a socket, and tells its inode as `fstat` gives it. */
async function inodeOf<T>(make: () => Promise<T>): Promise<[T, number]> {
  const before = socketInodes();
  const socket = await make();
  const [inode, more] = socketInodes().filter((known) => !before.includes(known));
  if (inode === undefined || more !== undefined) throw new Error('this process opened another socket meanwhile');
  return [socket, inode];
}

function socketInodes(): number[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('socket:') ? [fstatSync(Number(name)).ino] : [];
    } catch {
      return []; // The descriptor of the listing itself is gone.
    }
  });
}
