/** The four Linux resolvers, on the same process, see the same connections. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../../src/host/resolvers/find_program.ts';
import { getConnections } from '../../../src/host/resolvers/get_connections.ts';
import type { ConnectionsOptions } from '../../../src/host/resolvers/get_connections.ts';
import { Resolver } from '../../../src/host/resolvers/resolver.ts';
import { canUseNamespaces, Namespace } from '../../live/netns.ts';
import { Programs } from './programs.ts';

const HOLDER = fileURLToPath(new URL('socket_holder.mjs', import.meta.url));
/** Where root's programs are, which an ordinary user's PATH may lack. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const LINUX = [Resolver.Proc, Resolver.Ss, Resolver.Netstat, Resolver.Lsof] as const;
/** A name that is no pattern: as one it would match others, and with its bracket it is cut by ss. */
const TITLE = `p.*(${process.pid % 10_000})`;

interface Held {
  readonly pid: number;
  readonly childPid: number;
  readonly shared: string;
  readonly connections: readonly string[];
}

const files = new Map<string, string | undefined>();
for (const program of ['ss', 'netstat', 'lsof', 'ip', 'cat']) files.set(program, await findProgram(program, PATH));
const canHold = process.platform === 'linux' && (await hasIpv6());

const PLACES = [
  { where: 'in a quiet network namespace', inside: true, can: canHold && canUseNamespaces },
  { where: 'on this host', inside: false, can: canHold },
];

for (const { where, inside, can } of PLACES)
  describe.skipIf(!can)(where, () => {
    let programs: Programs;
    let namespace: Namespace | undefined;
    let holder: ChildProcess | undefined;
    let held: Held = { pid: 0, childPid: 0, shared: '', connections: [] };

    beforeAll(async () => {
      programs = new Programs();
      namespace = inside ? new Namespace(`pcapflow-${process.pid}-resolvers`) : undefined;
      const command = [
        ...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace.name]),
        process.execPath,
        HOLDER,
        TITLE,
      ];
      for (const program of ['ss', 'netstat', 'lsof']) {
        const prefix = namespace === undefined ? '' : `'${files.get('ip')}' netns exec ${namespace.name} `;
        if (files.get(program) !== undefined) programs.add(program, `exec ${prefix}'${files.get(program)}' "$@"`);
      }
      holder = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
      held = JSON.parse(await firstLine(holder)) as Held;
    });

    afterAll(async () => {
      if (holder?.exitCode === null) {
        const ended = once(holder, 'exit');
        holder.stdin?.end();
        await ended;
      }
      if (namespace !== undefined) spawnSync('ip', ['netns', 'del', namespace.name]);
      programs.remove();
    });

    const connectionsOf = async (options: ConnectionsOptions): Promise<string[]> => {
      const found = await getConnections({ path: programs.path, ...options });
      return found
        .map((c) => `${c.protocol} ${c.localAddress} ${c.localPort} ${c.remoteAddress} ${c.remotePort}`)
        .sort();
    };

    for (const resolver of LINUX) {
      const missing = resolver !== Resolver.Proc && files.get(resolver) === undefined;
      describe.skipIf(missing)(resolver, () => {
        it('sees v4, v6, dual-stack TCP, connected UDP of v4, v6 and mapped, and nothing else, by pid', async () => {
          expect(await connectionsOf({ resolver, pid: held.pid })).toEqual([...held.connections].sort());
          expect(await connectionsOf({ resolver, pid: String(held.pid) })).toHaveLength(9);
        });

        it('finds it by its name', async () => {
          expect(await connectionsOf({ resolver, name: TITLE })).toEqual([...held.connections].sort());
        });

        it('finds it by both, and not when they do not belong together', async () => {
          expect(await connectionsOf({ resolver, pid: held.pid, name: TITLE })).toEqual([...held.connections].sort());
          await expect(connectionsOf({ resolver, pid: held.pid, name: 'cat' })).rejects.toMatchObject({
            code: 'ERR_NO_CONNECTIONS',
          });
          await expect(connectionsOf({ resolver, pid: process.pid, name: TITLE })).rejects.toMatchObject({
            code: 'ERR_NO_CONNECTIONS',
          });
        });

        it('takes the name for text', async () => {
          await expect(connectionsOf({ resolver, name: 'p.*' })).rejects.toMatchObject({
            code: resolver === Resolver.Proc ? 'ERR_PID_UNKNOWN' : 'ERR_NO_CONNECTIONS',
          });
        });

        // netstat names one process of each socket only, the one that it came upon first.
        if (resolver === Resolver.Netstat) return;
        it('sees the connection that a child shares', async () => {
          expect(await connectionsOf({ resolver, pid: held.childPid })).toEqual([held.shared]);
        });
      });
    }

    const telling = [Resolver.Proc, Resolver.Ss].filter(
      (resolver) => resolver === Resolver.Proc || files.get(resolver) !== undefined,
    );
    it.each(telling)('%s keeps mapped addresses when asked to', async (resolver) => {
      const found = await getConnections({ path: programs.path, resolver, pid: held.pid, keepMapped: true });
      const mapped = found.filter(
        ({ localAddress, remoteAddress, isIpv6 }) =>
          isIpv6 && localAddress === '::ffff:127.0.0.1' && remoteAddress === localAddress,
      );
      // The accepted end of the dual-stack listener, and the UDP socket.
      expect(mapped.map(({ protocol }) => protocol).sort()).toEqual(['tcp', 'udp']);
      expect(found).toHaveLength(9);
    });
  });

describe('proc', () => {
  it.skipIf(process.platform !== 'linux')(
    'has no connections when it has no sockets, though the host has',
    async () => {
      const child = spawn('/bin/cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
      await once(child, 'spawn');
      await expect(getConnections({ resolver: Resolver.Proc, pid: child.pid ?? 0 })).rejects.toMatchObject({
        code: 'ERR_NO_CONNECTIONS',
      });
      child.stdin?.end();
      await once(child, 'exit');
    },
  );

  it.skipIf(process.platform !== 'linux' || process.getuid?.() === 0)('may not see the sockets of root', async () => {
    await expect(getConnections({ resolver: Resolver.Proc, pid: 1 })).rejects.toMatchObject({ code: 'ERR_PERMISSION' });
  });

  it.skipIf(process.platform !== 'linux')('is told apart from one that has ended', async () => {
    const child = spawn('/bin/cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin?.end();
    await once(child, 'exit');
    await expect(getConnections({ resolver: Resolver.Proc, pid: child.pid ?? 0 })).rejects.toMatchObject({
      code: 'ERR_NO_CONNECTIONS',
    });
  });
});

async function hasIpv6(): Promise<boolean> {
  const server = createServer().listen(0, '::1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('standard output must be a pipe');
  const line = once(createInterface(child.stdout), 'line').then(([text]) => String(text));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
  });
  return Promise.race([line, ended]);
}
