/**
 * Looking at 100,000 active flows while packets come: how long findTcpFlow, getInfo and flowIter keep the main thread,
 * and whether the tracker keeps up. The packets are those of a generated capture, replayed at its pace of 200,000 a
 * second.
 *
 *     node dist/bench/snapshot.js [--flows 100000] [--seconds 5]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FParser } from '../src/index.ts';
import { ACK, SYN } from '../src/generate/flow_script.ts';
import { plainCapture } from './plain_capture.ts';
import { benchArguments } from './arguments.ts';

const FRAME_SIZE = 60;
/** Time from one packet to the next: 200,000 a second. Microseconds. */
const STEP_US = 5;

const { values } = benchArguments({
  program: 'snapshot',
  about: 'What listing all flows costs a capture that goes on.',
  options: {
    flows: { argument: 'N', default: '100000', help: 'active flows' },
    seconds: { argument: 'N', default: '5', help: 'length of the capture' },
  },
});
const FLOWS = Number(values.flows);
const SECONDS = Number(values.seconds);

const address = (n: number): string => `10.${n >>> 16}.${(n >>> 8) & 255}.${n & 255}`;

/** TCP segments of all flows in turn: the first of each at once, then for as long as was asked for. */
function capture(): Uint8Array {
  return plainCapture(FLOWS + Math.ceil(((SECONDS + 1) * 1e6) / STEP_US), FRAME_SIZE, (n) => ({
    src: 0x0a000000 + (n % FLOWS),
    dst: 0x0b000001,
    srcPort: 1000,
    dstPort: 80,
    tcpFlags: n < FLOWS ? SYN : ACK,
    us: n * STEP_US,
  }));
}

class Times {
  readonly #ms: number[] = [];

  measure<T>(work: () => T): T {
    const began = performance.now();
    const result = work();
    this.#ms.push(performance.now() - began);
    return result;
  }

  toString(): string {
    const sorted = this.#ms.sort((a, b) => a - b);
    const at = (share: number): string =>
      (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(3);
    return `median ${at(0.5)} ms, 99th percentile ${at(0.99)} ms, longest ${at(1)} ms (${sorted.length} times)`;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'pcapflow-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'snapshot.pcap');
writeFileSync(file, capture());

for (const headers of ['none', 'auto'] as const) {
  const parser = new FParser(file, { isFile: true, replay: { speed: 1 }, headers });
  await parser.ready;
  while (parser.flowCount() < FLOWS) await setImmediate();
  const [looks, infos, snapshots, givings] = [new Times(), new Times(), new Times(), new Times()];
  const before = parser.getInfo();
  const began = performance.now();
  let missed = 0;
  let shortest = Infinity;
  for (let round = 0; performance.now() - began < SECONDS * 1000; round++) {
    for (let n = 0; n < 20; n++) {
      const found = looks.measure(() =>
        parser.findTcpFlow(address((round * 7919 + n * 104_729) % FLOWS), 1000, '11.0.0.1', 80),
      );
      if (found === null) missed++;
    }
    infos.measure(() => parser.getInfo());
    if (round % 20 === 0) {
      const flows = snapshots.measure(() => parser.flowIter());
      const count = givings.measure(() => [...flows].length);
      shortest = Math.min(shortest, count);
    }
    await setImmediate();
  }
  const after = parser.getInfo();
  const rate = ((after.packetsDelivered - before.packetsDelivered) / (performance.now() - began)) * 1000;
  process.stdout.write(
    `headers ${headers}, ${after.tcpFlows} active flows, ${Math.round(rate)} packets/s delivered meanwhile\n` +
      `  findTcpFlow  ${looks}, ${missed} missed\n  getInfo      ${infos}\n  flowIter     ${snapshots}, at least ${shortest} flows\n  all flows of it given  ${givings}\n`,
  );
  await parser.stop();
}
