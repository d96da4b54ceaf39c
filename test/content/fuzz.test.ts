import { expect, it } from 'vitest';
import { CONTENT_APPS } from '../../src/content/index.ts';
import { BUDGET_MS, fuzzContent } from '../fuzz/content.ts';

it('takes mutated conversations without a throw, each within a millisecond', () => {
  const { apps, slowestMs } = fuzzContent({ seed: 17, conversations: 15_000 });
  expect(slowestMs).toBeLessThanOrEqual(BUDGET_MS);
  // The mutations leave enough that every parser has work.
  expect(CONTENT_APPS.filter((app) => !apps.has(app))).toEqual([]);
});
