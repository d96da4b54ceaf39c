/** The pool of flow records against a list of free indices. */
import { describe, expect, it } from 'vitest';
import { BATCH_COUNT, CONTROL, STATE_POOL_TOP, WAITING_MAX } from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS } from '../inner_engine.ts';

describe('the pool', () => {
  for (const seed of SEEDS) {
    it(`gives the index that came back last, else the next new one (seed ${seed})`, async () => {
      const { exports, views } = await openInner();
      const { below, oneIn } = random(seed);
      const free: number[] = [];
      const used: number[] = [];
      let top = 0;
      for (let step = 0; step < 20_000; step++) {
        if (used.length < 4096 && (used.length === 0 || oneIn(2))) {
          const want = free.pop() ?? top++;
          expect(exports.allocateFlow(), `step ${step}`).toBe(want);
          used.push(want);
        } else {
          const [index] = used.splice(below(used.length), 1) as [number];
          exports.giveBack(index);
          free.push(index);
        }
      }
      expect(views.data.getUint32(CONTROL + STATE_POOL_TOP, true)).toBe(top);
    });
  }

  it('asserts that no more flows are taken than there are', async () => {
    const { exports } = await openInner({ maxFlows: 1, closedLimit: 1 });
    const all = 1 + 1 + BATCH_COUNT + WAITING_MAX;
    for (let n = 0; n < all; n++) expect(exports.allocateFlow()).toBe(n);
    expect(() => exports.allocateFlow()).toThrow(/assertion/);
  });
});
