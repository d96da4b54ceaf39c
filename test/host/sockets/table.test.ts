import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SocketTable, tcp6Table, tcpTable, ticksToMs, udp6Table, udpTable } from '../../../src/host/sockets/index.ts';
import type { SocketTableOptions, TableName } from '../../../src/host/sockets/index.ts';
import { UDP_HEADING, tableText } from './table_text.ts';
import type { TextRow } from './table_text.ts';

let procRoot: string;
let now = 1000;

beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'pcapflow-proc-'));
});
afterEach(() => rmSync(procRoot, { recursive: true }));

/** The recorded tables are those of a little-endian host. */
function options(more: SocketTableOptions = {}): SocketTableOptions {
  return { procRoot, endianness: 'LE', now: () => now, ...more };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(procRoot, path)), { recursive: true });
  writeFileSync(join(procRoot, path), text);
}

function writeTable(table: TableName, rows: readonly TextRow[]): void {
  write(`net/${table}`, tableText(rows, table.startsWith('tcp') ? undefined : UDP_HEADING));
}

function inodes(rows: readonly { readonly inode: number }[]): number[] {
  return rows.map(({ inode }) => inode);
}

/** One row in each of the sixteen states that a digit can name; the inode is the state. */
const EVERY_STATE: readonly TextRow[] = Array.from({ length: 16 }, (_, state) => ({
  state,
  inode: state,
  localPort: 100 + state,
}));

describe('states', () => {
  it('of tcp have a method each', () => {
    writeTable('tcp', EVERY_STATE);
    const table = tcpTable(options());
    const found = [
      ...[table.established(), table.synSent(), table.synRecv(), table.finWait1(), table.finWait2(), table.timeWait()],
      ...[table.closed(), table.closeWait(), table.lastAck(), table.listening(), table.closing(), table.newSynRecv()],
    ];
    expect(found.map(inodes)).toEqual(Array.from({ length: 12 }, (_, n) => [n + 1]));
    expect(table.maxState()).toEqual(table.newSynRecv());
    expect(inodes(table.connections())).toEqual(EVERY_STATE.map(({ inode }) => inode));
    expect(table.conn()).toBe(table.connections());
  });

  it('of udp are two', () => {
    writeTable('udp', EVERY_STATE);
    const table = udpTable(options());
    expect(inodes(table.established())).toEqual([1]);
    expect(inodes(table.closed())).toEqual([7]);
    expect(inodes(table.listening())).toEqual([]);
    expect(inodes(table.listening({ udpAsListen: true }))).toEqual([7]);
    const others = [
      ...[table.synSent(), table.synRecv(), table.finWait1(), table.finWait2(), table.timeWait(), table.closeWait()],
      ...[table.lastAck(), table.closing(), table.newSynRecv(), table.maxState()],
    ];
    expect(others.flat()).toEqual([]);
    expect(inodes(table.byState('listen'))).toEqual([10]);
  });

  it('are selected by name, number, digits, or several of these', () => {
    writeTable('tcp', EVERY_STATE);
    const table = tcpTable(options());
    for (const selector of ['listen', 'LISTEN', 10, '0A', '0a', '0x0a', '0X0A', ['listen'], ['0A', 10, 'listen']]) {
      expect(inodes(table.byState(selector)), String(selector)).toEqual([10]);
    }
    expect(inodes(table.byState(['timeWait', 1, '0x0B']))).toEqual([1, 6, 11]);
    expect(inodes(table.byState('unknown'))).toEqual([0, 14, 15]);
    expect(inodes(table.byState([]))).toEqual([]);
    expect(inodes(table.byState(200))).toEqual([]);
  });

  it.each([
    '',
    'A',
    'bogus',
    'constructor',
    '0x',
    '0x0',
    '00A',
    ' 0A',
    '0G',
    -1,
    256,
    1.5,
    Number.NaN,
    null,
    undefined,
    {},
    ['listen', 'bogus'],
    [['listen']],
  ])('byState refuses %j', (selector) => {
    writeTable('tcp', []);
    expect(() => tcpTable(options()).byState(selector as string)).toThrow(RangeError);
  });
});

