/** gzip (RFC 1952) and Zstandard (RFC 8878), recognised by their first bytes and taken off. */
import { Readable, Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CaptureError } from '../errors.ts';
import type { ByteSource } from './source.ts';
import { StreamSource } from './stream.ts';

const GZIP_MAGIC = [0x1f, 0x8b];
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** Frames to be skipped have the magics 0x184d2a50 to 0x184d2a5f. */
const ZSTD_SKIPPABLE = [0x2a, 0x4d, 0x18];
const MAGIC_SIZE = 4;
const CHUNK_SIZE = 65536;

/** The source itself, or what it decompresses to. Reads the first bytes to find out. */
export async function uncompressed(source: ByteSource): Promise<ByteSource> {
  const head = new Uint8Array(MAGIC_SIZE);
  let size = 0;
  while (size < MAGIC_SIZE) {
    const count = await source.read(head.subarray(size));
    if (count === 0) break;
    size += count;
  }
  const whole = new Rejoined(source, head.subarray(0, size));
  if (startsWith(head, GZIP_MAGIC)) return decompressed(whole, createGunzip());
  if (startsWith(head, ZSTD_MAGIC) || (startsWith(head.subarray(1), ZSTD_SKIPPABLE) && (head[0] ?? 0) >> 4 === 5)) {
    const { Decompress } = await import('fzstd');
    return decompressed(whole, unzstd(Decompress));
  }
  return whole;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, n) => bytes[n] === byte);
}

/** A source whose first bytes were read already. */
class Rejoined implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly #source: ByteSource;
  #head: Uint8Array;

  constructor(source: ByteSource, head: Uint8Array) {
    this.name = source.name;
    this.size = source.size;
    this.#source = source;
    this.#head = head;
  }

  get taken(): number {
    return this.#source.taken;
  }

  read(into: Uint8Array): number | Promise<number> {
    if (this.#head.length === 0) return this.#source.read(into);
    const part = this.#head.subarray(0, into.length);
    into.set(part);
    this.#head = this.#head.subarray(part.length);
    return part.length;
  }

  close(): void {
    this.#source.close();
  }
}

/** What comes out of `transform` when the source is put through it. */
function decompressed(source: ByteSource, transform: Transform): ByteSource {
  const output = new StreamSource(source.name, transform, (error) => describe(source.name, output.taken, error));
  const input = Readable.from(chunksOf(source), { objectMode: false });
  input.on('error', (error) => transform.destroy(error));
  input.pipe(transform);
  return {
    name: source.name,
    size: source.size,
    get taken() {
      return source.taken;
    },
    read: (into) => output.read(into),
    close() {
      input.destroy();
      output.close();
      source.close();
    },
  };
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  while (true) {
    const chunk = new Uint8Array(CHUNK_SIZE);
    const size = await source.read(chunk);
    if (size === 0) return;
    yield chunk.subarray(0, size);
  }
}

type Decompress = new (ondata: (chunk: Uint8Array, final?: boolean) => void) => { push(chunk: Uint8Array, final?: boolean): void };

/** Fed one chunk late, because the decoder must be told with the last one that it is the last. */
function unzstd(Decoder: Decompress): Transform {
  let waiting: Uint8Array | undefined;
  const decoder = new Decoder((chunk) => {
    // The decoder reuses its window: what it gives is only valid now.
    if (chunk.length > 0) transform.push(chunk.slice());
  });
  const feed = (final: boolean, done: TransformCallback): void => {
    try {
      decoder.push(waiting ?? new Uint8Array(0), final);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const transform = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      if (waiting === undefined) done();
      else feed(false, done);
      waiting = chunk;
    },
    flush(done) {
      feed(true, done);
    },
  });
  return transform;
}

function describe(name: string, offset: number, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const cut = /unexpected e(nd of file|of)/i.test(message);
  return cut
    ? new CaptureError('ERR_TRUNCATED', name, offset, `the compressed data is cut off after ${offset} bytes of capture`, { cause: error })
    : new CaptureError('ERR_CORRUPT', name, offset, `the compressed data is damaged after ${offset} bytes of capture: ${message}`, { cause: error });
}
