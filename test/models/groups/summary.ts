/** Count, least, mean, standard deviation and most of integers, by exact fractions. */

export interface Summary {
  readonly n: number;
  readonly min: bigint;
  readonly mean: number;
  /** Sample form (n-1); 0 for one value. */
  readonly sd: number;
  readonly max: bigint;
}

/** Null where there is nothing to sum up. */
export function summaryOf(values: readonly bigint[]): Summary | null {
  if (values.length === 0) return null;
  const n = BigInt(values.length);
  const sum = values.reduce((a, b) => a + b, 0n);
  const squares = values.reduce((a, b) => a + b * b, 0n);
  return {
    n: values.length,
    min: values.reduce((a, b) => (b < a ? b : a)),
    mean: ratio(sum, n),
    sd: n === 1n ? 0 : Math.sqrt(ratio(n * squares - sum * sum, n * (n - 1n))),
    max: values.reduce((a, b) => (b > a ? b : a)),
  };
}

/** A quotient of integers as a double, right to its last digits however large the two are. */
export function ratio(numerator: bigint, denominator: bigint): number {
  const scale = 1n << 80n;
  return Number((numerator * scale) / denominator) / Number(scale);
}
