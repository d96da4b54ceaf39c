/** Sums by address: tables with open addressing in typed arrays, since there may be a million addresses. */
import { ROW_DESTINATION, ROW_SOURCE, ROW_VERSION } from '../../assembly/layout.ts';
import { ipv4Text, ipv6Text } from '../../src/flow/address_text.ts';
import type { Share } from '../protocol.ts';
import type { RowChunk } from './row_store.ts';
import { largestOf } from './sums.ts';

const SLOTS_MIN = 4096;
/** Addresses of a version at most; others are not counted any more, and the result says so. */
const ADDRESSES_MAX = 2 ** 21;
const IPV4 = 4;

export class AddressTotals {
  readonly #short: AddressTable;
  readonly #long: AddressTable;

  /** @param rowsMax rows that are added at a time */
  constructor(rowsMax: number) {
    this.#short = new AddressTable(1, 2 * rowsMax);
    this.#long = new AddressTable(4, 2 * rowsMax);
  }

  /** Some addresses were not counted. */
  get approximate(): boolean {
    return this.#short.isFull || this.#long.isFull;
  }

  /**
   * Both addresses of rows.
   * @param rows offsets of `count` rows, at most so many as the tables were made for
   * @param packets and bytes of each row
   */
  add(chunk: RowChunk, rows: Uint32Array, count: number, packets: Float64Array, bytes: Float64Array): void {
    const { u8, u32 } = chunk;
    for (let n = 0; n < count; n++) {
      const row = rows[n]!;
      const table = u8[row + ROW_VERSION] === IPV4 ? this.#short : this.#long;
      table.put(u32, (row + ROW_SOURCE) >> 2, packets[n]!, bytes[n]!);
      table.put(u32, (row + ROW_DESTINATION) >> 2, packets[n]!, bytes[n]!);
    }
    this.#short.addAll();
    this.#long.addAll();
  }

  /** The most bytes first. */
  largest(most: number): Share[] {
    const both = [...this.#short.largest(most), ...this.#long.largest(most)];
    return both.sort((a, b) => b.bytes - a.bytes).slice(0, most);
  }
}

/**
 * A record is the words of the address, the number of flows, then packets and bytes as doubles. Records lie in the
 * order in which their addresses came.
 */
class AddressTable {
  isFull = false;
  /** Words of an address. */
  readonly #width: 1 | 4;
  readonly #recordWords: 6 | 10;
  #count = 0;
  /** Index of a record plus one; 0: free. At most half of the slots are used. */
  #slots = new Uint32Array(SLOTS_MIN);
  #words: Uint32Array;
  #doubles: Float64Array;
  /** Addresses that wait to be added, with the hash, packets and bytes of each. */
  #waiting = 0;
  readonly #addresses: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #packets: Float64Array;
  readonly #bytes: Float64Array;
  /** What was read ahead: it keeps those reads from being optimized away. */
  fetched = 0;

  constructor(width: 1 | 4, waitingMax: number) {
    this.#width = width;
    this.#recordWords = width === 1 ? 6 : 10;
    this.#words = new Uint32Array((SLOTS_MIN / 2) * this.#recordWords);
    this.#doubles = new Float64Array(this.#words.buffer);
    this.#addresses = new Uint32Array(width * waitingMax);
    this.#hashes = new Uint32Array(waitingMax);
    this.#packets = new Float64Array(waitingMax);
    this.#bytes = new Float64Array(waitingMax);
  }

  /** Has an address wait. @param from index of its first word */
  put(address: Uint32Array, from: number, packets: number, bytes: number): void {
    const n = this.#waiting++;
    const width = this.#width;
    for (let word = 0; word < width; word++) this.#addresses[n * width + word] = address[from + word]!;
    this.#hashes[n] = hashOf(this.#addresses, n * width, width);
    this.#packets[n] = packets;
    this.#bytes[n] = bytes;
  }

