/**
 * How long a look-up of NetworkStateTracker takes, with 500 connections (1,000 sockets) of this process.
 *
 *   node dist/bench/lookup.js
 *
 * Wanted: existing connections p99 <= 10 ms; a miss ends within 150 ms, fast within 60 ms.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { NetworkStateTracker } from '../src/host/state/index.ts';
import type { LookupOptions } from '../src/host/state/index.ts';
import { benchArguments } from './arguments.ts';

benchArguments({
  program: 'lookup',
  about: 'Milliseconds of a look-up of NetworkStateTracker with 1,000 sockets.',
});

const CONNECTIONS = 500;
const LOOKUPS = 1_000;
const MISSES = 20;
const HOST = '127.0.0.1';

const accepted: Socket[] = [];
const server = createServer((socket) => accepted.push(socket)).listen(0, HOST);
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address() as AddressInfo;
const made: Socket[] = [];
for (let index = 0; index < CONNECTIONS; index++) {
  made.push(
    await new Promise<Socket>((resolve) => {
      const socket: Socket = connect(port, HOST, () => resolve(socket));
    }),
  );
}

const tracker = new NetworkStateTracker();
const ports = made.map(({ localPort }) => localPort ?? 0);

/** @returns milliseconds, and whether it was found */
async function timed(own: number, options: LookupOptions): Promise<readonly [number, boolean]> {
  const began = performance.now();
  const packet = {
    protocol: 'tcp',
    inbound: false,
    src: { address: HOST, port: own },
    dst: { address: HOST, port },
    seenAt: Date.now(),
  } as const;
  const found = await tracker.lookup(packet, options).then(
    ({ pid }) => pid === process.pid,
    () => false,
  );
  return [performance.now() - began, found];
}

async function report(
  name: string,
  count: number,
  own: (index: number) => number,
  options: LookupOptions,
  fresh: boolean,
): Promise<void> {
  const times: number[] = [];
  let found = 0;
  for (let index = 0; index < count; index++) {
    if (fresh) await tracker.getInfo();
    const [ms, isFound] = await timed(own(index), options);
    times.push(ms);
    found += Number(isFound);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): string => `${(times[Math.floor(part * (count - 1))] ?? Number.NaN).toFixed(2)} ms`;
  process.stdout.write(
    `${name.padEnd(22)} ${count} look-ups, ${found} found: p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}\n`,
  );
}

await report('existing', LOOKUPS, (index) => ports[index % CONNECTIONS] ?? 0, {}, false);
await report('existing, table read', 100, (index) => ports[index % CONNECTIONS] ?? 0, {}, true);
await report('miss', MISSES, () => 1, {}, false);
await report('miss, fast', MISSES, () => 1, { fast: true }, false);
for (const socket of [...made, ...accepted]) socket.destroy();
server.close();
