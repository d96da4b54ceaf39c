/**
 * Dominators: which points of a graph lie on every path to a point. Points are numbered; a point is added after all
 * points that lead to it. Kept as a tree: a point's parent is its immediate dominator, the last point on every path to
 * it.
 */

const NOT_REACHED = -2;
/** Parent of points without a dominator. */
const NONE = -1;

export class Dominators {
  readonly #parents: number[];
  readonly #depths: number[];
  /** Points in the order of their first arrival: each after its parent. */
  readonly #order: number[] = [];
  /** A point's position in preorder, and the size of its subtree, itself included. */
  readonly #numbers: number[] = [];
  readonly #sizes: number[] = [];

  constructor(count: number) {
    this.#parents = new Array<number>(count).fill(NOT_REACHED);
    this.#depths = new Array<number>(count).fill(0);
  }

  /** The immediate dominator of a point; undefined if it has none. */
  above(point: number): number | undefined {
    const parent = this.#parents[point] ?? NONE;
    return parent < 0 ? undefined : parent;
  }

  /** Adds a path to the point from `from`, or from outside. */
  arrive(point: number, from: number | undefined): void {
    const before = this.#parents[point] ?? NONE;
    if (before === NOT_REACHED) this.#order.push(point);
    const parent = before === NOT_REACHED ? (from ?? NONE) : this.#common(before, from ?? NONE);
    this.#parents[point] = parent;
    this.#depths[point] = parent < 0 ? 0 : (this.#depths[parent] ?? 0) + 1;
  }

  /** Whether `other` dominates `point`; every point dominates itself. Call `number` first. */
  passes(point: number, other: number): boolean {
    const distance = (this.#numbers[point] ?? 0) - (this.#numbers[other] ?? 0);
    return distance >= 0 && distance < (this.#sizes[other] ?? 0);
  }

  /** Numbers the points once all are added, in preorder: the points that a point dominates follow it directly. */
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
