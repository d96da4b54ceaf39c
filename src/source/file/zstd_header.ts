/** The header of a Zstandard frame: RFC 8878 §3.1.1.1. */
import { MAGIC_SIZE } from './magic.ts';

export const FRAME_HEADER_MAX = 18;

export interface FrameHeader {
  /** Bytes of the header, magic included. */
  readonly size: number;
  /** Bytes that must be kept for references back. */
  readonly window: number;
  /** Decompressed bytes of the frame; undefined when it does not say. */
  readonly content: number | undefined;
  readonly hasChecksum: boolean;
  readonly dictionary: number;
}

/** A text describes what is wrong; 'cut': it continues after these bytes. */
export function readHeader(head: Uint8Array): FrameHeader | string {
  if (head.length < MAGIC_SIZE + 1) return 'cut';
  const descriptor = head[MAGIC_SIZE] ?? 0;
  if ((descriptor & 0x08) !== 0) return 'a reserved bit in the header of a frame';
  const singleSegment = (descriptor & 0x20) !== 0;
  const windowAt = MAGIC_SIZE + 1;
  const dictionaryAt = windowAt + (singleSegment ? 0 : 1);
  const dictionarySize = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentAt = dictionaryAt + dictionarySize;
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if (head.length < contentAt + contentSize) return 'cut';
  const content = contentSize === 0 ? undefined : little(head, contentAt, contentSize) + (contentSize === 2 ? 256 : 0);
  return {
    size: contentAt + contentSize,
    window: singleSegment ? (content ?? 0) : windowSize(head[windowAt] ?? 0),
    content,
    hasChecksum: (descriptor & 0x04) !== 0,
    dictionary: little(head, dictionaryAt, dictionarySize),
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A little-endian number of up to 8 bytes. */
export function little(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let n = size - 1; n >= 0; n--) value = value * 256 + (bytes[at + n] ?? 0);
  return value;
}
