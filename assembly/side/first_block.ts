/** The block of first bytes in a row: what is known of a flow of which nothing is kept. The host writes the rest. */
import {
  FIRST_BITS_NAMED, FIRST_BLOCK_TEXT, FIRST_BLOCK_UNLIKE, FIRST_KIND_BINARY, FIRST_KIND_BITS, FIRST_KIND_TEXT,
  FIRST_SIDE_KEPT_SHIFT, FIRST_SIDE_TEXT, FIRST_SIDE_UNLIKE, FIRST_STATE_DONE, FIRST_STATE_NONE, NIL,
  REFERENCE_LENGTH, SIDE_FIRST_PAYLOAD,
} from "../layout";
import { firstBits, firstHead, firstRecord, firstSide, firstState } from "./first_record";
import { sideBlock } from "./record";

export function writeFirstBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_FIRST_PAYLOAD, row);
  store<u32>(block, unlikeKinds(firstRecord(index)), FIRST_BLOCK_UNLIKE);
  store<u32>(block, 0, FIRST_BLOCK_TEXT + REFERENCE_LENGTH);
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
