/**
 * Live capture on a veth pair between two network namespaces: loss and CPU time per packet of `pcapflow live`, at a
 * given rate and as fast as tcpreplay sends; how soon SIGTERM ends it under flood. Needs root, ip, tcpreplay and
 * tcpdump.
 *
 *     npm run bench:live [-- --runs 5 --seconds 10 --rate 200000 --capture cap|tcpdump --flows 1000 --with identify]
 *
 * The frames are DNS questions, so that `--with identify` has something to read.
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { LiveCommand, countersAddUp } from '../test/live/live_command.ts';
import type { LiveResult } from '../test/live/live_command.ts';
import { FAR, NEAR, NamespacePair, canUseTcpdump } from '../test/live/netns.ts';
import { plainCapture } from './plain_capture.ts';
import { cpuMs } from './process_figures.ts';
import { benchArguments } from './arguments.ts';

const FRAME_SIZE = 128;
const FILE_PACKETS = 400_000;
const FILTER = 'ip and udp';
const QUESTION = Buffer.from('1234010000010000000000000377777707657861'.concat('6d706c6503636f6d0000010001'), 'hex');

const { values } = benchArguments({
  program: 'live',
  about: 'Drops and processor time of live captures at a steady rate. As root, with tcpreplay.',
  options: {
    runs: { argument: 'N', default: '5', help: 'runs of each' },
    seconds: { argument: 'N', default: '10', help: 'length of a run' },
    rate: { argument: 'N', default: '200000', help: 'packets a second' },
    capture: { argument: 'HOW', help: 'cap or tcpdump; both without it' },
    flows: { argument: 'N', default: '1000', help: 'flows in the traffic' },
    with: { argument: 'GROUPS', help: 'groups of fields' },
  },
});

const RATE = Number(values.rate);
const FLOWS = Number(values.flows);
const OPTIONS = ['-f', 'none', '-F', FILTER, ...(values.with === undefined ? [] : ['--with', values.with])];

/** UDP frames of the flows in turn, each a question for the address of www.example.com. */
function floodFile(): Uint8Array {
  return plainCapture(FILE_PACKETS, FRAME_SIZE, (n) => ({
    src: 0x0a080000 + (n % FLOWS),
    dst: 0x0a090001,
    srcPort: 1000 + ((n % FLOWS) % 60_000),
    dstPort: 53,
    payload: QUESTION,
  }));
}

interface Run {
  readonly result: LiveResult;
  readonly sent: number;
  readonly seconds: number;
  readonly cpuNs: number;
}

async function runOnce(
  pair: NamespacePair,
  file: string,
  capture: string,
  rate: number | undefined,
  times: number,
  signal: NodeJS.Signals,
): Promise<Run> {
  const live = await LiveCommand.start(pair, pair.near, NEAR, ...OPTIONS, '--capture', capture);
  const before = cpuMs(live.child);
  const sentBefore = pair.far.counters(FAR).sent;
  const began = performance.now();
  const sending = pair.replay(file, { times, ...(rate === undefined ? {} : { rate }) });
  await sending;
  const seconds = (performance.now() - began) / 1000;
  await setTimeout(500);
  const cpu = cpuMs(live.child) - before;
  const sent = pair.far.counters(FAR).sent - sentBefore;
  const result = await live.end(signal);
  return { result, sent, seconds, cpuNs: (cpu * 1e6) / Number(result.stats.packetsSeen) };
}

function report(name: string, { result, sent, seconds, cpuNs }: Run): void {
  const { packetsSeen, packetsDroppedRing, packetsDroppedKernel } = result.stats;
  process.stdout.write(
    `${name}: ${sent} sent in ${seconds.toFixed(1)} s (${Math.round(sent / seconds)}/s), ${packetsSeen} seen, ` +
      `${sent - Number(packetsSeen)} missing, ring ${packetsDroppedRing}, kernel ${packetsDroppedKernel}, ` +
      `${cpuNs.toFixed(0)} ns CPU/packet, exit ${result.code} ${result.endMs.toFixed(0)} ms after the signal, ` +
      `counters ${countersAddUp(result) ? 'add up' : 'DO NOT ADD UP'}\n`,
  );
}

/** SIGTERM while packets come faster than they can be taken. */
async function endUnderFlood(pair: NamespacePair, file: string, capture: string): Promise<void> {
  const live = await LiveCommand.start(pair, pair.near, NEAR, ...OPTIONS, '--capture', capture);
  const sending = pair.replay(file, { times: 12 });
  await setTimeout(1500);
  const result = await live.end('SIGTERM');
  process.stdout.write(
    `${capture}, SIGTERM under flood: exit ${result.code} after ${result.endMs.toFixed(0)} ms, ${result.stats.packetsSeen} seen\n`,
  );
  await sending;
}

if (!canUseTcpdump) {
  process.stderr.write('bench:live needs root, ip, tcpreplay and tcpdump\n');
  process.exit(1);
}
process.stdout.write(`Node ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
using pair = new NamespacePair();
const file = pair.file('flood.pcap', floodFile());
const times = Math.max(1, Math.round((RATE * Number(values.seconds)) / FILE_PACKETS));
for (const capture of values.capture === undefined ? ['cap', 'tcpdump'] : [values.capture]) {
  for (let run = 1; run <= Number(values.runs); run++)
    report(`${capture}, ${RATE}/s`, await runOnce(pair, file, capture, RATE, times, 'SIGTERM'));
  for (let run = 1; run <= Math.min(3, Number(values.runs)); run++)
    report(`${capture}, top speed`, await runOnce(pair, file, capture, undefined, 5, 'SIGTERM'));
  await endUnderFlood(pair, file, capture);
}
