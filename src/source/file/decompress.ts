/**
 * Decompresses gzip or Zstandard. Loaded only for files that need it.
 *
 * Everything that can be decoded is delivered first; then an error is thrown if the data is truncated, damaged, or
 * followed by other bytes. Memory use is bounded, whatever the data expands to.
 */
import { CaptureError } from '../../errors.ts';
import { gunzip } from './gzip.ts';
import { Lookahead } from './lookahead.ts';
import type { ByteSource } from './source.ts';
import type { Decompression, StreamEnd } from './stream_end.ts';
import { unzstd } from './zstd.ts';

export function gunzipped(source: ByteSource): ByteSource {
  return new Decompressed(source, gunzip(new Lookahead(source)));
}

export function unzstded(source: ByteSource): ByteSource {
  return new Decompressed(source, unzstd(new Lookahead(source)));
}

class Decompressed implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly #source: ByteSource;
  readonly #pieces: Decompression;
  #piece: Uint8Array = new Uint8Array(0);
  #given = 0;
  #closed = false;

  constructor(source: ByteSource, pieces: Decompression) {
    this.name = source.name;
    this.size = source.size;
    this.#source = source;
    this.#pieces = pieces;
  }

  get waits(): boolean {
    return this.#source.waits;
  }

  get taken(): number {
    return this.#source.taken;
  }

  async read(into: Uint8Array): Promise<number> {
    while (this.#piece.length === 0) {
      if (this.#closed) return 0;
      const next = await this.#pieces.next();
      // Data is not truncated if the source was closed during a read.
      if (this.#closed) return 0;
      if (next.done === true) {
        this.#closed = true;
        const problem = problemOf(next.value, this.name, this.#given);
        if (problem !== undefined) throw problem;
        return 0;
      }
      this.#piece = next.value;
    }
    const part = this.#piece.subarray(0, into.length);
    into.set(part);
    this.#piece = this.#piece.subarray(part.length);
    this.#given += part.length;
    return part.length;
  }

  close(): void {
    this.#closed = true;
    this.#source.close();
    // Its decoder is released as soon as the bytes it works on are decoded.
    void this.#pieces.return({ kind: 'whole' }).catch(() => undefined);
  }
}

function problemOf(end: StreamEnd | undefined, name: string, given: number): CaptureError | undefined {
  const rest = `everything before it was read (${given} bytes of capture)`;
  switch (end?.kind) {
    case 'cut':
      return new CaptureError(
        'ERR_TRUNCATED',
        name,
        given,
        `the compressed data is cut off after ${given} bytes of capture`,
      );
    case 'damaged':
      return new CaptureError(
        'ERR_CORRUPT',
        name,
        given,
        `the compressed data is damaged at byte ${end.at}: ${end.reason}; ${rest}`,
      );
    case 'trailing':
      return new CaptureError(
        'ERR_CORRUPT',
        name,
        given,
        `other data behind the ${end.format} data at byte ${end.at}; ${rest}`,
      );
    default:
      return undefined;
  }
}
