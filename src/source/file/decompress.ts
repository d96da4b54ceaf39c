/**
 * gzip (RFC 1952) and Zstandard (RFC 8878) taken off a byte source. Loaded only for files that need it.
 *
 * The compressed bytes are given to the decoder in small slices, and all that comes out of one is read before the next:
 * so memory does not grow whatever a slice expands to, and what was decoded before damaged or missing bytes is not lost.
 */
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { CaptureError } from '../../errors.ts';
import type { ByteSource } from './source.ts';

/** Bytes given to zlib at a time, and near the end of a file, where an error would take a slice's output along. */
const ZLIB_SLICE = 16384;
const ZLIB_LAST_SLICE = 512;
const ZLIB_CHUNK = 262144;
/** Bytes given to fzstd at a time: four of them can stand for 128 KiB. */
const FZSTD_SLICE = 1024;
/** fzstd is wrong about frames with a larger window (`zstd --long=27`, `--ultra -22`). */
const FZSTD_WINDOW_MAX = 64 * 1024 * 1024;

export function gunzipped(source: ByteSource): ByteSource {
  return new Decompressed(source, transformed(source, zlib.createGunzip({ chunkSize: ZLIB_CHUNK })));
}

/** By Node's own decoder where it has one (22.15 on), else by fzstd, which does not look at checksums. */
export function unzstded(source: ByteSource): ByteSource {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Transform };
  const chunks =
    createZstdDecompress === undefined
      ? expanded(source)
      : transformed(source, createZstdDecompress({ chunkSize: ZLIB_CHUNK }));
  return new Decompressed(source, chunks);
}

const END = { done: true, value: undefined } as const;

/** What a decoder gives, as a byte source. */
class Decompressed implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly waits: boolean;
  readonly #source: ByteSource;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #given = 0;
  #closed = false;

  constructor(source: ByteSource, chunks: AsyncGenerator<Uint8Array>) {
    this.name = source.name;
    this.size = source.size;
    this.waits = source.waits;
    this.#source = source;
    this.#chunks = chunks;
  }

  get taken(): number {
    return this.#source.taken;
  }

  async read(into: Uint8Array): Promise<number> {
    while (this.#chunk.length === 0) {
      if (this.#closed) return 0;
      const next = await this.#chunks.next().catch((error: unknown) => {
        // Closed while it is read, it is not cut off.
        if (this.#closed) return END;
        throw decodingError(this.name, this.#given, error);
      });
      if (next.done === true) return 0;
      this.#chunk = next.value;
    }
    const part = this.#chunk.subarray(0, into.length);
    into.set(part);
    this.#chunk = this.#chunk.subarray(part.length);
    this.#given += part.length;
    return part.length;
  }

  close(): void {
    this.#closed = true;
    this.#source.close();
    void this.#chunks.return(undefined).catch(() => undefined);
  }
}

/** One of zlib's decoders, fed slice by slice. */
async function* transformed(source: ByteSource, decoder: Transform): AsyncGenerator<Uint8Array> {
  const output: Uint8Array[] = [];
  let failed: Error | undefined;
  decoder.on('data', (chunk: Uint8Array) => output.push(chunk));
  const failure = new Promise<void>((resolve) => {
    decoder.on('error', (error) => {
      failed = error;
      resolve();
    });
  });
  try {
    while (true) {
      const left = source.size === undefined ? Infinity : source.size - source.taken;
      const slice = new Uint8Array(left > 2 * ZLIB_SLICE ? ZLIB_SLICE : ZLIB_LAST_SLICE);
      const size = await source.read(slice);
      // The end is told by itself: told with the last bytes, an error would cost what they stand for.
      await Promise.race([
        failure,
        new Promise<void>((resolve) => {
          if (size > 0) decoder.write(slice.subarray(0, size), () => resolve());
          else decoder.on('end', resolve).end();
        }),
      ]);
      yield* output.splice(0);
      if (failed !== undefined) throw failed;
      if (size === 0) return;
    }
  } finally {
    decoder.destroy();
  }
}

async function* expanded(source: ByteSource): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const output: Uint8Array[] = [];
  // The decoder reuses its window: what it gives is only good at that moment.
  const decoder = new Decompress((chunk) => {
    if (chunk.length > 0) output.push(chunk.slice());
  });
  const slice = new Uint8Array(FZSTD_SLICE);
  for (let first = true; ; first = false) {
    const size = await fill(source, slice);
    if (first) checkWindow(slice.subarray(0, size));
    let failed: unknown;
    try {
      decoder.push(slice.slice(0, size), size === 0);
    } catch (error) {
      failed = error;
    }
    yield* output.splice(0);
    if (failed !== undefined) throw failed;
    if (size === 0) return;
  }
}

/** Reads until the buffer is full or the source ends. */
async function fill(source: ByteSource, into: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const size = await source.read(into.subarray(filled));
    if (size === 0) break;
    filled += size;
  }
  return filled;
}

/** Frame header, RFC 8878 §3.1.1.1. @throws when the first frame's window is more than fzstd can do */
function checkWindow(head: Uint8Array): void {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (head.length < 18 || view.getUint32(0, true) !== 0xfd2fb528) return;
  const descriptor = view.getUint8(4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionarySize = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentAt = 5 + dictionarySize;
  let window = 0;
  if (!singleSegment) {
    const base = 2 ** (10 + (view.getUint8(5) >> 3));
    window = base + (base / 8) * (view.getUint8(5) & 7);
  } else if (descriptor >> 6 >= 2) {
    window = descriptor >> 6 === 2 ? view.getUint32(contentAt, true) : Number(view.getBigUint64(contentAt, true));
  }
  if (window > FZSTD_WINDOW_MAX) {
    const size = `${Math.ceil(window / 2 ** 20)} MiB`;
    throw new Error(
      `its window of ${size} is too large here (at most 64 MiB); use 'zstd -dc --long=31 FILE | pcapflow read -', or Node 22.15`,
    );
  }
}

function decodingError(name: string, offset: number, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const cut = /unexpected e(nd of file|of)/i.test(message);
  return cut
    ? new CaptureError(
        'ERR_TRUNCATED',
        name,
        offset,
        `the compressed data is cut off after ${offset} bytes of capture`,
        { cause: error },
      )
    : new CaptureError(
        'ERR_CORRUPT',
        name,
        offset,
        `the compressed data is damaged after ${offset} bytes of capture: ${message}`,
        { cause: error },
      );
}