describe('ports and addresses', () => {
  beforeEach(() => {
    writeTable('tcp6', [
      { local: '::', localPort: 443, state: 10, inode: 1, uid: 33 },
      {
        local: '::ffff:10.0.0.1',
        localPort: 443,
        remote: '::ffff:10.0.0.2',
        remotePort: 5000,
        state: 1,
        inode: 2,
        uid: 33,
      },
      { local: '::1', localPort: 90, remote: '::1', remotePort: 5001, state: 1, inode: 3 },
      { local: '::1', localPort: 9, remote: '::1', remotePort: 5001, state: 1, inode: 4 },
      { local: '::1', localPort: 90, remote: '::1', remotePort: 443, state: 1, inode: 5 },
    ]);
  });

  it('are given once, in order', () => {
    const table = tcp6Table(options());
    expect(table.localPorts()).toEqual([9, 90, 443]);
    expect(table.remotePorts()).toEqual([443, 5000, 5001]);
    expect(table.remotePorts({ includeZero: true })).toEqual([0, 443, 5000, 5001]);
    expect([...table.localAddresses()]).toEqual([
      ['::', [443]],
      ['::ffff:10.0.0.1', [443]],
      ['::1', [9, 90]],
    ]);
    expect([...table.remoteAddresses()]).toEqual([
      ['::ffff:10.0.0.2', [5000]],
      ['::1', [443, 5001]],
    ]);
    expect([...table.remoteAddresses({ includeUnspecified: true }).keys()]).toEqual(['::', '::ffff:10.0.0.2', '::1']);
  });

  it('are IPv4 where they are mapped, on request', () => {
    const table = tcp6Table(options());
    expect([...table.localAddresses({ unmap: true }).keys()]).toEqual(['::', '10.0.0.1', '::1']);
    expect([...table.remoteAddresses({ unmap: true }).keys()]).toEqual(['10.0.0.2', '::1']);
    expect(table.established({ unmap: true })[0]).toMatchObject({
      ...{ local: { address: '10.0.0.1', port: 443 }, remote: { address: '10.0.0.2', port: 5000 } },
      ...{ mapped: true, table: 'tcp6', inode: 2 },
    });
    expect(table.established()[0]).toMatchObject({ local: { address: '::ffff:10.0.0.1' }, unmapped: '10.0.0.1' });
    expect(table.byInode(2, { unmap: true })[0]?.remote.address).toBe('10.0.0.2');
  });

  it('rows are found by port and address', () => {
    const table = tcp6Table(options());
    expect(inodes(table.byInode(3))).toEqual([3]);
    expect(inodes(table.byInode(99))).toEqual([]);
    expect(inodes(table.byUid(33))).toEqual([1, 2]);
    expect(inodes(table.byUid(1))).toEqual([]);
    expect(inodes(table.byLocalPort(90))).toEqual([3, 5]);
    expect(inodes(table.byLocalPort(91))).toEqual([]);
    expect(inodes(table.byEndpoint({ local: { address: '::1', port: 90 } }))).toEqual([3, 5]);
    expect(
      inodes(table.byEndpoint({ local: { address: '0:0::1', port: 90 }, remote: { address: '::1', port: 443 } })),
    ).toEqual([5]);
    expect(
      inodes(
        table.byEndpoint({
          local: { address: '10.0.0.1', port: 443 },
          remote: { address: '::ffff:a00:2', port: 5000 },
        }),
      ),
    ).toEqual([2]);
    expect(
      inodes(table.byEndpoint({ local: { address: '::1', port: 90 }, remote: { address: '::1', port: 444 } })),
    ).toEqual([]);
    expect(() => table.byEndpoint({ local: { address: 'localhost', port: 1 } })).toThrow(RangeError);
  });
});

describe('several tables in one view', () => {
  beforeEach(() => {
    writeTable('tcp', [
      { state: 10, inode: 1 },
      { state: 1, inode: 2 },
    ]);
    writeTable('udp', [
      { state: 7, inode: 3 },
      { state: 1, inode: 4 },
    ]);
    writeTable('udp6', [{ local: '::1', state: 7, inode: 5 }]);
  });

  it('have the same methods', () => {
    const all = SocketTable.all(undefined, options());
    expect(all.tables).toEqual(['tcp', 'tcp6', 'udp', 'udp6']);
    expect(inodes(all.connections())).toEqual([1, 2, 3, 4, 5]);
    expect(all.connections().map(({ table }) => table)).toEqual(['tcp', 'tcp', 'udp', 'udp', 'udp6']);
    expect(inodes(all.listening())).toEqual([1]);
    expect(inodes(all.listening({ udpAsListen: true }))).toEqual([1, 3, 5]);
    expect(inodes(all.established())).toEqual([2, 4]);
    expect(inodes(all.byEndpoint({ local: { address: '127.0.0.1', port: 53 } }))).toEqual([1, 2, 3, 4]);
  });

  it('come in the order asked for, each once', () => {
    expect(inodes(SocketTable.all(['udp6', 'tcp', 'udp6'], options()).connections())).toEqual([5, 1, 2]);
    expect(SocketTable.all([], options()).connections()).toEqual([]);
  });

  it('add up the lines that are no rows', () => {
    write('net/tcp', `${tableText([])}x\ny\n`);
    write('net/udp', `${tableText([])}z\n`);
    expect(SocketTable.all(undefined, options()).malformed).toBe(3);
  });

  it('may be the rare ones', () => {
    writeTable('raw', [{ localPort: 1, state: 7, inode: 6 }]);
    writeTable('icmp6', [{ local: '::1', localPort: 17, state: 7, inode: 7 }]);
    const rare = SocketTable.all(['raw', 'raw6', 'icmp', 'icmp6', 'udplite', 'udplite6'], options());
    expect(rare.connections()).toMatchObject([
      { table: 'raw', local: { port: 1 }, inode: 6 },
      { table: 'icmp6', inode: 7 },
    ]);
  });

  it('must be known', () => {
    for (const name of ['', 'tcp4', '../../etc/passwd', 'unix', 'toString']) {
      expect(() => new SocketTable(name as 'tcp', options())).toThrow(RangeError);
    }
  });
});

