/**
 * The flow index: open addressing with linear probing over 8-byte slots (hash, flow index + 1), eight to a cache
 * line. It starts small and doubles at half load, so its size follows the flows present; a removal shifts the
 * followers back, so there are no tombstones and the longest probe stays short.
 */
import { indexA, indexB, setState32, setState64, state32, state64 } from "../control";
import { flowAt } from "./flow";
import { giveWay } from "./give_way";
import { sameKey } from "../decode/key";
import {
  COUNTER_LONGEST_PROBE, INDEX_LOAD_DENOMINATOR, INDEX_LOAD_NUMERATOR, INDEX_SLOTS_MIN, NIL, SLOT_SIZE,
  STATE_ACTIVE_COUNT, STATE_INDEX, STATE_INDEX_MASK, STATE_ORDERING,
} from "../layout";

/** Bytes cleared, and places moved, before the host may have its turn while the index grows. */
const GROW_STEP: usize = 1 << 18;
const GROW_PLACES_MASK: u32 = (1 << 14) - 1;

@inline function slotAt(base: usize, place: u32): usize { return base + <usize>place * SLOT_SIZE; }
@inline function slotHash(slot: u64): u32 { return <u32>slot; }
@inline function slotFlow(slot: u64): u32 { return <u32>(slot >> 32) - 1; }
@inline function makeSlot(hash: u32, index: u32): u64 { return <u64>hash | (<u64>(index + 1) << 32); }

/** An empty index of the smallest size. */
export function initTable(): void {
  setState32(STATE_INDEX, <u32>indexA);
  setState32(STATE_INDEX_MASK, INDEX_SLOTS_MIN - 1);
  memory.fill(indexA, 0, INDEX_SLOTS_MIN * SLOT_SIZE);
}

/** Brings the first slot of a hash into the cache. The value only keeps the load alive. */
@inline export function prefetchSlot(hash: u32): u64 {
  return load<u64>(slotAt(state32(STATE_INDEX), hash & state32(STATE_INDEX_MASK)));
}

/**
 * The flow that findFlow will probably return: the one in the first two places whose hash matches. It avoids a branch,
 * which could not be predicted here. NIL or a flow with another key if the flow is further on.
 */
@inline export function likelyFlow(hash: u32): u32 {
  const base: usize = state32(STATE_INDEX);
  const mask = state32(STATE_INDEX_MASK);
  const first = load<u64>(slotAt(base, hash & mask));
  const second = load<u64>(slotAt(base, (hash + 1) & mask));
  return slotFlow(select<u64>(first, second, slotHash(first) == hash));
}

/** The active flow with this key, or NIL. */
@inline export function findFlow(key: usize, hash: u32): u32 {
  const base: usize = state32(STATE_INDEX);
  const mask = state32(STATE_INDEX_MASK);
  let place = hash & mask;
  while (true) {
    const slot = load<u64>(slotAt(base, place));
    if (slot == 0) return NIL;
    if (slotHash(slot) == hash) {
      const index = slotFlow(slot);
      if (sameKey(flowAt(index), key)) return index;
    }
    place = (place + 1) & mask;
  }
}

/** Adds a flow whose key is not in the index. STATE_ACTIVE_COUNT already counts it. */
export function insertFlow(index: u32, hash: u32): void {
  const mask = state32(STATE_INDEX_MASK);
  if (<u64>state32(STATE_ACTIVE_COUNT) * INDEX_LOAD_DENOMINATOR > <u64>(mask + 1) * INDEX_LOAD_NUMERATOR) growTable();
  const probe = placeSlot(state32(STATE_INDEX), state32(STATE_INDEX_MASK), makeSlot(hash, index));
  if (<u64>probe > state64(COUNTER_LONGEST_PROBE)) setState64(COUNTER_LONGEST_PROBE, probe);
}

/** Puts a slot into the first free place at or after its own. Returns how many places it looked at. */
@inline function placeSlot(base: usize, mask: u32, slot: u64): u32 {
  let place = slotHash(slot) & mask;
  let probe: u32 = 1;
  while (load<u64>(slotAt(base, place)) != 0) {
    place = (place + 1) & mask;
    probe++;
  }
  store<u64>(slotAt(base, place), slot);
  return probe;
}

/**
 * Doubles the index: from region A to region B, or back. The host may look up flows in the old one meanwhile, but not
 * order them: the flow that is to be inserted is not filed yet.
 */
@cold function growTable(): void {
  const from: usize = state32(STATE_INDEX);
  const to: usize = from == indexA ? indexB : indexA;
  const oldMask = state32(STATE_INDEX_MASK);
  const newMask = (oldMask << 1) | 1;
  const wasOrdering = state32(STATE_ORDERING);
  setState32(STATE_ORDERING, 1);
  const size = <usize>(newMask + 1) * SLOT_SIZE;
  for (let at: usize = 0; at < size; at += GROW_STEP) {
    memory.fill(to + at, 0, min(GROW_STEP, size - at));
    giveWay();
  }
  for (let place: u32 = 0; place <= oldMask; place++) {
    const slot = load<u64>(slotAt(from, place));
    if (slot != 0) placeSlot(to, newMask, slot);
    if ((place & GROW_PLACES_MASK) == 0) giveWay();
  }
  setState32(STATE_INDEX, <u32>to);
  setState32(STATE_INDEX_MASK, newMask);
  setState32(STATE_ORDERING, wasOrdering);
}

/** Removes a flow that is in the index and closes the gap. */
export function removeFlow(index: u32, hash: u32): void {
  const base: usize = state32(STATE_INDEX);
  const mask = state32(STATE_INDEX_MASK);
  const wanted = makeSlot(hash, index);
  let gap = hash & mask;
  while (load<u64>(slotAt(base, gap)) != wanted) gap = (gap + 1) & mask;
  let place = gap;
  while (true) {
    place = (place + 1) & mask;
    const slot = load<u64>(slotAt(base, place));
    if (slot == 0) break;
    const home = slotHash(slot) & mask;
    // The follower may move back when its home is not between the gap and itself.
    if (((place - home) & mask) >= ((place - gap) & mask)) {
      store<u64>(slotAt(base, gap), slot);
      gap = place;
    }
  }
  store<u64>(slotAt(base, gap), 0);
}

/** Where the index lies, but for what initTable needs of its region, and how many bytes that are. */
export function usedIndex(): usize {
  const base: usize = state32(STATE_INDEX);
  return base == indexA ? base + INDEX_SLOTS_MIN * SLOT_SIZE : base;
}

export function usedIndexBytes(): usize {
  return state32(STATE_INDEX) + <usize>indexPlaces() * SLOT_SIZE - usedIndex();
}

/** Places of the index, for looking at all flows in it. */
@inline export function indexPlaces(): u32 {
  return state32(STATE_INDEX_MASK) + 1;
}

/** The flow in a place, or NIL. */
@inline export function flowInPlace(place: u32): u32 {
  return slotFlow(load<u64>(slotAt(state32(STATE_INDEX), place)));
}
