/** Standard deviation of integers from their number, sum and sum of squares, in 128 bits, so that nothing cancels. */

const TWO_TO_64: f64 = 18446744073709551616.0;

/**
 * sqrt((n * squares - sum^2) / (n * (n - 1))), of the sample; 0 for one value.
 * @param n at least 1
 * @param squares below 2^64-1; n * squares >= sum^2, as for all integers
 */
export function sampleDeviation(n: u64, sum: u64, squares: u64): f64 {
  if (n == 1) return 0;
  const minuend = n * squares;
  const subtrahend = sum * sum;
  const low = minuend - subtrahend;
  const high = highProduct(n, squares) - highProduct(sum, sum) - u64(minuend < subtrahend);
  const distances = <f64>high * TWO_TO_64 + <f64>low;
  return Math.sqrt(distances / (<f64>n * <f64>(n - 1)));
}

/** Bits 64 to 127 of a product. */
function highProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + (aLow * bLow >> 32);
  const carried = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (carried >> 32);
}
