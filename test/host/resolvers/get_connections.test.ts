/** The rules of `getConnections`, with recorded programs and processes. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getConnections } from '../../../src/host/resolvers/get_connections.ts';
import type { ConnectionsOptions } from '../../../src/host/resolvers/get_connections.ts';
import { Resolver, RESOLVERS } from '../../../src/host/resolvers/resolver.ts';
import { systemResolvers } from '../../../src/host/resolvers/system_resolvers.ts';
import { ProcTree } from './proc_tree.ts';
import { Programs } from './programs.ts';
import { FSTAT, LSOF, LSOF_MAC, NETSTAT, NETSTAT_WINDOWS, PROCSTAT, SOCKSTAT, SS, TASKLIST } from './recorded.ts';

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

const get = (options: ConnectionsOptions): ReturnType<typeof getConnections> =>
  getConnections({ path: programs.path, procRoot: tree.root, ...options });

/** Remote ports of what was found. */
const ports = async (options: ConnectionsOptions): Promise<number[]> =>
  (await get(options)).map(({ remotePort }) => remotePort);

const error = (code: string, message = ''): object => ({
  name: 'HostError',
  code,
  message: expect.stringContaining(message),
});

describe('arguments', () => {
  it.each([{}, { pid: 'abc' }, { pid: '' }, { pid: '1 ' }, { pid: '-1' }, { pid: '0x10' }, { name: '' }])(
    'TypeError for %j',
    async (options) => {
      await expect(get(options)).rejects.toThrow(TypeError);
    },
  );

  it.each<ConnectionsOptions>([
    { pid: 0 },
    { pid: '0' },
    { pid: -1 },
    { pid: 1.5 },
    { pid: Number.NaN },
    { pid: 1e12 },
    { pid: 1, timeoutMs: 0 },
    { pid: 1, timeoutMs: 1.5 },
    { pid: 1, timeoutMs: 2 ** 31 },
    { pid: 1, timeoutMs: Number.NaN },
    { pid: 1, resolver: 'nmap' as Resolver },
  ])('RangeError for %j', async (options) => {
    await expect(get(options)).rejects.toThrow(RangeError);
  });
});

describe('the resolver', () => {
  it('is the first that the system has, unless one is chosen', async () => {
    programs.prints('ss', SS);
    programs.prints('lsof', LSOF);
    rmSync(join(tree.root, 'net', 'tcp'));
    expect((await ports({ pid: 15843 }))[0]).toBe(443);
    expect((await ports({ pid: 15843, resolver: Resolver.Ss }))[0]).toBe(53);
    tree.table('tcp', [['0100007F:0050 0200007F:1F90 01', 7]]);
    tree.process(15843, 'tor', ['socket:[7]']);
    expect(await ports({ pid: 15843 })).toEqual([8080]);
  });

  it('is none when there is nothing', async () => {
    rmSync(join(tree.root, 'net', 'udp'));
    await expect(get({ pid: 1 })).rejects.toMatchObject(error('ERR_NO_RESOLVER'));
  });

  it.each(RESOLVERS.filter((resolver) => resolver !== Resolver.Proc))(
    '%s is told when its program is not there',
    async (resolver) => {
      await expect(get({ pid: 1, resolver })).rejects.toMatchObject(
        error('ERR_RESOLVER_UNAVAILABLE', resolver.split(' ')[0]),
      );
    },
  );

  it.each([
    [Resolver.Netstat, 'netstat', NETSTAT, 15843, [443, 443, 50000, 53], '-npW'],
    [Resolver.NetstatWindows, 'netstat', NETSTAT_WINDOWS, 15843, [443, 443, 445], '-ano'],
    [Resolver.Ss, 'ss', SS, 15843, [53, 443, 443, 50000], '-nptu'],
    [Resolver.Lsof, 'lsof', LSOF, 15843, [443, 443, 50000, 53], '+c 0 -wnPi'],
    [Resolver.BsdSockstat, 'sockstat', SOCKSTAT, 4397, [9001, 9001, 53], '-46c'],
    [Resolver.BsdProcstat, 'procstat', PROCSTAT, 3561, [22370, 22371, 53], '-f 3561'],
    [Resolver.BsdFstat, 'fstat', FSTAT, 15843, [443, 50000, 443, 53], '-p 15843'],
  ])('%s runs its program and reads what it prints', async (resolver, program, lines, pid, expected, args) => {
    const text = programs.prints(`${program}-text`, lines);
    programs.add(program, `[ "$*" = '${args}' ] && exec '${text}'; echo "arguments: $*" >&2; exit 2`);
    expect(await ports({ resolver, pid })).toEqual(expected);
    expect(await ports({ resolver, pid: String(pid) })).toEqual(expected);
  });

  it('sockstat is asked for IPv4 alone where it knows no two families at once', async () => {
    const text = programs.prints('text', SOCKSTAT);
    programs.add('sockstat', `[ "$*" = -4c ] && exec '${text}'; echo 'usage: sockstat' >&2; exit 1`);
    expect(await ports({ resolver: Resolver.Sockstat, pid: 4397 })).toEqual([9001, 9001, 53]);
  });

  it('fstat looks at all processes when it is not known which one', async () => {
    const text = programs.prints('text', FSTAT);
    programs.add('fstat', `[ $# = 0 ] && exec '${text}'`);
    expect(await ports({ resolver: Resolver.BsdFstat, name: 'tor' })).toHaveLength(4);
  });
});

