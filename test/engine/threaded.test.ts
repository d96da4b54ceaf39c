/** The engine with its tracker in a worker: the same flows as in one thread, whatever the ring; its end in all ways. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import {
  CONTROL,
  COUNTER_WAYS_GIVEN,
  LOCK,
  LOCK_FREE,
  LOCK_TRACKER,
  RECORD_CAPTURED,
  RECORD_HEADER,
  ROWS_MAX,
} from '../../assembly/layout.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_RAW } from '../../assembly/wire/numbers.ts';
import type { TimeWindow } from '../../src/engine/options.ts';
import { ThreadedEngine } from '../../src/engine/threaded.ts';
import { counterAt } from '../../src/engine/u64.ts';
import { readFlow } from '../../src/engine/rows.ts';
import { rowAt } from '../../src/engine/table.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { LiveReader } from '../../src/reader/live_reader.ts';
import type { LiveLimits } from '../../src/reader/live_reader.ts';
import { FrameBytes } from '../../src/source/live/frame_source.ts';
import { ethernet, ipv4, udp } from '../builders/index.ts';
import { flowLine, readCapture } from '../models/index.ts';
import type { CapturedFrame } from '../models/index.ts';
import { commonCounters, difference, optionsOf, run } from './harness.ts';
import type { RunOptions } from './harness.ts';
import { MemorySource } from './memory_source.ts';
import type { MemorySourceOptions } from './memory_source.ts';
import { scenario } from './scenario.ts';

const SECOND = 1_000_000_000n;
const SCENARIOS = Number(process.env.PCAPFLOW_SCENARIOS ?? 40);
const RING = 1 << 20;

interface LiveOptions extends RunOptions, MemorySourceOptions {
  readonly ringSize?: number;
  readonly starts?: number;
  readonly window?: TimeWindow;
}

async function openLive(frames: readonly CapturedFrame[], options: LiveOptions = {}, limits: LiveLimits = {}) {
  const { ringSize = RING, starts, window, waits = true, run: records, burst, endless, ...rest } = options;
  const source = new MemorySource(frames, {
    waits,
    ...(records === undefined ? {} : { run: records }),
    ...(burst === undefined ? {} : { burst }),
    ...(endless === undefined ? {} : { endless }),
  });
  const engine = await ThreadedEngine.create({
    ...optionsOf(rest),
    blockSize: 0,
    ringSize,
    waits,
    window,
    ...(starts === undefined ? {} : { starts }),
  });
  const reader = new LiveReader(engine, source, limits, () => setImmediate());
  return { source, engine, reader };
}

async function drain(reader: LiveReader, flows: Flow[] = []): Promise<Flow[]> {
  while (await reader.advance()) take(reader, flows);
  return flows;
}

function take({ engine }: LiveReader, flows: Flow[]): void {
  while (engine.closedCount > 0) {
    takeSome(engine, flows);
  }
}

function takeSome(engine: ThreadedEngine, flows: Flow[]): void {
  engine.takeClosed(ROWS_MAX, (rows) => {
    for (let n = 0; n < rows.count; n++) flows.push(readFlow(engine.views, rowAt(rows, n)));
  });
}

/** Packet number `at` of flow `n`; a millisecond lies between two packets. */
function packetOf(n: number, at = n): CapturedFrame {
  const layers = udp({ srcPort: 1000 + (n % 50_000), dstPort: 53 }).over(
    ipv4({ src: '10.0.0.1', dst: `10.1.0.${1 + Math.floor(n / 50_000)}` }),
  );
  const bytes = Uint8Array.from(layers.over(ethernet()));
  return {
    linkType: 1,
    timestampNs: 1_700_000_000_000_000_000n + BigInt(at) * 1_000_000n,
    bytes,
    wireLen: bytes.length,
  };
}

function packets(count: number, flowCount = count): CapturedFrame[] {
  return Array.from({ length: count }, (_, at) => packetOf(at % flowCount, at));
}

/** seen = delivered + filtered + dropped by the ring + malformed + not tracked + in the ring */
function expectSum(engine: ThreadedEngine): void {
  engine.locked(() => {
    const c = engine.counters();
    const sum = c.packetsDelivered + c.packetsFiltered + c.packetsMalformed + c.packetsNotTracked;
    expect(sum + engine.packetsDroppedRing + engine.packetsInRing).toBe(c.packetsSeen);
  });
}

