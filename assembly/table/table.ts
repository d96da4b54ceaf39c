/**
 * The flow index: open addressing with linear probing over 8-byte slots (hash, flow index + 1), eight to a cache
 * line. It starts small and doubles at half load, where it is, so its size follows the flows present; a removal shifts
 * the followers back, so there are no tombstones and the longest probe stays short.
 */
import { indexBase, setState32, setState64, state32, state64 } from "../control";
import { flowAt, hasKey } from "./flow";
import { giveWay } from "./give_way";
import {
  COUNTER_LONGEST_PROBE, INDEX_LOAD_DENOMINATOR, INDEX_LOAD_NUMERATOR, INDEX_SLOTS_MIN, NIL, SLOT_SIZE,
  STATE_ACTIVE_COUNT, STATE_GROW_MOVED, STATE_GROW_START, STATE_INDEX_MASK, STATE_ORDERING,
} from "../layout";

/** Bytes cleared, and places moved, before the host may have its turn while the index grows. */
const GROW_STEP: usize = 1 << 18;
const GROW_PLACES: u32 = 1 << 14;

@inline function slotAt(place: u32): usize { return indexBase + <usize>place * SLOT_SIZE; }
@inline function slotHash(slot: u64): u32 { return <u32>slot; }
@inline function slotFlow(slot: u64): u32 { return <u32>(slot >> 32) - 1; }
@inline function makeSlot(hash: u32, index: u32): u64 { return <u64>hash | (<u64>(index + 1) << 32); }

/** An empty index of the smallest size. */
export function initTable(): void {
  setState32(STATE_INDEX_MASK, INDEX_SLOTS_MIN - 1);
  setState32(STATE_GROW_MOVED, 0);
  memory.fill(indexBase, 0, INDEX_SLOTS_MIN * SLOT_SIZE);
}

/** Brings the first slot of a hash into the cache. The value only keeps the load alive. */
@inline export function prefetchSlot(hash: u32): u64 {
  return load<u64>(slotAt(hash & state32(STATE_INDEX_MASK)));
}

/**
 * The flow that findFlow will probably return: the one in the first two places whose hash matches. It avoids branches,
 * which could not be predicted here. NIL when there is none: the flow is further on, or new.
 */
@inline export function likelyFlow(hash: u32): u32 {
  const mask = state32(STATE_INDEX_MASK);
  const first = load<u64>(slotAt(hash & mask));
  const second = load<u64>(slotAt((hash + 1) & mask));
  const slot = select<u64>(first, second, slotHash(first) == hash);
  return select<u32>(slotFlow(slot), NIL, slotHash(slot) == hash);
}

/** The active flow with this key, or NIL. */
@inline export function findFlow(key: usize, hash: u32): u32 {
  return findWithin(key, hash, state32(STATE_INDEX_MASK));
}

/** The same for the host, which may have its turn while the index grows. */
export function lookUpFlow(key: usize, hash: u32): u32 {
  const mask = state32(STATE_INDEX_MASK);
  const isMoved = ((hash - state32(STATE_GROW_START)) & mask) < state32(STATE_GROW_MOVED);
  return findWithin(key, hash, isMoved ? (mask << 1) | 1 : mask);
}

@inline function findWithin(key: usize, hash: u32, mask: u32): u32 {
  let place = hash & mask;
  while (true) {
    const slot = load<u64>(slotAt(place));
    if (slot == 0) return NIL;
    if (slotHash(slot) == hash) {
      const index = slotFlow(slot);
      if (hasKey(flowAt(index), key)) return index;
    }
    place = (place + 1) & mask;
  }
}

/** Adds a flow whose key is not in the index. STATE_ACTIVE_COUNT already counts it. */
export function insertFlow(index: u32, hash: u32): void {
  const mask = state32(STATE_INDEX_MASK);
  if (<u64>state32(STATE_ACTIVE_COUNT) * INDEX_LOAD_DENOMINATOR > <u64>(mask + 1) * INDEX_LOAD_NUMERATOR) growTable();
  const probe = placeSlot(state32(STATE_INDEX_MASK), makeSlot(hash, index));
  if (<u64>probe > state64(COUNTER_LONGEST_PROBE)) setState64(COUNTER_LONGEST_PROBE, probe);
}

