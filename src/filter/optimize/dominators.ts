/**
 * Which points of a graph lie on every way to a point. Points are numbered; each arrives from others, and all that
 * lead to it have arrived before. Kept as a tree: a point's parent is the last one that every way to it passes.
 */

const NOT_REACHED = -2;
/** Parent of points that no other point is always passed before. */
const NONE = -1;

export class Dominators {
  readonly #parents: number[];
  readonly #depths: number[];
  /** Points in the order of their first arrival: each after its parent. */
  readonly #order: number[] = [];
  /** Where a point stands when the tree is written down from its top, and how many points are below it, with itself. */
  readonly #numbers: number[] = [];
  readonly #sizes: number[] = [];

  constructor(count: number) {
    this.#parents = new Array<number>(count).fill(NOT_REACHED);
    this.#depths = new Array<number>(count).fill(0);
  }

  /** The last point on every way to this one, undefined when there is none. */
  above(point: number): number | undefined {
    const parent = this.#parents[point] ?? NONE;
    return parent < 0 ? undefined : parent;
  }

  /** A way leads to the point from `from`, or from outside. */
  arrive(point: number, from: number | undefined): void {
    const before = this.#parents[point] ?? NONE;
    if (before === NOT_REACHED) this.#order.push(point);
    const parent = before === NOT_REACHED ? (from ?? NONE) : this.#common(before, from ?? NONE);
    this.#parents[point] = parent;
    this.#depths[point] = parent < 0 ? 0 : (this.#depths[parent] ?? 0) + 1;
  }

  /** Every way to `point` passes `other`; a point is passed by the ways to itself. Only after `number`. */
  passes(point: number, other: number): boolean {
    const distance = (this.#numbers[point] ?? 0) - (this.#numbers[other] ?? 0);
    return distance >= 0 && distance < (this.#sizes[other] ?? 0);
  }

  /** Numbers the points when all have arrived: those that a point is on every way to follow it without a gap. */
  number(): void {
    const order = this.#order;
    const parents = this.#parents;
    const numbers = this.#numbers;
    const sizes = this.#sizes;
    const free: number[] = [];
    for (let point = 0; point < parents.length; point++) {
      sizes.push(1);
      numbers.push(0);
      free.push(0);
    }
    for (let at = order.length - 1; at >= 0; at--) {
      const point = order[at] ?? 0;
      const parent = parents[point] ?? NONE;
      if (parent >= 0) sizes[parent] = (sizes[parent] ?? 0) + (sizes[point] ?? 0);
    }
    let top = 0;
    for (const point of order) {
      const parent = parents[point] ?? NONE;
      const size = sizes[point] ?? 0;
      const number = parent < 0 ? top : (free[parent] ?? 0);
      if (parent < 0) top += size;
      else free[parent] = number + size;
      numbers[point] = number;
      free[point] = number + 1;
    }
  }

  #common(first: number, second: number): number {
    const parents = this.#parents;
    const depths = this.#depths;
    let [a, b] = [first, second];
    while (a !== b) {
      if (a < 0 || b < 0) return NONE;
      if ((depths[a] ?? 0) >= (depths[b] ?? 0)) a = parents[a] ?? NONE;
      else b = parents[b] ?? NONE;
    }
    return a;
  }
}
