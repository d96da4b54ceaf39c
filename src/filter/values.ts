/**
 * Value numbers, as in Cocke and Schwartz: two registers with one number hold the same value. A number stands for an
 * operation on numbers; 0 means that nothing is known.
 */

export const UNKNOWN = 0;

interface Entry {
  readonly code: number;
  readonly first: number;
  readonly second: number;
  readonly value: number;
}

const BUCKETS = 1024;

export class ValueNumbers {
  private readonly buckets: Entry[][] = Array.from({ length: BUCKETS }, () => []);
  private readonly constants: (number | undefined)[] = [undefined];

  /** The number of an operation; the same for the same operation on the same operands. */
  of(code: number, first: number, second: number): number {
    return this.find(code, first, second, undefined);
  }

  /** The number of a constant. */
  ofConstant(value: number): number {
    return this.find(CONSTANT, value, 0, value);
  }

  /** The constant that a number stands for, undefined when it is computed from the frame. */
  constant(value: number): number | undefined {
    return this.constants[value];
  }

  private find(code: number, first: number, second: number, constant: number | undefined): number {
    const hash = (code ^ (first << 4) ^ (first >>> 7) ^ (second << 8)) & (BUCKETS - 1);
    const bucket = this.buckets[hash] ?? [];
    for (const entry of bucket) {
      if (entry.code === code && entry.first === first && entry.second === second) return entry.value;
    }
    const value = this.constants.length;
    this.constants.push(constant);
    bucket.push({ code, first, second, value });
    return value;
  }
}

/** Not the code of any instruction. */
const CONSTANT = -1;
