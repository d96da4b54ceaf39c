/**
 * Holes in the sequence numbers of a side: what was passed over, and may still come. They are in order, since each is
 * opened above all that was seen. TCP_HOLES_MAX are remembered; the lowest is given up for a fifth, and its bytes stay
 * missing. `side` is the TCP_REST of the side.
 */
import {
  TCP_HOLES, TCP_HOLES_MAX, TCP_HOLE_BYTES, TCP_HOLE_FROM, TCP_LOST_BYTES,
} from "../layout";

@inline function holeFrom(side: usize, n: u32): i64 { return load<i64>(side + (<usize>n << 3), TCP_HOLE_FROM); }
@inline function holeBytes(side: usize, n: u32): u32 { return load<u32>(side + (<usize>n << 2), TCP_HOLE_BYTES); }

@inline function setHole(side: usize, n: u32, from: i64, bytes: u32): void {
  store<i64>(side + (<usize>n << 3), from, TCP_HOLE_FROM);
  store<u32>(side + (<usize>n << 2), bytes, TCP_HOLE_BYTES);
}

/** Sequence numbers [from, to) were passed over. Returns whether a hole was given up for that. */
export function openHole(side: usize, from: i64, to: i64): bool {
  return insertHole(side, <u32>load<u8>(side, TCP_HOLES), from, <u32>(to - from));
}

/** Puts a hole at place `n`. In a full list the lowest makes room; returns whether that was so. */
function insertHole(side: usize, n: u32, from: i64, bytes: u32): bool {
  const count = <u32>load<u8>(side, TCP_HOLES);
  if (count < <u32>TCP_HOLES_MAX) {
    for (let k = count; k > n; k--) setHole(side, k, holeFrom(side, k - 1), holeBytes(side, k - 1));
    setHole(side, n, from, bytes);
    store<u8>(side, <u8>(count + 1), TCP_HOLES);
    return false;
  }
  store<u64>(side, load<u64>(side, TCP_LOST_BYTES) + holeBytes(side, 0), TCP_LOST_BYTES);
  for (let k: u32 = 1; k < n; k++) setHole(side, k - 1, holeFrom(side, k), holeBytes(side, k));
  setHole(side, n - 1, from, bytes);
  return true;
}

/** Sequence numbers [from, to) have come. Returns how many of them were in holes. */
export function fillHoles(side: usize, from: i64, to: i64): i64 {
  const count = <u32>load<u8>(side, TCP_HOLES);
  let kept: u32 = 0;
  let filled: i64 = 0;
  for (let n: u32 = 0; n < count; n++) {
    const first = holeFrom(side, n);
    const last = first + <i64>holeBytes(side, n);
    const start = max(first, from);
    const end = min(last, to);
    if (start >= end) {
      setHole(side, kept++, first, <u32>(last - first));
      continue;
    }
    filled += end - start;
    if (first < start) setHole(side, kept++, first, <u32>(start - first));
    if (end < last) {
      if (first < start) {
        // In the middle: all other holes lie apart from it.
        insertHole(side, n + 1, end, <u32>(last - end));
        return filled;
      }
      setHole(side, kept++, end, <u32>(last - end));
    }
  }
  store<u8>(side, <u8>kept, TCP_HOLES);
  return filled;
}

/** Bytes of all holes, those given up as well. */
export function missingBytes(side: usize): u64 {
  let bytes = load<u64>(side, TCP_LOST_BYTES);
  const count = <u32>load<u8>(side, TCP_HOLES);
  for (let n: u32 = 0; n < count; n++) bytes += holeBytes(side, n);
  return bytes;
}
