/**
 * Zstandard (RFC 8878): a sequence of frames, each a header, blocks and an optional checksum. Frames and blocks are
 * parsed here, and the decoder gets one block at a time, so the end of each frame is exact, and a damaged block or
 * checksum does not lose the data before it.
 */
import type { Lookahead } from './lookahead.ts';
import { isZstd, isZstdSkippable, MAGIC_SIZE } from './magic.ts';
import { CUT, WHOLE } from './stream_end.ts';
import type { Decompression, StreamEnd } from './stream_end.ts';
import { frameDecoders } from './zstd_decoder.ts';
import type { FrameDecoders } from './zstd_decoder.ts';
import { FRAME_HEADER_MAX, little, readHeader } from './zstd_header.ts';

const BLOCK_HEADER_SIZE = 3;
const BLOCK_MAX = 131072;
const BLOCK_RLE = 1;
const BLOCK_RESERVED = 3;
const CHECKSUM_SIZE = 4;
const SKIP_STEP = 65536;

/** @param bytes begin with a frame */
export async function* unzstd(bytes: Lookahead): Decompression {
  const decoders = await frameDecoders();
  while (true) {
    const head = await bytes.peek(FRAME_HEADER_MAX);
    const end = isZstdSkippable(head) ? await skipFrame(bytes) : yield* readFrame(bytes, decoders);
    if (end.kind !== 'whole') return end;
    await bytes.skipZeros();
    const next = await bytes.peek(MAGIC_SIZE);
    if (next.length === 0) return WHOLE;
    if (!isZstd(next)) return { kind: 'trailing', at: bytes.position, format: 'zstd' };
  }
}

async function skipFrame(bytes: Lookahead): Promise<StreamEnd> {
  const head = await bytes.peek(2 * MAGIC_SIZE);
  if (head.length < 2 * MAGIC_SIZE) return CUT;
  let left = 2 * MAGIC_SIZE + little(head, MAGIC_SIZE, 4);
  while (left > 0) {
    const { length } = await bytes.peek(Math.min(left, SKIP_STEP));
    if (length === 0) return CUT;
    bytes.skip(length);
    left -= length;
  }
  return WHOLE;
}

async function* readFrame(bytes: Lookahead, decoders: FrameDecoders): Decompression {
  const damaged = (reason: string): StreamEnd => ({ kind: 'damaged', at: bytes.position, reason });
  const header = readHeader(await bytes.peek(FRAME_HEADER_MAX));
  if (header === 'cut') return CUT;
  if (typeof header === 'string') return damaged(header);
  const unable = decoders.cannot(header);
  if (unable !== undefined) return damaged(unable);
  const decoder = decoders.begin(header);
  let used = header.size;
  let size = 0;
  try {
    for (let last = false; !last; used = 0) {
      const block = (await bytes.peek(used + BLOCK_HEADER_SIZE)).subarray(used);
      if (block.length < BLOCK_HEADER_SIZE) return CUT;
      const word = little(block, 0, BLOCK_HEADER_SIZE);
      last = (word & 1) !== 0;
      const type = (word >> 1) & 3;
      if (type === BLOCK_RESERVED) return damaged('a block of the reserved type');
      if (word >> 3 > BLOCK_MAX) return damaged(`a block of ${word >> 3} bytes; the most is ${BLOCK_MAX}`);
      const blockSize = BLOCK_HEADER_SIZE + (type === BLOCK_RLE ? 1 : word >> 3);
      const whole = await bytes.peek(used + blockSize);
      if (whole.length < used + blockSize) return CUT;
      const { pieces, failure } = await decoder.give(whole);
      for (const piece of pieces) {
        size += piece.length;
        yield piece;
      }
      if (failure !== undefined) return damaged(failure);
      bytes.skip(used + blockSize);
    }
    if (header.content !== undefined && header.content !== size) {
      return damaged(`length mismatch, ${size} bytes where ${header.content} are said`);
    }
    if (!header.hasChecksum) return WHOLE;
    const checksum = await bytes.peek(CHECKSUM_SIZE);
    if (checksum.length < CHECKSUM_SIZE) return CUT;
    if (!(await decoder.agrees(checksum))) return damaged('checksum mismatch');
    bytes.skip(CHECKSUM_SIZE);
    return WHOLE;
  } finally {
    decoder.close();
  }
}
