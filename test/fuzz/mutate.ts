/**
 * Mutations of frames and capture files: bits, bytes, lengths, cuts, repeats and splices. Bounded: never much longer.
 */

import type { Random } from '../builders/index.ts';

/** Values at which length fields and counters change their meaning. */
const EDGES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 20, 40, 0x45, 0x46, 0x60, 0x7f, 0x80, 0xff];

/** Changes `bytes` in place in one to four places, and says how many of them are left. */
export function mutate(r: Random, bytes: Uint8Array, length: number): number {
  let left = length;
  for (let count = 1 + (r.uint32() & 3); count > 0 && left > 0; count--) left = mutateOnce(r, bytes, left);
  return left;
}

function mutateOnce(r: Random, bytes: Uint8Array, length: number): number {
  // Headers are at the beginning: half of all changes go there.
  const at = r.below(r.oneIn(2) ? Math.min(length, 64) : length);
  switch (r.below(8)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << r.below(8));
      return length;
    case 1:
      bytes[at] = r.below(256);
      return length;
    case 2:
      bytes[at] = r.pick(EDGES);
      return length;
    case 3:
      bytes[at] = (bytes[at] ?? 0) + (r.oneIn(2) ? 1 : 255);
      return length;
    case 4:
      return at;
    case 5: {
      const from = r.below(length);
      bytes.copyWithin(at, from, Math.min(length, from + 1 + r.below(16)));
      return Math.min(length, bytes.length);
    }
    case 6:
      bytes.fill(r.oneIn(2) ? 0 : 0xff, at, Math.min(length, at + 1 + r.below(8)));
      return length;
    default: {
      bytes[at] = 0;
      if (at + 1 < length) bytes[at + 1] = r.pick(EDGES);
      return length;
    }
  }
}
