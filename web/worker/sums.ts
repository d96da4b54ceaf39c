/** Flows, packets and bytes by a small number, as a port or a protocol: a table of doubles. */
import type { Share } from '../protocol.ts';

/** Doubles of an entry; the fourth one keeps entries from lying in two cache lines. */
const ENTRY = 4;
const PACKETS = 1;
const BYTES = 2;

export class Sums {
  readonly #values: Float64Array;

  constructor(size: number) {
    this.#values = new Float64Array(size * ENTRY);
  }

  add(index: number, packets: number, bytes: number): void {
    const values = this.#values;
    const at = index * ENTRY;
    values[at]!++;
    values[at + PACKETS]! += packets;
    values[at + BYTES]! += bytes;
  }

  /** The most bytes first, then the most flows. */
  largest(most: number, name: (index: number) => Pick<Share, 'label' | 'where'>): Share[] {
    const values = this.#values;
    const used: number[] = [];
    for (let at = 0; at < values.length; at += ENTRY) if (values[at]! > 0) used.push(at);
    const order = largestOf(used, most, (at) => values[at + BYTES]! + values[at]! / 2 ** 40);
    return order.map((at) => {
      const [flows, packets, bytes] = values.subarray(at) as unknown as [number, number, number];
      return { ...name(at / ENTRY), flows, packets, bytes };
    });
  }
}

/** The first `most` of them by descending value; what is equal keeps its order. */
export function largestOf(items: Iterable<number>, most: number, value: (item: number) => number): number[] {
  const kept: number[] = [];
  let least = -Infinity;
  for (const item of items) {
    const size = value(item);
    if (kept.length === most && size <= least) continue;
    let at = kept.length;
    while (at > 0 && value(kept[at - 1]!) < size) at--;
    kept.splice(at, 0, item);
    if (kept.length > most) kept.pop();
    if (kept.length === most) least = value(kept[most - 1]!);
  }
  return kept;
}
