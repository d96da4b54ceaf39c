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
