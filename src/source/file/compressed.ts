/** Compression recognised by the first bytes of a file: gzip and Zstandard, also one in the other. */
import { CaptureError } from '../../errors.ts';
import { isGzip, isZstd, MAGIC_SIZE } from './magic.ts';
import type { ByteSource } from './source.ts';

/** Most layers of compression. Crafted data can decompress to itself endlessly. */
const LEVELS_MAX = 4;

/** The source itself, or what it decompresses to. Reads the first bytes to find out. @throws {CaptureError} */
export async function uncompressed(source: ByteSource): Promise<ByteSource> {
  let whole: ByteSource = source;
  for (let level = 0; ; level++) {
    const { head, failure } = await readHead(whole);
    whole = new Rejoined(whole, head, failure);
    const gzip = isGzip(head);
    if (!gzip && !isZstd(head)) return whole;
    if (level === LEVELS_MAX) {
      throw new CaptureError('ERR_NOT_A_CAPTURE', source.name, 0, `is compressed more than ${LEVELS_MAX} times`);
    }
    const { gunzipped, unzstded } = await import('./decompress.ts');
    whole = gzip ? gunzipped(whole) : unzstded(whole);
  }
}

interface Failure {
  readonly error: unknown;
}

/** The first bytes, fewer where the source ends or fails. */
async function readHead(source: ByteSource): Promise<{ readonly head: Uint8Array; readonly failure?: Failure }> {
  const head = new Uint8Array(MAGIC_SIZE);
  let size = 0;
  try {
    while (size < MAGIC_SIZE) {
      const count = await source.read(head.subarray(size));
      if (count === 0) break;
      size += count;
    }
  } catch (error) {
    return { head: head.subarray(0, size), failure: { error } };
  }
  return { head: head.subarray(0, size) };
}

/** A source whose first bytes were already read; an error after them is thrown after them. */
class Rejoined implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly #source: ByteSource;
  readonly #failure: Failure | undefined;
  #head: Uint8Array;

  constructor(source: ByteSource, head: Uint8Array, failure: Failure | undefined) {
    this.name = source.name;
    this.size = source.size;
    this.#source = source;
    this.#head = head;
    this.#failure = failure;
  }

  get waits(): boolean {
    return this.#source.waits;
  }

  get taken(): number {
    return this.#source.taken;
  }

  read(into: Uint8Array): number | Promise<number> {
    if (this.#head.length > 0) {
      const part = this.#head.subarray(0, into.length);
      into.set(part);
      this.#head = this.#head.subarray(part.length);
      return part.length;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#source.read(into);
  }

  close(): void {
    this.#source.close();
  }
}
