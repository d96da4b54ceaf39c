/**
 * How many flows FlowAttribution names rightly, and what that costs.
 *
 *   node dist/bench/attribution.js [SCENARIO...]
 *
 * Two network namespaces with a veth pair; clients in the one, a server in the other (or both in one, over loopback).
 * Flows are the SYNs that tcpdump sees, so they come as late as captured packets do. A connection is: connect, one
 * request, an answer after some time, closed by the client, whose kernel keeps it in time-wait. Each client tells which
 * ports it had; a flow is right when the attribution names that process. Needs root, iproute2 and tcpdump.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FlowAttribution } from '../src/attribution/attribution.ts';
import type { Attribution, FlowStart } from '../src/attribution/attribution.ts';
import { benchArguments } from './arguments.ts';

interface Scenario {
  readonly name: string;
  /** Connections per second, of all clients together. */
  readonly rate: number;
  /** 0: a process of its own (bash) for each connection. */
  readonly clients: number;
  /** From the request to the answer, milliseconds. */
  readonly answerMs: number;
  readonly side: 'client' | 'server' | 'loopback';
  readonly seconds: number;
  /** Connections made and closed before, which stay in time-wait. */
  readonly timeWait?: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'one-client', rate: 200, clients: 1, answerMs: 10, side: 'client', seconds: 8 },
  { name: 'fifty-clients', rate: 200, clients: 50, answerMs: 10, side: 'client', seconds: 8 },
  { name: 'fifty-clients-at-once', rate: 200, clients: 50, answerMs: 0, side: 'client', seconds: 8 },
  { name: 'one-client-at-once', rate: 200, clients: 1, answerMs: 0, side: 'client', seconds: 8 },
  {
    name: 'fifty-clients-time-wait',
    rate: 200,
    clients: 50,
    answerMs: 10,
    side: 'client',
    seconds: 8,
    timeWait: 12_000,
  },
  { name: 'process-each', rate: 50, clients: 0, answerMs: 10, side: 'client', seconds: 8 },
  { name: 'server', rate: 200, clients: 50, answerMs: 0, side: 'server', seconds: 8 },
  { name: 'loopback', rate: 200, clients: 50, answerMs: 10, side: 'loopback', seconds: 8 },
  { name: 'one-client-1000', rate: 1_000, clients: 1, answerMs: 10, side: 'client', seconds: 8 },
  { name: 'fifty-clients-1000', rate: 1_000, clients: 50, answerMs: 10, side: 'client', seconds: 8 },
  { name: 'server-1000', rate: 1_000, clients: 50, answerMs: 0, side: 'server', seconds: 8 },
];

const SELF = fileURLToPath(import.meta.url);
const NEAR = `bench-near-${process.pid}`;
const FAR = `bench-far-${process.pid}`;
const SERVER_ADDRESS = '10.88.0.2';
/** New flows gather for this long before they are handed over together. Milliseconds. */
const BATCH_MS = 1;

const { positionals } = benchArguments({
  program: 'attribution',
  about: 'How many flows get the right process, and at which cost. As root, with iproute2 and tcpdump.',
  operands: '[SCENARIO...]',
});
const [role = 'all', ...parameters] = positionals;
if (role === 'server') serve(Number(parameters[0]));
else if (role === 'client') await runClient(parameters);
else if (role === 'measure') await measure(parameters);
else await runAll([...positionals]);

/** Answers each request after the time given; prints its port. */
function serve(answerMs: number): void {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket
      .on('data', () => setTimeout(() => socket.write('y'), answerMs))
      .on('end', () => socket.end())
      .on('error', () => socket.destroy());
  });
  server.listen({ host: '0.0.0.0', port: 0, backlog: 4_096 }, () => {
    const address = server.address();
    process.stdout.write(`port ${typeof address === 'object' ? address?.port : ''}\n`);
  });
}

/** Connections in random intervals, once a line has come; prints each one's own port. */
async function runClient([host = '', port = '', rate = '', seconds = '']: readonly string[]): Promise<void> {
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  const end = Date.now() + Number(seconds) * 1_000;
  const next = (): void => {
    if (Date.now() > end) return;
    setTimeout(next, -Math.log(1 - Math.random()) * (1_000 / Number(rate)));
    const socket = connect(Number(port), host, () => {
      process.stdout.write(`${socket.localPort}\n`);
      socket.write('x');
    });
    socket.on('data', () => socket.end()).on('error', () => socket.destroy());
  };
  setTimeout(next, Math.random() * (1_000 / Number(rate)));
}

