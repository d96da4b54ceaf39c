/** What the two sides of a flow start like: looked at until it is certain, and noted in the flow's record. */
import { packetHighPort, packetLowPort, packetProtocol } from "../decode/packet";
import {
  FIRST_LOOK_BYTES, FIRST_SIDE_KEPT_SHIFT, FIRST_SIDE_LIKE, FIRST_SIDE_TEXT, FIRST_SIDE_UNLIKE, FIRST_STATE_READY,
} from "../layout";
import { PROTOCOL_TCP } from "../wire/numbers";
import { firstSides, setFirstBase, setFirstSide, setFirstState } from "./first_record";
import { isLikeAny, isPlainText } from "./first_start";

/** Bits of both sides. */
const ANY_LIKE: u32 = FIRST_SIDE_LIKE | FIRST_SIDE_LIKE << 8;
const BOTH_UNLIKE: u32 = FIRST_SIDE_UNLIKE | FIRST_SIDE_UNLIKE << 8;
/** Bytes that are kept of an unlike side. */
const KEPT_BYTES: u32 = 4;

/** A side of the flow starts like a protocol. */
@inline export function hasLikeSide(record: usize): bool { return (firstSides(record) & ANY_LIKE) != 0; }

/**
 * May these be the first bytes of a protocol? A stream that is too short to be certain is looked at again when more of it
 * is there; a datagram is whole. False: the side starts like none; with both sides like that the flow is decided.
 */
export function mayBeRead(record: usize, side: u32, packet: usize, bytes: usize, size: u32): bool {
  const tcp = packetProtocol(packet) == PROTOCOL_TCP;
  if (isLikeAny(tcp, bytes, size, packetLowPort(packet), packetHighPort(packet))) {
    if (!tcp || size >= <u32>FIRST_LOOK_BYTES) setFirstSide(record, side, FIRST_SIDE_LIKE);
    return true;
  }
  const kept = min(size, KEPT_BYTES);
  let first: u32 = 0;
  for (let at: u32 = 0; at < kept; at++) first |= <u32>load<u8>(bytes + <usize>at) << (at << 3);
  setFirstBase(record, side, first);
  const text: u32 = isPlainText(bytes, size) ? FIRST_SIDE_TEXT : 0;
  setFirstSide(record, side, FIRST_SIDE_UNLIKE | text | kept << FIRST_SIDE_KEPT_SHIFT);
  if ((firstSides(record) & BOTH_UNLIKE) == BOTH_UNLIKE) setFirstState(record, FIRST_STATE_READY);
  return false;
}
