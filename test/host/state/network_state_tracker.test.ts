/** Look-ups in tables and at times that the tests make. */
import { describe, expect, it } from 'vitest';
import {
  AGGRESSIVE_CLEANING_THRESHOLD,
  NetworkStateTracker,
  UDP_CONNECTION_TTL_MS,
  UDP_CONN_STATE_SHORTENED_TTL_MS,
  UDP_CONN_STATE_TTL_MS,
} from '../../../src/host/state/index.ts';
import type { PacketInfo } from '../../../src/host/state/index.ts';
import { FakeReader, at } from './fake_reader.ts';

const HOUR_MS = 3_600_000;

function world(): { readonly reader: FakeReader; readonly tracker: NetworkStateTracker } {
  const reader = new FakeReader();
  return { reader, tracker: new NetworkStateTracker({ reader }) };
}

/** A packet to or from the local endpoint, seen now. */
function packet(
  reader: FakeReader,
  protocol: PacketInfo['protocol'],
  direction: 'in' | 'out',
  local: string,
  remote: string,
): PacketInfo {
  const [here, there] = [at(local), at(remote)];
  return {
    protocol,
    inbound: direction === 'in',
    ...(direction === 'in' ? { src: there, dst: here } : { src: here, dst: there }),
    seenAt: reader.time,
  };
}

describe('constants', () => {
  it('are those of the specification', () => {
    expect([
      UDP_CONN_STATE_TTL_MS,
      UDP_CONN_STATE_SHORTENED_TTL_MS,
      AGGRESSIVE_CLEANING_THRESHOLD,
      UDP_CONNECTION_TTL_MS,
    ]).toEqual([259_200_000, 10_800_000, 256, 600_000]);
  });
});

