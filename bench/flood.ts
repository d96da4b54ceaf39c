/**
 * A SYN flood into a full table: how many of the conversations beside it stay whole, and what reading it costs.
 *
 *     node dist/bench/flood.js [--seconds 5] [--rate 200000] [--max-flows 100000]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFlows } from '../src/index.ts';
import { ACK, SYN } from '../src/generate/flow_script.ts';
import { plainCapture, type PlainFrame } from './plain_capture.ts';
import { benchArguments } from './arguments.ts';

/** Conversations of one packet a second, now from one end, now from the other. */
const CONVERSATIONS = 200;
const FRAME_SIZE = 60;
const SERVER = 0x0b000001;

const { values } = benchArguments({
  program: 'flood',
  about: 'What a flood of SYNs does to the flows of others while the table is full.',
  options: {
    seconds: { argument: 'N', default: '5', help: 'length of the flood' },
    rate: { argument: 'N', default: '200000', help: 'SYNs a second' },
    'max-flows': { argument: 'N', default: '100000', help: 'size of the table' },
  },
});
const [seconds, rate, maxFlows] = [Number(values.seconds), Number(values.rate), Number(values['max-flows'])];

/** Frame `n` of the second `second`: those of the conversations first, which are spread over it. */
function frame(second: number, n: number): PlainFrame {
  const us = Math.floor(second * 1e6 + (n * 1e6) / (rate + CONVERSATIONS));
  const every = Math.floor((rate + CONVERSATIONS) / CONVERSATIONS);
  const conversation = n / every;
  if (n % every === 0 && conversation < CONVERSATIONS) {
    const [client, port] = [0x0a000001 + conversation, 40_000];
    return second % 2 === 0
      ? { src: client, dst: SERVER, srcPort: port, dstPort: 80, tcpFlags: ACK, us }
      : { src: SERVER, dst: client, srcPort: 80, dstPort: port, tcpFlags: ACK, us };
  }
  return {
    src: 0x20000000 + second * rate + n,
    dst: SERVER,
    srcPort: 1024 + (n % 60_000),
    dstPort: 80,
    tcpFlags: SYN,
    us,
  };
}

const directory = mkdtempSync(join(tmpdir(), 'pcapflow-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'flood.pcap');
const perSecond = rate + CONVERSATIONS;
writeFileSync(
  file,
  plainCapture(seconds * perSecond, FRAME_SIZE, (n) => frame(Math.floor(n / perSecond), n % perSecond)),
);

const began = process.cpuUsage();
const flows = readFlows(file, { maxFlows });
let whole = 0;
let evicted = 0;
for await (const flow of flows) {
  if (flow.packetsForward + flow.packetsReverse === seconds) whole++;
  if (flow.endReason === 'evicted') evicted++;
}
const { user, system } = process.cpuUsage(began);
const cpu = ((user + system) / 1e6).toFixed(2);
process.stdout.write(`${whole} of ${CONVERSATIONS} conversations whole, ${evicted} evicted, ${cpu} s of CPU\n`);
