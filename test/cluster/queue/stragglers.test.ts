/** Which steps are run a second time. */
import { describe, expect, it } from 'vitest';
import { stragglers } from '../../../src/cluster/queue/stragglers.ts';

const done = new Map([['map', [100, 110, 90, 5_000]]]);

describe('steps that last long', () => {
  it('are those older than three medians of their stage, the oldest first', () => {
    const running = [
      { id: 'map-1', stage: 'map', age: 331 },
      { id: 'map-2', stage: 'map', age: 329 },
      { id: 'map-3', stage: 'map', age: 900 },
    ];
    expect(stragglers(running, done, 0).map(({ id }) => id)).toEqual(['map-3', 'map-1']);
    expect(stragglers(running, done, 800).map(({ id }) => id)).toEqual(['map-3']);
  });

  it('are not known before three steps of the stage are done', () => {
    const running = [{ id: 'reduce-1', stage: 'reduce', age: 1e9 }];
    expect(stragglers(running, done, 0)).toEqual([]);
    expect(stragglers(running, new Map([['reduce', [1, 1]]]), 0)).toEqual([]);
    expect(stragglers(running, new Map([['reduce', [1, 1, 1]]]), 0)).toHaveLength(1);
  });
});
