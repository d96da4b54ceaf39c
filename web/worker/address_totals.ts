/** Sums by address: a table with open addressing in typed arrays, since there may be a million addresses. */
import { ROW_VERSION } from '../../assembly/layout.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import type { Share } from '../protocol.ts';

const KEY_WORDS = 5;
const SLOTS_MIN = 1024;
/** Addresses at most; others are not counted any more, and the result says so. */
const ADDRESSES_MAX = 2 ** 21;

export class AddressTotals {
  /** Some addresses were not counted. */
  approximate = false;
  #count = 0;
  /** Index of an address plus one; 0: free. */
  #slots = new Uint32Array(SLOTS_MIN);
  /** Four words of the address, then its version. */
  #keys = new Uint32Array((SLOTS_MIN / 2) * KEY_WORDS);
  #flows = new Float64Array(SLOTS_MIN / 2);
  #packets = new Float64Array(SLOTS_MIN / 2);
  #bytes = new Float64Array(SLOTS_MIN / 2);

  /** @param at offset of the address in the row */
  add(data: DataView, row: number, at: number, packets: number, bytes: number): void {
    const version = data.getUint8(row + ROW_VERSION);
    const a = data.getUint32(row + at);
    const isLong = version !== 4;
    const b = isLong ? data.getUint32(row + at + 4) : 0;
    const c = isLong ? data.getUint32(row + at + 8) : 0;
    const d = isLong ? data.getUint32(row + at + 12) : 0;
    const index = this.#find(a, b, c, d, version);
    if (index < 0) return;
    this.#flows[index]!++;
    this.#packets[index]! += packets;
    this.#bytes[index]! += bytes;
  }

  /** The most bytes first. */
  largest(most: number): Share[] {
    const order = Uint32Array.from({ length: this.#count }, (_, n) => n);
    const bytes = this.#bytes;
    return [...largestOf(order, most, (n) => bytes[n]!)].map((n) => {
      const label = this.#text(n);
      const [flows, packets] = [this.#flows[n]!, this.#packets[n]!];
      return { label, where: `address = ${label}`, flows, packets, bytes: bytes[n]! };
    });
  }

  #find(a: number, b: number, c: number, d: number, version: number): number {
    const mask = this.#slots.length - 1;
    const keys = this.#keys;
    for (let slot = hashOf(a, b, c, d) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) return this.#insert(slot, a, b, c, d, version);
      const at = index * KEY_WORDS;
      if (
        keys[at] === a &&
        keys[at + 1] === b &&
        keys[at + 2] === c &&
        keys[at + 3] === d &&
        keys[at + 4] === version
      ) {
        return index;
      }
    }
  }

  #insert(slot: number, a: number, b: number, c: number, d: number, version: number): number {
    if (this.#count === ADDRESSES_MAX) {
      this.approximate = true;
      return -1;
    }
    const index = this.#count++;
    this.#slots[slot] = index + 1;
    this.#keys.set([a, b, c, d, version], index * KEY_WORDS);
    if (2 * this.#count >= this.#slots.length) this.#grow();
    return index;
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    this.#keys = longer(this.#keys);
    this.#flows = longer(this.#flows);
    this.#packets = longer(this.#packets);
    this.#bytes = longer(this.#bytes);
    for (let index = 0; index < this.#count; index++) {
      const [a = 0, b = 0, c = 0, d = 0] = this.#keys.subarray(index * KEY_WORDS, index * KEY_WORDS + 4);
      let slot = hashOf(a, b, c, d) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }

  #text(index: number): string {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    for (let word = 0; word < 4; word++) view.setUint32(4 * word, this.#keys[index * KEY_WORDS + word]!);
    return (this.#keys[index * KEY_WORDS + 4] === 4 ? ipv4Text : ipv6Text)(bytes, 0);
  }
}

function longer<T extends Uint32Array | Float64Array>(array: T): T {
  const next = new (array.constructor as new (size: number) => T)(2 * array.length);
  next.set(array as never);
  return next;
}

function hashOf(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d) ^ Math.imul(d, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  return hash ^ (hash >>> 13);
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
