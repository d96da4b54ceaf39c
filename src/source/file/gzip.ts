/**
 * gzip (RFC 1952): a sequence of members, each a header, raw deflate data (RFC 1951), a checksum and a length. Members
 * are parsed here and only their data goes to zlib, so the end of each is exact, and a damaged end does not lose data.
 */
import zlib from 'node:zlib';
import { crc32 } from './crc32.ts';
import type { Lookahead } from './lookahead.ts';
import { isGzip } from './magic.ts';
import { PulledDecoder } from './pulled_decoder.ts';
import type { DecoderState } from './pulled_decoder.ts';
import { CUT, WHOLE } from './stream_end.ts';
import type { Decompression, StreamEnd } from './stream_end.ts';

const FIXED_SIZE = 10;
const TRAILER_SIZE = 8;
const METHOD_DEFLATE = 8;
const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_RESERVED = 0xe0;
/** Longest name or comment that is accepted. */
const TEXT_MAX = 65536;
/** Bytes given to zlib at a time: what they expand to, at most 17 MB, waits in memory. */
const SLICE = 16384;
/**
 * Size of zlib's output chunks. Damaged data loses less than that: complete 32 KiB pieces, counted from the start of
 * the member, are always delivered, as GNU gzip does.
 */
const PIECE = 32768;

/** @param bytes begin with a gzip member */
export async function* gunzip(bytes: Lookahead): Decompression {
  while (true) {
    const header = await readHeader(bytes);
    if (typeof header !== 'number') return header;
    bytes.skip(header);
    const end = yield* inflateMember(bytes);
    if (end.kind !== 'whole') return end;
    await bytes.skipZeros();
    const next = await bytes.peek(2);
    if (next.length === 0) return WHOLE;
    if (!isGzip(next)) return { kind: 'trailing', at: bytes.position, format: 'gzip' };
  }
}

/** Size of the header, §2.3.1. */
async function readHeader(bytes: Lookahead): Promise<number | StreamEnd> {
  const fixed = await bytes.peek(FIXED_SIZE);
  if (fixed.length < FIXED_SIZE) return CUT;
  const damaged = (reason: string): StreamEnd => ({ kind: 'damaged', at: bytes.position, reason });
  const [method, flags] = [fixed[2] ?? 0, fixed[3] ?? 0];
  if (method !== METHOD_DEFLATE) return damaged(`compression method ${method}; gzip has only method 8`);
  if ((flags & FLAGS_RESERVED) !== 0) return damaged(`flags ${flags} that gzip does not have`);
  let size = FIXED_SIZE;
  if ((flags & FLAG_EXTRA) !== 0) {
    const length = (await bytes.peek(size + 2)).subarray(size);
    if (length.length < 2) return CUT;
    size += 2 + uint16(length, 0);
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const text = (await bytes.peek(size + TEXT_MAX)).subarray(size);
    const end = text.indexOf(0);
    if (end < 0) return text.length < TEXT_MAX ? CUT : damaged('a file name or comment without end');
    size += end + 1;
  }
  const whole = await bytes.peek(size + ((flags & FLAG_HEADER_CRC) !== 0 ? 2 : 0));
  if (whole.length < size) return CUT;
  if ((flags & FLAG_HEADER_CRC) === 0) return size;
  if (whole.length < size + 2) return CUT;
  if ((crc32(whole.subarray(0, size)) & 0xffff) !== uint16(whole, size))
    return damaged('a wrong checksum of the header');
  return size + 2;
}

/** Data and trailer of a member. 'whole': another may follow. */
async function* inflateMember(bytes: Lookahead): Decompression {
  const decoder = new PulledDecoder(zlib.createInflateRaw({ chunkSize: PIECE }));
  let checksum = 0;
  let size = 0;
  try {
    while (true) {
      const slice = await bytes.peek(SLICE);
      const state: DecoderState = await (slice.length > 0 ? decoder.give(slice) : decoder.end());
      for (const piece of decoder.take()) {
        checksum = crc32(piece, checksum);
        size += piece.length;
        yield piece;
      }
      if (state.kind === 'failed') {
        if (slice.length === 0) return CUT;
        return { kind: 'damaged', at: bytes.position, reason: state.error.message };
      }
      bytes.skip(state.kind === 'ended' ? state.used : slice.length);
      if (state.kind === 'ended') break;
    }
  } finally {
    decoder.close();
  }
  return readTrailer(bytes, checksum, size);
}

async function readTrailer(bytes: Lookahead, checksum: number, size: number): Promise<StreamEnd> {
  const trailer = await bytes.peek(TRAILER_SIZE);
  if (trailer.length < TRAILER_SIZE) return CUT;
  const at = bytes.position;
  const [wantedChecksum, wantedSize] = [uint32(trailer, 0), uint32(trailer, 4)];
  if (wantedChecksum !== checksum >>> 0) return { kind: 'damaged', at, reason: 'checksum mismatch' };
  if (wantedSize !== size % 2 ** 32) {
    return { kind: 'damaged', at, reason: `length mismatch, ${size} bytes where ${wantedSize} are said` };
  }
  bytes.skip(TRAILER_SIZE);
  return WHOLE;
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function uint32(bytes: Uint8Array, at: number): number {
  return (uint16(bytes, at) | (uint16(bytes, at + 2) << 16)) >>> 0;
}
