/**
 * A comparison of engine and model on random captures. A failure prints its seed; PCAPFLOW_SEED=n runs that one alone,
 * PCAPFLOW_SCENARIOS=n another number of captures.
 */
import { describe, expect, it } from 'vitest';

/** How often things were there, so that a generator that has lost one of them is noticed. */
export class Seen {
  flows = 0;
  readonly #times = new Map<string, number>();

  /** Counts the names whose value is neither null, false nor 0. */
  note(parts: object): void {
    for (const [name, value] of Object.entries(parts)) if (value) this.#times.set(name, this.times(name) + 1);
  }

  times(name: string): number {
    return this.#times.get(name) ?? 0;
  }
}

export interface Comparison {
  /** Captures that are compared when nobody says another number. */
  readonly usual: number;
  /** Makes the capture of a seed, runs it through engine and model, and says what was seen. */
  readonly compare: (seed: number, seen: Seen) => Promise<void>;
  /** A capture has more flows than these, on average. */
  readonly flowsEach: number;
  /** What must have been seen, with spaces between. */
  readonly names: string;
  /** Further tests, whose captures count as well. */
  readonly further?: (seen: Seen) => void;
}

/** @param title what is compared */
export function compareRandomCaptures(title: string, { usual, compare, flowsEach, names, further }: Comparison): void {
  const captures = Number(process.env.PCAPFLOW_SCENARIOS ?? usual);
  const only = process.env.PCAPFLOW_SEED;
  const seen = new Seen();
  describe(title, () => {
    if (only !== undefined) {
      it(`for seed ${only}`, () => compare(Number(only), seen));
      return;
    }
    it(`for ${captures} random captures`, { timeout: 1_800_000 }, async () => {
      for (let seed = 1; seed <= captures; seed++) await compare(seed, seen);
    });
    further?.(seen);
    it('with all that can happen in them', () => {
      expect(seen.flows).toBeGreaterThan(flowsEach * captures);
      expect(names.split(' ').filter((name) => seen.times(name) === 0)).toEqual([]);
    });
  });
}
