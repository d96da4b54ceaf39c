/** Sockets as the kernel reports them: lines of its trace, who closed a connection, and a real tracefs (root). */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlowAttribution } from '../../src/attribution/attribution.ts';
import { ClosedSockets } from '../../src/attribution/closed_sockets.ts';
import { KernelTrace } from '../../src/attribution/kernel_trace.ts';
import type { TracedSocket } from '../../src/attribution/kernel_trace.ts';
import { parseTraceLine } from '../../src/attribution/trace_line.ts';

const EVENT =
  'inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP sport=50148 dport=443 saddr=192.0.2.1 daddr=203.0.113.80 ' +
  'saddrv6=::ffff:192.0.2.1 daddrv6=::ffff:203.0.113.80 oldstate=TCP_ESTABLISHED newstate=TCP_FIN_WAIT1';
const SOCKET: TracedSocket = {
  pid: 23_355,
  local: { address: '192.0.2.1', port: 50_148 },
  remote: { address: '203.0.113.80', port: 443 },
};

describe('a line of the trace', () => {
  it('is the process and the ends of a socket', () => {
    expect(parseTraceLine(`            curl-23406   (  23355) [001] .....  2884.887444: ${EVENT}`)).toEqual(SOCKET);
    const ipv6 = EVENT.replace('AF_INET', 'AF_INET6')
      .replace('::ffff:192.0.2.1', '2001:db8::1')
      .replace('::ffff:203.0.113.80', '::1');
    expect(parseTraceLine(` curl-23406   (  23355) [001] ..s2.  2884.887444: ${ipv6}`)).toMatchObject({
      local: { address: '2001:db8::1' },
      remote: { address: '::1' },
    });
  });

  it.each([
    ['a name that looks like a process', ' (  1) [000] .-23406 (  23355) [001] .....  2884.887444: '],
    ['a name with a line break in front', '-23406   (  23355) [001] .....  2884.887444: '],
  ])('has its process behind %s', (_, head) => {
    expect(parseTraceLine(`${head}${EVENT}`)?.pid).toBe(SOCKET.pid);
  });

  it.each([
    ['its process is not known', `curl-23406   (-------) [001] .....  2884.887444: ${EVENT}`],
    ['it is cut', `curl-23406   (  23355) [001] .....  2884.887444: ${EVENT.slice(0, 90)}`],
    ['events are lost', 'CPU:1 [LOST 12 EVENTS]'],
    ['the address is none', `curl-1 (  1) [001] .....  2884.8: ${EVENT.replace('::ffff:192.0.2.1', ':::')}`],
    ['it is empty', ''],
  ])('is nothing when %s', (_, line) => {
    expect(parseTraceLine(line)).toBeUndefined();
  });
});

describe('who has closed a connection', () => {
  const fake = (sockets: TracedSocket[]): ClosedSockets =>
    new ClosedSockets({ read: (visit) => sockets.splice(0).forEach(visit), close: () => undefined });
  const own = { ...SOCKET, pid: process.pid };

  it('is known from then on, not of a later connection, nor of the other end', () => {
    const closed = fake([own]);
    closed.read();
    const began = Date.now();
    expect(closed.closedBy(own.local, own.remote, began, undefined)).toMatchObject({
      pid: process.pid,
      uid: process.getuid?.(),
    });
    expect(closed.closedBy(own.local, own.remote, began + 1_000, undefined)).toBeUndefined();
    expect(closed.closedBy(own.remote, own.local, began, undefined)).toBeUndefined();
    expect(closed.closedBy(own.local, own.remote, began, 1)).toBeUndefined();
    closed.close();
  });

  it('is not known of a process that was never seen, nor from a connect', () => {
    const closed = fake([
      { ...own, pid: 2 ** 22 + 1 },
      { ...own, local: { ...own.local, port: 0 } },
    ]);
    closed.read();
    expect(closed.closedBy(own.local, own.remote, 0, undefined)).toBeUndefined();
    expect(closed.closedBy({ ...own.local, port: 0 }, own.remote, 0, undefined)).toBeUndefined();
    closed.close();
  });
});

const root = mkdtempSync(join(tmpdir(), 'pcapflow-tracefs-'));
const isMounted = spawnSync('mount', ['-t', 'tracefs', 'tracefs', root]).status === 0;

describe.skipIf(!isMounted)('a real trace (needs root and tracefs)', () => {
  const instances = (): readonly string[] =>
    readdirSync(join(root, 'instances')).filter((name) => name.includes(`-${process.pid}-`));
  let trace: KernelTrace | undefined;

  beforeAll(() => {
    mkdirSync(join(root, 'instances', 'pcapflow-4194305-0'));
    trace = KernelTrace.open([join(root, 'missing'), root]);
  });
  afterAll(() => {
    trace?.close();
    spawnSync('umount', [root]);
    rmSync(root, { recursive: true, force: true });
  });

  it('names the process of a connection whose socket is long gone, and removes what it made', async () => {
    expect(trace).toBeDefined();
    expect(instances()).toHaveLength(1);
    expect(readdirSync(join(root, 'instances'))).not.toContain('pcapflow-4194305-0');
    const closed = new ClosedSockets(trace as KernelTrace);
    const server = createServer((socket) => socket.on('data', () => socket.end('y')).on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // It lives on, so that its name can be read, however busy the machine is.
    const script = `const s = require('net').connect(${port}, '127.0.0.1', () => s.write('x'));
      let own; s.on('connect', () => { own = s.localPort; }).on('close', () => console.log(own)).resume();
      process.stdin.resume();`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const firstSeenMs = Date.now();
    const [out] = (await once(child.stdout, 'data')) as [Buffer];
    const flow = { protocol: 6, srcAddress: '127.0.0.1', srcPort: Number(out), dstAddress: '127.0.0.1', dstPort: port };
    const local = { address: flow.srcAddress, port: flow.srcPort };
    for (let n = 0; n < 1_000; n++) {
      closed.read();
      if (closed.closedBy(local, { address: flow.dstAddress, port }, firstSeenMs, undefined) !== undefined) break;
      await setTimeout(10);
    }
    await using attribution = new FlowAttribution({}, closed);
    const [answer] = await attribution.attribute([{ ...flow, firstSeenMs, originatorKnown: true }]);
    expect(answer).toMatchObject({ process: { pid: child.pid, name: 'node' }, inbound: false, evidence: 'trace' });
    expect(attribution.counters.byTrace).toBe(1);
    child.stdin.end();
    server.close();
    closed.close();
    expect(instances()).toEqual([]);
  });
});
