/** Look-ups of sockets that exist, held by child processes. */
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { FlowAttribution } from '../../../src/attribution/attribution.ts';
import { NetworkStateTracker } from '../../../src/host/state/index.ts';
import type { PacketInfo, TrackerOptions } from '../../../src/host/state/index.ts';
import { systemReader } from '../../../src/host/state/state_reader.ts';
import { FAR_ADDRESS, NEAR_ADDRESS, NamespacePair, canUseNamespaces } from '../../live/netns.ts';
import { Peer } from './peer.ts';

const isRoot = process.getuid?.() === 0;
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((entry) => entry?.address === '::1');
const NOBODY = 65_534;
const LOOPBACK = '127.0.0.1';

function tracked(options: TrackerOptions = {}): NetworkStateTracker {
  const tracker = new NetworkStateTracker(options);
  tracker.enableTcpDualStack();
  tracker.enableUdpDualStack();
  return tracker;
}

function packet(
  protocol: 'tcp' | 'udp',
  inbound: boolean,
  [here, herePort]: readonly [string, number],
  [there, therePort]: readonly [string, number],
): PacketInfo {
  const [local, remote] = [
    { address: here, port: herePort },
    { address: there, port: therePort },
  ];
  return {
    protocol,
    inbound,
    ...(inbound ? { src: remote, dst: local } : { src: local, dst: remote }),
    seenAt: Date.now(),
  };
}

describe('tcp on loopback', () => {
  it('a listener, its accepted connection, and the connection that was made', async () => {
    using server = new Peer();
    using client = new Peer();
    const port = await server.make('listen', { host: LOOPBACK });
    const tracker = tracked();
    const uid = process.geteuid?.();
    expect(await tracker.lookup(packet('tcp', true, [LOOPBACK, port], [LOOPBACK, 1]))).toMatchObject({
      pid: server.pid,
      inbound: true,
      uid,
    });
    const own = await client.make('connect', { host: LOOPBACK, port });
    const accepted = packet('tcp', true, [LOOPBACK, port], [LOOPBACK, own]);
    const made = packet('tcp', false, [LOOPBACK, own], [LOOPBACK, port]);
    expect(await tracker.lookup(accepted)).toMatchObject({ pid: server.pid, inbound: true, uid });
    expect(await tracker.lookup(made)).toMatchObject({ pid: client.pid, inbound: false, uid });
    expect([await tracker.exists(accepted), await tracker.exists(made)]).toEqual([true, true]);
    const { tcp4Connections, tcp4Listeners, errors } = await tracker.getInfo();
    expect(errors).toEqual([]);
    expect(tcp4Listeners.find(({ local }) => local.port === port)).toMatchObject({
      pid: server.pid,
      listensAny: false,
    });
    expect(
      tcp4Connections
        .filter(({ local, remote }) => [local.port, remote.port].includes(own))
        .map(({ local, pid }) => [local.port, pid]),
    ).toEqual(
      expect.arrayContaining([
        [own, client.pid],
        [port, server.pid],
      ]),
    );
  });

  it('a connection that a server has passed on to another process', async () => {
    using server = new Peer();
    using client = new Peer();
    const port = await server.make('serve', { host: LOOPBACK });
    const own = await client.make('connect', { host: LOOPBACK, port });
    let [pid] = await server.started();
    while (pid === undefined) [pid] = await server.started();
    const tracker = tracked();
    const asked = packet('tcp', true, [LOOPBACK, port], [LOOPBACK, own]);
    // The server closes its own copy a moment after it has started the other process.
    let answer = await tracker.lookup(asked);
    while (answer.pid === server.pid) answer = await tracker.lookup({ ...asked, seenAt: Date.now() });
    expect(answer).toMatchObject({ pid, inbound: true });
    await using attribution = new FlowAttribution();
    const flow = { protocol: 6, srcAddress: LOOPBACK, srcPort: own, dstAddress: LOOPBACK, dstPort: port };
    await client.kill();
    // With the client gone the flow is the other end's.
    expect(await attribution.attribute([{ ...flow, firstSeenMs: Date.now() }])).toMatchObject([
      { process: { pid }, inbound: true, evidence: 'socket' },
    ]);
  });

  it.skipIf(!hasIpv6)('a dual-stack listener with an IPv4 client (needs IPv6)', async () => {
    using server = new Peer();
    using client = new Peer();
    const port = await server.make('listen', { host: '::' });
    const own = await client.make('connect', { host: LOOPBACK, port });
    const tracker = tracked();
    expect(await tracker.lookup(packet('tcp', true, [LOOPBACK, port], [LOOPBACK, own]))).toMatchObject({
      pid: server.pid,
      inbound: true,
    });
    expect(await tracker.lookup(packet('tcp', false, [LOOPBACK, own], [LOOPBACK, port]))).toMatchObject({
      pid: client.pid,
      inbound: false,
    });
    expect(await tracker.exists(packet('tcp', true, [LOOPBACK, port], [LOOPBACK, own]))).toBe(true);
    const over6 = await client.make('connect', { host: '::1', port });
    expect(await tracker.lookup(packet('tcp', false, ['::1', over6], ['::1', port]))).toMatchObject({
      pid: client.pid,
      inbound: false,
    });
  });

  it.skipIf(!isRoot)(
    'a process that has changed its user since, and one that changed before (needs root)',
    async () => {
      using peer = new Peer();
      const before = await peer.make('listen', { host: LOOPBACK });
      await peer.becomeUser(NOBODY);
      const after = await peer.make('listen', { host: LOOPBACK });
      const tracker = tracked();
      expect(await tracker.lookup(packet('tcp', true, [LOOPBACK, before], [LOOPBACK, 1]))).toMatchObject({
        pid: peer.pid,
        uid: 0,
      });
      expect(await tracker.lookup(packet('tcp', true, [LOOPBACK, after], [LOOPBACK, 1]))).toMatchObject({
        pid: peer.pid,
        uid: NOBODY,
      });
    },
  );

  it('a process that ends between the read and the search for it', async () => {
    const peer = new Peer();
    const port = await peer.make('listen', { host: LOOPBACK });
    const reader = systemReader();
    const tracker = new NetworkStateTracker({
      reader: {
        ...reader,
        async readTable(table) {
          const rows = await reader.readTable(table);
          await peer.kill();
          return rows;
        },
      },
    });
    const asked = packet('tcp', true, [LOOPBACK, port], [LOOPBACK, 1]);
    const { pid, inode, inbound } = await tracker.lookup(asked);
    expect({ pid, inbound }).toEqual({ pid: -1, inbound: true });
    expect(inode).toBeGreaterThan(0);
    // Of the rows that it has: a packet older than these would have them read again.
    await expect(tracker.lookup({ ...asked, seenAt: Date.now() }, { requirePid: true })).rejects.toMatchObject({
      code: 'ERR_PID_NOT_FOUND',
    });
  });

  it('1,000 look-ups at once, with at most one read in 10 ms', async () => {
    using server = new Peer();
    const port = await server.make('listen', { host: LOOPBACK });
    const reader = systemReader();
    const reads: number[] = [];
    let time = 1_000;
    const tracker = new NetworkStateTracker({
      reader: {
        ...reader,
        now: () => time,
        async wait(ms) {
          time += ms;
        },
        readTable(table) {
          reads.push(time);
          return reader.readTable(table);
        },
      },
    });
    const results = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, index) =>
        tracker.lookup(packet('tcp', true, [LOOPBACK, index % 4 === 0 ? 1 : port], [LOOPBACK, index + 1])),
      ),
    );
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value.pid : -1))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => (index % 4 === 0 ? -1 : server.pid)),
    );
    for (const [index, read] of reads.entries()) expect(read - (reads[index - 1] ?? 0)).toBeGreaterThanOrEqual(10);
    expect(reads.length).toBeLessThanOrEqual(5);
  });
});

