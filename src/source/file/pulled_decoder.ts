/**
 * Wraps one of Node's decoders: it is given bytes, and returns whether it wants more, has ended or has failed. A
 * decoder that has ended is never awaited.
 */
import type { Transform } from 'node:stream';

/** The decoder's answer to bytes. */
export type DecoderState =
  /** All bytes were used. */
  | { readonly kind: 'hungry' }
  /** Its data is over; `used` of the bytes belong to it. */
  | { readonly kind: 'ended'; readonly used: number }
  | { readonly kind: 'failed'; readonly error: Error };

/** A decoder of node:zlib. */
export type ZlibDecoder = Transform & { readonly bytesWritten: number };

const HUNGRY: DecoderState = { kind: 'hungry' };

export class PulledDecoder {
  readonly #decoder: ZlibDecoder;
  #output: Uint8Array[] = [];
  #answer: (state: DecoderState) => void = () => undefined;
  /** Bytes given before those that it works on. */
  #before = 0;

  constructor(decoder: ZlibDecoder) {
    this.#decoder = decoder;
    decoder.on('data', (chunk: Uint8Array) => this.#output.push(chunk));
    decoder.on('end', () => this.#answer({ kind: 'ended', used: decoder.bytesWritten - this.#before }));
    decoder.on('error', (error) => this.#answer({ kind: 'failed', error }));
  }

  /** Do not call it again once it has ended or failed. `take` returns the output, also then. */
  give(bytes: Uint8Array): Promise<DecoderState> {
    this.#before = this.#decoder.bytesWritten;
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#decoder.write(bytes, () => resolve(HUNGRY));
    });
  }

  /** Signals the end of input. Resolves with the decoder's end, or with its failure if the data is truncated. */
  end(): Promise<DecoderState> {
    this.#before = this.#decoder.bytesWritten;
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#decoder.end();
    });
  }

  /** The output since the last call. */
  take(): Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  close(): void {
    this.#decoder.destroy();
  }
}
