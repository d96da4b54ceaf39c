import type { FlowScript } from './flow_script.ts';

/** Flows waiting for their next packet: a binary heap, the earliest on top. Equal times come out in a fixed order. */
export class Schedule {
  readonly #heap: FlowScript[] = [];

  get empty(): boolean {
    return this.#heap.length === 0;
  }

  /** The flow that is due first. @throws {RangeError} when there is none */
  get next(): FlowScript {
    const script = this.#heap[0];
    if (script === undefined) throw new RangeError('no flow is left to play');
    return script;
  }

  /** When the next flow is due, microseconds. */
  get nextUs(): number {
    return this.next.dueUs;
  }

  add(script: FlowScript): void {
    const heap = this.#heap;
    let at = heap.push(script) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >>> 1;
      const parent = heap[parentAt] as FlowScript;
      if (parent.dueUs <= script.dueUs) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = script;
  }

  /** Takes the first flow out. */
  drop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.settle();
  }

  /** Puts the first flow in its place after its time has moved on. */
  settle(): void {
    const heap = this.#heap;
    const script = this.next;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = heap[childAt];
      if (child === undefined) break;
      const other = heap[childAt + 1];
      if (other !== undefined && other.dueUs < child.dueUs) {
        child = other;
        childAt++;
      }
      if (child.dueUs >= script.dueUs) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = script;
  }
}
