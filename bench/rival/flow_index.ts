import { hashKey } from './key_hash.ts';
import { KEY_HIGH, KEY_PORTS, KEY_PROTOCOL, KEY_WORDS, NONE, RECORD_WORDS } from './records.ts';
import type { FlowRecords } from './records.ts';

const CAPACITY_AT_START = 1 << 12;

/**
 * Finds records by key: open addressing with linear probing and backward-shift deletion, at most half full.
 * A slot is the hash and the record's number plus 1; 0 is an empty slot.
 */
export class FlowIndex {
  readonly #records: FlowRecords;
  #slots = new Int32Array(2 * CAPACITY_AT_START);
  #mask = CAPACITY_AT_START - 1;

  constructor(records: FlowRecords) {
    this.#records = records;
  }

  /** The record with this key, or `NONE`. */
  find(key: Int32Array, hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[2 * slot + 1]!;
      if (entry === 0) return NONE;
      if (slots[2 * slot] === hash && this.#matches(key, entry - 1)) return entry - 1;
    }
  }

  /** Copies the key into the record and adds it. The key must not be in the index. */
  add(key: Int32Array, hash: number, record: number): void {
    if (2 * this.#records.count > this.#mask) this.#grow();
    const { words } = this.#records;
    const base = record * RECORD_WORDS;
    for (let word = 0; word < KEY_WORDS; word++) words[base + word] = key[word]!;
    this.#place(hash, record + 1);
  }

  remove(record: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = hashKey(this.#records.words, record * RECORD_WORDS) & mask;
    while (slots[2 * hole + 1] !== record + 1) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; slots[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      const home = slots[2 * slot]! & mask;
      // An entry may move back to the hole unless its home lies behind the hole.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * slot]!;
      slots[2 * hole + 1] = slots[2 * slot + 1]!;
      hole = slot;
    }
    slots[2 * hole + 1] = 0;
  }

  #matches(key: Int32Array, record: number): boolean {
    const { words } = this.#records;
    const base = record * RECORD_WORDS;
    return (
      words[base] === key[0] &&
      words[base + KEY_HIGH] === key[KEY_HIGH] &&
      words[base + KEY_PORTS] === key[KEY_PORTS] &&
      words[base + KEY_PROTOCOL] === key[KEY_PROTOCOL] &&
      (key[KEY_PROTOCOL]! >>> 8 === 4 || this.#matchesIpv6(key, base))
    );
  }

  #matchesIpv6(key: Int32Array, base: number): boolean {
    const { words } = this.#records;
    for (let word = 1; word < KEY_PORTS; word++) if (words[base + word] !== key[word]) return false;
    return true;
  }

  #place(hash: number, entry: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hash & mask;
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    slots[2 * slot] = hash;
    slots[2 * slot + 1] = entry;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    this.#mask = this.#slots.length / 2 - 1;
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) this.#place(old[at]!, old[at + 1]!);
  }
}
