/** Counters of several engines together. */
import type { EngineCounters } from '../engine/counters.ts';

/** @throws {TypeError} for none */
export function sumCounters(all: readonly EngineCounters[]): EngineCounters {
  return all.reduce((a, b) => added(a, b) as EngineCounters);
}

/** Numbers are added, but for the longest probe, which is the longest of all. */
function added(a: object, b: object): object {
  return Object.fromEntries(
    Object.entries(a).map(([name, value]) => {
      const other = (b as Record<string, unknown>)[name];
      if (typeof value === 'object') return [name, added(value, other as object)];
      return [name, name === 'longestProbe' ? Math.max(value, other as number) : value + (other as number)];
    }),
  );
}
