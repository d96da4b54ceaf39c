import { expect, it } from 'vitest';
import { Ranking } from '../../src/query/ranking.ts';
import type { RankKey } from '../../src/query/ranking.ts';
import { random } from '../builders/index.ts';

interface Thing {
  readonly key: number | null;
  readonly place: number;
}

/** Sorts all and cuts: what a ranking must give. */
function plainly(things: readonly Thing[], descending: boolean, top: number | undefined): readonly Thing[] {
  const sorted = things.toSorted((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.place - b.place;
    return (descending ? b.key - a.key : a.key - b.key) || a.place - b.place;
  });
  return sorted.slice(0, top);
}

it('a ranking is what sorting everything and cutting it off gives, with ties and without values', () => {
  const seed = Date.now() % 2 ** 31;
  const next = random(seed);
  for (let round = 0; round < 300; round++) {
    const things = Array.from({ length: next.below(60) }, (_, place): Thing => {
      const key = next.below(8);
      return { key: key === 0 ? null : key, place };
    });
    const descending = next.oneIn(2);
    const top = next.oneIn(3) ? undefined : next.between(1, 20);
    const ranking = new Ranking<Thing>({ descending, top });
    for (const thing of things) {
      ranking.add(thing.key, () => thing);
      expect(ranking.size).toBeLessThanOrEqual(top ?? Infinity);
    }
    expect(ranking.take(), `seed ${seed}, round ${round}`).toEqual(plainly(things, descending, top));
    expect(ranking.size).toBe(0);
  }
});

it('makes only what is kept for now', () => {
  const ranking = new Ranking<number>({ descending: true, top: 2 });
  const made: RankKey[] = [];
  for (const key of [5, 4, 1, 9, 2]) {
    ranking.add(key, () => {
      made.push(key);
      return key;
    });
  }
  expect(made).toEqual([5, 4, 9]);
  expect(ranking.take()).toEqual([9, 5]);
});

it('orders exact times and texts', () => {
  const times = new Ranking<bigint>({ descending: false });
  for (const time of [1_700_000_000_000_000_002n, 1_700_000_000_000_000_001n]) times.add(time, () => time);
  expect(times.take()).toEqual([1_700_000_000_000_000_001n, 1_700_000_000_000_000_002n]);
  const texts = new Ranking<string>({ descending: true });
  for (const text of ['domain', 'ssh', 'https']) texts.add(text, () => text);
  expect(texts.take()).toEqual(['ssh', 'https', 'domain']);
});