describe('a name', () => {
  it('is looked up, and one pid narrows what is taken', async () => {
    programs.prints('ss', SS);
    tree.process(712, 'www');
    expect(await ports({ resolver: Resolver.Ss, name: 'www' })).toEqual([40000]);
    // Lines of another process that calls itself so are not taken.
    tree.process(15842, 'tor');
    await expect(get({ resolver: Resolver.Ss, name: 'tor' })).rejects.toMatchObject(error('ERR_NO_CONNECTIONS'));
  });

  it('of several processes takes the lines of any of them', async () => {
    programs.prints('ss', SS);
    tree.process(501, 'tor');
    tree.process(15843, 'tor');
    expect(await ports({ resolver: Resolver.Ss, name: 'tor' })).toEqual([53, 547, 443, 443, 50000]);
  });

  it('of no known process is compared with those in the lines', async () => {
    programs.prints('netstat', NETSTAT);
    expect(await ports({ resolver: Resolver.Netstat, name: 'dhclient' })).toEqual([67, 547]);
    tree.remove();
    expect(await ports({ resolver: Resolver.Netstat, name: 'dhclient' })).toEqual([67, 547]);
    tree = new ProcTree();
  });

  it.each([Resolver.Proc, Resolver.NetstatWindows])('of no process has no pid that %s needs', async (resolver) => {
    programs.prints('netstat', NETSTAT_WINDOWS);
    await expect(get({ resolver, name: 'tor' })).rejects.toMatchObject(error('ERR_PID_UNKNOWN', '"tor"'));
  });

  it('of several processes gives the sockets of all of them from /proc, shared ones once', async () => {
    tree.table('tcp', [
      ['0100007F:0050 0200007F:1F90 01', 7],
      ['0100007F:0051 0200007F:1F91 01', 8],
      ['0100007F:0052 0200007F:1F92 01', 9],
    ]);
    tree.process(3561, 'www', ['socket:[7]']);
    tree.process(3562, 'www', ['socket:[7]', 'socket:[9]']);
    tree.process(3563, 'www');
    tree.process(3564, 'other', ['socket:[8]']);
    expect(await ports({ resolver: Resolver.Proc, name: 'www' })).toEqual([8080, 8082]);
  });

  it('of several processes asks procstat for them, and of unknown ones for all', async () => {
    const text = programs.prints('text', PROCSTAT);
    programs.add('procstat', `echo "$*" > '${programs.path}/arguments'; exec '${text}'`);
    const asked = (): string => readFileSync(join(programs.path, 'arguments'), 'utf8').trim();
    expect(await ports({ resolver: Resolver.BsdProcstat, name: 'tor' })).toEqual([22370, 22371, 53]);
    expect(asked()).toBe('-a -f');
    tree.process(3561, 'tor');
    tree.process(4000, 'tor');
    expect(await ports({ resolver: Resolver.BsdProcstat, name: 'tor' })).toEqual([22370, 22371, 53]);
    expect(asked()).toBe('-f 3561 4000');
    await expect(get({ resolver: Resolver.BsdProcstat, name: 'to' })).rejects.toMatchObject(
      error('ERR_NO_CONNECTIONS'),
    );
  });

  it.each([
    [Resolver.BsdSockstat, 'sockstat', SOCKSTAT, 3],
    [Resolver.BsdFstat, 'fstat', FSTAT, 4],
    [Resolver.Lsof, 'lsof', LSOF_MAC, 2],
  ] as const)('of several processes is compared with the lines of %s', async (resolver, program, lines, count) => {
    programs.prints(program, lines);
    expect(await ports({ resolver, name: 'tor' })).toHaveLength(count);
    tree.process(1, 'tor');
    tree.process(2, 'tor');
    expect(await ports({ resolver, name: 'tor' })).toHaveLength(count);
  });

  it.each(['tor', 'tor.exe', 'TOR'])('of several processes of Windows is in the list of tasks: %s', async (name) => {
    programs.prints('netstat', NETSTAT_WINDOWS);
    programs.prints('tasklist', TASKLIST);
    expect(await ports({ resolver: Resolver.NetstatWindows, name })).toEqual([443, 443, 443, 445]);
    expect(await ports({ resolver: Resolver.NetstatWindows, name, pid: 158 })).toEqual([443]);
    await expect(get({ resolver: Resolver.NetstatWindows, name, pid: 1104 })).rejects.toMatchObject(
      error('ERR_NO_CONNECTIONS', 'is not called'),
    );
  });

  it('that no task of Windows has is unknown', async () => {
    programs.prints('netstat', NETSTAT_WINDOWS);
    programs.prints('tasklist', TASKLIST);
    await expect(get({ resolver: Resolver.NetstatWindows, name: 'to' })).rejects.toMatchObject(
      error('ERR_PID_UNKNOWN', '"to"'),
    );
  });

  it('together with a pid must be that of the line', async () => {
    programs.prints('ss', SS);
    tree.process(15843, 'www');
    expect(await ports({ resolver: Resolver.Ss, pid: 15843, name: 'tor' })).toHaveLength(4);
    await expect(get({ resolver: Resolver.Ss, pid: 15843, name: 'www' })).rejects.toMatchObject(
      error('ERR_NO_CONNECTIONS'),
    );
  });

  it.each([Resolver.Proc, Resolver.NetstatWindows])(
    'together with a pid must be that of the process, for %s',
    async (resolver) => {
      programs.prints('netstat', NETSTAT_WINDOWS);
      tree.table('tcp', [['0100007F:0050 0200007F:1F90 01', 7]]);
      tree.process(15843, 'tor', ['socket:[7]']);
      expect(await get({ resolver, pid: 15843, name: 'tor' })).not.toEqual([]);
      await expect(get({ resolver, pid: 15843, name: 'www' })).rejects.toMatchObject(
        error('ERR_NO_CONNECTIONS', '"www"'),
      );
    },
  );
});

