import { randomFillSync } from 'node:crypto';

import { KEY_HIGH, KEY_PORTS, KEY_PROTOCOL, KEY_WORDS } from './records.ts';

/** One random word for each value of each key byte. */
const TABLES = randomFillSync(new Int32Array(KEY_WORDS * 4 * 256));

/**
 * Keyed hash of a flow key by tabulation (Zobrist; Pătraşcu and Thorup show it is 3-independent and good for linear
 * probing): who does not know the tables cannot choose colliding keys.
 */
export function hashKey(key: Int32Array, base: number): number {
  let hash =
    hashWord(0, key[base]!) ^
    hashWord(KEY_HIGH, key[base + KEY_HIGH]!) ^
    hashWord(KEY_PORTS, key[base + KEY_PORTS]!) ^
    TABLES[(KEY_PROTOCOL << 10) | (key[base + KEY_PROTOCOL]! & 0xff)]!;
  if (key[base + KEY_PROTOCOL]! >>> 8 === 4) return hash;
  for (let word = 1; word < 4; word++) {
    hash ^= hashWord(word, key[base + word]!) ^ hashWord(KEY_HIGH + word, key[base + KEY_HIGH + word]!);
  }
  return hash;
}

function hashWord(place: number, word: number): number {
  const table = place << 10;
  return (
    TABLES[table | (word & 0xff)]! ^
    TABLES[table | 0x100 | ((word >>> 8) & 0xff)]! ^
    TABLES[table | 0x200 | ((word >>> 16) & 0xff)]! ^
    TABLES[table | 0x300 | (word >>> 24)]!
  );
}
