/**
 * A small seeded generator (Mulberry32), so that every random test can be run again from its printed seed.
 * Only 32-bit integer arithmetic: the same numbers on every platform and Node version.
 */
export interface Random {
  /** The seed, for the failure message. */
  readonly seed: number;
  /** An integer, 0..2^32-1. */
  uint32(): number;
  /** An integer, 0..count-1; `count` 1..2^32. */
  below(count: number): number;
  /** An integer, low..high, both included. */
  between(low: number, high: number): number;
  /** True once in `count` calls on average. */
  oneIn(count: number): boolean;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** `count` bytes. */
  bytes(count: number): Uint8Array;
}

export function random(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  };
  const below = (count: number): number => uint32() % count;
  return {
    seed,
    uint32,
    below,
    between: (low, high) => low + below(high - low + 1),
    oneIn: (count) => below(count) === 0,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[below(items.length)] as T;
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
  };
}
