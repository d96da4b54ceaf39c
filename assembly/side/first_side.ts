/** What the two sides of a flow start like: looked at until it is certain, and noted in the flow's record. */
import { packetHighPort, packetLowPort } from "../decode/packet";
import {
  FIRST_LOOK_BYTES, FIRST_SIDE_KEPT_SHIFT, FIRST_SIDE_LIKE, FIRST_SIDE_TEXT, FIRST_SIDE_UNLIKE, FIRST_SIDE_WEAK,
  FIRST_STATE_READY, NIL,
} from "../layout";
import { freeChain } from "./first_chunks";
import {
  firstHead, firstSide, firstSides, setFirstBase, setFirstHead, setFirstSide, setFirstState,
} from "./first_record";
import { isPlainText, LIKE_ANY, LIKE_NONE, likeness } from "./first_start";

/** Bits of both sides. */
const ANY_LIKE: u32 = FIRST_SIDE_LIKE | FIRST_SIDE_LIKE << 8;
const BOTH_UNLIKE: u32 = FIRST_SIDE_UNLIKE | FIRST_SIDE_UNLIKE << 8;
const ANY_WEAK: u32 = FIRST_SIDE_WEAK | FIRST_SIDE_WEAK << 8;
/** Bytes that are kept of an unlike side. */
const KEPT_BYTES: u32 = 4;

/** A side of the flow starts like a protocol. */
@inline export function hasLikeSide(record: usize): bool { return (firstSides(record) & ANY_LIKE) != 0; }

/** The side's packets need not be looked at any more. */
@inline export function isUnlike(record: usize, side: u32): bool {
  return (firstSide(record, side) & (FIRST_SIDE_UNLIKE | FIRST_SIDE_WEAK)) == FIRST_SIDE_UNLIKE;
}

/**
 * May a stream that begins like this be read? One that is too short to be certain is looked at again when more of it is
 * there. False: the side starts like none; with both sides like that the flow is decided.
 */
export function mayBeStream(record: usize, side: u32, packet: usize, bytes: usize, size: u32): bool {
  if (likeness(true, bytes, size, packetLowPort(packet), packetHighPort(packet)) != LIKE_NONE) {
    if (size >= <u32>FIRST_LOOK_BYTES) setFirstSide(record, side, FIRST_SIDE_LIKE);
    return true;
  }
  noteUnlike(record, side, bytes, size, 0);
  endIfUnlike(record);
  return false;
}

/**
 * Is a datagram worth keeping? One that says little is, until the next one of its side: if that one, or one of the other
 * side before it, starts like a protocol, too, both are, and else the side is unlike.
 */
export function isWorthKeeping(record: usize, side: u32, packet: usize, bytes: usize, size: u32): bool {
  if (hasLikeSide(record)) return true;
  const like = likeness(false, bytes, size, packetLowPort(packet), packetHighPort(packet));
  const confirms = (firstSides(record) & ANY_WEAK) != 0;
  if (like == LIKE_ANY || (like != LIKE_NONE && confirms)) {
    if (confirms) noteLike(record);
    setFirstSide(record, side, FIRST_SIDE_LIKE);
    return true;
  }
  if ((firstSide(record, side) & FIRST_SIDE_WEAK) != 0) dropWeak(record);
  const known = (firstSide(record, side) & FIRST_SIDE_UNLIKE) != 0;
  if (!known) noteUnlike(record, side, bytes, size, like == LIKE_NONE || confirms ? 0 : FIRST_SIDE_WEAK);
  endIfUnlike(record);
  return !known && (firstSide(record, side) & FIRST_SIDE_WEAK) != 0;
}

/** What was kept of a side because the next datagram could have confirmed it is not kept any more. */
export function dropWeak(record: usize): void {
  if ((firstSides(record) & ANY_WEAK) == 0) return;
  for (let side: u32 = 0; side < 2; side++) {
    const bits = firstSide(record, side);
    if ((bits & FIRST_SIDE_WEAK) == 0) continue;
    setFirstSide(record, side, bits & ~FIRST_SIDE_WEAK);
    freeChain(firstHead(record, side));
    setFirstHead(record, side, NIL);
  }
}

/** The side that was weak is like a protocol. */
function noteLike(record: usize): void {
  for (let side: u32 = 0; side < 2; side++) {
    if ((firstSide(record, side) & FIRST_SIDE_WEAK) != 0) setFirstSide(record, side, FIRST_SIDE_LIKE);
  }
}

/** Keeps a few bytes of the side, and what kind they are. @param weak FIRST_SIDE_WEAK or 0 */
function noteUnlike(record: usize, side: u32, bytes: usize, size: u32, weak: u32): void {
  const kept = min(size, KEPT_BYTES);
  let first: u32 = 0;
  for (let at: u32 = 0; at < kept; at++) first |= <u32>load<u8>(bytes + <usize>at) << (at << 3);
  setFirstBase(record, side, first);
  const text: u32 = isPlainText(bytes, size) ? FIRST_SIDE_TEXT : 0;
  setFirstSide(record, side, FIRST_SIDE_UNLIKE | text | weak | kept << FIRST_SIDE_KEPT_SHIFT);
}

/** With both sides unlike, for good, there is nothing more to look at. */
function endIfUnlike(record: usize): void {
  const sides = firstSides(record);
  if ((sides & BOTH_UNLIKE) == BOTH_UNLIKE && (sides & ANY_WEAK) == 0) setFirstState(record, FIRST_STATE_READY);
}
