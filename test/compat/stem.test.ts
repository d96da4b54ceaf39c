/** What stem's own tests expect of its connections and addresses, as calls of the names in `pcapflow/compat`. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as stem from '../../src/compat/index.ts';
import { ProcTree } from '../host/resolvers/proc_tree.ts';
import { Programs } from '../host/resolvers/programs.ts';
import { FSTAT, LSOF, LSOF_MAC, NETSTAT, NETSTAT_WINDOWS, PROCSTAT, SOCKSTAT, SS } from '../host/resolvers/recorded.ts';

let programs: Programs;
let tree: ProcTree;
beforeEach(() => {
  programs = new Programs();
  tree = new ProcTree();
});
afterEach(() => {
  programs.remove();
  tree.remove();
});

const { Resolver } = stem;
const ADDRESS = 'fe80:0000:0000:0000:0202:b3ff:fe1e:8329';

describe('get_connections', () => {
  const RECORDED = [
    [Resolver.NETSTAT, 'netstat', NETSTAT, 15843, 4],
    [Resolver.NETSTAT_WINDOWS, 'netstat', NETSTAT_WINDOWS, 15843, 3],
    [Resolver.SS, 'ss', SS, 15843, 4],
    [Resolver.LSOF, 'lsof', LSOF, 15843, 4],
    [Resolver.LSOF, 'lsof', LSOF_MAC, 15843, 2],
    [Resolver.BSD_SOCKSTAT, 'sockstat', SOCKSTAT, 4397, 3],
    [Resolver.BSD_PROCSTAT, 'procstat', PROCSTAT, 3561, 3],
    [Resolver.BSD_FSTAT, 'fstat', FSTAT, 15843, 4],
  ] as const;

  it.each(RECORDED)('%s of %s: pid and name must both match', async (resolver, program, lines, pid, count) => {
    programs.prints(program, lines);
    tree.process(pid, 'tor');
    const options = { path: programs.path, procRoot: tree.root };
    const of = (process_pid: number, process_name: string) =>
      stem.get_connections(resolver, { process_pid, process_name, ...options });
    const found = await of(pid, 'tor');
    expect(found).toHaveLength(count);
    expect(Object.keys(found[0] ?? {})).toEqual([
      'local_address',
      'local_port',
      'remote_address',
      'remote_port',
      'protocol',
      'is_ipv6',
    ]);
    await expect(of(pid, 'stuff')).rejects.toMatchObject({ name: 'HostError' });
    await expect(of(1111, 'tor')).rejects.toMatchObject({ name: 'HostError' });
  });

  const VALUES = [
    [
      Resolver.NETSTAT,
      'netstat',
      NETSTAT,
      15843,
      [
        ['192.168.0.1', 44284, '38.229.79.2', 443, 'tcp', false],
        ['192.168.0.1', 9001, '203.0.113.9', 50000, 'tcp', false],
        ['2001:db8::1', 44284, '2001:db8::1:0:0:2', 443, 'tcp', true],
      ],
    ],
    [
      Resolver.NETSTAT_WINDOWS,
      'netstat',
      NETSTAT_WINDOWS,
      15843,
      [
        ['192.168.0.1', 44284, '38.229.79.2', 443, 'tcp', false],
        ['2001:db8::1', 49671, '2001:db8::2', 443, 'tcp', true],
      ],
    ],
    [
      Resolver.SS,
      'ss',
      SS,
      15843,
      [
        ['192.168.0.1', 44284, '38.229.79.2', 443, 'tcp', false],
        ['192.168.0.1', 5000, '192.168.0.254', 53, 'udp', false],
        ['2001:db8::1', 44284, '2001:db8::1:0:0:2', 443, 'tcp', true],
      ],
    ],
    [
      Resolver.LSOF,
      'lsof',
      LSOF,
      15843,
      [
        ['192.168.0.1', 44415, '38.229.79.2', 443, 'tcp', false],
        ['2001:db8::1', 44418, '2001:db8::2', 443, 'tcp', true],
      ],
    ],
    [
      Resolver.BSD_SOCKSTAT,
      'sockstat',
      SOCKSTAT,
      4397,
      [
        ['172.27.72.202', 54011, '38.229.79.2', 9001, 'tcp', false],
        ['2001:db8::1', 54013, '2001:db8::2', 9001, 'tcp', true],
      ],
    ],
    [
      Resolver.BSD_PROCSTAT,
      'procstat',
      PROCSTAT,
      3561,
      [
        ['10.0.0.2', 9050, '10.0.0.1', 22370, 'tcp', false],
        ['2001:db8::1', 9050, '2001:db8::2', 22371, 'tcp', true],
      ],
    ],
    [
      Resolver.BSD_FSTAT,
      'fstat',
      FSTAT,
      15843,
      [
        ['192.168.1.100', 36174, '4.3.2.1', 443, 'tcp', false],
        ['2001:db8::1', 36175, '2001:db8::2', 443, 'tcp', true],
      ],
    ],
  ] as const;

  it.each(VALUES)(
    '%s gives each connection of IPv4 and IPv6 by its values',
    async (resolver, program, lines, pid, all) => {
      programs.prints(program, lines);
      tree.process(pid, 'tor');
      const found = await stem.get_connections(resolver, {
        process_pid: pid,
        process_name: 'tor',
        path: programs.path,
        procRoot: tree.root,
      });
      const values = found.map((connection) => Object.values(connection));
      for (const one of all) expect(values).toContainEqual([...one]);
    },
  );

  it('system_resolvers has those of a system whose program is there', async () => {
    const on = async (system: string): Promise<unknown[]> =>
      (await stem.system_resolvers(system)).filter((resolver) => resolver !== Resolver.PROC);
    const path = process.env.PATH;
    process.env.PATH = programs.path;
    try {
      expect(await on('Linux')).toEqual([]);
      for (const program of ['netstat', 'ss', 'lsof', 'sockstat', 'procstat', 'fstat']) programs.prints(program, []);
      expect(await on('Windows')).toEqual([Resolver.NETSTAT_WINDOWS]);
      expect(await on('Darwin')).toEqual([Resolver.LSOF]);
      expect(await on('FreeBSD')).toEqual([Resolver.BSD_SOCKSTAT, Resolver.BSD_PROCSTAT, Resolver.LSOF]);
      expect(await on('OpenBSD')).toEqual([Resolver.BSD_FSTAT]);
      expect(await on('Linux')).toEqual([Resolver.NETSTAT, Resolver.LSOF, Resolver.SS]);
    } finally {
      process.env.PATH = path;
    }
  });

  it.each(RECORDED)('%s without the program %s is an error', async (resolver, _, _lines, pid) => {
    await expect(
      stem.get_connections(resolver, { process_pid: pid, path: programs.path, procRoot: tree.root }),
    ).rejects.toMatchObject({ code: 'ERR_RESOLVER_UNAVAILABLE' });
  });

  it('by proc gives the process the connections of its sockets', async () => {
    tree.table('tcp', [['11111111:1111 22222222:2222 01', 7]]);
    tree.process(1111, 'tor', ['socket:[7]']);
    expect(await stem.get_connections(Resolver.PROC, { process_pid: 1111, procRoot: tree.root })).toEqual([
      {
        local_address: '17.17.17.17',
        local_port: 4369,
        remote_address: '34.34.34.34',
        remote_port: 8738,
        protocol: 'tcp',
        is_ipv6: false,
      },
    ]);
  });

  it('needs a pid or a name', async () => {
    await expect(stem.get_connections()).rejects.toThrow(TypeError);
  });

  it('refuses a keyword that it does not know', async () => {
    const keywords = { process_pid: 1, timeout: 5 };
    await expect(stem.get_connections(null, keywords)).rejects.toThrow(TypeError);
  });
});

describe('addresses', () => {
  it.each(['0.0.0.0', '1.2.3.4', '192.168.0.1', '255.255.255.255'])('%s is an IPv4 address', (address) =>
    expect(stem.is_valid_ipv4_address(address)).toBe(true),
  );

  it.each(['0.0.00.0', '0.0.0', '1.2.3.256', '1.2.3.-1', '0.0.0.a', 'a.b.c.d'])(
    '%s is not an IPv4 address',
    (address) => expect(stem.is_valid_ipv4_address(address)).toBe(false),
  );

  it.each([
    ADDRESS,
    'fe80:0:0:0:202:b3ff:fe1e:8329',
    'fe80::202:b3ff:fe1e:8329',
    '::ffff:5.9.158.75',
    '5.9.158.75::ffff',
    '::5.9.158.75:ffff',
    '::',
  ])('%s is an IPv6 address', (address) => expect(stem.is_valid_ipv6_address(address)).toBe(true));

  it.each([
    'fe80:0000:0000:0000:0202:b3ff:fe1e:829g',
    'fe80:0000:0000:0000:0202:b3ff:fe1e: 8329',
    '2001:db8::aaaa::1',
    '::ffff:5.9.158.75.12',
    '::ffff:5.9.158',
    '::ffff:5.9',
    ':::',
    ':',
    '',
  ])('%j is not an IPv6 address', (address) => expect(stem.is_valid_ipv6_address(address)).toBe(false));

  it.each([[1], ['1'], [1234], ['1234'], [65535], ['65535'], [[1, '2']]])('%j is a port', (port) =>
    expect(stem.is_valid_port(port)).toBe(true),
  );

  it.each([[0], ['0'], [65536], ['65536'], ['abc'], ['*'], [' 15'], ['01'], [true], [{}]])('%j is not a port', (port) =>
    expect(stem.is_valid_port(port)).toBe(false),
  );

  it('0 is a port where that is allowed', () => {
    expect([stem.is_valid_port(0, true), stem.is_valid_port('0', true)]).toEqual([true, true]);
  });

  it.each([
    ['127.0.0.1', true],
    ['10.0.0.0', true],
    ['172.16.0.0', true],
    ['172.31.0.0', true],
    ['192.168.0.50', true],
    ['74.125.28.103', false],
    ['172.15.0.0', false],
    ['172.32.0.0', false],
  ])('%s is private: %s', (address, expected) => expect(stem.is_private_address(address)).toBe(expected));

  it.each(['', 'blarg', '127.0.0', ADDRESS])('is_private_address refuses %j', (address) =>
    expect(() => stem.is_private_address(address)).toThrow(RangeError),
  );

  it.each([
    ['0.0.0.1', 1n],
    ['0.0.0.2', 2n],
    ['0.0.1.0', 256n],
    ['127.0.0.1', 2_130_706_433n],
    [ADDRESS, 338288524927261089654163772891438416681n],
  ])('%s is the number %s', (address, expected) => expect(stem.address_to_int(address)).toBe(expected));

  it.each([
    ['2001:db8::ff00:42:8329', '2001:0db8:0000:0000:0000:ff00:0042:8329'],
    ['::', '0000:0000:0000:0000:0000:0000:0000:0000'],
    ['::1', '0000:0000:0000:0000:0000:0000:0000:0001'],
    ['1::1', '0001:0000:0000:0000:0000:0000:0000:0001'],
    ['::ffff:5.9.158.75', '0000:0000:0000:0000:0000:ffff:0509:9e4b'],
    ['5.9.158.75::ffff', '0509:9e4b:0000:0000:0000:0000:0000:ffff'],
    ['::5.9.158.75:ffff', '0000:0000:0000:0000:0000:0509:9e4b:ffff'],
  ])('%s is %s in full', (address, expected) => expect(stem.expand_ipv6_address(address)).toBe(expected));

  it('an IPv4 address cannot be expanded', () => {
    expect(() => stem.expand_ipv6_address('127.0.0.1')).toThrow(RangeError);
  });

  it.each([
    [32, '255.255.255.255'],
    [29, '255.255.255.248'],
    [23, '255.255.254.0'],
    [0, '0.0.0.0'],
  ])('%i bits are the mask %s, and back', (bits, mask) => {
    expect(stem.get_mask_ipv4(bits)).toBe(mask);
    expect(stem._get_masked_bits(mask)).toBe(bits);
  });

  it.each([
    [128, stem.FULL_IPv6_MASK],
    [111, 'FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFE:0000'],
    [0, '0000:0000:0000:0000:0000:0000:0000:0000'],
  ])('%i bits are the mask %s', (bits, mask) => expect(stem.get_mask_ipv6(bits)).toBe(mask));

  it('masks have bounds and no holes', () => {
    for (const bits of [-1, 33]) expect(() => stem.get_mask_ipv4(bits)).toThrow(RangeError);
    for (const bits of [-1, 129]) expect(() => stem.get_mask_ipv6(bits)).toThrow(RangeError);
    for (const mask of ['blarg', '255.255.0.255']) expect(() => stem._get_masked_bits(mask)).toThrow(RangeError);
  });

  it.each([
    ['0.0.0.0', '0'.repeat(32)],
    ['1.2.3.4', '00000001000000100000001100000100'],
    ['127.0.0.1', '01111111000000000000000000000001'],
    ['255.255.255.255', '1'.repeat(32)],
    ['::', '0'.repeat(128)],
    ['::1', `${'0'.repeat(127)}1`],
    ['1::1', `0000000000000001${'0'.repeat(111)}1`],
    ['2001:db8::ff00:42:8329', 0x20010db8000000000000ff0000428329n.toString(2).padStart(128, '0')],
  ])('the bits of %s', (address, bits) => expect(stem._get_address_binary(address)).toBe(bits));

  it.each(['', 'blarg'])('%j has no bits', (address) =>
    expect(() => stem._get_address_binary(address)).toThrow(RangeError),
  );

  it.each<[number | string, string | null]>([
    [80, 'HTTP'],
    ['80', 'HTTP'],
    [6881, 'BitTorrent'],
    [6999, 'BitTorrent'],
    [30_000, null],
  ])('port %s is used for %s', (port, use) => expect(stem.port_usage(port)).toBe(use));
});

describe('FParser', () => {
  it('refuses a keyword that it does not know, with the nearest one', () => {
    const keywords = { is_file: true, flow_timout: 5 };
    expect(() => new stem.FParser('x', keywords)).toThrow("did you mean 'flow_timeout'");
  });
});
