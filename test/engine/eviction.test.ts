/** Eviction between the limits of memory: who goes; and that the walk of a file pauses where eviction takes long. */
import { describe, expect, it } from 'vitest';
import { BATCH_COUNT, STATUS_DRAIN } from '../../assembly/layout.ts';
import { plainCapture } from '../../bench/plain_capture.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { flowLine, flowsOf, readCapture } from '../models/index.ts';
import { commonCounters, difference, modelOptions, optionsOf, run, testedEngine } from './harness.ts';
import type { RunOptions } from './harness.ts';

const FRAME = 60;
const SERVER = 0x0b000001;

interface Sent {
  readonly flow: number;
  readonly us: number;
}

/** Packets of flows that have one client each. */
const capture = (count: number, sent: (n: number) => Sent): Uint8Array =>
  plainCapture(count, FRAME, (n) => {
    const { flow, us } = sent(n);
    return { src: 0x0a000000 + flow, dst: SERVER, srcPort: 1, dstPort: 80, us };
  });

describe('between the limits of memory', () => {
  it.each<[string, number, RunOptions, (n: number) => Sent]>([
    [
      'each new flow ends the longest idle one',
      5000,
      { memory: { soft: 100, hard: 200 } },
      (n) => ({ flow: n, us: n }),
    ],
    [
      'flows that are used again stay',
      5000,
      { memory: { soft: 100, hard: 200 } },
      (n) => ({ flow: n % 3 === 0 ? n % 90 : n, us: n }),
    ],
    [
      'a growing index ends several at once, no more than are idle long enough',
      3000,
      { memory: { soft: 450, hard: 700 } },
      (n) => ({ flow: n, us: 50 * Math.floor(n / 50) }),
    ],
    [
      'nothing is idle while the clock stands, and then the hard limit holds',
      3000,
      { memory: { soft: 50, hard: 100 } },
      (n) => ({ flow: n, us: 500 * Math.floor(n / 500) }),
    ],
  ])('%s, as in the model', async (_title, count, options, sent) => {
    const file = capture(count, sent);
    const want = flowsOf(readCapture(file).records, modelOptions(options));
    const got = await run(file, options);
    expect(difference(want.flows.map(flowLine), got.lines)).toBeUndefined();
    expect(commonCounters(got.counters)).toEqual(want.counters);
    expect(got.counters.flowsEvicted).toBeGreaterThan(0);
  });
});

/** More than a slice of the engine has, all of the same time; a conversation one second later fills batches. */
const FLOWS = 60_000;
const LATER = 100;
const KEPT = 20_000;
const MANY: RunOptions = { maxFlows: 2 * FLOWS, closedLimit: 2 ** 20, memory: { soft: KEPT, hard: 4 * FLOWS } };
const many = (): Uint8Array =>
  capture(FLOWS + LATER, (n) => (n < FLOWS ? { flow: n, us: 0 } : { flow: FLOWS, us: 1_000_000 + n }));

/** An engine that has the whole file and has not walked yet. */
async function opened(file = many(), options = MANY): Promise<InlineEngine> {
  const engine = await InlineEngine.create(await testedEngine(), optionsOf({ ...options, blockSize: 1 << 24 }));
  engine.beginFile();
  engine.space().set(file);
  engine.filled(file.length);
  return engine;
}

describe('very many flows evicted at once', () => {
  it('are the same in slices as without', async () => {
    const file = many();
    const sliced = await run(file, MANY);
    // A batch that is not full does not pause.
    const whole = await run(file, { ...MANY, chunkSize: 31 * (16 + FRAME) });
    expect(sliced.lines.length).toBe(FLOWS + 1);
    expect(sliced.lines.findIndex((line, n) => line !== whole.lines[n])).toBe(-1);
    expect(sliced.counters).toEqual(whole.counters);
    expect(sliced.counters.flowsEvicted).toBeGreaterThan(FLOWS - KEPT);
  });

  it('let the caller go on, who may order what is active, after some thousand at a time', async () => {
    const engine = await opened();
    let [pauses, ended] = [0, 0];
    for (; engine.walk().status === STATUS_DRAIN; pauses++) {
      expect(engine.closedCount).toBeLessThanOrEqual(4096);
      expect(engine.orderActive()).toBe(engine.counters().flowsStarted - ended - engine.closedCount);
      ended += engine.closedCount;
      engine.release(engine.closedCount);
    }
    expect(pauses).toBeGreaterThan((FLOWS - KEPT) / 4096);
    expect(ended + engine.closedCount).toBe(engine.counters().flowsEvicted);
    expect(engine.counters().packetsSeen).toBe(FLOWS + LATER);
  });

  it('are evicted all the same when the capture is given up meanwhile', async () => {
    const engine = await opened();
    while (engine.counters().flowsEvicted === 0) expect(engine.walk().status).toBe(STATUS_DRAIN);
    const before = engine.counters().flowsEvicted;
    engine.beginFlush();
    const { flowsEvicted } = engine.counters();
    expect(flowsEvicted).toBeGreaterThan(before);
    const { counters } = await run(many(), MANY);
    expect(flowsEvicted).toBe(counters.flowsEvicted);
  });
});

describe('a large table that is full', () => {
  const FULL: RunOptions = { maxFlows: KEPT, closedLimit: 2 ** 20 };

  it('is put in order in slices, without another result', async () => {
    const file = capture(FLOWS, (n) => ({ flow: n, us: Math.floor(n / 7) }));
    const sliced = await run(file, FULL);
    const whole = await run(file, { ...FULL, chunkSize: 31 * (16 + FRAME) });
    expect(sliced.counters).toEqual(whole.counters);
    expect(sliced.counters.flowsEvicted).toBe(FLOWS - KEPT);
    expect(sliced.lines.findIndex((line, n) => line !== whole.lines[n])).toBe(-1);
  });

  it('lets the caller go on before the first flow is evicted', async () => {
    const engine = await opened(
      capture(FLOWS, (n) => ({ flow: n, us: n })),
      FULL,
    );
    for (let pause = 0; pause < 3; pause++) {
      expect(engine.walk().status).toBe(STATUS_DRAIN);
      const { packetsSeen, flowsEvicted } = engine.counters();
      expect([packetsSeen, flowsEvicted]).toEqual([KEPT, 0]);
    }
    // Given up in the middle: the packets of the batch still find their room.
    engine.beginFlush();
    expect(engine.counters()).toMatchObject({ packetsSeen: KEPT + BATCH_COUNT, flowsEvicted: BATCH_COUNT });
  });
});
