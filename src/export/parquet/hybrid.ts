/**
 * Small numbers in Parquet's hybrid of run lengths and bit packing (encoding RLE): definition levels, and the places of
 * values in a dictionary.
 */
import type { ByteBuffer } from '../byte_buffer.ts';

/** Values that are packed together; a shorter run is not worth its own header. */
const GROUP = 8;

/** @param width bits of a value, 1 .. 16 */
export function writeHybrid(
  to: ByteBuffer,
  values: Uint8Array | Uint16Array | Uint32Array,
  count: number,
  width: number,
): void {
  let at = 0;
  while (at < count) {
    const end = runEnd(values, at, count);
    if (end - at >= GROUP) {
      writeRun(to, values[at] as number, end - at, width);
      at = end;
      continue;
    }
    const from = at;
    do at += GROUP;
    while (at < count && !isRun(values, at, count));
    writePacked(to, values, from, Math.min(at, count), width);
  }
}

function runEnd(values: ArrayLike<number>, from: number, count: number): number {
  const value = values[from];
  let end = from + 1;
  while (end < count && values[end] === value) end++;
  return end;
}

function isRun(values: ArrayLike<number>, from: number, count: number): boolean {
  if (from + GROUP > count) return false;
  const value = values[from];
  for (let n = 1; n < GROUP; n++) if (values[from + n] !== value) return false;
  return true;
}

function writeRun(to: ByteBuffer, value: number, count: number, width: number): void {
  to.varint(count * 2);
  to.byte(value & 0xff);
  if (width > 8) to.byte(value >> 8);
}

/** The last group is filled up with 0. */
function writePacked(to: ByteBuffer, values: ArrayLike<number>, from: number, end: number, width: number): void {
  const groups = Math.ceil((end - from) / GROUP);
  to.varint(groups * 2 + 1);
  to.reserve(groups * width);
  const { bytes } = to;
  let at = to.size;
  let bits = 0;
  let held = 0;
  for (let n = 0; n < groups * GROUP; n++) {
    const value = from + n < end ? (values[from + n] as number) : 0;
    bits |= value << held;
    for (held += width; held >= 8; held -= 8) {
      bytes[at++] = bits;
      bits >>>= 8;
    }
  }
  to.size = at;
}
