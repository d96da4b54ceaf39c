import { describe, expect, it } from 'vitest';
import { orderWindow } from '../../../src/cli/top/order_window.ts';
import { random } from '../../builders/random.ts';

/** All places sorted, as plainly as can be. */
function sorted(places: readonly number[], keys: Float64Array, ties: Uint32Array): number[] {
  return [...places].sort(
    (a, b) => (keys[b] as number) - (keys[a] as number) || (ties[a] as number) - (ties[b] as number),
  );
}

describe('orderWindow', () => {
  it('puts into the window what sorting everything would, and loses no place', () => {
    const { below } = random(7);
    for (let run = 0; run < 500; run++) {
      const count = below(200);
      // Few different keys in half of the runs: ties decide.
      const kinds = run % 2 === 0 ? 3 : 1000;
      const keys = Float64Array.from({ length: count }, () => below(kinds));
      const ties = Uint32Array.from({ length: count }, (_, n) => (n * 7919) % 100_003);
      const order = Uint32Array.from({ length: count }, (_, n) => n);
      const from = below(count + 1);
      const to = from + below(count - from + 1);
      const wanted = sorted([...order], keys, ties);
      orderWindow(order, count, from, to, keys, ties);
      expect([...order.subarray(from, to)]).toEqual(wanted.slice(from, to));
      expect([...order].sort((a, b) => a - b)).toEqual(wanted.sort((a, b) => a - b));
    }
  });

  it('orders a part of the places', () => {
    const order = Uint32Array.of(4, 0, 2, 99);
    orderWindow(order, 3, 0, 3, Float64Array.of(1, 9, 3, 9, 2), Uint32Array.of(0, 1, 2, 3, 4));
    expect([...order]).toEqual([2, 4, 0, 99]);
  });

  it('takes 100,000 equal keys in their order of starting, from any order', () => {
    const count = 100_000;
    const keys = new Float64Array(count);
    const ties = Uint32Array.from({ length: count }, (_, n) => n);
    for (const order of [Uint32Array.from(ties), Uint32Array.from(ties).reverse()]) {
      orderWindow(order, count, 50_000, 50_003, keys, ties);
      expect([...order.subarray(50_000, 50_003)]).toEqual([50_000, 50_001, 50_002]);
    }
  });
});
