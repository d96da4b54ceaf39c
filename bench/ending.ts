/**
 * Very many flows that end at once: how long the event loop waits for its turn, and how long a look-up takes, while a
 * replay's clock jumps beyond the timeout of all flows, and then while stop() ends as many.
 *
 *     node dist/bench/ending.js [--flows 1000000]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FParser } from '../src/index.ts';
import { SYN } from '../src/generate/flow_script.ts';
import { plainCapture } from './plain_capture.ts';

const FRAME_SIZE = 60;
/** Beyond the flow timeout, within the day in which times are believed. Microseconds. */
const PAUSE_US = 3_600_000_000;

const { values } = parseArgs({ options: { flows: { type: 'string', default: '1000000' } } });
const FLOWS = Number(values.flows);

/** So many flows of one packet, a pause, and as many again. */
function capture(): Uint8Array {
  return plainCapture(2 * FLOWS, FRAME_SIZE, (n) => ({
    src: 0x0a000000 + n,
    dst: 0x0b000001,
    srcPort: 1000,
    dstPort: 80,
    tcpFlags: SYN,
    us: n + (n < FLOWS ? 0 : PAUSE_US),
  }));
}

/** The longest of many times, milliseconds. */
class Longest {
  ms = 0;
  count = 0;

  add(ms: number): void {
    this.ms = Math.max(this.ms, ms);
    this.count++;
  }

  toString(): string {
    return `longest ${this.ms.toFixed(1)} ms of ${this.count}`;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'pcapflow-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'ending.pcap');
writeFileSync(file, capture());

for (const online of [true, false]) {
  const [turns, looks, stopTurns] = [new Longest(), new Longest(), new Longest()];
  let stopping = false;
  const parser = new FParser(file, { isFile: true, ...(online ? { replay: { speed: 'max' } } : {}) });
  await parser.ready;
  let over = false;
  void parser.done.then(() => {
    over = true;
  });
  for (let mark = performance.now(), n = 0; !over; n++) {
    await setImmediate();
    const now = performance.now();
    (stopping ? stopTurns : turns).add(now - mark);
    stopping ||= parser.state === 'draining';
    if (!stopping) {
      parser.findTcpFlow(`10.0.${n & 255}.1`, 1000, '11.0.0.1', 80);
      looks.add(performance.now() - now);
    }
    mark = performance.now();
  }
  const figures = `turns of the event loop ${turns}, look-ups ${looks}; at the end, turns ${stopTurns}`;
  process.stdout.write(`${online ? 'replay' : 'file'}: ${figures}\n`);
}