describe('flows through the ring', () => {
  it(`are those of one thread, for ${SCENARIOS} random captures`, async () => {
    for (let seed = 1; seed <= SCENARIOS; seed++) {
      const { file, options } = scenario(seed);
      const want = await run(file, options);
      const { records } = readCapture(file);
      const { reader, engine } = await openLive(records, {
        ...options,
        run: seed % 3 === 0 ? 4 : 0,
        burst: 1 + (seed % 9),
      });
      await reader.start();
      const flows = await drain(reader);
      const told = `seed ${seed}`;
      expect(reader.problems, told).toEqual([]);
      expect(difference(want.lines, flows.map(flowLine)), told).toBeUndefined();
      expect(commonCounters(engine.counters()), told).toEqual(commonCounters(want.counters));
      await reader.close();
    }
  });
});

describe('the ring', () => {
  it('keeps every packet in order over many laps', async () => {
    const { reader, engine } = await openLive(packets(60_000, 300), { ringSize: 1 << 16, burst: 50 });
    await reader.start();
    const flows = await drain(reader);
    expect(flows.length).toBe(300);
    expect(flows.every((flow) => flow.packetsForward === 200)).toBe(true);
    expect(engine.packetsDroppedRing).toBe(0);
    expect(engine.counters().timestampsBackwards).toBe(0);
    await reader.close();
  });

  it('drops what finds no room, and counts it', async () => {
    const { reader, engine } = await openLive(packets(20_000, 10), { ringSize: 1 << 16, waits: false, burst: 20_000 });
    await reader.start();
    const flows = await drain(reader);
    const delivered = flows.reduce((sum, flow) => sum + flow.packetsForward, 0);
    expect(engine.packetsDroppedRing).toBeGreaterThan(15_000);
    expect(delivered + engine.packetsDroppedRing).toBe(20_000);
    expectSum(engine);
    await reader.close();
  });

  it('keeps what fits of frames of every size', async () => {
    const sizes = [0, 1, 13, 14, 63, 64, 65, 2047, 2048, 2049, 9000, 65_535];
    const frames = sizes.flatMap((size, n) => {
      const bytes = new Uint8Array(size).map((_, at) => (at * 7 + n) & 255);
      return [{ linkType: 1, timestampNs: 1_700_000_000_000_000_000n + BigInt(n), bytes, wireLen: size }];
    });
    const { reader, engine } = await openLive(Array.from({ length: 50 }, () => frames).flat(), {
      ringSize: 1 << 19,
      run: 5,
    });
    await reader.start();
    await drain(reader);
    expect(engine.counters().packetsSeen).toBe(50 * sizes.length);
    expect(engine.counters().wireBytes).toBe(50 * sizes.reduce((a, b) => a + b, 0));
    await reader.close();
  });
});

describe('a tracker that waits for flows to be taken', () => {
  it('goes on at once when they are given back unread', async () => {
    // Each packet comes after the end of the flow before it, and one flow may wait: a wake-up missed costs 100 ms each.
    const frames = Array.from({ length: 5000 }, (_, n) => packetOf(n, n * 2000));
    const { reader, engine } = await openLive(frames, { flowTimeout: 1, closedLimit: 1 });
    await reader.start();
    let released = 0;
    while (await reader.advance()) {
      const { closedCount: closed } = engine;
      engine.release(closed);
      released += closed;
    }
    expect(released).toBe(frames.length);
    await reader.close();
  });
});

describe('the description of an interface', () => {
  it('that found no room is not taken for the next one', async () => {
    const { engine, reader } = await openLive([], { ringSize: 1 << 16 });
    const { writer } = engine;
    const { bytes } = packetOf(1);
    const frame = new FrameBytes(Uint8Array.from(bytes));
    expect(engine.addInterface(LINKTYPE_RAW, 1, false)).toBe(0);
    // One record that fills the ring but for 32 bytes, as soon as the first description is used.
    const empty = ((1 << 16) - 256) / 2;
    while (writer.free < empty) await setImmediate();
    const record = new Uint8Array((1 << 16) - 48);
    new DataView(record.buffer).setUint32(RECORD_CAPTURED, record.length - RECORD_HEADER, true);
    expect(writer.putRecords(0, record, 1)).toBe(true);
    expect(() => engine.addInterface(LINKTYPE_LINUX_SLL, 1, false)).toThrow('the ring is full');
    writer.publish();
    await engine.room(writer.pieceMax);
    expect(engine.addInterface(LINKTYPE_ETHERNET, 1, false)).toBe(1);
    expect(writer.put(1, 1, 0, frame, bytes.length, bytes.length)).toBe(true);
    await engine.finish();
    expect(engine.failure).toBeUndefined();
    expect(engine.counters().packetsDelivered).toBe(1);
    await reader.close();
  });
});

