import { describe, expect, it } from 'vitest';
import { COLUMN_NAMES } from '../../../src/options/host_commands.ts';
import { columnNames } from '../../../src/cli/sockets/socket_columns.ts';
import { sorted, sortKeys } from '../../../src/cli/sockets/sort.ts';
import { localOwner, ownerOf } from '../../../src/owner/owner.ts';
import { entry } from './entry.ts';

describe('columns', () => {
  it('are named with commas between, each once', () => {
    expect(columnNames('pid, name,pid')).toEqual(['pid', 'name']);
    expect(columnNames('all')).toEqual(COLUMN_NAMES);
  });

  it.each(['', 'pid,', 'PID', 'constructor', 'all,pid'])('%j are none', (text) => {
    expect(() => columnNames(text)).toThrow(/^--columns is .*; it must be one of proto, local/);
  });
});

describe('the order', () => {
  const byPid = (...pids: (number | null)[]) => pids.map((pid) => entry({ pid }));
  const pids = (text: string, ...given: (number | null)[]) =>
    sorted(byPid(...given), sortKeys(text)).map(({ pid }) => pid);

  it('of numbers is that of their values, unknown ones last either way', () => {
    expect(pids('pid', 10, null, 9, 100)).toEqual([9, 10, 100, null]);
    expect(pids('-pid', 10, null, 9, 100)).toEqual([100, 10, 9, null]);
  });

  it('of addresses is IPv4 first, then that of their bytes', () => {
    const addresses = ['10.0.0.10', '::1', '9.0.0.1', '10.0.0.9', 'fe80::1', '2001:db8::a', '::ffff:1.2.3.4'];
    const entries = addresses.map((local) => entry({ row: { local } }));
    const order = ['9.0.0.1', '10.0.0.9', '10.0.0.10', '::1', '::ffff:1.2.3.4', '2001:db8::a', 'fe80::1'];
    expect(sorted(entries, sortKeys('local')).map(({ row }) => row.local.address)).toEqual(order);
    expect(sorted(entries, sortKeys('-local')).map(({ row }) => row.local.address)).toEqual(order.toReversed());
  });

  it('of prefixes is that of their addresses, then of their lengths', () => {
    const of = (prefix: string | null) =>
      entry({ owner: ownerOf([{ asn: 1, name: 'A', country: null, prefix, registry: null, allocated: null }]) });
    const prefixes = [null, '10.0.0.0/16', '9.0.0.0/8', '10.0.0.0/8', '2001:db8::/32'].map(of);
    expect(sorted(prefixes, sortKeys('prefix')).map(({ owner }) => owner?.prefix)).toEqual([
      '9.0.0.0/8',
      '10.0.0.0/8',
      '10.0.0.0/16',
      '2001:db8::/32',
      null,
    ]);
  });

  it('of text is that of its characters', () => {
    const entries = ['b', 'B', 'a', null, 'ä'].map((name) => entry({ name }));
    expect(sorted(entries, sortKeys('name')).map(({ name }) => name)).toEqual(['B', 'a', 'b', 'ä', null]);
  });

  it('has several keys; sockets that are alike stay where they are', () => {
    const entries = [
      ['tcp', 3],
      ['udp', 1],
      ['tcp', 2],
      ['udp', 1],
      ['tcp', 3],
    ].map(([name, pid], n) => entry({ name: String(name), pid: Number(pid), service: String(n) }));
    expect(sorted(entries, sortKeys('-name,pid')).map(({ service }) => service)).toEqual(['1', '3', '2', '0', '4']);
    expect(sorted(entries, [])).toBe(entries);
  });

  it('may be that of any column', () => {
    const details = {
      pid: 1,
      name: null,
      umask: '0022',
      state: null,
      threads: 2,
      memory: 3,
      virtualMemory: 4,
      uid: null,
      parentPid: 1,
      threadGroupId: 1,
    };
    const entries = [entry({ pid: 2, details, owner: localOwner('siteLocal') }), entry({ row: { state: 10 } })];
    for (const column of COLUMN_NAMES) expect(sorted(entries, sortKeys(`-${column}`)), column).toHaveLength(2);
  });

  it.each(['', '-', '--pid', 'pid,', 'size'])('%j is none', (text) => {
    expect(() => sortKeys(text)).toThrow(/^--sort is /);
  });
});