describe('tcp look-up', () => {
  it('takes the process of the connection’s own socket, and the direction from the listener', async () => {
    const { reader, tracker } = world();
    reader.sockets = [
      { table: 'tcp', local: '10.0.0.1 80', remote: '10.0.0.9 4000', inode: 8, uid: 34 },
      { table: 'tcp', local: '0.0.0.0 80', listens: true, inode: 7, uid: 33 },
    ];
    // An inetd, and the server that it has started with the accepted socket.
    reader.held.set(50, { uid: 33, inodes: new Map([[4, 7]]) });
    reader.held.set(51, { uid: 34, inodes: new Map([[0, 8]]) });
    for (const direction of ['in', 'out'] as const) {
      expect(await tracker.lookup(packet(reader, 'tcp', direction, '10.0.0.1 80', '10.0.0.9 4000'))).toEqual({
        pid: 51,
        inbound: true,
        uid: 34,
        inode: 8,
        evidence: 'socket',
      });
    }
    expect(await tracker.lookup(packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4001'))).toEqual({
      pid: 50,
      inbound: true,
      uid: 33,
      inode: 7,
      evidence: 'listener',
    });
  });

  it.each([
    ['established', 1, 50, 33, 7, 'listener'],
    ['syn-recv', 3, 50, 33, 7, 'listener'],
    ['time-wait', 6, -1, null, 0, 'socket'],
    ['fin-wait-2', 5, -1, null, 0, 'socket'],
    ['last-ack', 9, -1, null, 0, 'socket'],
  ] as const)(
    'takes the listener’s process before a connection is accepted, and none when it has left its own: %s',
    async (_, stateCode, pid, uid, inode, evidence) => {
      const { reader, tracker } = world();
      reader.sockets = [
        { table: 'tcp', local: '10.0.0.1 80', remote: '10.0.0.9 4000', inode: 0, stateCode },
        { table: 'tcp', local: '0.0.0.0 80', listens: true, inode: 7, uid: 33 },
      ];
      reader.held.set(50, { uid: 33, inodes: new Map([[4, 7]]) });
      const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
      expect(await tracker.lookup(asked)).toEqual({ pid, inbound: true, uid, inode, evidence });
    },
  );

  it('takes a listener on another address for none, and compares all four values of a connection', async () => {
    const { reader, tracker } = world();
    reader.sockets = [
      { table: 'tcp', local: '10.0.0.2 80', listens: true, inode: 7 },
      { table: 'tcp', local: '10.0.0.1 80', remote: '10.0.0.9 4000', inode: 8 },
    ];
    reader.held.set(51, { uid: 0, inodes: new Map([[4, 8]]) });
    expect(await tracker.lookup(packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000'))).toMatchObject({
      pid: 51,
      inbound: false,
    });
    await expect(tracker.lookup(packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4001'))).rejects.toMatchObject({
      code: 'ERR_CONNECTION_NOT_FOUND',
    });
  });

  it('searches tcp6 for IPv4 only with dual stack', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'tcp6', local: '10.0.0.1 80', remote: '10.0.0.9 4000', inode: 8 }];
    reader.held.set(51, { uid: 0, inodes: new Map([[4, 8]]) });
    const asked = packet(reader, 'tcp', 'out', '10.0.0.1 80', '10.0.0.9 4000');
    await expect(tracker.lookup(asked)).rejects.toMatchObject({ code: 'ERR_CONNECTION_NOT_FOUND' });
    expect(reader.reads.every(({ table }) => table === 'tcp')).toBe(true);
    tracker.enableTcpDualStack();
    expect(await tracker.lookup(asked)).toMatchObject({ pid: 51, inbound: false });
    expect(await tracker.lookup({ ...asked, src: { address: '::ffff:10.0.0.1', port: 80 } })).toMatchObject({
      pid: 51,
    });
  });

  it('looks up IPv6 in tcp6 alone', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'tcp6', local: ':: 80', listens: true, inode: 8 }];
    reader.held.set(51, { uid: 0, inodes: new Map([[4, 8]]) });
    expect(await tracker.lookup(packet(reader, 'tcp', 'in', '2001:db8::1 80', '2001:db8::2 4000'))).toMatchObject({
      pid: 51,
      inbound: true,
    });
    expect(reader.reads.map(({ table }) => table)).toEqual(['tcp6']);
  });

  it('uses the table in memory when it is not newer than the packet, else reads', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'tcp', local: '0.0.0.0 80', listens: true, inode: 0 }];
    const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
    await tracker.lookup(asked);
    expect(reader.reads).toHaveLength(1);
    await tracker.lookup(asked);
    await tracker.lookup({ ...asked, seenAt: asked.seenAt + 500 });
    expect(reader.reads).toHaveLength(1);
    await tracker.lookup({ ...asked, seenAt: asked.seenAt - 1 });
    expect(reader.reads).toHaveLength(2);
  });

  it.each([
    [false, 5],
    [true, 2],
  ])('gives up after its tries (fast: %s) 10 ms apart, with the direction of the packet', async (fast, tries) => {
    const { reader, tracker } = world();
    const began = reader.time;
    for (const direction of ['in', 'out'] as const) {
      const asked = packet(reader, 'tcp', direction, '10.0.0.1 80', '10.0.0.9 4000');
      await expect(tracker.lookup({ ...asked, seenAt: 0 }, { fast })).rejects.toMatchObject({
        code: 'ERR_CONNECTION_NOT_FOUND',
        inbound: direction === 'in',
        pid: -1,
      });
    }
    expect(reader.reads.map(({ at: time }) => time - began)).toEqual(
      Array.from({ length: 2 * tries }, (_, index) => 10 * index),
    );
  });

  it('finds a socket that comes while it tries', async () => {
    const { reader, tracker } = world();
    const wait = reader.wait.bind(reader);
    reader.wait = async (ms) => {
      await wait(ms);
      if (reader.reads.length === 3)
        reader.sockets = [{ table: 'tcp', local: '10.0.0.1 80', remote: '10.0.0.9 4000', inode: 0 }];
    };
    expect(await tracker.lookup(packet(reader, 'tcp', 'out', '10.0.0.1 80', '10.0.0.9 4000'))).toEqual({
      pid: -1,
      inbound: false,
      uid: null,
      inode: 0,
      evidence: 'socket',
    });
    expect(reader.reads).toHaveLength(4);
  });

  it('refuses other protocols with the direction of the packet', async () => {
    const { reader, tracker } = world();
    await expect(tracker.lookup(packet(reader, 1, 'in', '10.0.0.1 0', '10.0.0.9 0'))).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED_PROTOCOL',
      inbound: true,
      pid: -1,
    });
    expect(await tracker.exists(packet(reader, 47, 'in', '10.0.0.1 0', '10.0.0.9 0'))).toBe(false);
    expect(reader.reads).toHaveLength(0);
  });
});

