import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEntries } from '../../../src/cli/sockets/entries.ts';
import { socketHolders } from '../../../src/cli/sockets/holders.ts';
import type { SocketHolders } from '../../../src/cli/sockets/holders.ts';
import { selectionOf } from '../../../src/cli/sockets/selection.ts';
import { userName } from '../../../src/host/process/user_name.ts';
import { ProcTree } from '../../host/resolvers/proc_tree.ts';

let tree: ProcTree;
beforeEach(() => {
  tree = new ProcTree();
  tree.process(20, 'middle', ['/dev/null', 'socket:[1]', 'socket:[2]']);
  tree.process(3, 'first', ['pipe:[1]', 'socket:[2]', 'socket:[4]', 'socket:[4]']);
  tree.process(100, 'last', ['socket:[1]', 'socket:[2]', 'socket:[5]']);
});
afterEach(() => tree.remove());

const lowest = ({ owners }: SocketHolders): unknown[] => [...owners].map(([inode, [one]]) => [inode, one?.pid]).sort();

it('a socket has the process with the lowest pid of those that have it open', () => {
  expect(lowest(socketHolders(new Set([1, 2, 4, 5, 9]), undefined, { procRoot: tree.root }))).toEqual([
    [1, 20],
    [2, 3],
    [4, 3],
    [5, 100],
  ]);
});

it('when processes are given, the lowest of them', () => {
  expect(lowest(socketHolders(new Set([1, 2, 4]), [100, 20, 77], { procRoot: tree.root }))).toEqual([
    [1, 20],
    [2, 20],
  ]);
  expect(socketHolders(new Set([1]), [], { procRoot: tree.root }).owners.size).toBe(0);
});

it('nothing is read when there are no sockets', () => {
  expect(socketHolders(new Set(), undefined, { procRoot: join(tree.root, 'missing') })).toEqual({
    owners: new Map(),
    denied: 0,
  });
});

it('processes and users are looked for only when they are asked for', async () => {
  tree.table('tcp', [['0100007F:0050 0200007F:1F90 01', 2]]);
  const read = async (...needs: readonly ('pid' | 'name' | 'user')[]): Promise<unknown[]> =>
    (await readEntries(selectionOf({ tcp: true }), new Set(needs), undefined, { procRoot: tree.root })).entries.map(
      ({ pid, name, user }) => [pid, name, user],
    );
  const user = userName(1000) ?? '1000';
  expect(await read()).toEqual([[null, null, null]]);
  expect(await read('user')).toEqual([[null, null, user]]);
  expect(await read('name', 'user')).toEqual([[3, 'first', user]]);
});
