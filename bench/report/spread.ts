/** The middle and the ends of some measured values. */
import { median } from '../measure.ts';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** @throws {RangeError} without values */
export function spreadOf(values: readonly number[]): Spread {
  const middle = median(values);
  if (middle === undefined) throw new RangeError('there are no values');
  return { median: middle, least: Math.min(...values), greatest: Math.max(...values) };
}

/** `0.412 [0.405 0.430]`: median, least and greatest. */
export function spreadText(values: readonly number[], digits: number): string {
  const { median: middle, least, greatest } = spreadOf(values);
  return `${middle.toFixed(digits)} [${least.toFixed(digits)} ${greatest.toFixed(digits)}]`;
}