describe('reads', () => {
  it('are shared: 1,000 look-ups at once cause at most one in 10 ms', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'tcp', local: '10.0.0.1 80', remote: '10.0.0.9 4000', inode: 0 }];
    const began = reader.time;
    const results = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, index) =>
        tracker.lookup(packet(reader, 'tcp', 'out', '10.0.0.1 80', `10.0.0.9 ${index % 2 === 0 ? 4000 : index}`)),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(500);
    expect(reader.reads.map(({ at: time }) => time - began)).toEqual([0, 10, 20, 30, 40]);
  });

  it('that fail leave the table as it was', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'tcp', local: '0.0.0.0 80', listens: true, inode: 5 }];
    expect((await tracker.getInfo()).tcp4Listeners).toHaveLength(1);
    reader.failing.add('tcp');
    await expect(tracker.lookup({ ...packet(reader, 'tcp', 'in', '10.0.0.1 81', '10.0.0.9 4000') })).rejects.toThrow(
      'tcp fails',
    );
    const state = await tracker.getInfo();
    expect(state.errors).toEqual(['tcp']);
    expect(state.tcp4Listeners).toEqual([{ local: at('0.0.0.0 80'), pid: -1, uid: 0, inode: 5, listensAny: true }]);
    expect(Object.isFrozen(state) && Object.isFrozen(state.tcp4Listeners) && Object.isFrozen(state.udp6Binds)).toBe(
      true,
    );
  });

  it('belong to one tracker', async () => {
    const { reader, tracker } = world();
    await tracker.getInfo();
    const count = reader.reads.length;
    await new NetworkStateTracker({ reader }).getInfo();
    expect(reader.reads).toHaveLength(2 * count);
  });
});

