import { expect, it } from 'vitest';
import { fitColumns } from '../../src/text/fit.ts';
import type { ColumnFit } from '../../src/text/fit.ts';
import { random } from '../builders/index.ts';

const FITS: readonly ColumnFit[] = [{ priority: 2 }, { priority: 1 }, { priority: 3, least: 5 }];
const fit = (room: number) =>
  fitColumns([10, 8, 12], [6, 8, 12], FITS, room, 2).map(({ column, width, isShort }) => [column, width, isShort]);

it('shows everything when there is room', () => {
  const all = [
    [0, 10, false],
    [1, 8, false],
    [2, 12, false],
  ];
  expect(fit(Number.POSITIVE_INFINITY)).toEqual(all);
  expect(fit(34)).toEqual(all);
});

it('takes short forms, then cuts, then leaves out what matters least', () => {
  expect(fit(33)).toEqual([
    [0, 6, true],
    [1, 8, false],
    [2, 12, false],
  ]);
  expect(fit(29)).toEqual([
    [0, 6, true],
    [1, 8, false],
    [2, 11, false],
  ]);
  expect(fit(23)).toEqual([
    [0, 6, true],
    [1, 8, false],
    [2, 5, false],
  ]);
  expect(fit(22)).toEqual([
    [0, 6, true],
    [2, 12, false],
  ]);
  expect(fit(12)).toEqual([[2, 12, false]]);
  expect(fit(3)).toEqual([[2, 12, false]]);
});

it('never takes more room than there is, and keeps what matters most', () => {
  const seed = Date.now() % 2 ** 31;
  const next = random(seed);
  for (let round = 0; round < 500; round++) {
    const widths = Array.from({ length: next.between(1, 9) }, () => next.between(1, 30));
    const short = widths.map((width) => next.between(1, width));
    const fits = widths.map((width) => ({ priority: next.below(5), least: next.between(1, width) }));
    const room = next.between(1, 160);
    const shown = fitColumns(widths, short, fits, room, 2);
    const total = shown.reduce((sum, { width }) => sum + width, 2 * (shown.length - 1));
    if (shown.length > 1) expect(total, `seed ${seed}`).toBeLessThanOrEqual(room);
    const kept = new Set(shown.map(({ column }) => column));
    const left = fits.filter((_, n) => !kept.has(n)).map(({ priority }) => priority);
    const leastKept = Math.min(...shown.map(({ column }) => fits[column]?.priority ?? 0));
    expect(Math.max(-1, ...left), `seed ${seed}`).toBeLessThanOrEqual(leastKept);
    expect(shown.map(({ column }) => column)).toEqual([...kept].toSorted((a, b) => a - b));
  }
});
