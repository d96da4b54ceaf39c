/**
 * What one end has sent and the capture has seen whole: an edge below which nothing is waited for any more, and blocks
 * above it. What the peer acknowledges and was not seen is a gap.
 */
import {
  ZEEK_ACK, ZEEK_BLOCKS_MAX, ZEEK_BLOCK_BYTES, ZEEK_BLOCK_FROM, ZEEK_EDGE, ZEEK_END_FIN, ZEEK_END_SKIPS, ZEEK_FIN_END,
  ZEEK_FURTHER, ZEEK_LAST, ZEEK_PAST, ZEEK_PAST_BLOCKS_SHIFT, ZEEK_PAST_STATE_MASK, ZEEK_TRIMMED,
} from "../layout";
import { addEndBits, endBits } from "./zeek_history";
import { numberAt, rareEnd, setNumber } from "./zeek_rare";

/** Bytes above a hole with nothing acknowledged: the rest is not followed. */
const UNACKED_MAX: u64 = 16384;

@inline export function blockCount(end: usize): u32 { return <u32>load<u8>(end, ZEEK_PAST) >> ZEEK_PAST_BLOCKS_SHIFT; }
function setBlockCount(end: usize, count: u32): void {
  const past = <u32>load<u8>(end, ZEEK_PAST) & ZEEK_PAST_STATE_MASK;
  store<u8>(end, <u8>(past | count << ZEEK_PAST_BLOCKS_SHIFT), ZEEK_PAST);
}
@inline function edgeOf(end: usize): i64 { return numberAt(end, ZEEK_EDGE); }
@inline function blockAt(end: usize, n: u32): usize { return rareEnd(end) + (<usize>n << 2); }
@inline function blockBytes(end: usize, n: u32): u32 { return load<u32>(blockAt(end, n), ZEEK_BLOCK_BYTES); }
/** Blocks lie less than 2^32 above the edge. */
@inline function blockFrom(end: usize, n: u32): i64 {
  const edge = edgeOf(end);
  return edge + ((<i64>load<u32>(blockAt(end, n), ZEEK_BLOCK_FROM) - edge) & 0xffffffff);
}
@inline function setBlock(end: usize, n: u32, from: i64, to: i64): void {
  store<u32>(blockAt(end, n), <u32>from, ZEEK_BLOCK_FROM);
  store<u32>(blockAt(end, n), <u32>(to - from), ZEEK_BLOCK_BYTES);
}

/** Payload [from, from + length), seen whole. Returns whether blocks were given up because there were too many. */
@inline export function deliver(end: usize, from: i64, length: u32): bool {
  const edge = edgeOf(end);
  const to = from + <i64>length;
  if (from == edge && blockCount(end) == 0 && edge >= numberAt(end, ZEEK_ACK)) {
    if ((endBits(end) & ZEEK_END_SKIPS) == 0) setNumber(end, ZEEK_EDGE, to);
    return false;
  }
  return deliverAway(end, from, to);
}

/** The same of payload that does not simply follow what was there. */
function deliverAway(end: usize, from: i64, to: i64): bool {
  const acked = numberAt(end, ZEEK_ACK);
  if ((endBits(end) & ZEEK_END_SKIPS) != 0 || to <= acked) return false;
  const begin = max(from, acked);
  const edge = edgeOf(end);
  if (begin - edge > <i64>i32.MAX_VALUE) return false;
  let lost = false;
  if (begin > edge) lost = addBlock(end, begin, to);
  else if (to > edge) moveEdge(end, to);
  if (acked <= 1 && bytesAbove(end) > UNACKED_MAX) {
    setBlockCount(end, 0);
    addEndBits(end, ZEEK_END_SKIPS);
  }
  return lost;
}

/** Moves the edge up, over the blocks that it reaches. */
function moveEdge(end: usize, to: i64): void {
  let edge = to;
  let gone: u32 = 0;
  const count = blockCount(end);
  while (gone < count && blockFrom(end, gone) <= edge) {
    edge = max(edge, blockFrom(end, gone) + <i64>blockBytes(end, gone));
    gone++;
  }
  dropBlocks(end, gone, count);
  setNumber(end, ZEEK_EDGE, edge);
}

