/**
 * Soak of a live capture: 50,000 packets a second of short TCP connections, 5,000 new flows a second, for 30 minutes.
 * Resident memory is read every 10 s; in the last two thirds it may grow by 1 %, and no packet may be lost. Needs root,
 * ip, tcpreplay and tcpdump.
 *
 *     npm run soak [-- --minutes 30 --capture cap|tcpdump]
 */
import { setTimeout } from 'node:timers/promises';
import { LiveCommand, countersAddUp } from '../test/live/live_command.ts';
import { FAR, NEAR, NamespacePair, canUseTcpdump } from '../test/live/netns.ts';
import { plainCapture } from './plain_capture.ts';
import { residentKiB } from './process_figures.ts';
import { benchArguments } from './arguments.ts';

const RATE = 50_000;
const CONNECTIONS = 50_000;
/** Connections that are under way at once. */
const WAVE = 500;
const FRAME_SIZE = 110;
/** SYN, SYN+ACK, ACK, data and its acknowledgement twice, FIN and FIN, ACK. */
const FLAGS = [0x02, 0x12, 0x10, 0x18, 0x10, 0x18, 0x10, 0x11, 0x11, 0x10];
const REVERSE = [false, true, false, false, true, true, false, false, true, false];
const STEP_S = 10;
const GROWTH_MAX = 0.01;

const { values } = benchArguments({
  program: 'soak',
  about: 'Memory and counters of a long live capture. As root, with tcpreplay.',
  options: {
    minutes: { argument: 'N', default: '30', help: 'length of the run' },
    capture: { argument: 'HOW', default: 'cap', help: 'cap or tcpdump' },
  },
});

/** Connections in waves, their packets mixed. */
function churnFile(): Uint8Array {
  return plainCapture(CONNECTIONS * FLAGS.length, FRAME_SIZE, (n) => {
    const step = Math.floor(n / WAVE) % FLAGS.length;
    const connection = Math.floor(n / (WAVE * FLAGS.length)) * WAVE + (n % WAVE);
    const client = { address: 0x0a080000 + (connection >> 14), port: 10_000 + (connection & 0x3fff) };
    const server = { address: 0x0a090001, port: 443 };
    const [from, to] = REVERSE[step] === true ? [server, client] : [client, server];
    return {
      src: from.address,
      dst: to.address,
      srcPort: from.port,
      dstPort: to.port,
      tcpFlags: FLAGS[step] as number,
    };
  });
}

if (!canUseTcpdump) {
  process.stderr.write('the soak needs root, ip, tcpreplay and tcpdump\n');
  process.exit(1);
}
using pair = new NamespacePair();
const file = pair.file('churn.pcap', churnFile());
const seconds = Number(values.minutes) * 60;
const times = Math.max(1, Math.round((seconds * RATE) / (CONNECTIONS * FLAGS.length)));
const live = await LiveCommand.start(
  pair,
  pair.near,
  NEAR,
  '-f',
  'none',
  '-F',
  'tcp',
  '--capture',
  values.capture,
  '--flow-timeout',
  '10',
  '--fin-timeout',
  '1',
);
const sentBefore = pair.far.counters(FAR).sent;
let over = false;
const sending = pair.replay(file, { times, rate: RATE }).then(() => {
  over = true;
});
const samples: number[] = [];
while (!over) {
  await Promise.race([setTimeout(STEP_S * 1000), sending]);
  samples.push(residentKiB(live.child));
  process.stdout.write(`${samples.length * STEP_S} s: ${((samples.at(-1) ?? 0) / 1024).toFixed(1)} MiB resident\n`);
}
await setTimeout(1000);
const sent = pair.far.counters(FAR).sent - sentBefore;
const result = await live.end('SIGTERM');
const late = samples.slice(Math.floor(samples.length / 3));
const growth = (late.at(-1) ?? 0) / (late[0] ?? 1) - 1;
const lost = sent - Number(result.stats.packetsSeen);
process.stdout.write(
  `${values.capture}: ${sent} sent, ${result.stats.packetsSeen} seen, ${lost} missing, ring ${result.stats.packetsDroppedRing}, ` +
    `kernel ${result.stats.packetsDroppedKernel}, ${result.stats.flowsStarted} flows; resident memory ` +
    `${(growth * 100).toFixed(2)} % more at the end than after a third of the time; exit ${result.code}; ` +
    `counters ${countersAddUp(result) ? 'add up' : 'DO NOT ADD UP'}\n`,
);
process.exitCode = growth <= GROWTH_MAX && lost === 0 && result.code === 0 ? 0 : 1;