/** Puts a slot into the first free place at or after its own. Returns how many places it looked at. */
@inline function placeSlot(mask: u32, slot: u64): u32 {
  let place = slotHash(slot) & mask;
  let probe: u32 = 1;
  while (load<u64>(slotAt(place)) != 0) {
    place = (place + 1) & mask;
    probe++;
  }
  store<u64>(slotAt(place), slot);
  return probe;
}

/** Doubles the index. The host may look up flows meanwhile, but not order them: the new one is not filed yet. */
@cold function growTable(): void {
  const wasOrdering = state32(STATE_ORDERING);
  setState32(STATE_ORDERING, 1);
  beginGrowth();
  do giveWay(); while (!growSome(GROW_PLACES));
  setState32(STATE_ORDERING, wasOrdering);
}

/** Clears the upper half. Runs of slots are moved from behind a free place on, so that none is moved in parts. */
export function beginGrowth(): void {
  const mask = state32(STATE_INDEX_MASK);
  const size = <usize>(mask + 1) * SLOT_SIZE;
  for (let at: usize = 0; at < size; at += GROW_STEP) {
    memory.fill(indexBase + size + at, 0, min(GROW_STEP, size - at));
    giveWay();
  }
  let place: u32 = 0;
  while (load<u64>(slotAt(place)) != 0) place++;
  setState32(STATE_GROW_START, place);
  setState32(STATE_GROW_MOVED, 1);
}

/**
 * Moves the slots of some places, and the rest of their run, to where they belong in the doubled index: not beyond
 * their own place in its half, so none comes upon one that is still to be moved. True when all were moved.
 */
export function growSome(places: u32): bool {
  const mask = state32(STATE_INDEX_MASK);
  const newMask = (mask << 1) | 1;
  const start = state32(STATE_GROW_START);
  let moved = state32(STATE_GROW_MOVED);
  const to = moved + places;
  while (moved <= mask) {
    const at = slotAt((start + moved) & mask);
    const slot = load<u64>(at);
    if (slot != 0) {
      store<u64>(at, 0);
      placeSlot(newMask, slot);
    } else if (moved >= to) {
      setState32(STATE_GROW_MOVED, moved);
      return false;
    }
    moved++;
  }
  setState32(STATE_INDEX_MASK, newMask);
  setState32(STATE_GROW_MOVED, 0);
  return true;
}

/** Removes a flow that is in the index and closes the gap. */
export function removeFlow(index: u32, hash: u32): void {
  const mask = state32(STATE_INDEX_MASK);
  const wanted = makeSlot(hash, index);
  let gap = hash & mask;
  while (load<u64>(slotAt(gap)) != wanted) gap = (gap + 1) & mask;
  let place = gap;
  while (true) {
    place = (place + 1) & mask;
    const slot = load<u64>(slotAt(place));
    if (slot == 0) break;
    const home = slotHash(slot) & mask;
    // The follower may move back when its home is not between the gap and itself.
    if (((place - home) & mask) >= ((place - gap) & mask)) {
      store<u64>(slotAt(gap), slot);
      gap = place;
    }
  }
  store<u64>(slotAt(gap), 0);
}

/** Where the index lies, but for what initTable needs of its region, and how many bytes that are. */
export function usedIndex(): usize {
  return indexBase + INDEX_SLOTS_MIN * SLOT_SIZE;
}

export function usedIndexBytes(): usize {
  return <usize>(indexPlaces() - INDEX_SLOTS_MIN) * SLOT_SIZE;
}

/** Places of the index, for looking at all flows in it. */
@inline export function indexPlaces(): u32 {
  return state32(STATE_INDEX_MASK) + 1;
}

/** The flow in a place, or NIL. */
@inline export function flowInPlace(place: u32): u32 {
  return slotFlow(load<u64>(slotAt(place)));
}
