/**
 * Whole numbers as differences to the number before, packed into as few bits as they need (encoding
 * DELTA_BINARY_PACKED).
 */
import type { ByteBuffer } from '../byte_buffer.ts';

const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
/** Bits of a packed number at most: what is exact in a `number`. */
const WIDTH_MAX = 53;
const BLOCK_BYTES_MAX = 16 + MINIBLOCKS + (BLOCK * WIDTH_MAX) / 8;
const TWO_32 = 2 ** 32;

/**
 * @param first the first number
 * @param relative all numbers less the first; whole, less than 2^51 away from 0
 */
export function writeDeltas(to: ByteBuffer, first: bigint, relative: Float64Array, count: number): void {
  to.varint(BLOCK);
  to.varint(MINIBLOCKS);
  to.varint(count);
  to.zigzag64(first);
  for (let from = 1; from < count; from += BLOCK) writeBlock(to, relative, from, Math.min(from + BLOCK, count));
}

/** How much a difference is above the least of its block; what is behind the last one is 0. */
const excess = new Float64Array(BLOCK);

function writeBlock(to: ByteBuffer, relative: Float64Array, from: number, end: number): void {
  let least = Infinity;
  for (let n = from; n < end; n++) {
    const delta = (relative[n] as number) - (relative[n - 1] as number);
    excess[n - from] = delta;
    if (delta < least) least = delta;
  }
  const count = end - from;
  for (let n = 0; n < count; n++) excess[n] = (excess[n] as number) - least;
  excess.fill(0, count);
  to.reserve(BLOCK_BYTES_MAX);
  to.zigzag(least);
  const widths = to.size;
  to.size += MINIBLOCKS;
  for (let n = 0; n < MINIBLOCKS; n++) {
    const isUsed = n * MINIBLOCK < count;
    const width = isUsed ? widthOf(n * MINIBLOCK) : 0;
    to.bytes[widths + n] = width;
    if (width > 0) packMiniblock(to, n * MINIBLOCK, width);
  }
}

/** Bits of the greatest number of a miniblock. */
function widthOf(from: number): number {
  let greatest = 0;
  for (let n = from; n < from + MINIBLOCK; n++) {
    const value = excess[n] as number;
    if (value > greatest) greatest = value;
  }
  return greatest < TWO_32 ? 32 - Math.clz32(greatest) : 64 - Math.clz32(greatest / TWO_32);
}

/** There is room. 32 numbers fill words of 32 bits. */
function packMiniblock(to: ByteBuffer, from: number, width: number): void {
  const low = Math.min(width, 32);
  const high = width - low;
  let at = to.size;
  let word = 0;
  let held = 0;
  for (let n = from; n < from + MINIBLOCK; n++) {
    const value = excess[n] as number;
    const bits = value >>> 0;
    word |= bits << held;
    held += low;
    if (held >= 32) {
      to.setU32(at, word);
      at += 4;
      held -= 32;
      word = held === 0 ? 0 : bits >>> (low - held);
    }
    if (high === 0) continue;
    const rest = (value / TWO_32) >>> 0;
    word |= rest << held;
    held += high;
    if (held >= 32) {
      to.setU32(at, word);
      at += 4;
      held -= 32;
      word = held === 0 ? 0 : rest >>> (high - held);
    }
  }
  to.size = at;
}
