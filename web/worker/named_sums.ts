/** Flows, packets and bytes by a text, and texts in order. */
import { escapeHostile } from '../../src/text/sanitize.ts';
import type { Share } from '../protocol.ts';
import { largestOf } from './sums.ts';

const SHOWN = 50;
/** Further texts are left out: the names of a scan may be as many as its packets. */
const NAMES_MAX = 2 ** 18;

interface Sum {
  flows: number;
  packets: number;
  bytes: number;
}

export class NamedSums {
  readonly #sums = new Map<string, Sum>();

  add(name: string, packets: number, bytes: number): void {
    let sum = this.#sums.get(name);
    if (sum === undefined) {
      if (this.#sums.size === NAMES_MAX) return;
      this.#sums.set(name, (sum = { flows: 0, packets: 0, bytes: 0 }));
    }
    sum.flows++;
    sum.packets += packets;
    sum.bytes += bytes;
  }

  /** The most bytes first, then those that came first. @param where an expression for the flows of a text */
  largest(where: (name: string) => string): Share[] {
    const all = [...this.#sums];
    const bytesOf = (n: number): number => all[n]![1].bytes;
    return largestOf(all.keys(), SHOWN, bytesOf).map((n) => {
      const [name, sum] = all[n]!;
      return { label: escapeHostile(name), where: where(name), ...sum };
    });
  }
}

/** For each text its place among all of them in order; -1: there is none. */
export function ranksOf(texts: readonly (string | undefined)[]): Float64Array {
  const ranks = new Map([...new Set(texts)].sort().map((text, rank) => [text, text === undefined ? -1 : rank]));
  return Float64Array.from(texts, (text) => ranks.get(text) ?? -1);
}

/** A text of an expression. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
