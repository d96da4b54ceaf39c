/**
 * `live --process`: interfaces of link-local addresses, and no trace where none is wanted. In network namespaces made
 * for it; without the right to make them it is skipped.
 */
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capLoads } from '../source/cap/cap_loads.ts';
import { LiveCommand } from './live_command.ts';
import { FAR, NEAR, NamespacePair, canUseNamespaces } from './netns.ts';
import type { Namespace } from './netns.ts';

const [OWN, OTHER] = ['fe80::a', 'fe80::b'];
const FORMATS = {
  jsonl: ['-f', 'jsonl'],
  csv: ['-f', 'csv'],
  table: ['-f', 'table'],
  here: ['-f', 'jsonl', '--where', `srcAddress = ${OWN}%${NEAR}`],
  elsewhere: ['-f', 'jsonl', '--where', `srcAddress = ${OWN}%other0`],
} as const;

function addAddress(side: Namespace, link: string, address: string): void {
  side.run('sh', '-c', `echo 0 > /proc/sys/net/ipv6/conf/${link}/disable_ipv6`);
  side.ip('addr', 'add', `${address}/64`, 'dev', link, 'nodad');
}

describe.skipIf(!canUseNamespaces || !capLoads)('a flow between link-local addresses (needs namespaces)', () => {
  let pair: NamespacePair;
  const out = new Map<string, string>();
  beforeAll(async () => {
    pair = new NamespacePair();
    addAddress(pair.near, NEAR, OWN);
    addAddress(pair.far, FAR, OTHER);
    const start = (...args: readonly string[]): Promise<LiveCommand> =>
      LiveCommand.start(pair, pair.near, NEAR, '--process', '-F', 'udp port 9', '--count', '1', ...args);
    const runs = await Promise.all(
      Object.entries(FORMATS).map(async ([name, args]) => [name, await start(...args)] as const),
    );
    const script = `const s = require('dgram').createSocket('udp6');
      s.send('x', 9, '${OTHER}%${NEAR}', () => s.close());`;
    pair.near.run(process.execPath, '-e', script);
    for (const [name, live] of runs) out.set(name, (await live.end()).out);
  });
  afterAll(() => pair?.dispose());

  it('has its interface in JSON Lines and CSV', () => {
    expect(JSON.parse(out.get('jsonl') ?? '')).toMatchObject({ srcAddress: OWN, direction: 'outbound', scope: NEAR });
    const [header, line] = (out.get('csv') ?? '').split('\n');
    expect(header).toMatch(/,namespace,scope$/);
    expect(line).toMatch(new RegExp(`,${NEAR}$`));
  });

  it('has it behind both addresses in a table', () => {
    expect(out.get('table')).toMatch(new RegExp(`\\[${OWN}%${NEAR}\\]:\\d+ +\\[${OTHER}%${NEAR}\\]:9`));
  });

  it('is chosen by an address with its interface, and not with another', () => {
    expect(JSON.parse(out.get('here') ?? '')).toMatchObject({ scope: NEAR });
    expect(out.get('elsewhere')).toBe('');
  });
});

/** Instances that the process has made, where it sees tracefs; undefined: it sees none. */
function instancesOf(pid: number): readonly string[] | undefined {
  try {
    const names = readdirSync(`/proc/${pid}/root/sys/kernel/tracing/instances`);
    return names.filter((name) => name.startsWith(`pcapflow-${pid}-`));
  } catch {
    return undefined;
  }
}

const canTrace = canUseNamespaces && capLoads && existsSync('/sys/kernel/tracing/events/sock/inet_sock_set_state');

describe.skipIf(!canTrace)('a trace of the kernel (needs namespaces and tracefs)', () => {
  it('is made by --process and not with --no-trace', async () => {
    using pair = new NamespacePair();
    const found: (readonly string[] | undefined)[] = [];
    for (const args of [['--process'], ['--process', '--no-trace'], []]) {
      const live = await LiveCommand.startTracing(pair, pair.near, NEAR, ...args);
      found.push(instancesOf(live.child.pid as number));
      expect((await live.end('SIGTERM')).code).toBe(0);
    }
    expect(found.map((instances) => instances?.length)).toEqual([1, 0, 0]);
  });
});