/** Removes the first `gone` of `count` blocks. */
function dropBlocks(end: usize, gone: u32, count: u32): void {
  if (gone == 0) return;
  const blocks = rareEnd(end);
  const from = blocks + (<usize>gone << 2);
  const size = <usize>(count - gone) << 2;
  memory.copy(blocks + ZEEK_BLOCK_FROM, from + ZEEK_BLOCK_FROM, size);
  memory.copy(blocks + ZEEK_BLOCK_BYTES, from + ZEEK_BLOCK_BYTES, size);
  setBlockCount(end, count - gone);
}

/** Adds [from, to), which begins above the edge, joined with the blocks that it touches. As deliver. */
function addBlock(end: usize, from: i64, to: i64): bool {
  const count = blockCount(end);
  let first: u32 = 0;
  while (first < count && blockFrom(end, first) + <i64>blockBytes(end, first) < from) first++;
  let behind = first;
  while (behind < count && blockFrom(end, behind) <= to) {
    from = min(from, blockFrom(end, behind));
    to = max(to, blockFrom(end, behind) + <i64>blockBytes(end, behind));
    behind++;
  }
  if (behind > first) {
    setBlock(end, first, from, to);
    removeBlocks(end, first + 1, behind, count);
    return false;
  }
  if (count < <u32>ZEEK_BLOCKS_MAX) {
    insertBlock(end, first, count, from, to);
    return false;
  }
  // The lowest two become one: the hole between them is forgotten.
  if (first == 0) {
    setBlock(end, 0, from, blockFrom(end, 0) + <i64>blockBytes(end, 0));
  } else if (first == 1) {
    setBlock(end, 0, blockFrom(end, 0), to);
  } else {
    setBlock(end, 1, blockFrom(end, 0), blockFrom(end, 1) + <i64>blockBytes(end, 1));
    dropBlocks(end, 1, count);
    insertBlock(end, first - 1, count - 1, from, to);
  }
  return true;
}

/** Removes the blocks [from, to) of `count`. */
function removeBlocks(end: usize, from: u32, to: u32, count: u32): void {
  for (let n = to; n < count; n++) {
    setBlock(end, from + n - to, blockFrom(end, n), blockFrom(end, n) + <i64>blockBytes(end, n));
  }
  setBlockCount(end, count - (to - from));
}

function insertBlock(end: usize, place: u32, count: u32, from: i64, to: i64): void {
  for (let n = count; n > place; n--) {
    setBlock(end, n, blockFrom(end, n - 1), blockFrom(end, n - 1) + <i64>blockBytes(end, n - 1));
  }
  setBlock(end, place, from, to);
  setBlockCount(end, count + 1);
}

function bytesAbove(end: usize): u64 {
  let bytes: u64 = 0;
  const count = blockCount(end);
  for (let n: u32 = 0; n < count; n++) bytes += <u64>blockBytes(end, n);
  return bytes;
}

/** Is there a gap to look for when the peer acknowledges up to `ack`? Then takeGap gives them, one by one. */
@inline export function mayHaveGap(end: usize, ack: i64, isPartial: bool): bool {
  if (ack <= edgeOf(end) || ack <= numberAt(end, ZEEK_FURTHER + ZEEK_TRIMMED)) return false;
  setNumber(end, ZEEK_FURTHER + ZEEK_TRIMMED, ack);
  return ack > 2 || !isPartial;
}

/** Up to where gaps count: a FIN is not a byte. */
export function gapLimit(end: usize, ack: i64): i64 {
  const finEnd = numberAt(end, ZEEK_FURTHER + ZEEK_FIN_END);
  return (endBits(end) & ZEEK_END_FIN) != 0 && ack >= finEnd ? finEnd - 1 : ack;
}

/** Moves the edge over the lowest gap below `limit`, and what follows it. Returns its bytes; 0: there is none. */
export function takeGap(end: usize, limit: i64): i64 {
  const edge = edgeOf(end);
  if (edge >= limit) return 0;
  const next = blockCount(end) == 0 ? limit : min(blockFrom(end, 0), limit);
  moveEdge(end, next);
  return next - edge;
}

/** Were bytes sent that were not delivered? */
@inline export function isDataPending(end: usize): bool {
  if ((endBits(end) & ZEEK_END_SKIPS) != 0) return false;
  return edgeOf(end) + 1 < numberAt(end, ZEEK_LAST);
}
