/** When frames are put: never early, never while paused, nothing after stop, and nothing lost when there is no room. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ReplaySource } from '../../src/replay/replay_source.ts';
import type { ReplayOptions } from '../../src/replay/replay_source.ts';
import { pcap, random } from '../builders/index.ts';
import type { CaptureRecord } from '../builders/index.ts';
import { MutePipe, canMakePipes } from '../mute_pipe.ts';
import { CollectingSink, waitFor } from '../source/live/collecting_sink.ts';
import { expectRecords, file, recordsOf, replay } from './replaying.ts';

const START_NS = 1_700_000_000_000_000_000n;
const DAY_MS = 86_400_000;
/** How early a frame may be, and the error of the clocks. */
const EARLY_MS = 0.6;
const STOPS = Number(process.env.PCAPFLOW_REPLAY_STOPS ?? 20);

/** Frames with these times, milliseconds from the first on. */
function framesAt(offsetsMs: readonly number[], length = 60): CaptureRecord[] {
  return offsetsMs.map((ms, n) => ({
    timestampNs: START_NS + BigInt(Math.round(ms * 1e6)),
    frame: new Uint8Array(length).fill(n),
  }));
}

interface Running {
  readonly source: ReplaySource;
  readonly sink: CollectingSink;
  readonly ran: Promise<void>;
  readonly begunMs: number;
  /** When each frame was put. */
  readonly putMs: readonly number[];
}

/** A replay under way; it is closed when the work is done. */
async function running(
  records: readonly CaptureRecord[],
  speed: ReplayOptions['speed'],
  work: (running: Running) => Promise<void>,
  sink = new CollectingSink(),
): Promise<void> {
  const source = new ReplaySource({ files: file('paced.pcap', pcap(records, { format: 'ns' })), speed });
  const putMs: number[] = [];
  sink.onFrame = () => putMs.push(performance.now());
  await source.open(sink);
  const begunMs = performance.now();
  const ran = source.run();
  try {
    await work({ source, sink, ran, begunMs, putMs });
  } finally {
    await source.close();
    await ran;
  }
}

function pass(ms: number): Promise<void> {
  const endMs = performance.now() + ms;
  return waitFor(
    () => performance.now() >= endMs,
    () => `${ms} ms to pass`,
  );
}

describe('at a recorded pace', () => {
  it.each([0.5, 1, 20])('with speed %d no frame is put before its time, and all are', async (speed) => {
    const offsets = [0, 1, 2, 30, 30, 31.5, 80, 200].map((ms) => ms * speed);
    await running(framesAt(offsets), speed, async ({ sink, ran, begunMs, putMs }) => {
      await ran;
      expectRecords(sink, recordsOf(pcap(framesAt(offsets), { format: 'ns' })));
      for (const [n, ms] of offsets.entries())
        expect((putMs[n] as number) - begunMs).toBeGreaterThan(ms / speed - EARLY_MS);
    });
  });

  it('frames of the same millisecond are put together', async () => {
    const offsets = Array.from({ length: 3000 }, (_, n) => Math.floor(n / 1000) * 20);
    await running(framesAt(offsets), 1, async ({ sink, ran }) => {
      await ran;
      expect(sink.frames.length).toBe(3000);
      expect(sink.runs).toBeLessThan(30);
    });
  });

  it('time that goes back stalls nothing', async () => {
    const offsets = [0, 10, -DAY_MS, -5, 20, 5, 1000 * -DAY_MS, 30];
    await running(framesAt(offsets), 1, async ({ sink, ran, begunMs, putMs }) => {
      await ran;
      expectRecords(sink, recordsOf(pcap(framesAt(offsets), { format: 'ns' })));
      expect((putMs[7] as number) - begunMs).toBeGreaterThan(30 - EARLY_MS);
    });
  });

  it.each([1, 60, 20_000])('a silence of %d days is waited for, and ended by stop at once', async (days) => {
    const warnings: unknown[] = [];
    const note = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', note);
    await running(framesAt([0, days * DAY_MS]), 1, async ({ source, sink, ran }) => {
      await sink.until(1);
      await pass(30);
      source.stop();
      await ran;
      expect(sink.frames.length).toBe(1);
    });
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });
});

describe('a paused replay', () => {
  it('puts nothing, and its clock stands still', async () => {
    await running(framesAt([0, 40, DAY_MS]), 1, async ({ source, sink }) => {
      await sink.until(2);
      source.pause();
      source.pause();
      expect(source.paused).toBe(true);
      const quiet = source.quietSince() as bigint;
      await pass(150);
      expect(sink.frames.length).toBe(2);
      expect(source.quietSince()).toBe(quiet);
      const resumedMs = performance.now();
      source.resume();
      expect(source.paused).toBe(false);
      await pass(20);
      const passedMs = Number((source.quietSince() as bigint) - quiet) / 1e6;
      expect(passedMs).toBeGreaterThan(20 - EARLY_MS);
      expect(passedMs).toBeLessThan(performance.now() - resumedMs + EARLY_MS);
    });
  });

  it.each(['max', 1] as const)('from the start has put nothing at speed %s, and goes on', async (speed) => {
    const records = framesAt([0, 1, 2]);
    const sink = new CollectingSink();
    const source = new ReplaySource({ files: file('start.pcap', pcap(records)), speed });
    source.pause();
    await source.open(sink);
    const ran = source.run();
    await pass(30);
    expect(sink.frames.length).toBe(0);
    source.resume();
    await ran;
    await source.close();
    expectRecords(sink, recordsOf(pcap(records)));
  });

  it('can be stopped', async () => {
    await running(framesAt([0, 1, 2]), 'max', async ({ source, sink, ran }) => {
      source.pause();
      source.stop();
      await ran;
      expect(sink.frames.length).toBeLessThanOrEqual(3);
    });
  });
});