describe('udp on loopback', () => {
  it('both ways, bound to an address and to none', async () => {
    using server = new Peer();
    using client = new Peer();
    const port = await server.make('udp', { host: LOOPBACK });
    const own = await client.make('udp', { to: { host: LOOPBACK, port } });
    const tracker = tracked();
    const question = packet('udp', false, [LOOPBACK, own], [LOOPBACK, port]);
    expect(await tracker.lookup(question)).toMatchObject({ pid: client.pid, inbound: false });
    expect(await tracker.lookup(packet('udp', true, [LOOPBACK, port], [LOOPBACK, own]))).toMatchObject({
      pid: server.pid,
      inbound: true,
    });
    expect(await tracker.lookup(packet('udp', false, [LOOPBACK, port], [LOOPBACK, own]))).toMatchObject({
      pid: server.pid,
      inbound: true,
    });
    expect(await tracker.lookup(packet('udp', true, [LOOPBACK, own], [LOOPBACK, port]))).toMatchObject({
      pid: client.pid,
      inbound: false,
    });
    expect(await tracker.exists(question)).toBe(true);
    expect(await tracker.exists(packet('udp', false, [LOOPBACK, own], [LOOPBACK, 9]))).toBe(false);
    await client.kill();
    await tracker.cleanUdpStates();
    expect(tracker.udpStates).toBe(1);
  });
});

describe('across a veth pair', () => {
  it.skipIf(!canUseNamespaces)('tcp and udp both ways, in two namespaces (needs root, ip, tcpreplay)', async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    using near = new Peer(pair.near.name);
    using far = new Peer(pair.far.name);
    const port = await near.make('listen', { host: '0.0.0.0' });
    const own = await far.make('connect', { host: NEAR_ADDRESS, port });
    const farUdp = await far.make('udp', { host: FAR_ADDRESS });
    const nearUdp = await near.make('udp', { to: { host: FAR_ADDRESS, port: farUdp } });
    // A tracker sees the namespace of its own process; a peer's is seen through the peer's /proc/PID/net.
    const [atNear, atFar] = [near, far].map((peer) => tracked({ pid: peer.pid })) as [
      NetworkStateTracker,
      NetworkStateTracker,
    ];
    expect(await atNear.lookup(packet('tcp', true, [NEAR_ADDRESS, port], [FAR_ADDRESS, own]))).toMatchObject({
      pid: near.pid,
      inbound: true,
    });
    expect(await atFar.lookup(packet('tcp', false, [FAR_ADDRESS, own], [NEAR_ADDRESS, port]))).toMatchObject({
      pid: far.pid,
      inbound: false,
    });
    expect(await atNear.lookup(packet('udp', false, [NEAR_ADDRESS, nearUdp], [FAR_ADDRESS, farUdp]))).toMatchObject({
      pid: near.pid,
      inbound: false,
    });
    expect(await atFar.lookup(packet('udp', true, [FAR_ADDRESS, farUdp], [NEAR_ADDRESS, nearUdp]))).toMatchObject({
      pid: far.pid,
      inbound: true,
    });
    await expect(
      atFar.lookup(packet('tcp', true, [NEAR_ADDRESS, port], [FAR_ADDRESS, own]), { fast: true }),
    ).rejects.toMatchObject({ code: 'ERR_CONNECTION_NOT_FOUND' });
  });
});