  /** All slots and records are read before the first one is needed, so that the reads of memory overlap. */
  addAll(): void {
    const waiting = this.#waiting;
    this.#waiting = 0;
    this.#makeRoom(waiting);
    const slots = this.#slots;
    const words = this.#words;
    const doubles = this.#doubles;
    const hashes = this.#hashes;
    const addresses = this.#addresses;
    const width = this.#width;
    const recordWords = this.#recordWords;
    const mask = slots.length - 1;
    let fetched = 0;
    for (let n = 0; n < waiting; n++) fetched ^= slots[hashes[n]! & mask]!;
    for (let n = 0; n < waiting; n++) fetched ^= words[slots[hashes[n]! & mask]! * recordWords]!;
    this.fetched = fetched;
    for (let n = 0; n < waiting; n++) {
      const from = n * width;
      let slot = hashes[n]! & mask;
      let index = slots[slot]! - 1;
      while (index >= 0 && !isSame(words, index * recordWords, addresses, from, width)) {
        slot = (slot + 1) & mask;
        index = slots[slot]! - 1;
      }
      if (index < 0) {
        if (this.#count === ADDRESSES_MAX) {
          this.isFull = true;
          continue;
        }
        index = this.#count++;
        slots[slot] = index + 1;
        for (let word = 0; word < width; word++) words[index * recordWords + word] = addresses[from + word]!;
      }
      words[index * recordWords + width]!++;
      const end = ((index + 1) * recordWords) >> 1;
      doubles[end - 2]! += this.#packets[n]!;
      doubles[end - 1]! += this.#bytes[n]!;
    }
  }

  largest(most: number): Share[] {
    const recordDoubles = this.#recordWords / 2;
    const doubles = this.#doubles;
    const bytesOf = (record: number): number => doubles[record * recordDoubles + recordDoubles - 1]!;
    let records: number[] = [];
    let least = -1;
    for (let record = 0; record < this.#count; record++) {
      if (!(bytesOf(record) > least)) continue;
      records.push(record);
      if (records.length < 8 * most) continue;
      records = largestOf(records, most, bytesOf);
      least = bytesOf(records[most - 1]!);
    }
    return largestOf(records, most, bytesOf).map((record) => this.#share(record * this.#recordWords));
  }

  #share(at: number): Share {
    const address = this.#words.slice(at, at + this.#width);
    const label = (this.#width === 1 ? ipv4Text : ipv6Text)(new Uint8Array(address.buffer), 0);
    const [packets, bytes] = this.#doubles.subarray((at + this.#recordWords) / 2 - 2) as unknown as [number, number];
    return { label, where: `address = ${label}`, flows: this.#words[at + this.#width]!, packets, bytes };
  }

  /** For so many more addresses. */
  #makeRoom(count: number): void {
    const wanted = Math.min(ADDRESSES_MAX, this.#count + count);
    if (2 * wanted > this.#slots.length) this.#addSlots();
    if (wanted * this.#recordWords <= this.#words.length) return;
    const words = new Uint32Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
  }

  /** Four times as many, so that it happens rarely. */
  #addSlots(): void {
    const slots = new Uint32Array(4 * this.#slots.length);
    const mask = slots.length - 1;
    for (let index = 0; index < this.#count; index++) {
      let slot = hashOf(this.#words, index * this.#recordWords, this.#width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

function isSame(words: Uint32Array, at: number, address: Uint32Array, from: number, width: 1 | 4): boolean {
  if (words[at] !== address[from]) return false;
  for (let word = 1; word < width; word++) if (words[at + word] !== address[from + word]) return false;
  return true;
}

function hashOf(address: Uint32Array, from: number, width: 1 | 4): number {
  let hash = Math.imul(address[from]!, 0x9e3779b1);
  for (let word = 1; word < width; word++) hash = Math.imul(hash ^ (hash >>> 15) ^ address[from + word]!, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  return hash ^ (hash >>> 13);
}