describe('quietSince', () => {
  it('is the recorded time that was reached, up to the next frame', async () => {
    const lastNs = START_NS + BigInt(DAY_MS) * 1_000_000n;
    await running(framesAt([0, DAY_MS]), 1000, async ({ source, sink }) => {
      await sink.until(1);
      const first = source.quietSince() as bigint;
      expect(first >= START_NS).toBe(true);
      await waitFor(
        () => (source.quietSince() as bigint) > first + 10_000_000_000n,
        () => `quiet up to ${source.quietSince()}`,
      );
      expect((source.quietSince() as bigint) < lastNs).toBe(true);
    });
  });

  it('is no later than a frame that waits for room', async () => {
    const sink = new CollectingSink({ capacity: 0 });
    await running(
      framesAt([0, 1]),
      1,
      async ({ source, ran }) => {
        await pass(30);
        expect(source.quietSince()).toBe(START_NS);
        sink.capacity = 1_000_000;
        await ran;
        expect(source.quietSince()).toBeUndefined();
      },
      sink,
    );
  });

  it('is not known without a pace', async () => {
    const sink = new CollectingSink({ capacity: 0 });
    await running(
      framesAt([0, 1]),
      'max',
      async ({ source }) => {
        expect(source.quietSince()).toBeUndefined();
      },
      sink,
    );
  });
});

describe('a sink without room', () => {
  const r = random(5);
  const records = Array.from({ length: 3000 }, (_, n) => ({
    timestampNs: START_NS + BigInt(n * 1000),
    frame: new Uint8Array(r.below(1600)).fill(n),
  }));
  const bytes = pcap(records);

  it.each([
    ['max', 1700],
    ['max', 40_000],
    [1, 5000],
    [1, 1e6],
  ] as const)('at speed %s, of %d bytes, loses nothing', async (speed, capacity) => {
    const sink = new CollectingSink({ capacity });
    const consuming = setInterval(() => {
      for (let n = 0; n < 50; n++) setTimeout(() => sink.consume(), n / 50);
      sink.consume();
    }, 1);
    const { error } = await replay(file('full.pcap', bytes), { speed }, sink);
    clearInterval(consuming);
    expectRecords(sink, recordsOf(bytes));
    expect(error).toBeUndefined();
  });

  it('gets what it has room for, then all when it has room again', async () => {
    const sink = new CollectingSink({ capacity: 10_000 });
    await running(
      records,
      'max',
      async ({ ran }) => {
        await waitFor(
          () => sink.frames.length > 0,
          () => 'no frame',
        );
        await pass(30);
        const held = sink.frames.reduce((sum, { frame }) => sum + 16 + frame.length, 0);
        expect(held).toBeLessThanOrEqual(10_000);
        sink.capacity = Number.MAX_SAFE_INTEGER;
        await ran;
        expectRecords(sink, recordsOf(pcap(records, { format: 'ns' })));
      },
      sink,
    );
  });

  it('holds up neither stop nor its own end', async () => {
    for (const end of ['stop', 'close'] as const) {
      const sink = new CollectingSink({ capacity: 10_000 });
      await running(
        records,
        'max',
        async ({ source, ran }) => {
          await waitFor(
            () => sink.frames.length > 0,
            () => 'no frame',
          );
          const count = sink.frames.length;
          if (end === 'stop') source.stop();
          else sink.close();
          await ran;
          expect(sink.frames.length).toBe(count);
        },
        sink,
      );
    }
  });

  it('may have enough before the file is over', async () => {
    const sink = new CollectingSink({ countMax: 100 });
    const { error } = await replay(file('enough.pcap', bytes), {}, sink);
    expect(error).toBeUndefined();
    expect(sink.frames.length).toBeGreaterThanOrEqual(100);
    expect(sink.frames.length).toBeLessThan(3000);
  });
});

describe('stop', () => {
  const records = framesAt(
    Array.from({ length: 20_000 }, (_, n) => n / 1000),
    100,
  );

  it('at any moment ends the run, and no frame is put after it', async () => {
    const files = [file('one.pcap', pcap(records)), file('two.pcap', pcap(records))];
    const r = random(STOPS);
    for (let n = 0; n < STOPS; n++) {
      const sink = new CollectingSink();
      const source = new ReplaySource({ files, speed: r.pick(['max', 1, 1000] as const) });
      const turns = r.below(40);
      const opened = source.open(sink).then(() => source.run());
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      source.stop();
      const count = sink.frames.length;
      await opened;
      await source.close();
      expect(sink.frames.length).toBe(count);
      expect(source.problems).toEqual([]);
    }
  });

  it.skipIf(!canMakePipes)('ends a replay whose pipe is silent', async () => {
    using pipe = new MutePipe(pcap(framesAt([0, 1, 2])));
    const sink = new CollectingSink();
    const source = new ReplaySource({ files: pipe.path, speed: 'max' });
    await source.open(sink);
    const ran = source.run();
    await sink.until(3);
    source.stop();
    await ran;
    await source.close();
    expect(sink.frames.length).toBe(3);
  });

  it.skipIf(!canMakePipes)('ends one that waits for the first bytes of a pipe', async () => {
    using pipe = new MutePipe();
    const sink = new CollectingSink();
    const source = new ReplaySource({ files: [pipe.path, pipe.path], speed: 'max' });
    const opened = source.open(sink);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    source.stop();
    await opened;
    await source.run();
    await source.close();
    expect([sink.frames.length, source.problems.length]).toEqual([0, 0]);
  });
});
