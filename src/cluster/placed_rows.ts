/**
 * Rows of ended flows with their places in the order of all flows, as reduce jobs leave them for `--ordered`: frames of
 * a u32 with the compressed size, little-endian, and compressed rows.
 */
import { compress } from './chunk_codec.ts';
import type { BucketFeed } from './bucket_feed.ts';
import type { ScratchFile } from './scratch_file.ts';

/** Bytes in front of the compressed rows of a frame. */
export const FRAME_HEADER = 4;
/** Bytes of rows that are compressed together. */
const FRAME_SIZE = 256 * 1024;

/** Writes all flows of a bucket. Returns how many. @throws {FParserError} ERR_WRITE */
export async function writePlacedRows(feed: BucketFeed, file: ScratchFile): Promise<number> {
  const { engine } = feed;
  let pieces: Uint8Array[] = [];
  let size = 0;
  let flows = 0;
  const flush = (): void => {
    if (size === 0) return;
    const bytes = compress(Buffer.concat(pieces));
    const header = Buffer.alloc(FRAME_HEADER);
    header.writeUInt32LE(bytes.length);
    file.write(header);
    file.write(bytes);
    pieces = [];
    size = 0;
  };
  while (await feed.advance()) {
    while (engine.closedCount > 0) {
      const rows = engine.takePlacedRows().slice();
      pieces.push(rows);
      size += rows.length;
      flows += rows.length / engine.placedRowSize;
      if (size >= FRAME_SIZE) flush();
    }
  }
  flush();
  return flows;
}
