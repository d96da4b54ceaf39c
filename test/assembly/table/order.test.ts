/** The order of handing over against Array.sort. */
import { describe, expect, it } from 'vitest';
import { CONTROL, STATE_CLOCK, STATE_FIRST_TIME } from '../../../assembly/layout.ts';
import { random } from '../../builders/random.ts';
import { openInner, SEEDS, writeKey } from '../inner_engine.ts';

interface Entry {
  readonly n: number;
  readonly index: number;
  readonly first: bigint;
  readonly last: bigint;
}

function compare(a: Entry, b: Entry): number {
  if (a.last !== b.last) return a.last < b.last ? -1 : 1;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.n - b.n;
}

/** Spans of the capture, ns, and how many different times there are in it. */
const CASES: readonly (readonly [string, number, bigint, number])[] = [
  ['a few', 30, 1_000_000n, 1000],
  ['a few of one time', 40, 10n, 1],
  ['many', 3000, 1_000_000_000n, 1_000_000],
  ['many in a long capture, where ranks are coarse', 3000, 10n ** 17n, 1_000_000],
  ['many of few times', 3000, 10n ** 12n, 3],
];

describe('the order', () => {
  for (const [title, count, span, times] of CASES) {
    for (const seed of SEEDS) {
      it(`of ${title} is that of Array.sort: last, first, key (seed ${seed})`, async () => {
        const inner = await openInner();
        const { exports, views } = inner;
        const { below } = random(seed);
        const begin = 10n ** 18n;
        const time = (): bigint => begin + (span * BigInt(below(times))) / BigInt(times);
        views.data.setBigUint64(CONTROL + STATE_FIRST_TIME, begin, true);
        views.data.setBigUint64(CONTROL + STATE_CLOCK, begin + span, true);
        const keys = Array.from({ length: count }, (_, n) => n);
        const entries: Entry[] = [];
        while (keys.length > 0) {
          const [n] = keys.splice(below(keys.length), 1) as [number];
          const [a, b] = [time(), time()];
          const [first, last] = a < b ? [a, b] : [b, a];
          entries.push({ n, first, last, index: exports.addFlow(writeKey(inner, n), n, first, last) });
        }
        exports.beginOrder();
        for (const [place, { index }] of entries.entries()) exports.putInOrder(place, index);
        const base = exports.sortOrder(count);
        const got = entries.map((_, place) => exports.orderedFlow(base, place));
        expect(got).toEqual(entries.sort(compare).map(({ index }) => index));
      });
    }
  }

  it('of nothing is nothing', async () => {
    const { exports } = await openInner();
    exports.beginOrder();
    expect(exports.sortOrder(0)).toBeGreaterThan(0);
  });
});
