/** Figures that side records keep. */
import { SPREAD_MAX, SPREAD_MEAN, SPREAD_MIN, SPREAD_SQUARES } from "../layout";

/** Counts one more at `at`, u32, up to 2^32-1. */
@inline export function bump(at: usize): void {
  const value = load<u32>(at);
  store<u32>(at, value + u32(value != u32.MAX_VALUE));
}

/** Nanoseconds between two times; 0 when the clock was set back. */
@inline export function elapsed(from: u64, to: u64): u64 { return to > from ? to - from : 0; }

/**
 * Adds a value, the `n`th, to the SPREAD at `at`. Mean and squares as Welford has them: one pass, and no cancellation.
 * @param n at least 1, below 2^63
 * @param value below 2^63
 */
@inline export function addToSpread(at: usize, n: u64, value: u64): void {
  const number = <f64><i64>value;
  if (n == 1) {
    store<u64>(at, value, SPREAD_MIN);
    store<u64>(at, value, SPREAD_MAX);
    store<f64>(at, number, SPREAD_MEAN);
    store<f64>(at, 0, SPREAD_SQUARES);
    return;
  }
  store<u64>(at, min(load<u64>(at, SPREAD_MIN), value), SPREAD_MIN);
  store<u64>(at, max(load<u64>(at, SPREAD_MAX), value), SPREAD_MAX);
  const mean = load<f64>(at, SPREAD_MEAN);
  const distance = number - mean;
  const moved = mean + distance / <f64><i64>n;
  store<f64>(at, moved, SPREAD_MEAN);
  store<f64>(at, load<f64>(at, SPREAD_SQUARES) + distance * (number - moved), SPREAD_SQUARES);
}

/** Standard deviation of a spread of `n` values, of the sample (n-1); 0 for one. */
export function spreadDeviation(at: usize, n: u64): f64 {
  return n == 1 ? 0 : Math.sqrt(load<f64>(at, SPREAD_SQUARES) / <f64>(n - 1));
}
