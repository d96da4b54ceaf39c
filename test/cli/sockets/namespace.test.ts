/** `pcapflow sockets` beside `ss -tunap`, in a network namespace where nothing else happens. */
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ssRows } from '../../host/sockets/tool_rows.ts';
import { NamespacePair, canUseNamespaces, hasTool, NEAR, NEAR_ADDRESS } from '../../live/netns.ts';
import { Holder } from './holder.ts';

const main = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));
const program = fileURLToPath(new URL('../../host/sockets/socket_maker.mjs', import.meta.url));
/** On the link, and nobody answers for it. */
const SILENT = '10.77.0.98';
const LIMIT_MS = 120_000;

interface Row {
  readonly proto: string;
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly state: string;
  readonly pid: number | null;
}

describe.skipIf(!canUseNamespaces || !hasTool('ss'))(
  'in a quiet network namespace (needs root, ip, tcpreplay, ss)',
  () => {
    let pair: NamespacePair;
    let server: Holder;
    let client: Holder;

    /** Each row in one line, as `ssRows` writes them. */
    function ours(...args: readonly string[]): string[] {
      const out = pair.near.run(
        process.execPath,
        main,
        'sockets',
        '-f',
        'ndjson',
        '--columns',
        'proto,local,localPort,remote,remotePort,state,pid',
        ...args,
      );
      return out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const { proto, local, localPort, remote, remotePort, state, pid } = JSON.parse(line) as Row;
          const version = local.includes(':') ? '6' : '';
          return `${proto}${version} ${local} ${localPort} ${remote} ${remotePort} ${state}${pid === null ? '' : ` pid ${pid}`}`;
        })
        .sort();
    }
    const theirs = (...args: readonly string[]): string[] => ssRows(pair.near.run('ss', ...args));

    async function pairs(group: string, host: string, count: number, target = host): Promise<void> {
      const ports = await server.ask<number[]>('listen', { group, host, count });
      await client.ask('connect', { group, host: target, ports });
      while ((await server.ask<number>('count', { group })) < count);
    }

    beforeAll(async () => {
      pair = new NamespacePair();
      pair.addAddresses();
      pair.near.ip('neigh', 'add', SILENT, 'lladdr', '02:00:00:00:00:99', 'dev', NEAR, 'nud', 'permanent');
      const prefix = ['ip', 'netns', 'exec', pair.near.name];
      server = new Holder({ prefix, program });
      client = new Holder({ prefix, program });
      await pairs('plain', '127.0.0.1', 20);
      await pairs('plain6', '::1', 10);
      await pairs('mapped', '::', 10, '127.0.0.1');
      await pairs('link', NEAR_ADDRESS, 5);
      await server.ask('listen', { group: 'any', host: '0.0.0.0', count: 5 });
      const bound = await server.ask<number[]>('bind', { group: 'udp', host: '127.0.0.1', count: 15 });
      const bound6 = await server.ask<number[]>('bind', { group: 'udp', host: '::1', count: 10 });
      await server.ask('bind', { group: 'udp', host: '::', count: 2, ipv6Only: false });
      await client.ask('connectUdp', { group: 'udp', host: '127.0.0.1', ports: bound });
      await client.ask('connectUdp', { group: 'udp', host: '::1', ports: bound6 });
      await client.ask('connectUdp', { group: 'udp', host: '::ffff:127.0.0.1', ports: bound.slice(0, 3) });
      await client.ask('begin', { group: 'unanswered', host: SILENT, port: 80 });
      await pairs('half', '127.0.0.1', 6);
      await client.ask('end', { group: 'half' });
      await pairs('done', '127.0.0.1', 4);
      await client.ask('end', { group: 'done' });
      await settled(['closeWait 10', 'finWait2 10']);
      await server.ask('end', { group: 'done' });
      await settled(['closeWait 6', 'finWait2 6', 'timeWait 4', 'synSent 1']);
    });

    afterAll(async () => {
      await server?.close();
      await client?.close();
      pair?.dispose();
    });

    /** Waits until as many sockets are in these states. */
    async function settled(expected: readonly string[]): Promise<void> {
      for (const end = performance.now() + LIMIT_MS; ; ) {
        const states = theirs('-Htunap').map((row) => row.split(' ')[5] ?? '');
        const counts = expected
          .map((one) => one.split(' ')[0] ?? '')
          .map((state) => `${state} ${states.filter((other) => other === state).length}`);
        if (counts.join() === expected.join()) return;
        if (performance.now() > end) throw new Error(`not ${expected.join()} but ${counts.join()}`);
        await new Promise(setImmediate);
      }
    }

    /** What both list at a moment: sockets in time-wait go by themselves after a minute. */
    function listed(mine: () => string[], other: () => string[]): readonly [ours: string[], theirs: string[]] {
      for (;;) {
        const [before, found, after] = [other(), mine(), other()];
        if (isDeepStrictEqual(before, after)) return [found, after];
      }
    }

    it('--all lists the same sockets, states and processes as ss -tunap', () => {
      const [found, expected] = listed(
        () => ours('--all'),
        () => theirs('-Htunap'),
      );
      expect(found).toEqual(expected);
      expect(found.length).toBeGreaterThan(190);
      expect(new Set(found.filter((row) => row.startsWith('tcp')).map((row) => row.split(' ')[5]))).toEqual(
        new Set(['established', 'listen', 'synSent', 'closeWait', 'finWait2', 'timeWait']),
      );
      expect(found.filter((row) => !row.includes(' pid ')).every((row) => row.endsWith(' timeWait'))).toBe(true);
    });

    it.each([
      // Without -a ss leaves time-wait out, unlike netstat.
      [[], ['-Htunp', 'state', 'connected'], undefined],
      [['--listening'], ['-Htunlp'], undefined],
      [['-4', '-a'], ['-Htuna4p'], undefined],
      [['-6', '-a'], ['-Htuna6p'], undefined],
      [['-t', '-a'], ['-Htanp'], 'tcp'],
      [['-u', '-a'], ['-Huanp'], 'udp'],
    ] as const)('%j lists the same as ss %j', (mine, other, protocol) => {
      const [found, expected] = listed(
        () => ours(...mine),
        () => ssRows(pair.near.run('ss', ...other), protocol),
      );
      expect(found).toEqual(expected);
      expect(found.length).toBeGreaterThan(10);
    });

    it('--state lists those that ss says are in it', () => {
      for (const state of ['closeWait', 'timeWait', 'close']) {
        const [found, expected] = listed(
          () => ours('--state', state),
          () => theirs('-Htunap').filter((row) => row.split(' ')[5] === state),
        );
        expect(found).toEqual(expected);
      }
    });

    it('--pid lists those that ss says the process has', () => {
      expect(ours('--all', '--pid', String(server.pid))).toEqual(
        theirs('-Htunap').filter((row) => row.endsWith(` pid ${server.pid}`)),
      );
    });

    it('--name takes both processes, which have the same', () => {
      expect(ours('--all', '--name', 'node')).toEqual(theirs('-Htunap').filter((row) => row.includes(' pid ')));
    });
  },
);
