/** How compressed data ends. Everything before was delivered. */
export type StreamEnd =
  /** At its last byte, or followed by zero bytes, as tapes and block devices add them. */
  | { readonly kind: 'whole' }
  /** In the middle. */
  | { readonly kind: 'cut' }
  /** `at`: byte of the compressed data. */
  | { readonly kind: 'damaged'; readonly at: number; readonly reason: string }
  /** Complete, followed by other bytes from `at` on. */
  | { readonly kind: 'trailing'; readonly at: number; readonly format: string };

/** Gives decompressed bytes, and at last how it came to its end. @throws only what the source throws */
export type Decompression = AsyncGenerator<Uint8Array, StreamEnd, undefined>;

export const WHOLE: StreamEnd = { kind: 'whole' };
export const CUT: StreamEnd = { kind: 'cut' };
