/**
 * Socket tables: milliseconds to read and to parse 8,000 rows of /proc/net/tcp, which this process fills with 4,000
 * connections to itself. `first` is the first time in this process, with nothing warm, as a command finds it. The bound
 * is for read and parse together.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { availableParallelism } from 'node:os';

import { SocketTable, parseSocketTable } from '../src/host/sockets/index.ts';
import { median } from './measure.ts';
import { benchArguments } from './arguments.ts';

benchArguments({
  program: 'host.bench',
  about: 'Milliseconds to read and parse 8,000 rows of /proc/net/tcp.',
});

const CONNECTIONS = 4000;
const ROUNDS = 31;
const TOGETHER_MS_MAX = 60;

await main();

async function main(): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen({ port: 0, host: '127.0.0.1', backlog: 511 });
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    while (sockets.length < 2 * CONNECTIONS) await open(port, sockets);
    await measure();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
    console.error(`more open files are needed: run \`ulimit -n ${3 * CONNECTIONS}\` first`);
    process.exitCode = 1;
  } finally {
    for (const socket of sockets) socket.resetAndDestroy();
    server.close();
  }
}

/** A connection is two sockets: the server adds the other one. */
async function open(port: number, sockets: Socket[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const accepted = sockets.length + 2;
  await once(socket, 'connect');
  sockets.push(socket);
  while (sockets.length < accepted) await new Promise(setImmediate);
}

async function measure(): Promise<void> {
  const begun = performance.now();
  const first = new SocketTable('tcp');
  const firstMs = performance.now() - begun;
  const readMs: number[] = [];
  const parseMs: number[] = [];
  const togetherMs: number[] = [];
  const asyncMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const text = readFileSync('/proc/net/tcp', 'latin1');
    const read = performance.now();
    parseSocketTable(text, 'tcp');
    const parsed = performance.now();
    first.refresh();
    const refreshed = performance.now();
    await first.refreshAsync();
    readMs.push(read - start);
    parseMs.push(parsed - read);
    togetherMs.push(refreshed - parsed);
    asyncMs.push(performance.now() - refreshed);
  }
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores; ${first.connections().length} rows of /proc/net/tcp; medians of ${ROUNDS}, ms`,
  );
  printRow('read', readMs);
  printRow('parse', parseMs);
  printRow('refresh', togetherMs);
  printRow('refreshAsync', asyncMs);
  console.log(
    `  ${'first'.padEnd(14)}${firstMs.toFixed(1).padStart(8)}   at most ${TOGETHER_MS_MAX}: ${firstMs <= TOGETHER_MS_MAX ? 'held' : 'NOT HELD'}`,
  );
  const typical = median(togetherMs) ?? Number.NaN;
  if (!(typical <= TOGETHER_MS_MAX)) process.exitCode = 1;
}

function printRow(name: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const slowest = sorted.at(-1) ?? Number.NaN;
  console.log(
    `  ${name.padEnd(14)}${(median(times) ?? Number.NaN).toFixed(1).padStart(8)}   slowest ${slowest.toFixed(1)}`,
  );
}
