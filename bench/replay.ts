/**
 * `node dist/bench/replay.js [--runs 5] [FILE]`: how fast a replay at 'max' is, against pcap-parser alone with an empty
 * handler on the same file (the 10 M packets of the profile `mix` when none is named). Whole processes take turns, the file lies in the
 * page cache, and medians are shown. Both measure from the first call to the last packet. The target is a ratio of 0.9
 * for the whole pipeline.
 */
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

import type { FrameBytes, FrameSink } from '../src/source/live/frame_source.ts';
import { ReplaySource } from '../src/source/live/replay_source.ts';
import { median, warm } from './measure.ts';
import { ensureWorkload } from './workload.ts';

const WAYS = ['parser', 'replay'] as const;
type Way = (typeof WAYS)[number];

/** Bytes of the ring that the copying sink writes to, over and over. */
const RING_SIZE = 8 * 1024 * 1024;
const RECORD_HEADER = 16;

interface Pass {
  readonly packets: number;
  readonly seconds: number;
}

/** Copies each frame as the ring does, and is never full. */
class CopyingSink implements FrameSink {
  packets = 0;
  readonly closed = false;
  readonly free = RING_SIZE;
  readonly #bytes = new Uint8Array(RING_SIZE);
  readonly #words = new Uint32Array(this.#bytes.buffer);
  #at = 0;

  addInterface(): number {
    return 0;
  }

  put(_interface: number, seconds: number, nanos: number, frame: FrameBytes, capLen: number, wireLen: number): boolean {
    const size = (RECORD_HEADER + capLen + 3) & ~3;
    if (this.#at + size > RING_SIZE) this.#at = 0;
    const word = this.#at >>> 2;
    this.#words[word] = seconds;
    this.#words[word + 1] = nanos;
    this.#words[word + 2] = capLen;
    this.#words[word + 3] = wireLen;
    this.#bytes.set(frame.upTo(capLen), this.#at + RECORD_HEADER);
    this.#at += size;
    this.packets++;
    return true;
  }

  putRecords(): boolean {
    return false;
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
  replay: async (file) => {
    const sink = new CopyingSink();
    const source = new ReplaySource({ files: file, speed: 'max' });
    await source.open(sink);
    await source.run();
    await source.close();
    return sink.packets;
  },
};

async function pass(way: Way, file: string): Promise<Pass> {
  const begun = performance.now();
  const packets = await PASSES[way](file);
  return { packets, seconds: (performance.now() - begun) / 1000 };
}

function compare(file: string, runs: number): void {
  warm(file);
  const seconds: Record<Way, number[]> = { parser: [], replay: [] };
  for (let run = 0; run < runs; run++) {
    for (const way of WAYS) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--way', way, file], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${way}: exit ${status}\n${stderr}`);
      const result = JSON.parse(stdout) as Pass;
      seconds[way].push(result.seconds);
      console.log(`${way}: ${result.packets} packets, ${result.seconds.toFixed(3)} s, ${((result.seconds / result.packets) * 1e9).toFixed(0)} ns each`);
    }
  }
  const [alone = Number.NaN, replayed = Number.NaN] = WAYS.map((way) => median(seconds[way]));
  console.log(`medians of ${runs}: pcap-parser alone ${alone.toFixed(3)} s, replay ${replayed.toFixed(3)} s, ratio ${(alone / replayed).toFixed(2)}`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '5' }, way: { type: 'string' } },
  });
  const file = positionals[0] ?? ensureWorkload('mix', 1).path;
  const way = WAYS.find((name) => name === values.way);
  if (way !== undefined) console.log(JSON.stringify(await pass(way, file)));
  else compare(file, Number(values.runs));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
