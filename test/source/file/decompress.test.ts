/** What is decoded of damaged data: at least what the common tools give. */
import { spawnSync } from 'node:child_process';
import { crc32 as nodeCrc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32, crc32ByTable } from '../../../src/source/file/crc32.ts';
import { uncompressed } from '../../../src/source/file/compressed.ts';
import type { ByteSource } from '../../../src/source/file/source.ts';
import { random } from '../../builders/index.ts';
import { BytesSource } from '../../engine/harness.ts';
import { hasZstd, zstd } from './containers.ts';

/** All that comes out, and what is thrown behind it. */
async function decoded(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly error: Error | undefined }> {
  const pieces: Uint8Array[] = [];
  try {
    const source: ByteSource = await uncompressed(new BytesSource('bytes', bytes, 5000));
    const into = new Uint8Array(10_000);
    for (let size = await source.read(into); size > 0; size = await source.read(into)) pieces.push(into.slice(0, size));
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error: error as Error };
  }
  return { bytes: Buffer.concat(pieces), error: undefined };
}

const r = random(7);
/** Compresses to about a third. */
const CONTENT = Uint8Array.from({ length: 400_000 }, (_, n) => (r.oneIn(3) ? r.below(256) : n >> 10));

const TOOLS = [
  {
    name: 'gzip',
    compressed: Uint8Array.from(gzipSync(CONTENT)),
    has: spawnSync('gzip', ['--version']).error === undefined,
  },
  { name: 'zstd', compressed: hasZstd ? zstd(CONTENT, '--check') : new Uint8Array(0), has: hasZstd },
];

describe.each(TOOLS)('$name data', ({ name, compressed, has }) => {
  it.skipIf(!has)('that is damaged gives what the tool gives, or more, and a problem', async () => {
    let compared = 0;
    for (let count = 0; count < 40; count++) {
      const damaged = Uint8Array.from(compressed);
      const at = r.between(20, damaged.length - 1);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << r.below(8));
      const { stdout } = spawnSync(name, ['-dc'], { input: damaged, maxBuffer: 1 << 26 });
      const ours = await decoded(damaged);
      expect(ours.error, `byte ${at}`).toMatchObject({ code: expect.stringMatching(/CORRUPT|TRUNCATED/) });
      expect(ours.bytes.length, `byte ${at}`).toBeGreaterThanOrEqual(stdout.length);
      if (stdout.length === 0) continue;
      expect(Buffer.compare(ours.bytes.subarray(0, stdout.length), stdout), `byte ${at}`).toBe(0);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });

  it.skipIf(!has)('that is whole is the content', async () => {
    const { bytes, error } = await decoded(compressed);
    expect(error).toBeUndefined();
    expect(Buffer.compare(bytes, CONTENT)).toBe(0);
  });
});

describe('data that is compressed more than once', () => {
  it('is read up to four levels', async () => {
    let bytes: Uint8Array = CONTENT.subarray(0, 1000);
    for (let level = 0; level < 4; level++) bytes = Uint8Array.from(gzipSync(bytes));
    expect((await decoded(bytes)).bytes.length).toBe(1000);
    expect((await decoded(Uint8Array.from(gzipSync(bytes)))).error).toMatchObject({ code: 'ERR_NOT_A_CAPTURE' });
  });
});

it.skipIf(nodeCrc32 === undefined)('the checksum by table is that of zlib, in pieces as well', () => {
  const [first, second] = [CONTENT.subarray(0, 1001), CONTENT.subarray(1001, 5000)];
  const whole = crc32(CONTENT.subarray(0, 5000));
  expect(crc32ByTable(CONTENT.subarray(0, 5000))).toBe(whole);
  expect(crc32ByTable(second, crc32ByTable(first))).toBe(whole);
  expect(crc32ByTable(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
