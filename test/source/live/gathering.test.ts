import { describe, expect, it } from 'vitest';
import { gatheringPause, pause } from '../../../src/source/live/gathering.ts';

const SLOTS = 4091;
/** A burst of what came in a millisecond. */
const at = (packetsPerSecond: number, elsewhereMs = 0): Parameters<typeof gatheringPause>[0] => ({
  packets: packetsPerSecond / 1000,
  elapsedMs: 1,
  elsewhereMs,
});

describe('gatheringPause', () => {
  it('is none at low rates, one packet a second or one packet after another', () => {
    expect(gatheringPause({ packets: 1, elapsedMs: 1000, elsewhereMs: 1000 }, SLOTS, 1)).toBe(0);
    expect(gatheringPause(at(19_000), SLOTS, 1)).toBe(0);
  });

  it('is the longest at high rates', () => {
    for (const rate of [20_000, 200_000, 1_000_000]) expect(gatheringPause(at(rate), SLOTS, 1)).toBe(1);
    expect(gatheringPause(at(200_000), SLOTS, 0.5)).toBe(0.5);
  });

  it('never lets a quarter of the kernel buffer fill', () => {
    expect(gatheringPause(at(2_000_000), SLOTS, 1)).toBeCloseTo(SLOTS / 4 / 2000);
    expect(gatheringPause({ packets: 40, elapsedMs: 0.2, elsewhereMs: 0 }, 160, 1)).toBeCloseTo(0.2);
    expect(gatheringPause({ packets: 4, elapsedMs: 0.02, elsewhereMs: 0 }, 16, 1)).toBe(0);
    // Half of it was full: the next pause might fill it.
    expect(gatheringPause({ packets: 2100, elapsedMs: 50, elsewhereMs: 0 }, SLOTS, 1)).toBe(0);
  });

  it('is shorter by the time that the program spent elsewhere: packets gathered then', () => {
    expect(gatheringPause(at(200_000, 0.4), SLOTS, 1)).toBeCloseTo(0.6);
    expect(gatheringPause(at(200_000, 1), SLOTS, 1)).toBe(0);
  });

  it('can be switched off', () => {
    expect(gatheringPause(at(200_000), SLOTS, 0)).toBe(0);
  });
});

it('pause stops the thread for that long', () => {
  const begin = performance.now();
  pause(20);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(19);
});
