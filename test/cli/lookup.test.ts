/** `pcapflow lookup`: what it prints, and how it refuses. */
import { describe, expect, it } from 'vitest';
import { processName } from '../../src/host/process/process_name.ts';
import { userName } from '../../src/host/process/user_name.ts';
import { Peer } from '../host/state/peer.ts';
import { NamespacePair, canUseNamespaces } from '../live/netns.ts';
import { caughtOutput } from './caught_output.ts';
import type { CaughtOutput } from './caught_output.ts';
import { execute } from './execute.ts';

const EXIT = { FOUND: 0, CANNOT_START: 1, NOT_FOUND: 4 } as const;

const command = (...args: readonly string[]): Promise<CaughtOutput> => caughtOutput(() => execute('lookup', args));

const uid = process.geteuid?.() ?? 0;

describe('pcapflow lookup', () => {
  it('names the process, the user and the direction', async () => {
    using server = new Peer();
    using client = new Peer();
    const port = await server.make('listen', { host: '127.0.0.1' });
    const own = await client.make('connect', { host: '127.0.0.1', port });
    const user = userName(uid) ?? String(uid);
    const [here, there] = [`127.0.0.1:${own}`, `127.0.0.1:${port}`];
    const lines = [
      `pid        ${client.pid}`,
      `process    ${processName(client.pid)}`,
      `user       ${user}`,
      'direction  outbound',
      'evidence   socket',
    ];
    expect(await command('tcp', here, there)).toEqual({
      status: EXIT.FOUND,
      err: '',
      out: lines.map((line) => `${line}\n`).join(''),
    });
    const { status, out } = await command('TCP', there, here, '--inbound', '--format', 'json');
    expect(status).toBe(EXIT.FOUND);
    expect(JSON.parse(out)).toEqual({
      pid: server.pid,
      process: processName(server.pid),
      uid,
      user: userName(uid) ?? null,
      direction: 'inbound',
      evidence: 'socket',
      holders: [{ pid: server.pid, name: processName(server.pid), descriptors: [expect.any(Number)] }],
      namespace: null,
      scope: null,
      inode: expect.any(Number),
    });
  });

  it('gives the direction of a udp packet as it is told', async () => {
    using peer = new Peer();
    const port = await peer.make('udp', { host: '127.0.0.1' });
    for (const [flags, direction] of [
      [[], 'outbound'],
      [['-i'], 'inbound'],
    ] as const) {
      const { status, out } = await command('udp', `127.0.0.1:${port}`, '127.0.0.1:9', '-f', 'json', ...flags);
      expect([status, (JSON.parse(out) as { readonly direction: string }).direction]).toEqual([EXIT.FOUND, direction]);
    }
  });

  it.skipIf(!canUseNamespaces)('finds a socket of another network namespace only when it may look there', async () => {
    using pair = new NamespacePair();
    using peer = new Peer(pair.far.name);
    const port = await peer.make('udp', { host: '127.0.0.1' });
    const packet = ['udp', `127.0.0.1:${port}`, '127.0.0.1:9'] as const;
    expect((await command(...packet, '--fast')).status).toBe(EXIT.NOT_FOUND);
    const { status, out } = await command(...packet, '--fast', '--all-namespaces');
    expect(status).toBe(EXIT.FOUND);
    expect(out).toContain(`pid        ${peer.pid}\n`);
    expect(out).toContain(`namespace  ${pair.far.name}\n`);
  });

  it('names every process that has the socket', async () => {
    using peer = new Peer();
    const port = await peer.make('shared', { host: '127.0.0.1' });
    const [child] = await peer.started();
    const { out } = await command('tcp', `127.0.0.1:${port}`, '127.0.0.1:9');
    expect(out).toContain(`pid        ${peer.pid}\n`);
    expect(out).toContain('evidence   listener\n');
    expect(out).toMatch(new RegExp(`^holders    \\S+/${peer.pid}:\\d+ sleep/${child}:3$`, 'm'));
  });

  it('takes a scope id', async () => {
    expect((await command('udp', '[fe80::1%lo]:1', '[fe80::2%lo]:2', '--fast')).status).toBe(EXIT.NOT_FOUND);
  });

  it('says that there is no such socket', async () => {
    expect(await command('tcp', '192.0.2.1:1', '192.0.2.2:2', '--fast')).toEqual({
      status: EXIT.NOT_FOUND,
      out: '',
      err: 'pcapflow: tcp 192.0.2.1 port 1 to 192.0.2.2 port 2: no socket has this connection\n',
    });
    expect((await command('udp', '[2001:db8::1]:1', '[2001:DB8:0::2]:2', '--fast')).status).toBe(EXIT.NOT_FOUND);
  });

  it.each([
    [[], '0 arguments'],
    [['tcp', '192.0.2.1:1'], '2 arguments'],
    [['tcp', '192.0.2.1:1', '192.0.2.1:1', 'x'], '4 arguments'],
    [['icmp', '192.0.2.1:1', '192.0.2.1:1'], 'PROTO is icmp; it must be one of tcp, udp'],
    [['tcp', '192.0.2.1', '192.0.2.1:1'], 'LOCAL is "192.0.2.1"'],
    [['tcp', '192.0.2.1:1', '192.0.2.1:65536'], 'REMOTE is "192.0.2.1:65536"'],
    [['tcp', '192.0.2.256:1', '192.0.2.1:1'], 'LOCAL is "192.0.2.256:1"'],
    [['tcp', '2001:db8::1:80', '192.0.2.1:1'], 'LOCAL is "2001:db8::1:80"'],
    [['tcp', '[::1]:80', '192.0.2.1:1'], 'two address families'],
    [['tcp', '192.0.2.1:1', '192.0.2.1:1', '--format', 'xml'], '--format is xml'],
    [['tcp', '192.0.2.1:1', '192.0.2.1:1', '--nonsense'], '--nonsense'],
    [['tcp', '\u001b[31m:1', '192.0.2.1:1'], 'LOCAL is '],
  ])('lookup refuses the arguments %j', async (args, reason) => {
    const { status, out, err } = await command(...args);
    expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
    expect(err).toContain(reason);
    expect(err).not.toContain('\u001b');
  });

  it('lookup --help explains the command', async () => {
    const { status, out } = await command('--help');
    expect(status).toBe(EXIT.FOUND);
    expect(out).toContain('usage: pcapflow lookup PROTO LOCAL REMOTE');
  });
});
