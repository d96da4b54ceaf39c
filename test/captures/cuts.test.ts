/**
 * Captures cut in the middle: whatever is whole is delivered, then comes the right error; nothing crashes or hangs.
 *
 * Files up to 4 KiB are cut at every byte, larger ones at 1,000 places and around their ends; PCAPFLOW_CUTS=n changes
 * the number.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkSum, optionsOf, testedEngine } from '../engine/harness.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { captureError, truncationProblem } from '../../src/reader/capture_problem.ts';
import { STATUS_DONE, STATUS_DRAIN, STATUS_LINK_TYPE, STATUS_MORE } from '../../assembly/layout.ts';
import { readCapture } from '../models/index.ts';

const PLACES = Number(process.env.PCAPFLOW_CUTS ?? 200);
const SMALL = 4096;

/** Feeds `bytes` and gives the error code with which reading ended, or undefined. */
function feed(engine: InlineEngine, bytes: Uint8Array): string | undefined {
  engine.beginFile();
  for (let at = 0; ; ) {
    const space = engine.space();
    const part = bytes.subarray(at, at + space.length);
    space.set(part);
    engine.filled(part.length);
    at += part.length;
    // Packets without a time wait for one that has a time no longer.
    if (part.length === 0) engine.endFile();
    let stop = part.length === 0 && engine.pending === 0 ? undefined : engine.walk();
    while (stop?.status === STATUS_DRAIN || (stop?.status === STATUS_LINK_TYPE && engine.opened)) {
      engine.release(engine.closedCount);
      stop = engine.walk();
    }
    if (stop !== undefined && stop.status !== STATUS_DONE && stop.status !== STATUS_MORE) {
      return captureError(stop, '', engine.offset, engine.opened).code;
    }
    if (part.length === 0) {
      const cut = stop?.status === STATUS_MORE || !engine.opened;
      return cut ? truncationProblem('', engine.offset, engine.pending, engine.opened).code : undefined;
    }
  }
}

const CODES = {
  cut: ['ERR_TRUNCATED', 'ERR_NOT_A_CAPTURE'],
  notACapture: ['ERR_NOT_A_CAPTURE', 'ERR_CORRUPT'],
  unsupportedVersion: ['ERR_NOT_A_CAPTURE', 'ERR_CORRUPT'],
  unsupportedLinkType: ['ERR_UNSUPPORTED_LINKTYPE'],
  corrupt: ['ERR_CORRUPT'],
} as const;

/** Every length, or lengths spread over the file, its first and last hundred bytes among them when there is room. */
function places(length: number): number[] {
  if (length <= SMALL) return Array.from({ length }, (_, cut) => cut);
  const spread = Array.from({ length: PLACES }, (_, n) => Math.floor((n * length) / PLACES) + (n % 7));
  const ends = [0, 1, 3, 4, 5, 23, 24, 25, 39, 40, 41, length - 1, length - 2, length - 5].filter(
    (cut) => cut >= 0 && cut < length,
  );
  return [...new Set([...spread, ...ends])].filter((cut) => cut < length);
}

for (const name of ['pcaps', '../shared/captures']) {
  const folder = new URL(`../../${name}/`, import.meta.url);
  describe.skipIf(!existsSync(folder))(`captures of ${name} that are cut`, () => {
    it('give all whole packets, then the right error', async () => {
      const engine = await InlineEngine.create(await testedEngine(), optionsOf({ blockSize: 65_536, maxFlows: 64 }));
      let cuts = 0;
      for (const file of readdirSync(folder).filter((one) => /\.pcap(ng)?$/.test(one))) {
        const whole = readFileSync(new URL(file, folder));
        for (const cut of places(whole.length)) {
          const bytes = whole.subarray(0, cut);
          const before = engine.counters().packetsSeen;
          const code = feed(engine, bytes);
          const counters = engine.counters();
          const want = readCapture(bytes);
          const told = `${file} cut to ${cut} bytes`;
          expect(counters.packetsSeen - before, told).toBe(want.records.length);
          if (want.error === undefined) expect(code, told).toBeUndefined();
          else expect(CODES[want.error.code], `${told}: ${want.error.message}`).toContain(code);
          checkSum(counters);
          cuts++;
        }
      }
      expect(cuts).toBeGreaterThan(2 * PLACES);
    });
  });
}
