/**
 * Very many flows that end at once: how long the event loop waits for its turn, and how long a look-up takes, while a
 * replay's clock jumps beyond the timeout of all flows, and then while stop() ends as many.
 *
 * Only for Linux, which tells how long a thread has been on a processor.
 *
 *     node dist/bench/ending.js [--flows 1000000]
 */
import { mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FParser } from '../src/index.ts';
import { SYN } from '../src/generate/flow_script.ts';
import { plainCapture } from './plain_capture.ts';
import { benchArguments } from './arguments.ts';

const FRAME_SIZE = 60;
/** Beyond the flow timeout, within the day in which times are believed. Microseconds. */
const PAUSE_US = 3_600_000_000;
/** How long a turn may take, milliseconds. */
const PROMISED_MS = 10;

const { values } = benchArguments({
  program: 'ending',
  about: 'The longest turn while very many flows end at once, with FParser.',
  options: {
    flows: { argument: 'N', default: '1000000', help: 'flows that end' },
  },
});
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

/** Times of the clock, and of this thread's processor: on a busy machine the clock also measures the others. */
class Times {
  readonly #wall: number[] = [];
  readonly #cpu: number[] = [];

  /** What has passed since `mark`, milliseconds. */
  add(mark: Mark): void {
    const now = markNow();
    this.#wall.push(now.wall - mark.wall);
    this.#cpu.push(now.cpu - mark.cpu);
  }

  toString(): string {
    return `${this.#wall.length}: wall ${spread(this.#wall)}, processor ${spread(this.#cpu)}`;
  }
}

/** A moment, milliseconds. */
interface Mark {
  readonly wall: number;
  readonly cpu: number;
}

/** Longest, 99.9th percentile, and how many were beyond the promise. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => b - a);
  const rank = Math.floor(sorted.length / 1000);
  const over = sorted.filter((ms) => ms > PROMISED_MS).length;
  return `longest ${(sorted[0] ?? 0).toFixed(1)} ms, 99.9 % ${(sorted[rank] ?? 0).toFixed(1)} ms, over 10 ms ${over}`;
}

/** Nanoseconds on a processor, then other figures. */
const schedule = openSync('/proc/thread-self/schedstat', 'r');
const text = Buffer.alloc(64);

function markNow(): Mark {
  const size = readSync(schedule, text, 0, text.length, 0);
  const cpu = Number.parseInt(text.toString('latin1', 0, size), 10) / 1e6;
  return { wall: performance.now(), cpu };
}

const directory = mkdtempSync(join(tmpdir(), 'pcapflow-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'ending.pcap');
writeFileSync(file, capture());

for (const online of [true, false]) {
  const [turns, looks, stopTurns] = [new Times(), new Times(), new Times()];
  let stopping = false;
  const parser = new FParser(file, { isFile: true, ...(online ? { replay: { speed: 'max' } } : {}) });
  await parser.ready;
  let over = false;
  void parser.done.then(() => {
    over = true;
  });
  for (let mark = markNow(), n = 0; !over; n++) {
    await setImmediate();
    (stopping ? stopTurns : turns).add(mark);
    stopping ||= parser.state === 'draining';
    if (!stopping) {
      const look = markNow();
      parser.findTcpFlow(`10.0.${n & 255}.1`, 1000, '11.0.0.1', 80);
      looks.add(look);
    }
    mark = markNow();
  }
  const name = online ? 'replay' : 'file';
  process.stdout.write(`${name}: turns of the event loop ${turns}\n`);
  process.stdout.write(`${name}: look-ups ${looks}\n${name}: turns at the end ${stopTurns}\n`);
}