describe('from socket to process', () => {
  const listener = { table: 'tcp', local: '0.0.0.0 80', listens: true, inode: 7, uid: 33 } as const;

  it('tries the processes of the user newest first, and descriptors highest first', async () => {
    const { reader, tracker } = world();
    reader.sockets = [listener];
    reader.held.set(60, { uid: 33, inodes: new Map([[9, 7]]) });
    reader.held.set(61, {
      uid: 33,
      inodes: new Map([
        [3, 7],
        [4, 7],
      ]),
    });
    reader.held.set(62, { uid: 0, inodes: new Map([[3, 7]]) });
    const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
    expect(await tracker.lookup(asked)).toMatchObject({ pid: 61, uid: 33 });
    expect(reader.looked).toEqual([61]);
    expect(reader.links).toBe(1);
  });

  it('remembers, and notices that the descriptor has another socket', async () => {
    const { reader, tracker } = world();
    reader.sockets = [listener];
    reader.held.set(60, { uid: 33, inodes: new Map([[9, 7]]) });
    const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
    await tracker.lookup(asked);
    await tracker.lookup(asked);
    expect(reader.looked).toEqual([60]);
    reader.held.set(60, { uid: 33, inodes: new Map([[9, 8]]) });
    reader.held.set(40, { uid: 33, inodes: new Map([[9, 7]]) });
    reader.time += 10;
    expect(await tracker.lookup(asked)).toMatchObject({ pid: 40 });
  });

  it('tries all other processes once, and waits 50 ms in all', async () => {
    const { reader, tracker } = world();
    reader.sockets = [listener];
    reader.held.set(60, { uid: 33, inodes: new Map() });
    reader.held.set(70, { uid: 0, inodes: new Map() });
    const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
    expect(await tracker.lookup(asked)).toEqual({ pid: -1, inbound: true, uid: 33, inode: 7, evidence: 'listener' });
    expect(reader.looked).toEqual([60, 70, 60, 60, 60, 60]);
    expect(reader.waits).toEqual([5, 10, 15, 20]);
    // The list is 10 ms old at most: after 5 ms it is not made again.
    expect(reader.lists).toBe(4);
    await expect(tracker.lookup(asked, { requirePid: true })).rejects.toMatchObject({
      code: 'ERR_PID_NOT_FOUND',
      inbound: true,
    });
  });

  it('finds a process that has changed its user', async () => {
    const { reader, tracker } = world();
    reader.sockets = [listener];
    reader.held.set(70, { uid: 0, inodes: new Map([[1, 7]]) });
    expect(await tracker.lookup(packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000'))).toMatchObject({
      pid: 70,
      uid: 33,
    });
    expect(reader.waits).toEqual([]);
  });

  it('finds a thread that has descriptors of its own, and remembers it', async () => {
    const { reader, tracker } = world();
    reader.sockets = [listener];
    reader.held.set(70, { uid: 33, inodes: new Map() });
    reader.threads.set(70, [71]);
    reader.descriptors = (task) => (task === 71 ? [5] : []);
    reader.descriptorInode = (task) => (task === 71 ? 7 : undefined);
    const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
    expect(await tracker.lookup(asked)).toMatchObject({ pid: 70 });
    const { lists } = reader;
    reader.time += 1000;
    expect(await tracker.lookup(asked)).toMatchObject({ pid: 70 });
    expect(reader.lists).toBe(lists);
    const { tcp4Listeners } = await tracker.getInfo();
    expect(tcp4Listeners).toMatchObject([{ pid: 70 }]);
  });

  it('searches once for look-ups at the same time', async () => {
    const { reader, tracker } = world();
    reader.sockets = [listener];
    reader.held.set(60, { uid: 33, inodes: new Map() });
    const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
    await Promise.all([tracker.lookup(asked), tracker.lookup(asked), tracker.lookup(asked)]);
    expect(reader.looked).toHaveLength(5);
  });

  it('counts when descriptors may not be seen, and does not throw', async () => {
    const { reader, tracker } = world();
    reader.sockets = [listener];
    reader.held.set(60, 'denied');
    expect(await tracker.lookup(packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000'))).toMatchObject({
      pid: -1,
    });
    expect(tracker.permissionDenied).toBe(1);
  });

  it('knows that a socket without an inode has no process', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'tcp', local: '10.0.0.1 80', remote: '10.0.0.9 4000', inode: 0 }];
    expect(await tracker.lookup(packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000'))).toMatchObject({
      pid: -1,
    });
    expect([reader.lists, reader.waits.length]).toEqual([0, 0]);
  });
});

