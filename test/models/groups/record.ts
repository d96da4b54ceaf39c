/** Parts of the models' groups in the form of a record. */
import type { Summary } from './summary.ts';

/** An object of the same shape that has nothing but nulls. */
export function nullsOf(object: object): object {
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? nullsOf(value as object) : null,
  ]);
  return Object.fromEntries(entries) as object;
}

/** As a record has it: all numbers, null for nothing. */
export function numbersOf(summary: Summary | null): object {
  if (summary === null) return { min: null, mean: null, sd: null, max: null };
  const { min, mean, sd, max } = summary;
  return { min: Number(min), mean, sd, max: Number(max) };
}
