/** `pcapflow connections`: what it prints, and how it ends. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectionsText } from '../../src/cli/connection_formats.ts';
import type { Connection } from '../../src/host/index.ts';
import { Programs } from '../host/resolvers/programs.ts';
import { NETSTAT, SS } from '../host/resolvers/recorded.ts';
import { caughtOutput } from './caught_output.ts';
import type { CaughtOutput } from './caught_output.ts';
import { execute } from './execute.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const EXIT = { OK: 0, CANNOT_START: 1, NOT_FOUND: 4 } as const;

const command = (...args: readonly string[]): Promise<CaughtOutput> => caughtOutput(() => execute('connections', args));

const FOUND: readonly Connection[] = [
  {
    localAddress: '192.0.2.1',
    localPort: 80,
    remoteAddress: '192.0.2.200',
    remotePort: 50000,
    protocol: 'tcp',
    isIpv6: false,
  },
  {
    localAddress: '2001:db8::1',
    localPort: 53,
    remoteAddress: '2001:db8::2',
    remotePort: 40000,
    protocol: 'udp',
    isIpv6: true,
  },
];

describe('the format', () => {
  const text = (format: Parameters<typeof connectionsText>[0], found = FOUND): string =>
    [...connectionsText(format, found)].join('');

  it('connections as a table', () => {
    expect(text('table')).toBe(
      [
        'PROTO  LOCAL             REMOTE',
        'tcp    192.0.2.1:80      192.0.2.200:50000',
        'udp    [2001:db8::1]:53  [2001:db8::2]:40000',
        '',
      ].join('\n'),
    );
    expect(text('table', [])).toBe('PROTO  LOCAL  REMOTE\n');
  });

  it('json is one array', () => {
    expect(JSON.parse(text('json'))).toEqual(FOUND);
    expect(JSON.parse(text('json', []))).toEqual([]);
  });

  it('ndjson is one object a line', () => {
    expect(
      text('ndjson')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(FOUND);
    expect(text('ndjson', [])).toBe('');
  });

  it('csv has a heading', () => {
    expect(text('csv')).toBe(
      [
        'protocol,localAddress,localPort,remoteAddress,remotePort,isIpv6',
        'tcp,192.0.2.1,80,192.0.2.200,50000,false',
        'udp,2001:db8::1,53,2001:db8::2,40000,true',
        '',
      ].join('\n'),
    );
  });
});

describe('with recorded programs', () => {
  const programs = new Programs();
  beforeAll(() => {
    programs.prints('ss', SS);
    programs.prints('netstat', NETSTAT);
    programs.add('lsof', 'exec /bin/sleep 20');
  });
  afterAll(() => programs.remove());
  const recorded = (...args: readonly string[]): Promise<CaughtOutput> => {
    vi.stubEnv('PATH', programs.path);
    return command(...args);
  };

  it('prints connections of a pid', async () => {
    expect(await recorded('--pid', '711', '--resolver', 'ss')).toEqual({
      status: EXIT.OK,
      out: 'PROTO  LOCAL           REMOTE\ntcp    192.168.0.1:80  203.0.113.10:40000\n',
      err: '',
    });
  });

  it('prints connections of a name', async () => {
    const { status, out } = await recorded('-n', 'dhclient', '-r', 'netstat', '-f', 'csv');
    expect([status, out.split('\n').length]).toEqual([EXIT.OK, 4]);
  });

  it('keeps mapped addresses when asked to', async () => {
    expect((await recorded('--pid', '15843', '--resolver', 'ss', '--keep-mapped')).out).toContain(
      '[::ffff:203.0.113.9]:50000',
    );
    expect((await recorded('--pid', '15843', '--resolver', 'ss')).out).toContain(' 203.0.113.9:50000');
  });

  it.each([
    ['table', 'PROTO  LOCAL  REMOTE\n'],
    ['json', '[]\n'],
    ['ndjson', ''],
    ['csv', 'protocol,localAddress,localPort,remoteAddress,remotePort,isIpv6\n'],
  ])('says that there are none, as %s', async (format, out) => {
    const result = await recorded('--pid', '9', '--resolver', 'ss', '--format', format);
    expect(result).toEqual({
      status: EXIT.NOT_FOUND,
      out,
      err: expect.stringMatching(/^pcapflow: ss -nptu shows no connections of process 9;.*\n$/),
    });
  });

  it.each([
    [['-p', '9', '-r', 'lsof', '--timeout', '0.05'], 'killed after 50 ms'],
    [['-p', '9', '-r', 'fstat'], 'fstat not found on the PATH'],
  ])('%j cannot be done', async (args, message) => {
    expect(await recorded(...args)).toEqual({
      status: EXIT.CANNOT_START,
      out: '',
      err: expect.stringContaining(message),
    });
  });
});

describe('it refuses', () => {
  it.each([
    [[], '--pid N or --name NAME is needed'],
    [['--pid', 'abc'], '--pid is "abc"'],
    [['--pid', '0'], 'pid is 0'],
    [['--pid', '-1'], '--pid'],
    [['--name', ''], '--name is empty'],
    [['--pid', '1', '--resolver', 'nmap'], '--resolver is nmap; it must be one of proc, netstat'],
    [['--pid', '1', '--format', 'xml'], '--format is xml'],
    [['--pid', '1', '--timeout', 'x'], '--timeout is "x"'],
    [['--pid', '1', '--timeout', '0'], '--timeout is 0'],
    [['--pid', '1', '--timeout', '99999999'], '--timeout is 99999999'],
    [['--pid', '1', 'more'], 'more'],
    [['--nonsense'], '--nonsense'],
  ])('connections refuses the arguments %j', async (args, message) => {
    const { status, out, err } = await command(...args);
    expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
    expect(err).toContain(message);
  });

  it('with --help it only explains', async () => {
    const { status, out, err } = await command('--help');
    expect([status, err]).toEqual([EXIT.OK, '']);
    expect(out).toMatch(/^usage: pcapflow connections .*exit status: 0 .* 4 /s);
  });
});

describe.skipIf(process.platform !== 'linux')('on this host', () => {
  const server = createServer();
  let client: Socket | undefined;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    await Promise.all([once(client, 'connect'), once(server, 'connection')]);
  });
  afterAll(() => {
    client?.destroy();
    server.close();
  });

  it('finds the connections of this process', async () => {
    const { status, out } = await command('--pid', String(process.pid), '-f', 'ndjson');
    const found = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Connection);
    expect(status).toBe(EXIT.OK);
    expect(found).toContainEqual({
      localAddress: '127.0.0.1',
      localPort: client?.localPort,
      remoteAddress: '127.0.0.1',
      remotePort: (server.address() as AddressInfo).port,
      protocol: 'tcp',
      isIpv6: false,
    });
  });

  it('does not find a name that nobody has, and shows it harmless', async () => {
    const { status, out, err } = await command('--name', 'a\u001b[31m\u202e');
    expect([status, out]).toEqual([EXIT.NOT_FOUND, 'PROTO  LOCAL  REMOTE\n']);
    expect(err).toContain('no process is called "a');
    expect(err).not.toMatch(/[\u001b\u202e]/);
  });
});
