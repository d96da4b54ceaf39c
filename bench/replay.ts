/**
 * `node dist/bench/replay.js [--runs 5] [FILE]`: how fast a replay at 'max' is, against pcap-parser alone with an empty
 * handler on the same file (the 10 M packets of the profile `mix` when none is named). `source` is the source by itself
 * with a ring that is never full, `engine` everything up to the ended flows. Whole processes take turns, the file lies
 * in the page cache, and medians are shown; each measures from its first call to its end. The target is a ratio of 0.9
 * for `engine`.
 *
 * `node dist/bench/replay.js --pace SECONDS [FILE]`: how late frames are put at speed 1, in that many seconds of the
 * file. The target is 5 ms for 99 of 100.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { RECORD_CAPTURED, RECORD_FRACTION, RECORD_HEADER, RECORD_SECONDS, ROWS_MAX } from '../assembly/layout.ts';
import { ThreadedEngine } from '../src/engine/threaded.ts';
import { LiveReader } from '../src/reader/live_reader.ts';
import { engineOptions } from '../src/reader/options.ts';
import type { FrameSink } from '../src/source/live/frame_source.ts';
import { ReplaySource } from '../src/replay/replay_source.ts';
import { median, warm } from './measure.ts';
import { ensureWorkload } from './workload.ts';
import { benchArguments } from './arguments.ts';

const WAYS = ['parser', 'source', 'engine'] as const;
type Way = (typeof WAYS)[number];

/** That of a replay. */
const ENGINE_RING_SIZE = 2 * 1024 * 1024;
/** Bytes of the ring that the copying sink writes to, over and over. */
const RING_SIZE = 8 * 1024 * 1024;

interface Pass {
  readonly packets: number;
  readonly seconds: number;
}

/** Copies records as the ring does, and is never full. */
class CopyingSink implements FrameSink {
  packets = 0;
  readonly closed = false;
  readonly free = RING_SIZE;
  readonly #bytes = new Uint8Array(RING_SIZE);
  #at = 0;

  addInterface(): number {
    return 0;
  }

  put(): boolean {
    throw new Error('a frame by itself');
  }

  putRecords(_interface: number, records: Uint8Array, count: number): boolean {
    if (this.#at + records.length > RING_SIZE) this.#at = 0;
    this.#bytes.set(records, this.#at);
    this.#at += records.length;
    this.packets += count;
    return true;
  }

  publish(): void {}

  async room(): Promise<void> {}
}

const PASSES: Readonly<Record<Way, (file: string) => Promise<number>>> = {
  parser: (file) =>
    new Promise((resolve, reject) => {
      const { parse } = createRequire(import.meta.url)('pcap-parser') as {
        parse(path: string): { on(event: string, listener: (value: never) => void): void };
      };
      let packets = 0;
      const parser = parse(file);
      parser.on('packet', () => {
        packets++;
      });
      parser.on('error', reject);
      parser.on('end', () => resolve(packets));
    }),
  source: async (file) => {
    const sink = new CopyingSink();
    const source = new ReplaySource({ files: file, speed: 'max' });
    await source.open(sink);
    await source.run();
    await source.close();
    return sink.packets;
  },
  engine: async (file) => {
    const engine = await ThreadedEngine.create({
      ...engineOptions({}),
      blockSize: 0,
      ringSize: ENGINE_RING_SIZE,
      waits: true,
    });
    const reader = new LiveReader(engine, new ReplaySource({ files: file, speed: 'max' }), {}, () => setImmediate());
    await reader.start();
    while (await reader.advance()) while (engine.closedCount > 0) engine.takeClosed(ROWS_MAX, () => undefined);
    const { packetsSeen } = engine.counters();
    await reader.close();
    return packetsSeen;
  },
};

/** Notes how late each frame is, milliseconds. */
class TimingSink extends CopyingSink {
  readonly late: number[] = [];
  #begun: number | undefined;
  #firstMs = 0;

  override putRecords(_interface: number, records: Uint8Array, count: number): boolean {
    const now = performance.now();
    const data = new DataView(records.buffer, records.byteOffset, records.length);
    for (let at = 0; at < records.length; at += RECORD_HEADER + data.getUint32(at + RECORD_CAPTURED, true)) {
      const recordedMs =
        data.getUint32(at + RECORD_SECONDS, true) * 1e3 + data.getUint32(at + RECORD_FRACTION, true) / 1e6;
      if (this.#begun === undefined) {
        this.#begun = now;
        this.#firstMs = recordedMs;
      }
      this.late.push(now - this.#begun - (recordedMs - this.#firstMs));
    }
    this.packets += count;
    return true;
  }
}

async function pace(file: string, seconds: number): Promise<void> {
  const sink = new TimingSink();
  const source = new ReplaySource({ files: file, speed: 1 });
  await source.open(sink);
  const timer = setTimeout(() => source.stop(), seconds * 1000);
  const before = process.cpuUsage();
  await source.run();
  const { user, system } = process.cpuUsage(before);
  clearTimeout(timer);
  await source.close();
  const late = sink.late.sort((a, b) => a - b);
  const at = (part: number): string =>
    (late[Math.min(late.length - 1, Math.floor(part * late.length))] ?? Number.NaN).toFixed(2);
  console.log(
    `${sink.packets} packets in ${seconds} s; late by ${at(0)} ms at least, ${at(0.5)} in the middle, ${at(0.99)} for 99 of 100, ` +
      `${at(1)} at most; ${((user + system) / 1e6).toFixed(2)} s of CPU`,
  );
}

async function pass(way: Way, file: string): Promise<Pass> {
  const begun = performance.now();
  const packets = await PASSES[way](file);
  return { packets, seconds: (performance.now() - begun) / 1000 };
}

function compare(file: string, runs: number): void {
  warm(file);
  const seconds: Record<Way, number[]> = { parser: [], source: [], engine: [] };
  for (let run = 0; run < runs; run++) {
    for (const way of WAYS) {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), '--way', way, file],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`${way}: exit ${status}\n${stderr}`);
      const result = JSON.parse(stdout) as Pass;
      seconds[way].push(result.seconds);
      console.log(
        `${way}: ${result.packets} packets, ${result.seconds.toFixed(3)} s, ${((result.seconds / result.packets) * 1e9).toFixed(0)} ns each`,
      );
    }
  }
  const alone = median(seconds.parser) ?? Number.NaN;
  for (const way of WAYS) {
    const middle = median(seconds[way]) ?? Number.NaN;
    console.log(
      `median of ${runs}: ${way} ${middle.toFixed(3)} s, ${(alone / middle).toFixed(2)} of the speed of pcap-parser alone`,
    );
  }
}

async function main(): Promise<void> {
  const { values, positionals } = benchArguments({
    program: 'replay',
    about: 'Packets a second of a replay at full speed, by each way to do it.',
    operands: '[CAPTURE]',
    options: {
      runs: { argument: 'N', default: '5', help: 'runs of each way' },
      way: { argument: 'NAME', help: 'one pass of one way, as JSON' },
      pace: { argument: 'N', help: 'how exactly packets come at N times their pace' },
    },
  });
  const file = positionals[0] ?? ensureWorkload('mix', 1).path;
  const way = WAYS.find((name) => name === values.way);
  if (values.pace !== undefined) await pace(file, Number(values.pace));
  else if (way !== undefined) console.log(JSON.stringify(await pass(way, file)));
  else compare(file, Number(values.runs));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
