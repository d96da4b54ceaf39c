/** Deflate in the browser against node:zlib: the same bytes, the same end, the same words for damage. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import zlib from '../../web/worker/inflate.ts';
import { PulledDecoder } from '../../src/source/file/pulled_decoder.ts';
import type { ZlibDecoder } from '../../src/source/file/pulled_decoder.ts';

interface Inflated {
  readonly bytes: Buffer;
  readonly used: number | undefined;
  readonly failure: string | undefined;
}

/** @param step bytes given at a time */
async function inflate(data: Uint8Array, step: number): Promise<Inflated> {
  const decoder = new PulledDecoder(zlib.createInflateRaw() as unknown as ZlibDecoder);
  const pieces: Uint8Array[] = [];
  for (let at = 0; ; at += step) {
    const part = data.subarray(at, at + step);
    const state = await (part.length > 0 ? decoder.give(part) : decoder.end());
    pieces.push(...decoder.take());
    const bytes = Buffer.concat(pieces);
    if (state.kind === 'ended') return { bytes, used: at + state.used, failure: undefined };
    if (state.kind === 'failed') return { bytes, used: undefined, failure: state.error.message };
  }
}

let seed = 1;
const random = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
const noise = Uint8Array.from({ length: 100_000 }, () => random(256));
const skewed = Uint8Array.from({ length: 200_000 }, () => random(1 + random(1 + random(60))));
const text = Buffer.from('flow, packet, byte; '.repeat(5000));
const INPUTS = { empty: new Uint8Array(0), one: Uint8Array.of(7), noise, skewed, text, zeros: new Uint8Array(300_000) };
const SETTINGS = [
  { level: 0 },
  { level: 1 },
  { level: 9 },
  { strategy: constants.Z_FIXED },
  { strategy: constants.Z_HUFFMAN_ONLY },
];

describe('inflate', () => {
  it.each(Object.entries(INPUTS))('gives back %s, however it was packed and is given', async (_name, bytes) => {
    for (const setting of SETTINGS) {
      const packed = deflateRawSync(bytes, setting);
      const followed = Buffer.concat([packed, Buffer.from('what follows')]);
      for (const step of [1 << 20, 16_384, 1000, bytes.length > 50_000 ? 777 : 1]) {
        const result = await inflate(followed, step);
        expect(result.failure).toBeUndefined();
        expect(result.bytes.equals(bytes)).toBe(true);
        expect(result.used).toBe(packed.length);
      }
    }
  });

  it('says where zlib does that data is damaged, in its words', async () => {
    const packed = deflateRawSync(skewed);
    const words = new Set<string>();
    for (let round = 0; round < 300; round++) {
      const damaged = Buffer.from(packed.subarray(0, 3000));
      for (let n = 0; n <= random(3); n++) damaged[random(round < 100 ? 60 : 3000)] = random(256);
      let wanted: string | undefined;
      try {
        inflateRawSync(damaged);
      } catch (error) {
        wanted = (error as Error).message;
      }
      const { failure } = await inflate(damaged, 1 + random(4000));
      expect(failure, `round ${round}`).toBe(wanted);
      words.add(String(failure));
    }
    expect(words.size).toBeGreaterThan(4);
  });

  it('has given out all that is whole when data is cut', async () => {
    const packed = deflateRawSync(text);
    for (const cut of [1, 5, 40, packed.length - 1]) {
      const { bytes, failure } = await inflate(packed.subarray(0, cut), 16_384);
      expect(failure).toBe('unexpected end of file');
      expect(text.subarray(0, bytes.length).equals(bytes)).toBe(true);
    }
  });
});