describe('udp', () => {
  const bind = { table: 'udp', local: '0.0.0.0 53', inode: 0 } as const;

  it('remembers the direction of the first packet with each peer', async () => {
    const { reader, tracker } = world();
    reader.sockets = [bind];
    const direction = async (way: 'in' | 'out', remote: string) =>
      (await tracker.lookup(packet(reader, 'udp', way, '10.0.0.1 53', remote))).inbound;
    expect(await direction('in', '10.0.0.9 4000')).toBe(true);
    expect(await direction('out', '10.0.0.9 4000')).toBe(true);
    expect(await direction('out', '10.0.0.9 4001')).toBe(false);
    expect(await direction('in', '10.0.0.9 4001')).toBe(false);
    expect(await direction('in', '::ffff:10.0.0.9 4001')).toBe(false);
    expect(tracker.udpStates).toBe(2);
  });

  it('was begun by the socket that is connected to the peer from a port of the kernel’s choice', async () => {
    const { reader, tracker } = world();
    reader.sockets = [
      { table: 'udp', local: '10.0.0.1 40000', remote: '10.0.0.9 53', inode: 0 },
      { table: 'udp', local: '10.0.0.1 40001', remote: '10.0.0.9 53', inode: 0 },
      { table: 'udp', local: '0.0.0.0 40001', inode: 0 },
      { table: 'udp', local: '10.0.0.1 500', remote: '10.0.0.9 53', inode: 0 },
    ];
    const directions = ['40000', '40001', '500'].map(async (port) => {
      const { inbound } = await tracker.lookup(packet(reader, 'udp', 'in', `10.0.0.1 ${port}`, '10.0.0.9 53'));
      return inbound;
    });
    expect(await Promise.all(directions)).toEqual([false, true, true]);
  });

  it('remembers nothing of a question without a remote port', async () => {
    const { reader, tracker } = world();
    reader.sockets = [bind];
    expect(await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 53', '0.0.0.0 0'))).toMatchObject({
      inbound: true,
    });
    expect(tracker.udpStates).toBe(0);
  });

  it('takes a socket that is connected to the peer before one on the address, and that before one on any', async () => {
    const { reader, tracker } = world();
    reader.sockets = [
      { table: 'udp', local: '0.0.0.0 53', inode: 1 },
      { table: 'udp', local: '10.0.0.1 53', inode: 2 },
      { table: 'udp', local: '10.0.0.1 53', remote: '10.0.0.9 4000', inode: 3 },
      { table: 'udp', local: '10.0.0.1 53', remote: '10.0.0.9 4001', inode: 4 },
    ];
    const inodeOf = async (local: string, remote: string): Promise<number> =>
      (await tracker.lookup(packet(reader, 'udp', 'in', local, remote))).inode;
    expect(await inodeOf('10.0.0.1 53', '10.0.0.9 4000')).toBe(3);
    expect(await inodeOf('10.0.0.1 53', '10.0.0.9 4001')).toBe(4);
    expect(await inodeOf('10.0.0.1 53', '10.0.0.9 4002')).toBe(2);
    expect(await inodeOf('10.0.0.2 53', '10.0.0.9 4000')).toBe(1);
  });

  it('takes any bind of the port for what comes in to a group, and only the own address else', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'udp', local: '10.0.0.1 5353', inode: 0 }];
    for (const group of ['224.0.0.251', '255.255.255.255']) {
      expect(await tracker.lookup(packet(reader, 'udp', 'in', `${group} 5353`, '10.0.0.9 5353'))).toMatchObject({
        inbound: true,
      });
      await expect(
        tracker.lookup(packet(reader, 'udp', 'out', `${group} 5353`, '10.0.0.9 5353')),
      ).rejects.toMatchObject({ code: 'ERR_CONNECTION_NOT_FOUND' });
    }
    await expect(tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.2 5353', '10.0.0.9 5353'))).rejects.toMatchObject({
      code: 'ERR_CONNECTION_NOT_FOUND',
    });
  });

  it('searches udp6 for IPv4 only with dual stack', async () => {
    const { reader, tracker } = world();
    reader.sockets = [{ table: 'udp6', local: ':: 53', inode: 0 }];
    const asked = packet(reader, 'udp', 'in', '10.0.0.1 53', '10.0.0.9 4000');
    await expect(tracker.lookup(asked)).rejects.toMatchObject({ code: 'ERR_CONNECTION_NOT_FOUND' });
    tracker.enableUdpDualStack();
    expect(await tracker.lookup(asked)).toMatchObject({ inbound: true });
  });

  it('exists for less than 10 minutes after a packet, which asking does not renew', async () => {
    const { reader, tracker } = world();
    reader.sockets = [bind];
    const asked = packet(reader, 'udp', 'in', '10.0.0.1 53', '10.0.0.9 4000');
    expect(await tracker.exists(asked)).toBe(false);
    await tracker.lookup(asked);
    const seen = reader.time;
    for (const [age, exists] of [
      [0, true],
      [UDP_CONNECTION_TTL_MS - 1, true],
      [UDP_CONNECTION_TTL_MS, false],
      [UDP_CONNECTION_TTL_MS + 1, false],
    ] as const) {
      expect(await tracker.exists(asked, seen + age)).toBe(exists);
    }
    reader.sockets = [];
    reader.time += 50;
    expect(await tracker.exists({ ...asked, seenAt: reader.time }, seen + 1)).toBe(false);
  });

  it('is forgotten when unseen for more than 72 h, or when its bind is gone', async () => {
    const { reader, tracker } = world();
    reader.sockets = [bind, { table: 'udp', local: '0.0.0.0 54', inode: 0 }];
    const seen = reader.time;
    await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 53', '10.0.0.9 4000'));
    await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 54', '10.0.0.9 4000'));
    await tracker.cleanUdpStates(seen + 72 * HOUR_MS);
    expect(tracker.udpStates).toBe(2);
    reader.sockets = [bind];
    await tracker.cleanUdpStates(seen + 72 * HOUR_MS);
    expect(tracker.udpStates).toBe(1);
    await tracker.cleanUdpStates(seen + 72 * HOUR_MS + 1);
    expect(tracker.udpStates).toBe(0);
  });

  it.each([
    [256, 256],
    [257, 1],
  ])('of a bind with %i peers keeps %i that are unseen for more than 3 h', async (count, kept) => {
    const { reader, tracker } = world();
    reader.sockets = [bind];
    const seen = reader.time;
    for (let port = 1; port < count; port++)
      await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 53', `10.0.0.9 ${port}`));
    reader.time = seen + 1;
    await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 53', '10.0.0.9 60000'));
    await tracker.cleanUdpStates(seen + 3 * HOUR_MS);
    expect(tracker.udpStates).toBe(count);
    await tracker.cleanUdpStates(seen + 3 * HOUR_MS + 1);
    expect(tracker.udpStates).toBe(kept);
  });

  it('is cleaned without throwing when a table fails, and then keeps what it has', async () => {
    const { reader, tracker } = world();
    reader.sockets = [bind];
    await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 53', '10.0.0.9 4000'));
    reader.sockets = [];
    reader.failing.add('udp');
    await tracker.cleanUdpStates();
    expect(tracker.udpStates).toBe(1);
  });

  it('drops the peer unseen for longest beyond 65,536, and counts it', async () => {
    const { reader, tracker } = world();
    reader.sockets = [bind, { table: 'udp', local: '0.0.0.0 54', inode: 0 }];
    for (let port = 1; port <= 65_535; port++)
      await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 53', `10.0.0.9 ${port}`));
    await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 54', '10.0.0.9 1'));
    expect([tracker.udpStates, tracker.udpStatesDropped]).toEqual([65_536, 0]);
    await tracker.lookup(packet(reader, 'udp', 'in', '10.0.0.1 54', '10.0.0.9 2'));
    expect([tracker.udpStates, tracker.udpStatesDropped]).toEqual([65_536, 1]);
    expect(await tracker.exists(packet(reader, 'udp', 'in', '10.0.0.1 53', '10.0.0.9 1'))).toBe(false);
    expect(await tracker.exists(packet(reader, 'udp', 'in', '10.0.0.1 53', '10.0.0.9 2'))).toBe(true);
  });
});

describe('tcp exists', () => {
  it('for connections, not for listeners, and reads only a table that is older than the packet', async () => {
    const { reader, tracker } = world();
    reader.sockets = [
      { table: 'tcp', local: '0.0.0.0 80', listens: true },
      { table: 'tcp', local: '10.0.0.1 80', remote: '10.0.0.9 4000' },
    ];
    const asked = packet(reader, 'tcp', 'in', '10.0.0.1 80', '10.0.0.9 4000');
    expect(await tracker.exists(asked)).toBe(true);
    expect(await tracker.exists({ ...asked, src: at('10.0.0.9 4001') })).toBe(false);
    expect(reader.reads).toHaveLength(1);
    expect(await tracker.exists({ ...asked, seenAt: asked.seenAt + 1 })).toBe(true);
    expect(reader.reads).toHaveLength(2);
  });
});
