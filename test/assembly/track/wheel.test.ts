/** The timeout wheel against a list that is looked through at each step. */
import { describe, expect, it } from 'vitest';
import { CONTROL, NIL, STATE_TICK, STATE_WHEEL_COUNT, TICK_NS, WHEEL_LEVELS } from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS, writeKey } from '../inner_engine.ts';
import type { InnerEngine } from '../inner_engine.ts';

const TICK = BigInt(TICK_NS);
const TIMEOUT = 15_000_000_000n;
const BEGIN = 10n ** 18n;

function presentTick({ views }: InnerEngine): bigint {
  return views.data.getBigUint64(CONTROL + STATE_TICK, true);
}

/** Flows in the wheel, by its own counts. */
function filed({ views }: InnerEngine): number {
  let sum = 0;
  for (let n = 0; n < WHEEL_LEVELS; n++) sum += views.data.getUint32(CONTROL + STATE_WHEEL_COUNT + 4 * n, true);
  return sum;
}

/** Moves the wheel as the tracker does: what is over is ended, the rest filed again. Gives the tick of each end. */
function advance(inner: InnerEngine, target: bigint): Map<number, bigint> {
  const { exports } = inner;
  const ended = new Map<number, bigint>();
  while (exports.nextDueTick(target, 0xffff_ffff) !== 0) {
    const tick = presentTick(inner);
    for (let index = exports.takeDue() >>> 0; index !== NIL; index = exports.takeDue() >>> 0) {
      if (BigInt.asUintN(64, exports.deadlineOf(index)) < tick * TICK) ended.set(index, tick);
      else exports.fileFlow(index, exports.dueTick(index), tick + 1n);
    }
  }
  return ended;
}

/** First tick behind the flow's deadline. */
const endTick = (last: bigint): bigint => (last + TIMEOUT) / TICK + 1n;

describe('the wheel', () => {
  for (const [title, step] of [
    ['small steps', 10n ** 9n],
    ['steps of minutes', 10n ** 11n],
    ['steps of hours', 10n ** 13n],
    ['steps of years, across all levels', 10n ** 17n],
  ] as const) {
    for (const seed of SEEDS) {
      it(`ends each flow at the first tick behind its deadline, in ${title} (seed ${seed})`, async () => {
        const inner = await openInner({ flowTimeout: 15 });
        const { exports } = inner;
        const { below, oneIn, pick } = random(seed);
        const model = new Map<number, bigint>();
        let now = BEGIN;
        let n = 0;
        exports.setWheelTime(now);
        for (let round = 0; round < 300; round++) {
          for (let more = below(8); more > 0; more--) {
            const last = now - BigInt(below(20)) * 10n ** 9n;
            const index = exports.addFlow(writeKey(inner, n), n++, last, last);
            exports.fileFlow(index, exports.dueTick(index), presentTick(inner) + 1n);
            model.set(index, last);
          }
          // Packets move a deadline without a word to the wheel; some flows are taken out.
          for (let more = below(6); more > 0 && model.size > 0; more--) {
            const index = pick([...model.keys()]);
            exports.setLast(index, now);
            model.set(index, now);
          }
          if (model.size > 0 && oneIn(4)) {
            const index = pick([...model.keys()]);
            exports.unfileFlow(index);
            model.delete(index);
          }
          const from = now / TICK;
          now += (step * BigInt(below(1000))) / 1000n;
          const ended = advance(inner, now / TICK);
          const want = new Map<number, bigint>();
          for (const [index, last] of model) {
            const tick = endTick(last) > from ? endTick(last) : from + 1n;
            if (tick <= now / TICK) want.set(index, tick);
          }
          expect(new Map([...ended].sort(([a], [b]) => a - b)), `round ${round}`).toEqual(
            new Map([...want].sort(([a], [b]) => a - b)),
          );
          for (const index of want.keys()) model.delete(index);
          expect(filed(inner)).toBe(model.size);
          expect(presentTick(inner)).toBe(now / TICK);
        }
        expect(n).toBeGreaterThan(500);
      });
    }
  }
});
