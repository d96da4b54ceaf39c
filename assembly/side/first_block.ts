/** The block of first bytes in a row: what is known of a flow of which nothing is kept. The host writes the rest. */
import { firstTextsBase, rowBytes } from "../control";
import {
  FIRST_BITS_NAMED, FIRST_BLOCK_TEXT, FIRST_BLOCK_UNLIKE, FIRST_KIND_BINARY, FIRST_KIND_BITS, FIRST_KIND_TEXT,
  FIRST_KNOWN_CODE_SHIFT, FIRST_KNOWN_HASH, FIRST_KNOWN_KEY, FIRST_KNOWN_SHIFT, FIRST_KNOWN_SIZE, FIRST_KNOWN_TCP,
  FIRST_KNOWN_TEXT, FIRST_SIDE_KEPT_SHIFT, FIRST_SIDE_TEXT, FIRST_SIDE_UNLIKE, FIRST_STATE_DONE, FIRST_STATE_NONE,
  FIRST_TEXTS_KNOWN, FIRST_TEXTS_PORTS, NIL, ROW_DESTINATION_PORT, ROW_PROTOCOL, SIDE_FIRST_PAYLOAD,
} from "../layout";
import { u8At } from "../wire/bytes";
import { PROTOCOL_TCP } from "../wire/numbers";
import { firstBits, firstHead, firstRecord, firstSide, firstState } from "./first_record";
import { sideBlock } from "./record";

@cold export function writeFirstBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_FIRST_PAYLOAD, row);
  const code = unlikeKinds(firstRecord(index));
  store<u32>(block, code, FIRST_BLOCK_UNLIKE);
  store<u64>(block, code == NIL ? 0 : knownText(row, code), FIRST_BLOCK_TEXT);
}

/**
 * Fills in the texts of `rows` rows from `from` on that the host has made known since they were written. Returns the
 * first row from `n` on whose text is not known; `rows` when there is none.
 */
export function rowWithoutText(from: usize, n: u32, rows: u32): u32 {
  for (; n < rows; n++) {
    const row = from + <usize>n * rowBytes;
    const block = sideBlock(SIDE_FIRST_PAYLOAD, row);
    if (load<u64>(block, FIRST_BLOCK_TEXT) != 0) continue;
    const code = load<u32>(block, FIRST_BLOCK_UNLIKE);
    const text = code == NIL ? 0 : knownText(row, code);
    if (text == 0) return n;
    store<u64>(block, text, FIRST_BLOCK_TEXT);
  }
  return rows;
}

/** The REFERENCE to the text of such flows, 0 when it is not known. */
function knownText(row: usize, code: u32): u64 {
  const tcp: u32 = u8At(row + ROW_PROTOCOL) == PROTOCOL_TCP ? FIRST_KNOWN_TCP : 0;
  const kinds = code & (FIRST_KIND_TEXT | FIRST_KIND_BINARY);
  // Without payload of one kind the port says nothing.
  const hasPort = kinds == FIRST_KIND_TEXT || kinds == FIRST_KIND_BINARY;
  const port: u32 = hasPort ? named(tcp, <u32>load<u16>(row, ROW_DESTINATION_PORT)) : 0;
  const key = code << FIRST_KNOWN_CODE_SHIFT | tcp | port;
  const place = key * FIRST_KNOWN_HASH >> FIRST_KNOWN_SHIFT;
  const entry = firstTextsBase + FIRST_TEXTS_KNOWN + <usize>place * FIRST_KNOWN_SIZE;
  return load<u32>(entry, FIRST_KNOWN_KEY) == key + 1 ? load<u64>(entry, FIRST_KNOWN_TEXT) : 0;
}

/** The port if it names a protocol, otherwise 0. @param tcp FIRST_KNOWN_TCP, or 0 for UDP */
@inline function named(tcp: u32, port: u32): u32 {
  const bit = port | (FIRST_KNOWN_TCP - tcp);
  return (u8At(firstTextsBase + FIRST_TEXTS_PORTS + <usize>(bit >> 3)) >> (bit & 7) & 1) != 0 ? port : 0;
}

/** FIRST_BLOCK_UNLIKE of a flow. */
function unlikeKinds(record: usize): u32 {
  const state = firstState(record);
  if (state == FIRST_STATE_NONE) return 0;
  if (state == FIRST_STATE_DONE || isKept(record, 0) || isKept(record, 1)) return NIL;
  const kinds = kindOf(firstSide(record, 0)) | kindOf(firstSide(record, 1));
  return kinds | (firstBits(record) & FIRST_BITS_NAMED) << FIRST_KIND_BITS;
}

/** A side that may be unlike is not kept. */
@inline function isKept(record: usize, side: u32): bool {
  return firstHead(record, side) != NIL && (firstSide(record, side) & FIRST_SIDE_UNLIKE) == 0;
}

@inline function kindOf(side: u32): u32 {
  if ((side & FIRST_SIDE_UNLIKE) == 0 || side >> FIRST_SIDE_KEPT_SHIFT == 0) return 0;
  return (side & FIRST_SIDE_TEXT) != 0 ? FIRST_KIND_TEXT : FIRST_KIND_BINARY;
}
