import { expect, it } from 'vitest';
import { parseUnixTable } from '../../../src/host/sockets/unix.ts';

/** Lines as Linux 6 writes them. */
const TABLE = `Num       RefCount Protocol Flags    Type St Inode Path
0000000013af5faf: 00000002 00000000 00010000 0001 01 15001 /run/dbus/system bus
00000000b0ea1873: 00000003 00000000 00000000 0001 03 3272285
0000000000000001: 00000002 00000000 00000000 0002 01 42 @/tmp/abstract
0000000000000002: 00000002 00000000 00010000 0005 01 43 /run/udev/control
0000000000000003: 00000002 00000000 00000000 0001 02 44
broken
`;

it('reads sockets of the UNIX domain: type, state, inode, and a path that may have blanks', () => {
  expect(parseUnixTable(TABLE)).toEqual([
    { type: 'stream', state: 'listen', inode: 15_001, path: '/run/dbus/system bus' },
    { type: 'stream', state: 'established', inode: 3_272_285, path: '' },
    { type: 'dgram', state: 'close', inode: 42, path: '@/tmp/abstract' },
    { type: 'seqpacket', state: 'listen', inode: 43, path: '/run/udev/control' },
    { type: 'stream', state: 'synSent', inode: 44, path: '' },
  ]);
  expect(parseUnixTable('')).toEqual([]);
});
