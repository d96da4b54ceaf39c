/**
 * What naming processes costs a live capture, and how many short connections get the right one: `pcapflow live` with
 * and without --process beside the same connections on a veth pair between two network namespaces. A connection is
 * connect, one request, its answer after some milliseconds, closed by the client. Needs root, ip and tcpreplay.
 *
 *     npm run bench:live-process [-- --seconds 20 --runs 3]
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LiveCommand } from '../test/live/live_command.ts';
import type { LiveFlow, LiveResult } from '../test/live/live_command.ts';
import {
  FAR,
  FAR_ADDRESS,
  FAR_MAC,
  NEAR,
  NEAR_ADDRESS,
  NEAR_MAC,
  NamespacePair,
  canUseNamespaces,
} from '../test/live/netns.ts';
import type { Namespace } from '../test/live/netns.ts';
import { cpuMs } from './process_figures.ts';
import { benchArguments } from './arguments.ts';

interface Scenario {
  readonly name: string;
  /** Connections per second, of all clients together. */
  readonly rate: number;
  /** Processes. */
  readonly clients: number;
  /** From the request to the answer, milliseconds. */
  readonly answerMs: number;
  /** Where the capture is. */
  readonly side: 'clients' | 'server';
}

const SCENARIOS: readonly Scenario[] = [
  { name: '200/s, one client', rate: 200, clients: 1, answerMs: 10, side: 'clients' },
  { name: '200/s, 50 clients', rate: 200, clients: 50, answerMs: 10, side: 'clients' },
  { name: '200/s, at the server', rate: 200, clients: 50, answerMs: 10, side: 'server' },
  { name: '1,000/s, one client', rate: 1_000, clients: 1, answerMs: 10, side: 'clients' },
  { name: '1,000/s, 50 clients', rate: 1_000, clients: 50, answerMs: 10, side: 'clients' },
  { name: '1,000/s, at the server', rate: 1_000, clients: 50, answerMs: 10, side: 'server' },
];
const PORT = 8080;
const FILTER = `tcp port ${PORT}`;
const SELF = fileURLToPath(import.meta.url);

const { values, positionals } = benchArguments({
  program: 'live_process',
  about: 'How many flows live --process names rightly, and at which cost. As root.',
  operands: '[ROLE]',
  options: {
    seconds: { argument: 'N', default: '15', help: 'length of a run' },
    runs: { argument: 'N', default: '1', help: 'runs of each' },
    only: { argument: 'TEXT', default: '', help: 'scenarios whose name has this' },
  },
});
const [role, ...parameters] = positionals;
if (role === 'server') serve(Number(parameters[0]));
else if (role === 'client') await runClient(parameters.map(Number), parameters[0] ?? '');
else await runAll();

/** Answers each request after the time given. */
function serve(answerMs: number): void {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket
      .on('data', () => globalThis.setTimeout(() => socket.write('y'), answerMs))
      .on('end', () => socket.end())
      .on('error', () => socket.destroy());
  });
  server.listen({ host: '0.0.0.0', port: PORT, backlog: 4_096 }, () => process.stdout.write('ready\n'));
}

/**
 * Connections in random intervals once a line has come; prints each one's own port and how long it lasted,
 * milliseconds.
 */
async function runClient([, rate = 0, seconds = 0]: readonly number[], host: string): Promise<void> {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  process.stdin.destroy();
  const end = performance.now() + seconds * 1_000;
  const pause = (): number => -Math.log(1 - Math.random()) * (1_000 / rate);
  let due = performance.now() + Math.random() * (1_000 / rate);
  // A timer is late by up to a millisecond or two: what is due by then is made up for.
  const makeUp = (): void => {
    for (; due <= performance.now(); due += pause()) make();
    if (due < end) globalThis.setTimeout(makeUp, due - performance.now());
  };
  const make = (): void => {
    const began = performance.now();
    const socket = connect(PORT, host, () => socket.write('x'));
    let port = 0;
    socket
      .on('connect', () => {
        port = socket.localPort ?? 0;
      })
      .on('data', () => {
        socket.end();
        process.stdout.write(`${port} ${Math.round(performance.now() - began)}\n`);
      })
      .on('error', () => socket.destroy());
  };
  makeUp();
}

interface Connection {
  readonly pid: number;
  readonly ms: number;
}

interface Run {
  readonly result: LiveResult;
  /** By the client's port. */
  readonly connections: ReadonlyMap<number, Connection>;
  readonly serverPid: number;
  /** Packets that the interface sent and received meanwhile. */
  readonly packets: number;
  /** User and system time of the command, share of a core. */
  readonly cpu: number;
  readonly seconds: number;
}

