/**
 * Value numbers, as in Cocke and Schwartz: two registers with one number hold the same value. A number stands for an
 * operation on numbers; 0 means that nothing is known.
 */

export const UNKNOWN = 0;

const BUCKETS = 256;

export class ValueNumbers {
  /** Hash chains: by hash the latest number, and by number the previous one with the same hash; 0 ends the list. */
  readonly #buckets = new Array<number>(BUCKETS).fill(0);
  readonly #next: number[] = [0];
  readonly #codes: number[] = [0];
  readonly #firsts: number[] = [0];
  readonly #seconds: number[] = [0];
  readonly #constants: (number | undefined)[] = [undefined];

  /** The number of an operation; the same for the same operation on the same operands. */
  of(code: number, first: number, second: number): number {
    return this.#find(code, first, second, undefined);
  }

  /** The number of a constant. */
  ofConstant(value: number): number {
    return this.#find(CONSTANT, value, 0, value);
  }

  /** The constant that a number stands for, undefined when it is computed from the frame. */
  constant(value: number): number | undefined {
    return this.#constants[value];
  }

  #find(code: number, first: number, second: number, constant: number | undefined): number {
    const buckets = this.#buckets;
    const next = this.#next;
    const codes = this.#codes;
    const firsts = this.#firsts;
    const seconds = this.#seconds;
    const hash = (code ^ (first << 4) ^ (first >>> 7) ^ (second << 6)) & (BUCKETS - 1);
    const newest = buckets[hash] ?? UNKNOWN;
    for (let value = newest; value !== UNKNOWN; value = next[value] ?? UNKNOWN) {
      if (codes[value] === code && firsts[value] === first && seconds[value] === second) return value;
    }
    const value = codes.length;
    buckets[hash] = value;
    next.push(newest);
    codes.push(code);
    firsts.push(first);
    seconds.push(second);
    this.#constants.push(constant);
    return value;
  }
}

/** Not the code of any instruction. */
const CONSTANT = -1;