describe('a program that', () => {
  it('fails but prints something usable is believed', async () => {
    programs.prints('lsof', LSOF, 1);
    expect(await ports({ resolver: Resolver.Lsof, pid: 15843 })).toHaveLength(4);
    const text = programs.prints('text', LSOF);
    programs.add('lsof', `'${text}'; echo "lsof: WARNING: can't stat() something" >&2; exit 1`);
    expect(await ports({ resolver: Resolver.Lsof, pid: 15843 })).toHaveLength(4);
  });

  it('fails without a word has nothing to say', async () => {
    programs.prints('lsof', [], 1);
    await expect(get({ resolver: Resolver.Lsof, pid: 15843 })).rejects.toMatchObject(
      error('ERR_NO_CONNECTIONS', 'lsof +c 0 -wnPi'),
    );
  });

  it('fails with a message alone is of no use', async () => {
    programs.add('ss', 'echo "ss: no such option" >&2; exit 255');
    await expect(get({ resolver: Resolver.Ss, pid: 15843 })).rejects.toMatchObject(
      error('ERR_RESOLVER_UNAVAILABLE', 'no such option'),
    );
  });

  it('shows nothing of the process: whether there is nothing cannot be told', async () => {
    programs.prints('ss', SS);
    await expect(get({ resolver: Resolver.Ss, pid: 9 })).rejects.toMatchObject(
      error('ERR_NO_CONNECTIONS', 'we may not see them'),
    );
  });

  it('takes too long is killed', async () => {
    programs.add('ss', 'exec /bin/sleep 20');
    await expect(get({ resolver: Resolver.Ss, pid: 9, timeoutMs: 50 })).rejects.toMatchObject(
      error('ERR_RESOLVER_TIMEOUT'),
    );
  });

  it('prints more than 64 MiB is killed', async () => {
    programs.add('ss', 'exec /usr/bin/head -c 67108865 /dev/zero');
    await expect(get({ resolver: Resolver.Ss, pid: 9 })).rejects.toMatchObject(
      error('ERR_RESOLVER_UNAVAILABLE', '67108864 bytes'),
    );
    programs.add('ss', 'exec /usr/bin/head -c 67108864 /dev/zero');
    await expect(get({ resolver: Resolver.Ss, pid: 9 })).rejects.toMatchObject(error('ERR_NO_CONNECTIONS'));
  });

  it('is waited for no longer when the signal comes', async () => {
    programs.add('ss', 'exec /bin/sleep 20');
    const controller = new AbortController();
    const running = get({ resolver: Resolver.Ss, pid: 9, signal: controller.signal });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(running).rejects.toThrow('enough');
  });
});

