/**
 * FParser on `near0` while packets flow: what it tells at every moment is reported, one line of JSON for each part.
 * Packets are sent from here, out of the other namespace.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { FParser, FParserError } from '../../../src/index.ts';
import type { AnyFlow, FParserInfo, FParserOptions } from '../../../src/index.ts';
import { waitFor } from '../../source/live/collecting_sink.ts';
import { FAR, NEAR } from '../netns.ts';

export interface OnlineOptions {
  readonly parser: FParserOptions<'uni'>;
  readonly far: string;
  /** The traffic, and how many packets and (one-way) flows it is. */
  readonly file: string;
  readonly packets: number;
}

export interface OnlineReport {
  readonly states: readonly string[];
  /** Looks at the figures, and those at which they did not add up. */
  readonly looks: number;
  readonly wrong: readonly FParserInfo[];
  /** Snapshots whose flows are not in order, or not as many as were active. */
  readonly wrongSnapshots: number;
  /** Flows looked up by their own key, and those not found. */
  readonly found: number;
  readonly missed: number;
  readonly running: FParserInfo;
  readonly afterStop: Readonly<Record<string, string>>;
  readonly last: FParserInfo;
  readonly endReasons: readonly string[];
  /** Flows of a silent line: how many ended as idle, and how long after their timeout, milliseconds. */
  readonly idle: number;
  readonly idleLateMs: number;
  readonly stateAfterUsing: string;
}

const { parser: parserOptions, far, file, packets } = JSON.parse(process.argv[2] ?? '{}') as OnlineOptions;
const send = (pace: string): Promise<unknown> =>
  once(
    spawn('ip', ['netns', 'exec', far, 'tcpreplay', '--quiet', '--preload-pcap', pace, `--intf1=${FAR}`, file], {
      stdio: 'ignore',
    }),
    'exit',
  );

function addsUp(info: FParserInfo): boolean {
  const parts =
    info.packetsDelivered +
    info.packetsFiltered +
    info.packetsDroppedRing +
    info.packetsMalformed +
    info.packetsNotTracked +
    info.inRing;
  const active = info.tcpFlows + info.udpFlows + info.icmpFlows + info.unknownFlows;
  return (
    info.packetsSeen === parts &&
    info.flowsStarted === info.flowsEnded + active &&
    info.flowsWaiting >= 0 &&
    info.flowsEnded === info.flowsDelivered + info.flowsDropped + info.flowsUncollected + info.flowsWaiting
  );
}

/** Most recently used first; each found by its key. */
function look(parser: FParser, report: { found: number; missed: number; wrongSnapshots: number }): void {
  const [before, flows, after] = [parser.getInfo(), parser.flows(), parser.getInfo()];
  const times = flows.map((flow) => flow.getInfo().lastRx);
  if (times.some((time, n) => n > 0 && time > (times[n - 1] as number))) report.wrongSnapshots++;
  // Nothing ends in this part, so the number of active flows only grows.
  if (flows.length < before.flowsStarted - before.flowsEnded || flows.length > after.flowsStarted - after.flowsEnded)
    report.wrongSnapshots++;
  for (const flow of flows.slice(0, 20)) {
    const { src, sport, dst, dport } = flow.getId();
    const found =
      flow.kind === 'tcp' ? parser.findTcpFlow(src, sport, dst, dport) : parser.findUdpFlow(src, sport, dst, dport);
    if (found !== null && found.length >= flow.length) report.found++;
    else report.missed++;
  }
}

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return error instanceof FParserError ? error.code : String(error);
  }
};

