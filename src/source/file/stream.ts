/**
 * A Node stream as a byte source. Chunks wait in a queue while the stream is paused, so a slow reader never makes it
 * grow; an error is reported only when all that came before it has been read.
 */
import type { Readable } from 'node:stream';
import type { ByteSource } from './source.ts';

export class StreamSource implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly waits = true;
  taken = 0;
  readonly #stream: Readable;
  readonly #describe: (error: unknown) => Error;
  #chunks: Uint8Array[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param describe makes the error that the reader sees from the stream's own */
  constructor(name: string, stream: Readable, describe: (error: unknown) => Error, size?: number) {
    this.name = name;
    this.size = size;
    this.#stream = stream;
    this.#describe = describe;
    stream.on('data', (chunk: unknown) => {
      if (!(chunk instanceof Uint8Array)) {
        stream.destroy(new TypeError('a capture stream must give bytes, not text or objects'));
        return;
      }
      this.#chunks.push(chunk);
      stream.pause();
      this.#notify();
    });
    stream.on('end', () => this.#finish(undefined));
    stream.on('error', (error) => this.#finish(error));
    stream.on('close', () => this.#finish(undefined));
    stream.pause();
    if (stream.errored) this.#finish(stream.errored);
    else if (stream.destroyed || stream.readableEnded) this.#finish(undefined);
  }

  #finish(error: unknown): void {
    if (!this.#ended && error !== undefined) this.#failure = { error };
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  async read(into: Uint8Array): Promise<number> {
    while (this.#chunks.length === 0) {
      if (this.#failure !== undefined) throw this.#describe(this.#failure.error);
      if (this.#ended) return 0;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#stream.resume();
      });
    }
    return this.#take(into);
  }

  #take(into: Uint8Array): number {
    let filled = 0;
    while (filled < into.length) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const part = chunk.subarray(0, into.length - filled);
      into.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    this.taken += filled;
    return filled;
  }

  close(): void {
    this.#ended = true;
    this.#chunks = [];
    this.#stream.destroy();
    this.#notify();
  }
}
