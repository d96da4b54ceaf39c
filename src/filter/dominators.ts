/**
 * Which points of a graph lie on every way to a point. Points are numbered; each arrives from others, and all that
 * lead to it have arrived before. Kept as a tree: a point's parent is the last one that every way to it passes.
 */

const NOT_REACHED = -2;
/** Parent of points that no other point is always passed before. */
const NONE = -1;

export class Dominators {
  private readonly parents: number[];
  private readonly depths: number[];

  constructor(count: number) {
    this.parents = new Array<number>(count).fill(NOT_REACHED);
    this.depths = new Array<number>(count).fill(0);
  }

  /** The last point on every way to this one, undefined when there is none. */
  above(point: number): number | undefined {
    const parent = this.parents[point] ?? NONE;
    return parent < 0 ? undefined : parent;
  }

  /** A way leads to the point from `from`, or from outside. */
  arrive(point: number, from: number | undefined): void {
    const before = this.parents[point] ?? NONE;
    const parent = before === NOT_REACHED ? (from ?? NONE) : this.common(before, from ?? NONE);
    this.parents[point] = parent;
    this.depths[point] = parent < 0 ? 0 : (this.depths[parent] ?? 0) + 1;
  }

  /** Every way to `point` passes `other`; a point is passed by the ways to itself. */
  passes(point: number, other: number): boolean {
    const depth = this.depths[other] ?? 0;
    let at = point;
    while ((this.depths[at] ?? 0) > depth) at = this.parents[at] ?? NONE;
    return at === other;
  }

  private common(first: number, second: number): number {
    const { parents, depths } = this;
    let [a, b] = [first, second];
    while (a !== b) {
      if (a < 0 || b < 0) return NONE;
      if ((depths[a] ?? 0) >= (depths[b] ?? 0)) a = parents[a] ?? NONE;
      else b = parents[b] ?? NONE;
    }
    return a;
  }
}
