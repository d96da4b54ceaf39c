/** Compression of chunks: zstd where Node has it (from 22.15 on), else gzip. What was compressed says how. */
import zlib from 'node:zlib';

/** Newer versions of Node have them. */
type Zstd = (bytes: Uint8Array) => Buffer;
const { zstdCompressSync, zstdDecompressSync } = zlib as { zstdCompressSync?: Zstd; zstdDecompressSync?: Zstd };

const FAST = 1;
const GZIP_MAGIC = 0x1f;

export function compress(bytes: Uint8Array): Buffer {
  return zstdCompressSync === undefined ? zlib.gzipSync(bytes, { level: FAST }) : zstdCompressSync(bytes);
}

/** @throws the decoder's error for bytes that are damaged */
export async function decompress(bytes: Uint8Array): Promise<Buffer> {
  if (bytes[0] === GZIP_MAGIC) return zlib.gunzipSync(bytes);
  if (zstdDecompressSync !== undefined) return zstdDecompressSync(bytes);
  const { decompress: decode } = await import('fzstd');
  return Buffer.from(decode(bytes));
}