describe('reading again', () => {
  it('makes new frozen arrays and leaves the old ones as they were', () => {
    writeTable('tcp', [{ inode: 1 }]);
    now = 1000;
    const table = tcpTable(options());
    const old = table.connections();
    expect(table.byInode(1)).toHaveLength(1);
    writeTable('tcp', [{ inode: 2 }, { inode: 3 }]);
    now = 2000;
    expect([inodes(table.connections()), table.readAt]).toEqual([[1], 1000]);
    expect(table.refresh()).toBe(table);
    expect([inodes(table.connections()), table.readAt, inodes(old)]).toEqual([[2, 3], 2000, [1]]);
    expect([inodes(table.byInode(1)), inodes(table.byInode(2))]).toEqual([[], [2]]);
    const handedOut: readonly object[] = [
      ...[
        table.connections(),
        table.byState(10),
        table.listening(),
        table.closing(),
        table.localPorts(),
        table.remotePorts(),
      ],
      ...[
        table.byInode(2),
        table.byInode(99),
        table.byUid(0),
        table.byLocalPort(53),
        table.connections({ unmap: true }),
      ],
      ...[...table.localAddresses().values(), ...table.remoteAddresses({ includeUnspecified: true }).values()],
    ];
    expect(handedOut.every((rows) => Object.isFrozen(rows))).toBe(true);
    writeTable('tcp', []);
    expect(inodes(table.reload().connections())).toEqual([]);
  });

  it('changes nothing when it fails', async () => {
    writeTable('tcp', [{ inode: 1 }]);
    writeTable('udp', [{ inode: 2 }]);
    now = 1000;
    const table = SocketTable.all(['tcp', 'udp'], options());
    writeTable('tcp', [{ inode: 3 }]);
    rmSync(join(procRoot, 'net/udp'));
    now = 2000;
    expect(() => table.refresh()).toThrow(expect.objectContaining({ name: 'HostError', code: 'ERR_PROC_UNAVAILABLE' }));
    await expect(table.refreshAsync()).rejects.toMatchObject({ code: 'ERR_PROC_UNAVAILABLE' });
    expect([inodes(table.connections()), table.readAt]).toEqual([[1, 2], 1000]);
    writeTable('udp', []);
    expect(inodes((await table.refreshAsync()).connections())).toEqual([3]);
  });

  it('without blocking is shared by those who ask meanwhile', async () => {
    writeTable('tcp', [{ inode: 1 }]);
    let reads = 0;
    const table = await SocketTable.open('tcp', options({ now: () => ++reads }));
    expect([inodes(table.connections()), reads]).toEqual([[1], 1]);
    writeTable('tcp', [{ inode: 2 }]);
    const asked = [table.refreshAsync(), table.refreshAsync(), table.refreshAsync()];
    expect(inodes(table.connections())).toEqual([1]);
    for (const answer of await Promise.all(asked)) expect(answer).toBe(table);
    expect([inodes(table.connections()), reads, table.readAt]).toEqual([[2], 2, 2]);
    await table.refreshAsync();
    expect(reads).toBe(3);
  });
});

