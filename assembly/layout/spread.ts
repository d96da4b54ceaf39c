/** Statistics of a series of values. */

// record SPREAD: least, greatest, mean and deviation of values that come one by one; their number is kept elsewhere.
/** u64 units */
export const SPREAD_MIN = 0;
/** u64 units */
export const SPREAD_MAX = 8;
/** f64 units */
export const SPREAD_MEAN = 16;
/** f64 units: squared, sum of squared distances from the mean (Welford) */
export const SPREAD_SQUARES = 24;
/** size */
export const SPREAD_SIZE = 32;
