import { closeSync, openSync, readSync } from 'node:fs';

import type { FlowTable } from './flow_table.ts';
import { PacketReader } from './packet_reader.ts';

const BLOCK_SIZE = 1 << 18;
const FILE_HEADER_SIZE = 24;
const RECORD_HEADER_SIZE = 16;

/**
 * Reads a classic little-endian microsecond pcap file with Ethernet frames in blocks and counts its packets.
 * @throws {Error} when the file is of another format
 */
export function readCapture(path: string, table: FlowTable): PacketReader {
  const file = openSync(path, 'r');
  const block = new Uint8Array(BLOCK_SIZE);
  const view = new DataView(block.buffer);
  const reader = new PacketReader(block, table);
  readSync(file, block, 0, FILE_HEADER_SIZE, null);
  if (view.getUint32(0, true) !== 0xa1b2c3d4 || view.getUint32(20, true) !== 1) {
    throw new Error(`${path}: not a little-endian microsecond pcap file with Ethernet frames`);
  }
  let kept = 0;
  for (;;) {
    const size = readSync(file, block, kept, BLOCK_SIZE - kept, null);
    if (size === 0) break;
    const filled = kept + size;
    const walked = walkBlock(view, filled, reader, table);
    block.copyWithin(0, walked, filled);
    kept = filled - walked;
  }
  closeSync(file);
  return reader;
}

/** Counts all whole records and returns where the first incomplete one begins. */
export function walkBlock(view: DataView, size: number, reader: PacketReader, table: FlowTable): number {
  let at = 0;
  while (at + RECORD_HEADER_SIZE <= size) {
    const capLen = view.getUint32(at + 8, true);
    const frame = at + RECORD_HEADER_SIZE;
    if (capLen > size - frame) break;
    table.setTime(view.getUint32(at, true) * 1e6 + view.getUint32(at + 4, true));
    reader.read(frame, capLen, view.getUint32(at + 12, true));
    at = frame + capLen;
  }
  return at;
}
