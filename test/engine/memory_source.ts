/** A source of frames that are in memory, for tests of what is behind the ring. */
import type { CapturedFrame } from '../models/index.ts';
import { FrameBytes } from '../../src/source/live/frame_source.ts';
import type { FrameSink, FrameSource } from '../../src/source/live/frame_source.ts';

export interface MemorySourceOptions {
  /** As a replay does: wait for room. Default true. */
  readonly waits?: boolean;
  /** Give runs of so many records instead of frames one by one. */
  readonly run?: number;
  /** Frames between two publications. */
  readonly burst?: number;
  /** After the last frame: go on until stopped. */
  readonly endless?: boolean;
}

export class MemorySource implements FrameSource {
  readonly name = 'memory';
  readonly timestampSource = 'file';
  readonly waits: boolean;
  readonly packetsDroppedKernel = null;
  readonly problems: readonly Error[] = [];
  /** What `quietSince` says. */
  quiet: bigint | undefined;
  /** Makes `run` reject. */
  lose: (error: Error) => void = () => undefined;
  closed = false;
  readonly #frames: readonly CapturedFrame[];
  readonly #options: MemorySourceOptions;
  readonly #interfaces = new Map<number, number>();
  readonly #bytes = new FrameBytes(new Uint8Array(262_144));
  #sink: FrameSink | undefined;
  #stop: () => void = () => undefined;
  #stopped = false;

  constructor(frames: readonly CapturedFrame[], options: MemorySourceOptions = {}) {
    this.#frames = frames;
    this.#options = options;
    this.waits = options.waits ?? true;
  }

  open(sink: FrameSink): Promise<void> {
    this.#sink = sink;
    for (const { linkType } of this.#frames) {
      if (!this.#interfaces.has(linkType)) this.#interfaces.set(linkType, sink.addInterface(linkType));
    }
    return Promise.resolve();
  }

  async run(): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.#stop = resolve;
      this.lose = reject;
    });
    await Promise.race([this.#putAll(), ended]);
    if (this.#options.endless === true && !this.#stopped) await ended;
  }

  stop(): void {
    this.#stopped = true;
    this.#stop();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  quietSince(): bigint | undefined {
    return this.quiet;
  }

  /** Records of one run have one link type. */
  #runAt(at: number, size: number): readonly CapturedFrame[] {
    const frames = this.#frames.slice(at, at + size);
    const other = frames.findIndex(({ linkType }) => linkType !== frames[0]?.linkType);
    return other < 0 ? frames : frames.slice(0, other);
  }

  async #putAll(): Promise<void> {
    const sink = this.#sink as FrameSink;
    const { run = 0, burst = 7 } = this.#options;
    let steps = 0;
    for (let at = 0; at < this.#frames.length && !this.#stopped; ) {
      const frames = this.#runAt(at, Math.max(run, 1));
      const size = frames.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0);
      if (this.waits && sink.free < size + 64) {
        sink.publish();
        await sink.room(size + 64);
      }
      if (run > 0) this.#putRun(sink, frames);
      else this.#putOne(sink, frames[0] as CapturedFrame);
      at += frames.length;
      if (++steps % burst === 0) sink.publish();
    }
    sink.publish();
  }

  #putOne(sink: FrameSink, { linkType, timestampNs, bytes, wireLen }: CapturedFrame): void {
    this.#bytes.bytes.set(bytes);
    const [seconds, nanos] = [Number(timestampNs / 1_000_000_000n), Number(timestampNs % 1_000_000_000n)];
    sink.put(this.#interfaces.get(linkType) as number, seconds, nanos, this.#bytes, bytes.length, wireLen);
  }

  #putRun(sink: FrameSink, frames: readonly CapturedFrame[]): void {
    const records = new Uint8Array(frames.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0));
    const data = new DataView(records.buffer);
    let at = 0;
    for (const { timestampNs, bytes, wireLen } of frames) {
      data.setUint32(at, Number(timestampNs / 1_000_000_000n), true);
      data.setUint32(at + 4, Number(timestampNs % 1_000_000_000n), true);
      data.setUint32(at + 8, bytes.length, true);
      data.setUint32(at + 12, wireLen, true);
      records.set(bytes, at + 16);
      at += 16 + bytes.length;
    }
    sink.putRecords(this.#interfaces.get(frames[0]?.linkType as number) as number, records, frames.length);
  }
}