describe('looking at the table while the tracker works', () => {
  it('sees states that are whole, and counters that add up', async () => {
    const { reader, engine } = await openLive(packets(200_000, 2000), { ringSize: 1 << 16, burst: 20 });
    await reader.start();
    let looks = 0;
    const reading = drain(reader);
    let over = false;
    void reading.then(() => {
      over = true;
    });
    while (!over) {
      looks++;
      expectSum(engine);
      if (engine.flushing || engine.gone) break;
      engine.lockedForListing(() => {
        const count = engine.orderActive();
        expect(count).toBe(engine.activeCount);
        const rows = engine.orderedRows(0);
        const packetsOf = (n: number): number => engine.views.data.getFloat64(rowAt(rows, n) + 88, true);
        // Packets are dealt out one by one, so no flow can be two ahead of another.
        const seen = Array.from({ length: rows.count }, (_, n) => packetsOf(n));
        if (count === 2000) expect(Math.max(...seen) - Math.min(...seen)).toBeLessThanOrEqual(1);
      });
      await setImmediate();
    }
    await reading;
    expect(looks).toBeGreaterThan(10);
    await reader.close();
  });

  it('has its turn while very many flows end at once', async () => {
    const count = 40_000;
    const frames = [...packets(count), packetOf(count, 700_000)];
    let inBetween = false;
    // On a busy machine the tracker may be through before this thread runs again.
    for (let attempt = 0; attempt < 20 && !inBetween; attempt++) {
      const { reader, engine } = await openLive(frames, {
        ringSize: 1 << 24,
        waits: false,
        endless: true,
        maxFlows: 2 * count,
        closedLimit: 2 * count,
      });
      await reader.start();
      while (engine.packetsSeen < frames.length) await setImmediate();
      for (let ended = 0; ended < count; ) {
        ended = engine.locked(() => engine.counters().flowsEnded);
        if (ended === 0 || ended === count || inBetween) continue;
        inBetween = counterAt(engine.views.data, COUNTER_WAYS_GIVEN) > 0;
        // Not while those that are being ended are in the order sets.
        engine.lockedForListing(() => expect(engine.orderActive()).toBe(engine.activeCount));
      }
      const flows: Flow[] = [];
      take(reader, flows);
      expect(flows.map(({ lastSeenNs }) => lastSeenNs)).toEqual(packets(count).map(({ timestampNs }) => timestampNs));
      await reader.close();
    }
    expect(inBetween).toBe(true);
  });
});

describe('the end', () => {
  it('comes after the limit of packets, exactly', async () => {
    for (const records of [0, 8]) {
      const { reader, engine } = await openLive(packets(1000), { endless: true, run: records }, { count: 301 });
      await reader.start();
      expect((await drain(reader)).length).toBe(301);
      expect(engine.counters().packetsSeen).toBe(301);
      await reader.close();
    }
  });

  it('comes after the duration', async () => {
    const { reader } = await openLive(packets(10), { endless: true }, { durationMs: 50 });
    await reader.start();
    expect((await drain(reader)).length).toBe(10);
    await reader.close();
  });

  it('comes when packets, or the silence, are a second after the span of time, but not in a replay', async () => {
    const window = { from: { ns: 100_000_000n, relative: true }, to: { ns: SECOND, relative: true } };
    const first = packetOf(0).timestampNs;
    for (const [count, quiet] of [
      [2_001, undefined],
      [500, first + 2n * SECOND],
    ] as const) {
      const { reader, source, engine } = await openLive(packets(count), { endless: true, waits: false, window });
      source.quiet = quiet;
      await reader.start();
      expect((await drain(reader)).length).toBe(Math.min(count, 1_000) - 100);
      expect(engine.windowEndNs).toBe(first + SECOND);
      await reader.close();
    }
    const { reader, engine } = await openLive(packets(4_000), { window });
    await reader.start();
    expect((await drain(reader)).length).toBe(900);
    expect(engine.counters().packetsSeen).toBe(4_000);
    await reader.close();
  });

  it('comes when the source is lost, with all flows and the reason', async () => {
    const { reader, source } = await openLive(packets(500), { endless: true });
    await reader.start();
    await setTimeout(20);
    source.lose(new Error('gone'));
    expect((await drain(reader)).length).toBe(500);
    expect(reader.problems.map(({ message }) => message)).toEqual(['gone']);
    expect(source.closed).toBe(true);
    await reader.close();
  });

  it('comes when the tracker is killed, with what it had and the reason', async () => {
    const frames = packets(100_000, 5000);
    for (let round = 0; round < Number(process.env.PCAPFLOW_ROUNDS ?? 5); round++) {
      const { reader, engine } = await openLive(frames, { waits: false, ringSize: 1 << 18, endless: true, run: 10 });
      await reader.start();
      const flows: Flow[] = [];
      const reading = drain(reader, flows);
      await setTimeout(round % 7);
      await engine.terminate();
      await reading;
      expect(reader.problems.map(({ code }) => code)).toEqual(['ERR_ENGINE']);
      expect(flows.length + engine.flowsDropped).toBe(engine.counters().flowsEnded);
      expect(engine.counters().flowsEnded).toBe(engine.counters().flowsStarted);
      expectSum(engine);
      await reader.close();
    }
  });
});

