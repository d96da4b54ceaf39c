/** Very many flows that end at once, in a file: the walk pauses between slices, and what comes out is the same. */
import { describe, expect, it } from 'vitest';
import { BATCH_COUNT, STATUS_DRAIN } from '../../assembly/layout.ts';
import { plainCapture } from '../../bench/plain_capture.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { optionsOf, run, testedEngine } from './harness.ts';

/** More than the slices of the engine have. */
const FLOWS = 140_000;
const HOUR_US = 3_600_000_000;
const FRAME = 60;
const OPTIONS = { maxFlows: 2 * FLOWS, closedLimit: 4096 };

/** Flows of one packet, a pause of some hours, and one conversation, which fills batches. */
const capture = (pauseUs: number): Uint8Array =>
  plainCapture(FLOWS + 100, FRAME, (n) =>
    n < FLOWS
      ? { src: 0x0a000000 + ((n * 7919) % FLOWS), dst: 0x0b000001, srcPort: 1, dstPort: 80, us: n % 50_000 }
      : { src: 0x0c000001, dst: 0x0b000001, srcPort: 2, dstPort: 80, us: pauseUs + n },
  );

describe('very many flows that end at once', () => {
  it.each([HOUR_US, 50 * HOUR_US])('are the same in slices as without, after %i microseconds', async (pauseUs) => {
    const file = capture(pauseUs);
    const sliced = await run(file, OPTIONS);
    // A batch that is not full does not pause.
    const whole = await run(file, { ...OPTIONS, chunkSize: 31 * (16 + FRAME) });
    expect(sliced.lines.length).toBe(FLOWS + 1);
    expect(sliced.lines.findIndex((line, n) => line !== whole.lines[n])).toBe(-1);
    expect(sliced.counters).toEqual(whole.counters);
  });

  it.each([1, 2, 3, 4])('let the caller go on, who may order what is active, at pause %i', async (askedAt) => {
    const file = capture(HOUR_US);
    const engine = await InlineEngine.create(await testedEngine(), optionsOf({ ...OPTIONS, blockSize: 1 << 24 }));
    engine.beginFile();
    engine.space().set(file);
    engine.filled(file.length);
    let [pauses, ended] = [0, 0];
    while (engine.walk().status === STATUS_DRAIN) {
      expect(engine.closedCount).toBeLessThanOrEqual(4096);
      // The second time in the middle of a tick, whose flows end then.
      if (engine.closedCount === 0 && ++pauses === askedAt) {
        expect(engine.orderActive()).toBe(FLOWS - ended - engine.closedCount);
      }
      ended += engine.closedCount;
      engine.release(engine.closedCount);
    }
    expect(pauses).toBeGreaterThanOrEqual(askedAt);
    expect(ended + engine.closedCount).toBe(FLOWS);
    expect(engine.counters().packetsSeen).toBe(FLOWS + 100);
  });

  it('end with the packets of their batch when the capture is given up meanwhile', async () => {
    const file = capture(HOUR_US);
    const engine = await InlineEngine.create(await testedEngine(), optionsOf({ ...OPTIONS, blockSize: 1 << 24 }));
    engine.beginFile();
    engine.space().set(file);
    engine.filled(file.length);
    expect(engine.walk().status).toBe(STATUS_DRAIN);
    engine.beginFlush();
    let ended = 0;
    for (let left = 1; left > 0; ) {
      left = engine.flushSome(4096);
      ended += engine.closedCount;
      engine.release(engine.closedCount);
    }
    expect(ended).toBe(FLOWS + 1);
    const packetsSeen = Math.ceil((FLOWS + 1) / BATCH_COUNT) * BATCH_COUNT;
    expect(engine.counters()).toMatchObject({ packetsSeen, flowsEnded: FLOWS + 1 });
  });
});