async function runOnce(scenario: Scenario, seconds: number, more: readonly string[]): Promise<Run> {
  using pair = new NamespacePair();
  pair.addAddresses();
  // Both ends know each other, so that only the connections are on the line.
  pair.near.ip('neigh', 'replace', FAR_ADDRESS, 'lladdr', FAR_MAC, 'dev', NEAR, 'nud', 'permanent');
  pair.far.ip('neigh', 'replace', NEAR_ADDRESS, 'lladdr', NEAR_MAC, 'dev', FAR, 'nud', 'permanent');
  const started: ChildProcess[] = [];
  const start = async (
    inside: Namespace,
    ...args: readonly string[]
  ): Promise<{ readonly child: ChildProcess; readonly lines: AsyncIterator<string> }> => {
    const child = spawn('ip', ['netns', 'exec', inside.name, process.execPath, SELF, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    started.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    return { child, lines };
  };
  try {
    const server = await start(pair.far, 'server', String(scenario.answerMs));
    const clients = [];
    for (let n = 0; n < scenario.clients; n++)
      clients.push(
        await start(pair.near, 'client', FAR_ADDRESS, String(scenario.rate / scenario.clients), String(seconds)),
      );
    const atServer = scenario.side === 'server';
    const [inside, link] = atServer ? [pair.far, FAR] : [pair.near, NEAR];
    const live = await LiveCommand.startTracing(pair, inside, link, '-F', FILTER, '--fin-timeout', '2', ...more);
    const packetsOf = (): number => inside.counters(link).received + inside.counters(link).sent;
    const [cpuBefore, packetsBefore, began] = [cpuMs(live.child), packetsOf(), performance.now()];
    const connections = new Map<number, Connection>();
    await Promise.all(
      clients.map(async ({ child, lines }) => {
        child.stdin?.write('go\n');
        for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
          const [port = 0, ms = 0] = line.value.split(' ').map(Number);
          connections.set(port, { pid: child.pid ?? 0, ms });
        }
      }),
    );
    const elapsedMs = performance.now() - began;
    const cpu = (cpuMs(live.child) - cpuBefore) / elapsedMs;
    await setTimeout(1_000);
    const packets = packetsOf() - packetsBefore;
    const result = await live.end('SIGTERM');
    return { result, connections, serverPid: server.child.pid ?? 0, packets, cpu, seconds: elapsedMs / 1_000 };
  } finally {
    for (const child of started) child.kill('SIGKILL');
  }
}

function report(
  { name, side }: Scenario,
  without: Run,
  { result, connections, serverPid, packets, cpu, seconds }: Run,
): void {
  const { packetsSeen, packetsDroppedRing, packetsDroppedKernel, flowsDropped } = result.stats;
  const answers = (result.flows as readonly (LiveFlow & { readonly process?: unknown })[]).map(
    ({ srcPort, direction, process: found }) => {
      const pid = (found as { readonly pid: number } | null)?.pid;
      const truth = side === 'server' ? serverPid : connections.get(Number(srcPort))?.pid;
      return pid === undefined
        ? 'unknown'
        : pid === truth && direction === (side === 'server' ? 'inbound' : 'outbound')
          ? 'right'
          : 'wrong';
    },
  );
  const share = (answer: string): string =>
    `${((100 * answers.filter((one) => one === answer).length) / answers.length).toFixed(1)} % ${answer}`;
  const lasted = [...connections.values()].map(({ ms }) => ms).sort((a, b) => a - b);
  const core = (part: number): string => `${(100 * part).toFixed(1)} %`;
  process.stdout.write(
    `${name}: ${answers.length} flows (${Math.round(answers.length / seconds)}/s), ${share('right')}, ${share('wrong')}, ${share('unknown')}; ` +
      `connections ${lasted[lasted.length >> 1]} ms (p90 ${lasted[Math.floor(lasted.length * 0.9)]}); ${packets} packets, ${packets - Number(packetsSeen)} not seen, ring ${packetsDroppedRing}, ` +
      `kernel ${packetsDroppedKernel}, flows dropped ${flowsDropped}; CPU ${core(cpu)} of a core, without --process ${core(without.cpu)}, extra ${core(cpu - without.cpu)}\n`,
  );
}

async function runAll(): Promise<void> {
  if (!canUseNamespaces) throw new Error('bench:live-process needs root, ip and tcpreplay');
  process.stdout.write(`Node ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
  const seconds = Number(values.seconds);
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(values.only))) {
    for (let run = 0; run < Number(values.runs); run++) {
      report(scenario, await runOnce(scenario, seconds, []), await runOnce(scenario, seconds, ['--process']));
    }
  }
}
