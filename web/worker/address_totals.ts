/** Sums by address: a table with open addressing in typed arrays, since there may be a million addresses. */
import { ROW_VERSION } from '../../assembly/layout.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import type { Share } from '../protocol.ts';

/** Words of a record: the address (4), its version, its hash, then three doubles: flows, packets, bytes. */
const RECORD_WORDS = 12;
const VERSION = 4;
const HASH = 5;
/** The same record in doubles. */
const RECORD_DOUBLES = RECORD_WORDS / 2;
const FLOWS = 3;
const PACKETS = 4;
const BYTES = 5;
const SLOTS_MIN = 4096;
/** Addresses at most; others are not counted any more, and the result says so. */
const ADDRESSES_MAX = 2 ** 21;

export class AddressTotals {
  /** Some addresses were not counted. */
  approximate = false;
  #count = 0;
  /** Index of a record plus one; 0: free. At most half of the slots are used. */
  #slots = new Uint32Array(SLOTS_MIN);
  /** Records lie together, since looking for one is what takes the time. */
  #words = new Uint32Array((SLOTS_MIN / 2) * RECORD_WORDS);
  #doubles = new Float64Array(this.#words.buffer);

  /** @param at offset of the address in the row */
  add(data: DataView, row: number, at: number, packets: number, bytes: number): void {
    const version = data.getUint8(row + ROW_VERSION);
    const isLong = version !== 4;
    const a = data.getUint32(row + at);
    const b = isLong ? data.getUint32(row + at + 4) : 0;
    const c = isLong ? data.getUint32(row + at + 8) : 0;
    const d = isLong ? data.getUint32(row + at + 12) : 0;
    const index = this.#find(a, b, c, d, version);
    if (index < 0) return;
    const record = index * RECORD_DOUBLES;
    const doubles = this.#doubles;
    doubles[record + FLOWS]!++;
    doubles[record + PACKETS]! += packets;
    doubles[record + BYTES]! += bytes;
  }

  /** The most bytes first. */
  largest(most: number): Share[] {
    const doubles = this.#doubles;
    const bytesOf = (index: number): number => doubles[index * RECORD_DOUBLES + BYTES]!;
    const order = Uint32Array.from({ length: this.#count }, (_, n) => n);
    return largestOf(order, most, bytesOf).map((index) => {
      const label = this.#text(index);
      const record = index * RECORD_DOUBLES;
      const [flows, packets] = [doubles[record + FLOWS]!, doubles[record + PACKETS]!];
      return { label, where: `address = ${label}`, flows, packets, bytes: bytesOf(index) };
    });
  }

  #find(a: number, b: number, c: number, d: number, version: number): number {
    const hash = hashOf(a, b, c, d);
    const mask = this.#slots.length - 1;
    const words = this.#words;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) return this.#insert(slot, hash, a, b, c, d, version);
      const at = index * RECORD_WORDS;
      const isSame = words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d;
      if (isSame && words[at + VERSION] === version) return index;
    }
  }

  #insert(slot: number, hash: number, a: number, b: number, c: number, d: number, version: number): number {
    if (this.#count === ADDRESSES_MAX) {
      this.approximate = true;
      return -1;
    }
    const index = this.#count++;
    this.#slots[slot] = index + 1;
    const words = this.#words;
    const at = index * RECORD_WORDS;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    words[at + VERSION] = version;
    words[at + HASH] = hash;
    if (2 * this.#count >= this.#slots.length) this.#grow();
    return index;
  }

  /** Four times as many slots, so that it happens rarely. */
  #grow(): void {
    const slots = new Uint32Array(4 * this.#slots.length);
    const mask = slots.length - 1;
    const words = new Uint32Array((slots.length / 2) * RECORD_WORDS);
    words.set(this.#words.subarray(0, this.#count * RECORD_WORDS));
    for (let index = 0; index < this.#count; index++) {
      let slot = words[index * RECORD_WORDS + HASH]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
  }

  #text(index: number): string {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    const record = index * RECORD_WORDS;
    for (let word = 0; word < 4; word++) view.setUint32(4 * word, this.#words[record + word]!);
    return (this.#words[record + VERSION] === 4 ? ipv4Text : ipv6Text)(bytes, 0);
  }
}

function hashOf(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d) ^ Math.imul(d, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  return (hash ^ (hash >>> 13)) >>> 0;
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
