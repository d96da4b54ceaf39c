/** Eviction against a scan of all flows. */
import { describe, expect, it } from 'vitest';
import {
  CONTROL,
  COUNTER_FLOWS_EVICTED,
  FLOW_SIZE,
  FLOW_STATE,
  FLOW_STATE_ACTIVE,
  CONFIG_FLOWS,
} from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS, writeKey } from '../inner_engine.ts';

describe('eviction', () => {
  for (const seed of SEEDS) {
    it(`takes the flow with the earliest last packet, then the one that started first (seed ${seed})`, async () => {
      const inner = await openInner({ maxFlows: 512 });
      const { exports, views } = inner;
      const { below, oneIn, pick } = random(seed);
      const flows = views.data.getUint32(CONTROL + CONFIG_FLOWS, true);
      const isActive = (index: number): boolean =>
        views.data.getUint8(flows + index * FLOW_SIZE + FLOW_STATE) === FLOW_STATE_ACTIVE;
      /** Index -> last packet, in the order of starting. */
      const model = new Map<number, bigint>();
      let evicted = 0;
      let n = 0;
      for (let step = 0; step < 5000; step++) {
        const time = BigInt(step + (oneIn(5) ? 0 : below(50)));
        if (model.size > 0 && oneIn(2)) {
          // A packet only writes the flow's own time; the heap is not told.
          const index = pick([...model.keys()]);
          if (time > (model.get(index) as bigint)) {
            exports.setLast(index, time);
            model.set(index, time);
          }
          continue;
        }
        if (model.size > 300 || (model.size > 0 && oneIn(3))) {
          let want = -1;
          for (const [index, last] of model) if (want < 0 || last < (model.get(want) as bigint)) want = index;
          exports.evictOne();
          evicted++;
          expect(isActive(want), `step ${step}`).toBe(false);
          model.delete(want);
          for (const index of model.keys()) if (!isActive(index)) expect.fail(`step ${step}: ${index} was taken`);
          exports.releaseClosed(1);
          continue;
        }
        const index = exports.addFlow(writeKey(inner, n), n++, time, time);
        exports.fileFlow(index, exports.dueTick(index), 1n);
        exports.noteFlow(index, time);
        model.set(index, time);
      }
      expect(evicted).toBeGreaterThan(300);
      expect(views.data.getBigUint64(CONTROL + COUNTER_FLOWS_EVICTED, true)).toBe(BigInt(evicted));
    });
  }
});
