/**
 * A seeded generator of pseudo-random numbers: sfc32 (Doty-Humphrey's Small Fast Counter).
 * Integer arithmetic and exact divisions by powers of two only, so that a seed gives the same
 * numbers on every machine and every version of Node. Not for secrets.
 */
export class Random {
  #a = 0x9e3779b9;
  #b = 0x243f6a88;
  #c: number;
  #counter = 1;

  /** @param seed any 32-bit integer */
  constructor(seed: number) {
    this.#c = seed | 0;
    for (let round = 0; round < 16; round++) this.u32();
  }

  /** An integer, 0..2^32-1. */
  u32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A fraction, 0 included, 1 excluded. */
  unit(): number {
    return this.u32() / 0x1_0000_0000;
  }

  /** An integer, 0..count-1. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** An integer, min..max. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True with the given probability, 0..1. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** A heavy-tailed integer: Pareto with exponent 1 (Zipf), min..max. Its mean is about min * ln(max / min). */
  pareto(min: number, max: number): number {
    return Math.min(max, Math.floor(min / (1 - this.unit())));
  }
}
