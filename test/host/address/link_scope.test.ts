/** Scope ids of link-local addresses, from this host's addresses, and as the commands show and take them. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isLinkLocal, linkScopes, splitScope, withScope } from '../../../src/host/address/link_scope.ts';
import { parseSs } from '../../../src/host/resolvers/ss.ts';
import { canUseNamespaces, NamespacePair, NEAR } from '../../live/netns.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));

it('a link-local address has the interface that alone has it', () => {
  const root = mkdtempSync(join(tmpdir(), 'pcapflow-scopes-'));
  mkdirSync(join(root, '42', 'net'), { recursive: true });
  writeFileSync(
    join(root, '42', 'net', 'if_inet6'),
    'fe800000000000000000000000000001 04 40 20 80     eth0\nfe800000000000000000000000000002 04 40 20 80     eth0\n' +
      'fe800000000000000000000000000002 05 40 20 80   eth0.7\n' +
      '20010db8000000000000000000000001 04 40 20 80     eth0\nx\n',
  );
  const scopeOf = linkScopes({ procRoot: root, pid: 42 });
  expect(['fe80::1', 'fe80::2', 'fe80::3', '2001:db8::1', '10.0.0.1'].map(scopeOf)).toEqual([
    'eth0',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(linkScopes({ procRoot: join(root, 'missing') })('fe80::1')).toBeUndefined();
  rmSync(root, { recursive: true });
  expect(['fe80::1', 'febf::1', 'fec0::1', 'fe8::1', 'fe80.example'].map(isLinkLocal)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(withScope('fe80::1', 'eth0')).toBe('fe80::1%eth0');
  expect(withScope('2001:db8::1', 'eth0')).toBe('2001:db8::1');
  expect(splitScope('fe80::1%eth0')).toEqual({ address: 'fe80::1', scope: 'eth0' });
});

it('ss says it, too', () => {
  const line = 'tcp ESTAB 0 0 [fe80::1]%eth0:44415 [fe80::2]%eth0:443 users:(("tor",pid=15843,fd=9))';
  const [connection] = parseSs(['Netid State', line], { pid: 15843 });
  expect(connection).toMatchObject({ localAddress: 'fe80::1', remoteAddress: 'fe80::2', scope: 'eth0' });
});

describe.skipIf(!canUseNamespaces)('in a network namespace (needs root, ip, tcpreplay)', () => {
  it('sockets, connections and lookup show it and take it', async () => {
    using pair = new NamespacePair();
    pair.near.run('sh', '-c', `echo 0 > /proc/sys/net/ipv6/conf/${NEAR}/disable_ipv6`);
    pair.near.ip('addr', 'add', 'fe80::77/64', 'dev', NEAR, 'nodad');
    pair.near.up(NEAR);
    const script = `const s = require('dgram').createSocket('udp6');
      const ready = (error) => console.log(error ?? 'ready');
      s.bind(5000, 'fe80::77%${NEAR}', () => s.connect(9, 'fe80::78%${NEAR}', ready));`;
    const child = pair.near.start(process.execPath, '-e', script);
    const [said] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    expect(said.toString()).toBe('ready\n');
    const run = (...args: readonly string[]): string => pair.near.run(process.execPath, MAIN, ...args);
    const [local, remote] = [`[fe80::77%${NEAR}]:5000`, `[fe80::78%${NEAR}]:9`];
    expect(run('sockets')).toContain(`${local}  ${remote}`);
    const columns = ['--columns', 'local,remote', '--sort', 'local', '-f', 'csv'];
    const row = `local,remote\nfe80::77%${NEAR},fe80::78%${NEAR}\n`;
    expect(run('sockets', ...columns, '--address', `fe80::78%${NEAR}`)).toBe(row);
    expect(run('sockets', ...columns, '--address', 'fe80::78%lo')).toBe('local,remote\n');
    for (const resolver of ['proc', 'ss'])
      expect(run('connections', '--pid', String(child.pid), '--resolver', resolver)).toContain(`${local}  ${remote}`);
    const found = run('lookup', 'udp', local, remote);
    expect(found).toContain(`pid        ${child.pid}\n`);
    expect(found).toContain(`interface  ${NEAR}\n`);
    child.kill();
  });
});