describe('a tracker that dies with the table in its hands', () => {
  it('is given up, and what it left is handed over', async () => {
    const { reader, engine } = await openLive(packets(500), { endless: true });
    await reader.start();
    while (engine.counters().packetsDelivered < 500) await setImmediate();
    const lock = new Int32Array(engine.views.u8.buffer, CONTROL + LOCK, 1);
    // Taken by nobody who lives: the tracker itself waits for it, too.
    while (Atomics.compareExchange(lock, 0, LOCK_FREE, LOCK_TRACKER) !== LOCK_FREE) await setImmediate();
    expect(engine.takeClosed(ROWS_MAX, ({ count }) => count)).toBe(0);
    engine.release(1);
    expect(() => engine.counters()).toThrow(/does not leave its table/);
    expect((await drain(reader)).length).toBe(500);
    expect(reader.failure?.code).toBe('ERR_ENGINE');
    expectSum(engine);
    await reader.close();
  });
});

describe('a silent line', () => {
  it('ends flows by the clock', async () => {
    const { reader, source, engine } = await openLive(packets(20), { endless: true, flowTimeout: 5 });
    await reader.start();
    const end = 1_700_000_000_000_000_000n + 19_000_000n;
    source.quiet = end + 5_900_000_000n;
    await setTimeout(300);
    expect(engine.closedCount).toBe(0);
    source.quiet = end + 7_000_000_000n;
    expect(await reader.advance()).toBe(true);
    const flows: Flow[] = [];
    take(reader, flows);
    expect(flows.length).toBe(20);
    expect(flows.every(({ endReason }) => endReason === 'idle')).toBe(true);
    reader.stop();
    await drain(reader);
    await reader.close();
  });
});

describe('a capture that may end with the process', () => {
  it.each([
    [true, 0],
    [false, 1],
  ])('lets go of the tracker, unless it is a replay (%s)', async (waits, letGo) => {
    const { reader, engine } = await openLive(packets(5), { endless: true, waits });
    const unref = vi.spyOn(engine, 'unref');
    await reader.start();
    reader.unref();
    expect(unref).toHaveBeenCalledTimes(letGo);
    await reader.close();
  });
});

describe('the latest packet', () => {
  it('is told by its own time, however long the line is silent', async () => {
    const { reader, source, engine } = await openLive(packets(20), { endless: true, flowTimeout: 5 });
    await reader.start();
    const end = 1_700_000_000_000_000_000n + 19_000_000n;
    source.quiet = end + 7_000_000_000n;
    expect(await reader.advance()).toBe(true);
    expect(engine.figures()).toMatchObject({ firstNs: end - 19_000_000n, lastNs: end });
    // Later than the others, and than its time says.
    const late = packetOf(7, 500);
    const frame = new FrameBytes(late.bytes);
    engine.writer.put(0, 1_700_000_000, 500_000_000, frame, late.bytes.length, late.wireLen);
    engine.writer.publish();
    while (engine.packetsInRing > 0) await setImmediate();
    expect(engine.figures().lastNs).toBe(late.timestampNs);
    expect(engine.counters().timestampsBackwards).toBe(1);
    reader.stop();
    await drain(reader);
    await reader.close();
  });
});

describe('started flows', () => {
  it('are told of, each once, while they are active', async () => {
    const { reader, engine } = await openLive(packets(3000), { endless: true, starts: 4096 });
    const started: number[] = [];
    await reader.start();
    while (started.length < 3000) {
      engine.takeStarted((rows) => {
        for (let n = 0; n < rows.count; n++) started.push(readFlow(engine.views, rowAt(rows, n)).srcPort);
      });
      await setImmediate();
    }
    expect(new Set(started).size).toBe(3000);
    expect(started).toEqual(Array.from({ length: 3000 }, (_, n) => 1000 + n));
    reader.stop();
    expect((await drain(reader)).length).toBe(3000);
    await reader.close();
  });

  it('are counted when they are missed', async () => {
    const { reader, engine } = await openLive(packets(3000), { starts: 1024 });
    await reader.start();
    await drain(reader);
    let missed = 0;
    for (let more = engine.takeStarted(() => undefined); more !== undefined; more = engine.takeStarted(() => undefined))
      missed += more;
    expect(missed).toBe(3000 - 1024);
    await reader.close();
  });
});