describe('proc', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['0100007F:0050 0200007F:1F90 01', 7],
    ['0100007F:0050 00000000:0000 0A', 8],
    ['0100007F:0051 0300007F:1F91 06', 0],
    ['0100007F:0052 0400007F:1F92 01', 9],
    ['0100007F:0050 0200007F:1F90 01', 10],
    ['0100007F:0053 0500007F:1F93 08', 11],
  ];

  it('gives established TCP and connected UDP of the process, each once, in the order of the tables', async () => {
    tree.table('tcp', rows);
    tree.table('tcp6', [['0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000200007F:1F90 01', 20]]);
    tree.table('udp', [
      ['0100007F:0035 00000000:0000 07', 30],
      ['0100007F:0035 0200007F:C000 01', 31],
      ['0100007F:0036 0200007F:0000 01', 32],
    ]);
    tree.process(5, 'a', [
      '/dev/null',
      'socket:[8]',
      'socket:[30]',
      'socket:[31]',
      'socket:[32]',
      'socket:[11]',
      'socket:[10]',
      'socket:[7]',
      'pipe:[9]',
      'socket:[0]',
      'socket:[20]',
    ]);
    expect(await get({ resolver: Resolver.Proc, pid: 5 })).toEqual([
      {
        localAddress: '127.0.0.1',
        localPort: 80,
        remoteAddress: '127.0.0.2',
        remotePort: 8080,
        protocol: 'tcp',
        isIpv6: false,
      },
      {
        localAddress: '127.0.0.1',
        localPort: 53,
        remoteAddress: '127.0.0.2',
        remotePort: 49152,
        protocol: 'udp',
        isIpv6: false,
      },
    ]);
    expect((await get({ resolver: Resolver.Proc, pid: 5, keepMapped: true }))[1]).toEqual({
      localAddress: '::ffff:127.0.0.1',
      localPort: 80,
      remoteAddress: '::ffff:127.0.0.2',
      remotePort: 8080,
      protocol: 'tcp',
      isIpv6: true,
    });
  });

  it('gives a process without sockets none of the connections of others', async () => {
    tree.table('tcp', rows);
    tree.process(6, 'b', ['/dev/null', 'pipe:[7]', 'anon_inode:[eventpoll]']);
    await expect(get({ resolver: Resolver.Proc, pid: 6 })).rejects.toMatchObject(error('ERR_NO_CONNECTIONS'));
    await expect(get({ resolver: Resolver.Proc, pid: 99 })).rejects.toMatchObject(error('ERR_NO_CONNECTIONS'));
  });

  it('says when a table is missing', async () => {
    tree.process(5, 'a', ['socket:[7]']);
    rmSync(join(tree.root, 'net', 'tcp'));
    await expect(get({ resolver: Resolver.Proc, pid: 5 })).rejects.toMatchObject(error('ERR_PROC_UNAVAILABLE'));
  });
});

describe('systemResolvers', () => {
  const options = (): { path: string; procRoot: string } => ({ path: programs.path, procRoot: `${tree.root}/none` });
  const addAll = (): void =>
    ['netstat', 'ss', 'lsof', 'sockstat', 'procstat', 'fstat'].forEach((name) => programs.add(name, ''));

  it.each([
    ['Windows', ['netstat (windows)']],
    ['Windows_NT', ['netstat (windows)']],
    ['win32', ['netstat (windows)']],
    ['Darwin', ['lsof']],
    ['darwin', ['lsof']],
    ['OpenBSD', ['fstat (bsd)']],
    ['FreeBSD', ['sockstat (bsd)', 'procstat (bsd)', 'lsof']],
    ['Linux', ['netstat', 'lsof', 'ss']],
    ['SunOS', ['netstat', 'lsof', 'ss']],
    ['constructor', ['netstat', 'lsof', 'ss']],
  ])('systemResolvers on %s', async (system, expected) => {
    addAll();
    expect(await systemResolvers(system, options())).toEqual(expected);
    expect(await systemResolvers(system, { ...options(), procRoot: tree.root })).toEqual(['proc', ...expected]);
  });

  it('leaves out what is not on the PATH', async () => {
    programs.add('lsof', '');
    programs.add('ss', '', 0o644);
    expect(await systemResolvers('Linux', options())).toEqual(['lsof']);
    expect(await systemResolvers('FreeBSD', options())).toEqual(['lsof']);
    expect(await systemResolvers('OpenBSD', options())).toEqual([]);
  });

  it('needs both tables for proc', async () => {
    rmSync(join(tree.root, 'net', 'udp'));
    expect(await systemResolvers('Linux', { ...options(), procRoot: tree.root })).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('knows the present system', async () => {
    expect((await systemResolvers())[0]).toBe(Resolver.Proc);
  });
});
