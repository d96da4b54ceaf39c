/** gzip (RFC 1952) and Zstandard (RFC 8878) taken off a byte source. Loaded only for files that need it. */
import { Readable, Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { CaptureError } from '../errors.ts';
import type { ByteSource } from './source.ts';
import { StreamSource } from './stream.ts';

const CHUNK_SIZE = 262144;

export function gunzipped(source: ByteSource): ByteSource {
  return decompressed(source, createGunzip({ chunkSize: CHUNK_SIZE }));
}

export function unzstded(source: ByteSource): ByteSource {
  return decompressed(source, zstdDecoder());
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
    waits: source.waits,
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

/** Fed one chunk late, because the decoder must be told with the last one that it is the last. */
function zstdDecoder(): Transform {
  let waiting: Uint8Array | undefined;
  const decoder = new Decompress((chunk) => {
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
