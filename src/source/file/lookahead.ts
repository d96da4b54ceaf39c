/** Lets a reader peek at bytes of a source before consuming them, for formats with headers and trailers. */
import type { ByteSource } from './source.ts';

/** Bytes asked of the source at a time. */
const READ_SIZE = 65536;

export class Lookahead {
  readonly #source: ByteSource;
  #buffer = new Uint8Array(2 * READ_SIZE);
  #from = 0;
  #to = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  /** Offset in the source of the first unconsumed byte. */
  position = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * The next `size` bytes, fewer only at the end of the source. Valid until the next call; not consumed until skipped.
   * @throws what the source throws, when it has given nothing more
   */
  async peek(size: number): Promise<Uint8Array> {
    while (this.#to - this.#from < size && !this.#ended && this.#failure === undefined) {
      this.#makeRoom(Math.max(size, READ_SIZE));
      try {
        const count = await this.#source.read(this.#buffer.subarray(this.#to));
        if (count === 0) this.#ended = true;
        this.#to += count;
      } catch (error) {
        this.#failure = { error };
      }
    }
    if (this.#to === this.#from && this.#failure !== undefined) throw this.#failure.error;
    return this.#buffer.subarray(this.#from, Math.min(this.#to, this.#from + size));
  }

  /** Consumes bytes that were peeked at. */
  skip(size: number): void {
    this.#from += size;
    this.position += size;
  }

  /** Consumes the zero bytes that come next. Resolves with their number. */
  async skipZeros(): Promise<number> {
    let zeros = 0;
    while (true) {
      const bytes = await this.peek(READ_SIZE);
      const other = bytes.findIndex((byte) => byte !== 0);
      const count = other < 0 ? bytes.length : other;
      this.skip(count);
      zeros += count;
      if (other >= 0 || bytes.length === 0) return zeros;
    }
  }

  #makeRoom(size: number): void {
    if (this.#buffer.length - this.#to >= size) return;
    const held = this.#to - this.#from;
    const target = held + size > this.#buffer.length ? new Uint8Array(held + size + READ_SIZE) : this.#buffer;
    // Within one buffer the bytes move to its beginning.
    if (target === this.#buffer) target.copyWithin(0, this.#from, this.#to);
    else target.set(this.#buffer.subarray(this.#from, this.#to));
    this.#buffer = target;
    this.#from = 0;
    this.#to = held;
  }
}
