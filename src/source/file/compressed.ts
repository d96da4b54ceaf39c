/** Compression recognised by the first bytes of a file: gzip and Zstandard. */
import type { ByteSource } from './source.ts';

const GZIP_MAGIC = [0x1f, 0x8b];
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** Frames to be skipped have the magics 0x184d2a50 to 0x184d2a5f. */
const ZSTD_SKIPPABLE = [0x2a, 0x4d, 0x18];
const MAGIC_SIZE = 4;

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
  if (startsWith(head, GZIP_MAGIC)) return (await import('./decompress.ts')).gunzipped(whole);
  if (isZstd(head)) return (await import('./decompress.ts')).unzstded(whole);
  return whole;
}

function isZstd(head: Uint8Array): boolean {
  const skippable = startsWith(head.subarray(1), ZSTD_SKIPPABLE) && (head[0] ?? 0) >> 4 === 5;
  return skippable || startsWith(head, ZSTD_MAGIC);
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

  get waits(): boolean {
    return this.#source.waits;
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
