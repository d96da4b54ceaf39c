/** The flow index against a Map. */
import { describe, expect, it } from 'vitest';
import { COUNTER_LONGEST_PROBE, CONTROL, NIL } from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS, writeKey } from '../inner_engine.ts';

describe('the flow index', () => {
  for (const seed of SEEDS) {
    it(`finds what a Map finds, over 20,000 insertions and removals (seed ${seed})`, async () => {
      const inner = await openInner();
      const { exports } = inner;
      const { below, oneIn, pick } = random(seed);
      const model = new Map<number, number>();
      // Few hashes, so that runs of slots are long and wrap at the end of the index.
      const hashOf = (n: number): number => (n % 97 === 0 ? 0xffffffff : (n % 61) * 0x01000193) >>> 0;
      for (let step = 0; step < 20_000; step++) {
        const n = below(6000);
        const known = model.get(n);
        expect(exports.findFlow(writeKey(inner, n), hashOf(n)) >>> 0, `step ${step}`).toBe(known ?? NIL);
        if (known !== undefined) {
          exports.dropFlow(known);
          model.delete(n);
        } else if (model.size < 2000) {
          model.set(n, exports.addFlow(writeKey(inner, n), hashOf(n), 0n, 0n));
        } else if (oneIn(2)) {
          const gone = pick([...model.keys()]);
          exports.dropFlow(model.get(gone) as number);
          model.delete(gone);
        }
      }
      for (const [n, index] of model) expect(exports.findFlow(writeKey(inner, n), hashOf(n))).toBe(index);
    });
  }

  for (const seed of SEEDS) {
    it(`has all flows at every step of its growth (seed ${seed})`, async () => {
      const inner = await openInner();
      const { exports } = inner;
      const { below } = random(seed);
      // Runs of slots at any place, also around the end of the index, and some without an end in sight.
      const starts = [1023, 1000, 0, below(1024), below(1024)];
      const hashes = Array.from(
        { length: 512 },
        (_, n) => ((below(2 ** 20) << 10) | ((starts[n % 5] as number) + (n >> 5))) >>> 0,
      );
      const indices = hashes.map((hash, n) => exports.addFlow(writeKey(inner, n), hash, 0n, 0n));
      const found = (): number[] => hashes.map((hash, n) => exports.lookUpFlow(writeKey(inner, n), hash));
      exports.beginGrowth();
      let steps = 0;
      do {
        expect(found(), `step ${steps}`).toEqual(indices);
        steps++;
      } while (exports.growSome(1 + below(40)) === 0);
      expect(steps).toBeGreaterThan(3);
      expect(hashes.map((hash, n) => exports.findFlow(writeKey(inner, n), hash))).toEqual(indices);
      expect(exports.lookUpFlow(writeKey(inner, 512), hashes[0] as number) >>> 0).toBe(NIL);
    });
  }

  it('gives as the likely flow the one in the first two slots, or NIL', async () => {
    const inner = await openInner();
    const { exports } = inner;
    expect(exports.likelyFlow(5) >>> 0).toBe(NIL);
    const index = exports.addFlow(writeKey(inner, 1), 5, 0n, 0n);
    expect(exports.likelyFlow(5)).toBe(index);
    const second = exports.addFlow(writeKey(inner, 2), 6, 0n, 0n);
    expect(exports.likelyFlow(6)).toBe(second);
  });

  it('doubles at half load and says the longest probe', async () => {
    const inner = await openInner();
    const { exports, views } = inner;
    for (let n = 0; n < 3000; n++) exports.addFlow(writeKey(inner, n), Math.imul(n, 0x9e3779b1) >>> 0, 0n, 0n);
    for (let n = 0; n < 3000; n++) expect(exports.findFlow(writeKey(inner, n), Math.imul(n, 0x9e3779b1) >>> 0)).toBe(n);
    const probe = views.data.getBigUint64(CONTROL + COUNTER_LONGEST_PROBE, true);
    expect(probe).toBeGreaterThan(0n);
    expect(probe).toBeLessThan(200n);
  });
});