async function runAll(names: readonly string[]): Promise<void> {
  const chosen = names.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => names.includes(name));
  if (chosen.length < names.length)
    throw new RangeError(`scenarios are ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? '?'}\n`);
  process.stdout.write(
    `${'scenario'.padEnd(26)}   flows   right other end  wrong unknown  reads  work/core  process/core  answer p50  p99 ms\n`,
  );
  for (const scenario of chosen) {
    makeNamespaces();
    const started: ChildProcess[] = [];
    try {
      await runScenario(scenario, started);
    } finally {
      for (const child of started) child.kill('SIGKILL');
      for (const name of [NEAR, FAR]) execFileSync('ip', ['netns', 'del', name]);
    }
  }
}

function makeNamespaces(): void {
  const ip = (...args: readonly string[]): void => void execFileSync('ip', args);
  for (const name of [NEAR, FAR]) {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  ip('link', 'add', 'near0', 'netns', NEAR, 'type', 'veth', 'peer', 'name', 'far0', 'netns', FAR);
  for (const [name, link, address] of [
    [NEAR, 'near0', '10.88.0.1'],
    [FAR, 'far0', SERVER_ADDRESS],
  ] as const) {
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', link);
    ip('-n', name, 'link', 'set', link, 'up');
  }
}

async function runScenario(scenario: Scenario, started: ChildProcess[]): Promise<void> {
  const { name, rate, clients, answerMs, side, seconds, timeWait = 0 } = scenario;
  const start = (namespace: string, ...command: readonly string[]): ChildProcess => {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
    started.push(child);
    return child;
  };
  const server = start(side === 'loopback' ? NEAR : FAR, process.execPath, SELF, 'server', String(answerMs));
  const port = (await firstLine(server)).replace('port ', '');
  const host = side === 'loopback' ? '127.0.0.1' : SERVER_ADDRESS;
  if (timeWait > 0) {
    const filler = start(NEAR, process.execPath, SELF, 'client', host, port, '2000', String(timeWait / 2_000));
    filler.stdout?.resume();
    filler.stdin?.write('go\n');
    await new Promise((resolve) => filler.once('exit', resolve));
  }
  const meter = start(
    side === 'server' ? FAR : NEAR,
    process.execPath,
    SELF,
    'measure',
    side === 'loopback' ? 'lo' : side === 'server' ? 'far0' : 'near0',
    port,
  );
  const lines = createInterface({ input: meter.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  await lines.next();
  const owners = new Map<number, number>();
  const ends: Promise<unknown>[] = [];
  const client = (...command: readonly string[]): void => {
    const child = start(NEAR, ...command);
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) =>
      owners.set(Number(line), child.pid ?? 0),
    );
    ends.push(new Promise((resolve) => child.once('close', resolve)));
  };
  if (clients > 0) {
    for (let index = 0; index < clients; index++)
      client(process.execPath, SELF, 'client', host, port, String(rate / clients), String(seconds));
    // All of them have to be up.
    await sleep(clients * 80 + 500);
    for (const child of started.slice(-clients)) child.stdin?.write('go\n');
  } else {
    // Bash can connect by itself, but does not tell its port: the flow's process must be one of those started.
    for (let index = 0; index < rate * seconds; index++) {
      const child = start(NEAR, 'bash', '-c', `exec 3<>/dev/tcp/${host}/${port}; echo x >&3; read -N 1 <&3; exit 0`);
      owners.set(-(child.pid ?? 0), child.pid ?? 0);
      await sleep(1_000 / rate);
    }
  }
  await Promise.all(ends);
  await sleep(500);
  meter.stdin?.end('stop\n');
  const result = JSON.parse(String((await lines.next()).value)) as Measured;
  report(name, result, owners, side === 'server' ? server.pid : undefined, server.pid);
}

function report(
  name: string,
  { answers, workMs, cpuMs, elapsedMs, reads, delays }: Measured,
  owners: ReadonlyMap<number, number>,
  only: number | undefined,
  server: number | undefined,
): void {
  let [right, otherEnd, wrong, unknown] = [0, 0, 0, 0];
  for (const [port, { process: named, inbound }] of answers) {
    const truth = only ?? owners.get(port) ?? (named === null ? undefined : owners.get(-named.pid));
    if (named === null) unknown++;
    else if (named.pid === truth && inbound === (only !== undefined)) right++;
    else if (named.pid === server && inbound === true) otherEnd++;
    else wrong++;
  }
  const share = (count: number): string => `${((100 * count) / answers.length).toFixed(1)} %`.padStart(8);
  delays.sort((a, b) => a - b);
  const quantile = (part: number): string => (delays[Math.floor(part * (delays.length - 1))] ?? Number.NaN).toFixed(1);
  process.stdout.write(
    `${name.padEnd(26)} ${String(answers.length).padStart(7)}${share(right)}  ${share(otherEnd)}${share(wrong)}${share(unknown)} ${String(reads).padStart(6)}  ${((100 * workMs) / elapsedMs).toFixed(1).padStart(7)} %  ${((100 * cpuMs) / elapsedMs).toFixed(1).padStart(10)} %  ${quantile(0.5).padStart(10)}  ${quantile(0.99).padStart(6)}\n`,
  );
}

interface Measured {
  /** The client's port, and what was said of the flow. */
  readonly answers: readonly (readonly [number, Attribution])[];
  readonly workMs: number;
  /** User and system time of the measuring process. */
  readonly cpuMs: number;
  readonly elapsedMs: number;
  readonly reads: number;
  /** From handing a flow over to its answer, milliseconds. */
  readonly delays: number[];
}

/** Captures SYNs and attributes them until standard input ends; prints one line of JSON. */
async function measure([link = '', port = '']: readonly string[]): Promise<void> {
  const attribution = new FlowAttribution();
  await attribution.warm();
  const answers: [number, Attribution][] = [];
  const delays: number[] = [];
  let batch: FlowStart[] = [];
  const hand = (): void => {
    const flows = batch;
    batch = [];
    const begun = performance.now();
    void attribution.attribute(flows).then((named) => {
      named.forEach((answer, index) => answers.push([flows[index]?.srcPort ?? 0, answer]));
      delays.push(performance.now() - begun);
    });
  };
  const filter = `tcp dst port ${port} and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn`;
  const tcpdump = spawn('tcpdump', ['-i', link, '-n', '-tt', '-l', '--immediate-mode', filter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let begunAt = 0;
  let begunCpu = process.cpuUsage();
  let begunWork = 0;
  createInterface({ input: tcpdump.stdout }).on('line', (line) => {
    const flow = parseLine(line);
    if (flow === undefined) return;
    if (begunAt === 0)
      [begunAt, begunCpu, begunWork] = [performance.now(), process.cpuUsage(), attribution.counters.workMs];
    if (batch.push(flow) === 1) setTimeout(hand, BATCH_MS);
  });
  await new Promise<void>((resolve) =>
    createInterface({ input: tcpdump.stderr }).on('line', (line) => {
      if (line.startsWith('listening on')) resolve();
    }),
  );
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.resume().once('end', resolve));
  const elapsedMs = performance.now() - begunAt - 500;
  const { user, system } = process.cpuUsage(begunCpu);
  await attribution.close();
  const { workMs, reads } = attribution.counters;
  tcpdump.kill();
  const measured: Measured = {
    answers,
    workMs: workMs - begunWork,
    cpuMs: (user + system) / 1_000,
    elapsedMs,
    reads,
    delays,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

/** Of `1700000000.123456 IP 10.88.0.1.40000 > 10.88.0.2.80: Flags [S], ...`. */
function parseLine(line: string): FlowStart | undefined {
  const [, seconds, srcAddress = '', srcPort, dstAddress = '', dstPort] =
    /^([0-9.]+) IP ([0-9.]+)\.([0-9]+) > ([0-9.]+)\.([0-9]+):/.exec(line) ?? [];
  if (seconds === undefined) return undefined;
  return {
    protocol: 6,
    srcAddress,
    srcPort: Number(srcPort),
    dstAddress,
    dstPort: Number(dstPort),
    firstSeenMs: Number(seconds) * 1_000,
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { value } = await createInterface({ input: child.stdout as NodeJS.ReadableStream })
    [Symbol.asyncIterator]()
    .next();
  return String(value);
}
