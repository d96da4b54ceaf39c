/** Which sockets `pcapflow sockets` shows: by port, by user, of rare protocols, of other network namespaces. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEntries } from '../../../src/cli/sockets/entries.ts';
import { selectionOf } from '../../../src/cli/sockets/selection.ts';
import type { SelectionValues } from '../../../src/cli/sockets/selection.ts';
import { COLUMNS } from '../../../src/cli/sockets/socket_columns.ts';
import type { SocketEntry } from '../../../src/cli/sockets/socket_columns.ts';
import { Peer } from '../../host/state/peer.ts';
import { ProcTree } from '../../host/resolvers/proc_tree.ts';
import { NamespacePair, canUseNamespaces } from '../../live/netns.ts';

let tree: ProcTree;
beforeEach(() => {
  tree = new ProcTree();
  tree.process(3, 'first', ['socket:[1]', 'socket:[2]', 'socket:[2]']);
  tree.process(20, 'second', ['socket:[2]']);
  tree.table('tcp', [
    ['0100007F:0050 0200007F:1F90 01', 1],
    ['0100007F:0051 0200007F:0050 01', 2],
    ['0100007F:0052 0200007F:1F90 01', 4],
  ]);
  tree.table('raw', [['00000000:0001 00000000:0000 07', 5]]);
});
afterEach(() => tree.remove());

async function inodes(values: SelectionValues): Promise<number[]> {
  const { entries } = await readEntries(selectionOf(values), new Set(), undefined, { procRoot: tree.root });
  return entries.map(({ row }) => row.inode);
}

describe('the sockets shown', () => {
  it('have one of the ports at either end, and one of the users', async () => {
    expect(await inodes({ port: ['80'] })).toEqual([1, 2]);
    expect(await inodes({ port: ['82,81'] })).toEqual([2, 4]);
    expect(await inodes({ user: ['1000'] })).toEqual([1, 2, 4]);
    expect(await inodes({ user: ['root'] })).toEqual([]);
    expect(() => selectionOf({ port: ['0'] })).toThrow('--port is "0"');
    expect(() => selectionOf({ user: ['no such user'] })).toThrow('--user is "no such user"');
  });

  it('have an address of one of the networks at either end', async () => {
    expect(await inodes({ address: ['127.0.0.2'] })).toEqual([1, 2, 4]);
    expect(await inodes({ address: ['10.0.0.0/8,::/0'] })).toEqual([]);
    expect(await inodes({ address: ['127.0.0.0/31'] })).toEqual([1, 2, 4]);
    expect(await inodes({ address: ['127.0.0.4/30'] })).toEqual([]);
    expect(() => selectionOf({ address: ['home'] })).toThrow('--address is "home"; it must be an address or a network');
  });

  it('are those of a process and of all that it has started', async () => {
    tree.process(30, 'third', ['socket:[4]']);
    for (const [pid, parent] of [
      [3, 1],
      [20, 3],
      [30, 1],
    ] as const)
      writeFileSync(join(tree.root, String(pid), 'stat'), `${pid} (x) S ${parent} 1`);
    expect(await inodes({ tree: ['3'] })).toEqual([1, 2]);
    expect(await inodes({ tree: ['20'] })).toEqual([2]);
    expect(await inodes({ tree: ['1'] })).toEqual([1, 2, 4]);
    expect(await inodes({ tree: ['1'], pid: ['30'] })).toEqual([4]);
    expect(() => selectionOf({ tree: ['x'] })).toThrow('--tree is "x"');
  });

  it('are of the UNIX domain where that is asked for, alone or beside others', async () => {
    const lines = ['Num RefCount Protocol Flags Type St Inode Path', '0: 2 0 00010000 0001 01 1 /run/a b'];
    writeFileSync(join(tree.root, 'net', 'unix'), `${lines.join('\n')}\n`);
    expect(await inodes({ unix: true, all: true })).toEqual([1]);
    expect(await inodes({ unix: true })).toEqual([]);
    expect(await inodes({ unix: true, tcp: true, all: true })).toEqual([1, 2, 4, 1]);
    const selection = selectionOf({ unix: true, listening: true });
    const needs = new Set(['pid', 'user'] as const);
    const [entry] = (await readEntries(selection, needs, undefined, { procRoot: tree.root })).entries;
    expect(
      [COLUMNS.proto, COLUMNS.local, COLUMNS.pid, COLUMNS.user].map(({ value }) => value(entry as SocketEntry)),
    ).toEqual(['u_str', '/run/a b', 3, null]);
  });

  it('are also raw ones where no protocol is asked for', async () => {
    expect(await inodes({ all: true })).toEqual([1, 2, 4, 5]);
    expect(await inodes({ all: true, udp: true })).toEqual([]);
    expect(await inodes({ all: true, tcp: true, udp: true })).toEqual([1, 2, 4]);
  });

  it('have all their holders, with their descriptors', async () => {
    const selection = selectionOf({ port: ['81'] });
    const { entries } = await readEntries(selection, new Set(['pid'] as const), undefined, { procRoot: tree.root });
    const entry = entries[0] as SocketEntry;
    expect(COLUMNS.pid.text?.(entry)).toBe('3 +1');
    expect(COLUMNS.holders.value(entry)).toBe('first/3:1,2 second/20:0');
    expect([COLUMNS.descriptor.value(entry), COLUMNS.inode.value(entry)]).toEqual([1, 2]);
  });

  it.skipIf(!canUseNamespaces)(
    'are those of other network namespaces, with their names, when that is asked',
    async () => {
      using pair = new NamespacePair();
      using peer = new Peer(pair.far.name);
      const port = await peer.make('listen', { host: '127.0.0.1' });
      const values = { listening: true, port: [String(port)] };
      const needs = new Set(['pid'] as const);
      expect((await readEntries(selectionOf(values), needs, undefined)).entries).toEqual([]);
      const { entries } = await readEntries(selectionOf({ ...values, allNamespaces: true }), needs, undefined);
      expect(entries).toMatchObject([{ pid: peer.pid, namespace: pair.far.name }]);
      for (const namespace of [pair.far.name, String(peer.pid)]) {
        const inside = await readEntries(selectionOf({ ...values, namespace }), needs, undefined);
        expect(inside.entries).toMatchObject([{ pid: peer.pid }]);
      }
      const unknown = readEntries(selectionOf({ namespace: 'no-such' }), needs, undefined);
      await expect(unknown).rejects.toThrow(`--namespace no-such: no process that may be seen is in it (known: `);
    },
  );
});
