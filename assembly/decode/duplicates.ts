/**
 * Packets that are seen twice: at two capture points, on a mirrored port, on a bridge and one of its ports. A copy has
 * the same bytes from the outermost IP header on (wire/ip_digest.ts says which) and comes within the option's time of
 * the first one, before or after it. The first one counts, and is what later copies are compared with.
 *
 * A set-associative memory of fixed size holds digests; one that has to give way too early is counted.
 */
import { count, dedupTime, duplicatesBase, key0, key1, key2, key3, setState32 } from "../control";
import {
  COUNTER_DUPLICATES_FORGOTTEN, DUPLICATE_DIGEST_A, DUPLICATE_DIGEST_B, DUPLICATE_SETS, DUPLICATE_SIZE,
  DUPLICATE_TIME, DUPLICATE_USED, DUPLICATE_WAYS, STATE_UNCAPTURED,
} from "../layout";
import { digestA, digestB, digestIp } from "../wire/ip_digest";
import { networkOf } from "./link";
import { isIp, networkAt } from "./network";

/**
 * Is the frame a copy of one that was seen? If not, it is remembered. What is not IP, or has no sound IP header, is
 * never a copy.
 */
export function isDuplicate(time: u64, frame: usize, captured: u32, wireLength: u32, linkType: u32): bool {
  const end = frame + captured;
  // Whether an inner header is sound depends on it.
  setState32(STATE_UNCAPTURED, wireLength - captured);
  const found = networkOf(linkType, frame, end);
  if (!isIp(found)) return false;
  const seedA = <u64>key0 << 32 | <u64>key1;
  const seedB = <u64>key2 << 32 | <u64>key3;
  return digestIp(networkAt(found), end, wireLength - captured, seedA, seedB) && isKnown(time);
}

/** Was a packet with this digest seen? */
function isKnown(time: u64): bool {
  const set = duplicatesBase + <usize>(<u32>digestB & (DUPLICATE_SETS - 1)) * (DUPLICATE_WAYS * DUPLICATE_SIZE);
  let place = set;
  for (let way: usize = 0; way < <usize>DUPLICATE_WAYS; way++) {
    const entry = set + way * DUPLICATE_SIZE;
    if (load<u32>(entry, DUPLICATE_USED) == 0) {
      place = entry;
      break;
    }
    const then = load<u64>(entry, DUPLICATE_TIME);
    if (load<u64>(entry, DUPLICATE_DIGEST_A) == digestA && load<u64>(entry, DUPLICATE_DIGEST_B) == digestB) {
      if (isNear(then, time)) return true;
      place = entry;
      break;
    }
    if (then < load<u64>(place, DUPLICATE_TIME)) place = entry;
  }
  remember(place, time);
  return false;
}

/** In a free entry, one of an older packet with the same digest, or the oldest of the set. */
function remember(entry: usize, time: u64): void {
  const used = load<u32>(entry, DUPLICATE_USED) != 0;
  const isSame = load<u64>(entry, DUPLICATE_DIGEST_A) == digestA && load<u64>(entry, DUPLICATE_DIGEST_B) == digestB;
  if (used && !isSame && isNear(load<u64>(entry, DUPLICATE_TIME), time)) count(COUNTER_DUPLICATES_FORGOTTEN);
  store<u64>(entry, digestA, DUPLICATE_DIGEST_A);
  store<u64>(entry, digestB, DUPLICATE_DIGEST_B);
  store<u64>(entry, time, DUPLICATE_TIME);
  store<u32>(entry, 1, DUPLICATE_USED);
}

@inline function isNear(then: u64, time: u64): bool {
  return (time > then ? time - then : then - time) <= dedupTime;
}