describe('files', () => {
  it('that every kernel has must be there', async () => {
    for (const table of ['tcp', 'udp'] as const) {
      expect(() => new SocketTable(table, options())).toThrow(/net\/(tcp|udp) cannot be read \(ENOENT\)/);
      await expect(SocketTable.open(table, options())).rejects.toMatchObject({
        code: 'ERR_PROC_UNAVAILABLE',
        cause: { code: 'ENOENT' },
      });
    }
  });

  it('of IPv6 and rare protocols may be absent', async () => {
    for (const table of ['tcp6', 'udp6', 'udplite', 'udplite6', 'raw', 'raw6', 'icmp', 'icmp6'] as const) {
      expect(new SocketTable(table, options()).connections()).toEqual([]);
      expect((await SocketTable.open(table, options())).connections()).toEqual([]);
    }
    expect(tcp6Table(options()).malformed + udp6Table(options()).malformed).toBe(0);
  });

  it('of another process are those of its network namespace', async () => {
    writeTable('tcp', [{ inode: 1 }]);
    write('42/net/tcp', tableText([{ inode: 2 }]));
    expect(inodes(tcpTable(options({ pid: 42 })).connections())).toEqual([2]);
    expect(inodes(tcp6Table(options({ pid: 42 })).connections())).toEqual([]);
    // A process that is gone has no tables, which is not the same as empty ones.
    for (const table of ['tcp', 'tcp6', 'raw'] as const) {
      expect(() => new SocketTable(table, options({ pid: 43 }))).toThrow(/43/);
      await expect(SocketTable.open(table, options({ pid: 43 }))).rejects.toMatchObject({
        code: 'ERR_PROC_UNAVAILABLE',
      });
    }
  });

  it.each([0, -1, 1.5, Number.NaN, '../1'])('of process %s are refused', (pid) => {
    expect(() => tcpTable(options({ pid: pid as number }))).toThrow(RangeError);
  });

  it('that are no tables are errors', async () => {
    mkdirSync(join(procRoot, 'net/tcp'), { recursive: true });
    expect(() => tcpTable(options())).toThrow(expect.objectContaining({ code: 'ERR_PROC_UNAVAILABLE' }));
    await expect(SocketTable.open('tcp', options())).rejects.toMatchObject({ code: 'ERR_PROC_UNAVAILABLE' });
    mkdirSync(join(procRoot, 'net/tcp6'));
    expect(() => tcp6Table(options())).toThrow(expect.objectContaining({ code: 'ERR_PROC_UNAVAILABLE' }));
    await expect(SocketTable.open('tcp6', options())).rejects.toMatchObject({ code: 'ERR_PROC_UNAVAILABLE' });
  });

  it.skipIf(process.getuid?.() === 0)('that may not be read say who may (needs an ordinary user)', () => {
    writeTable('tcp', []);
    chmodSync(join(procRoot, 'net/tcp'), 0);
    expect(() => tcpTable(options())).toThrow(expect.objectContaining({ code: 'ERR_PERMISSION' }));
  });

  it('are larger than one piece of reading', () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => ({ inode: n + 1, localPort: n }));
    writeTable('tcp', rows);
    expect(inodes(tcpTable(options()).connections())).toEqual(rows.map(({ inode }) => inode));
  });

  it('are not read for a signal that has been given', async () => {
    writeTable('tcp', []);
    const signal = AbortSignal.abort(new Error('enough'));
    expect(() => tcpTable(options({ signal }))).toThrow('enough');
    await expect(SocketTable.open('tcp', options({ signal }))).rejects.toThrow('enough');
  });

  it('give every byte its character, so that no line can break the decoding', () => {
    const bytes = Buffer.concat([
      Buffer.from(tableText([{ inode: 1 }])),
      Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a]),
      Buffer.from(tableText([{ inode: 2 }]).split('\n')[1] ?? ''),
      Buffer.from('\n'),
    ]);
    mkdirSync(join(procRoot, 'net'));
    writeFileSync(join(procRoot, 'net/tcp'), bytes);
    const table = tcpTable(options());
    expect([inodes(table.connections()), table.malformed]).toEqual([[1, 2], 1]);
  });
});

it('turns ticks into milliseconds', () => {
  expect([ticksToMs(6000), ticksToMs(1), ticksToMs(0), ticksToMs(250, 250)]).toEqual([60_000, 10, 0, 1000]);
  expect(() => ticksToMs(1, 0)).toThrow(RangeError);
});

it.skipIf(process.platform !== 'linux')('leaves no file open (needs Linux)', async () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  writeTable('tcp', [{ inode: 1 }]);
  const table = tcpTable(options());
  const before = open();
  for (let n = 0; n < 50; n++) {
    table.refresh();
    await table.refreshAsync();
  }
  // Others of this process may open or close one meanwhile.
  expect(Math.abs(open() - before)).toBeLessThan(25);
});