async function main(): Promise<OnlineReport> {
  const endReasons = new Set<string>();
  const onFlow = (flow: AnyFlow): void => void endReasons.add(String(flow.endReason));
  const parser = new FParser(NEAR, { filter: '', ...parserOptions, tcpCallback: onFlow, udpCallback: onFlow });
  const states: string[] = [parser.state];
  await parser.ready;
  states.push(parser.state);
  const report = { looks: 0, wrong: [] as FParserInfo[], wrongSnapshots: 0, found: 0, missed: 0 };
  let sent = false;
  const sending = send('--pps=5000').then(() => {
    sent = true;
  });
  while (!sent || report.looks <= 10 || report.found <= 10) {
    report.looks++;
    const info = parser.getInfo();
    if (!addsUp(info)) report.wrong.push(info);
    if (report.looks % 10 === 0) look(parser, report);
    await setTimeout(1);
  }
  await sending;
  await waitFor(
    () => parser.getInfo().packetsDelivered >= packets,
    () => `${parser.getInfo().packetsDelivered} packets`,
  );
  // The average needs a full second.
  await waitFor(
    () => parser.getInfo().avgPps > 0,
    () => 'an average',
  );
  await waitFor(
    () => parser.getInfo().packetsDroppedKernel !== null || parserOptions.capture !== 'tcpdump',
    () => 'a report of drops',
  );
  const running = parser.getInfo();
  const stopping = parser.stop();
  states.push(parser.state);
  const afterStop = {
    flowIter: codeOf(() => parser.flowIter()),
    flows: codeOf(() => parser.flows()),
    findTcpFlow: codeOf(() => parser.findTcpFlow('192.0.2.1', 1, '192.0.2.2', 2)),
    findUdpFlow: codeOf(() => parser.findUdpFlow('192.0.2.1', 1, '192.0.2.2', 2)),
    setTcpCallback: codeOf(() => parser.setTcpCallback(null)),
    setUdpCallback: codeOf(() => parser.setUdpCallback(null)),
    getInfo: codeOf(() => parser.getInfo()),
    samePromise: String(parser.stop() === stopping),
  };
  await stopping;
  states.push(parser.state);
  const last = await parser.done;
  return {
    states,
    ...report,
    running,
    afterStop,
    last,
    endReasons: [...endReasons],
    ...(await silence()),
    ...(await using()),
  };
}

/** Flows end on a silent line, by the clock. */
async function silence(): Promise<Pick<OnlineReport, 'idle' | 'idleLateMs'>> {
  // Longer than the traffic takes.
  const flowTimeout = 2;
  let [idle, lastEnd] = [0, 0];
  const onFlow = (flow: AnyFlow): void => {
    if (flow.endReason === 'idle') idle++;
    lastEnd = performance.now();
  };
  const parser = new FParser(NEAR, {
    filter: '',
    ...parserOptions,
    flowTimeout,
    finTimeout: flowTimeout,
    tcpCallback: onFlow,
    udpCallback: onFlow,
  });
  await parser.ready;
  await send('--pps=20000');
  const sentAt = performance.now();
  await waitFor(
    () => parser.getInfo().flowsStarted > 0 && parser.flowCount() === 0 && parser.getInfo().flowsWaiting === 0,
    () => `${parser.flowCount()} flows are active`,
  );
  await parser.stop();
  return { idle, idleLateMs: lastEnd - sentAt - flowTimeout * 1000 };
}

/** What `await using` calls at the end of its block; Node 20 does not know the words. */
async function using(): Promise<Pick<OnlineReport, 'stateAfterUsing'>> {
  const parser = new FParser(NEAR, parserOptions);
  await parser.ready;
  await parser[Symbol.asyncDispose]();
  return { stateAfterUsing: parser.state };
}

process.stdout.write(`${JSON.stringify(await main())}\n`);
// These are not stopped: the process ends all the same, but not before work of its own, and what it had is handed over
// first.
const parser = new FParser(NEAR, { ...parserOptions, killCallback: () => process.stdout.write('"killed"\n') }).unref();
const other = new FParser(NEAR, parserOptions).unref();
await Promise.all([parser.ready, other.ready]);
spawn('sleep', ['0.8'], { stdio: 'ignore' }).once('exit', () =>
  process.stdout.write(`${JSON.stringify(parser.state)}\n`),
);
