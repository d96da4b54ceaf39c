/**
 * Heaps of flows, the one to be evicted next on top. There are two orders, each with a heap of its own: by rank, then by
 * use; and by use alone. The least recently used flow is the one with the smallest last time, of equals the one started
 * first. The ranks, first to go first: bare SYNs that nobody has answered, flows of one packet, those that only one
 * side has sent to, conversations.
 *
 * No order of use is kept while packets flow. When a heap is needed it is built, of the flows that go first, up to its
 * reach; when these have gone it is built again. Its entries carry the rank and last time they were built with. Too
 * small ones do no harm: an entry that comes up with old ones is corrected and sinks, or leaves the reach. A flow whose
 * rank falls gets another entry. So the order is exact, and it costs nothing until it is needed.
 */
import { evictionBase, evictionCapacity, idleBase, setState32, setState64, state32, state64 } from "../control";
import { packetTcpFlags } from "../decode/packet";
import {
  EVICTION_ENTRY_SIZE, EVICTION_FLOW_MASK, EVICTION_GENERATION, EVICTION_LAST, EVICTION_RANKED_FLOW,
  EVICTION_RANK_SHIFT, FLOW_STATE_ACTIVE, HEAP_COUNT, HEAP_LAST, HEAP_RANK, HEAP_VALID, NIL, STATE_HEAP_IDLE,
  STATE_HEAP_RANKED, STATE_POOL_TOP, STATE_SUSPECT_FLOW,
} from "../layout";
import { flowAt, flowLast, flowPackets, flowState, flowTcpFlags, linkAt, linkGeneration } from "../table/flow";
import { giveWay } from "../table/give_way";
import { flowInPlace, indexPlaces } from "../table/table";
import { TCP_SYN } from "../wire/numbers";
import { endsSlice } from "./slice";

/** The heaps, named by where their state is. */
export const RANKED: usize = STATE_HEAP_RANKED;
export const IDLE: usize = STATE_HEAP_IDLE;

const RANK_SYN: u32 = 0;
const RANK_ONE_PACKET: u32 = 1;
const RANK_ONE_SIDE: u32 = 2;
const RANK_CONVERSATION: u32 = 3;

/** Flows that are looked at to choose the reach, and the part of the flows that is left out. */
const SAMPLES: u32 = 256;
const LEFT_OUT: u32 = 8;

/** Places of the index, and entries, that are dealt with before the host may have its turn. */
const STEP: u32 = 2048;

@inline function entriesOf(heap: usize): usize { return heap == RANKED ? evictionBase : idleBase; }
@inline function heapCount(heap: usize): u32 { return state32(heap + HEAP_COUNT); }
@inline function setHeapCount(heap: usize, v: u32): void { setState32(heap + HEAP_COUNT, v); }

@inline function entryAt(entries: usize, place: u32): usize { return entries + <usize>place * EVICTION_ENTRY_SIZE; }
@inline function entryLast(e: usize): u64 { return load<u64>(e, EVICTION_LAST); }
@inline function entryRanked(e: usize): u32 { return load<u32>(e, EVICTION_RANKED_FLOW); }
@inline function entryFlow(e: usize): u32 { return entryRanked(e) & EVICTION_FLOW_MASK; }
@inline function entryRank(e: usize): u32 { return entryRanked(e) >> EVICTION_RANK_SHIFT; }
@inline function entryGeneration(e: usize): u32 { return load<u32>(e, EVICTION_GENERATION); }
@inline function ranked(rank: u32, index: u32): u32 { return (rank << EVICTION_RANK_SHIFT) | index; }
@inline function writeEntry(e: usize, last: u64, rankedFlow: u32, generation: u32): void {
  store<u64>(e, last, EVICTION_LAST);
  store<u32>(e, rankedFlow, EVICTION_RANKED_FLOW);
  store<u32>(e, generation, EVICTION_GENERATION);
}

/** The flow's rank in the heap as it stands now. Of a SYN alone only the first cache line is looked at. */
@inline function rankIn(heap: usize, flow: usize): u32 {
  return heap == RANKED ? rankOf(flow) : 0;
}

function rankOf(flow: usize): u32 {
  const flags = flowTcpFlags(flow, 0) | (flowTcpFlags(flow, 1) << 16);
  if (flags == TCP_SYN || flags == TCP_SYN << 16) return RANK_SYN;
  const low = flowPackets(flow, 0);
  const high = flowPackets(flow, 1);
  if (low != 0 && high != 0) return RANK_CONVERSATION;
  return low + high <= 1 ? RANK_ONE_PACKET : RANK_ONE_SIDE;
}

/** Does the packet, which is about to be added, make the flow's rank fall? A SYN behind packets without flags does. */
@inline export function lowersRank(index: u32, packet: usize): bool {
  const flow = flowAt(index);
  return packetTcpFlags(packet) == TCP_SYN && (flowTcpFlags(flow, 0) | flowTcpFlags(flow, 1)) == 0;
}

/** Nothing is known of the order. */
export function initHeap(heap: usize): void {
  setHeapCount(heap, 0);
  setState32(heap + HEAP_VALID, 0);
}

/** A flow that is new, or of a lower rank than before, belongs into the heap when it is in its reach. */
export function noteIn(heap: usize, index: u32): void {
  if (state32(heap + HEAP_VALID) == 0) return;
  const flow = flowAt(index);
  const last = flowLast(flow);
  const rank = rankIn(heap, flow);
  if (!isInReach(heap, rank, last)) return;
  const size = heapCount(heap);
  if (size == evictionCapacity) {
    initHeap(heap);
    return;
  }
  const entries = entriesOf(heap);
  writeEntry(entryAt(entries, size), last, ranked(rank, index), linkGeneration(linkAt(index)));
  setHeapCount(heap, size + 1);
  rise(entries, size);
}

/** Does the heap hold the flows of this rank and last time? */
@inline function isInReach(heap: usize, rank: u32, last: u64): bool {
  const highest = state32(heap + HEAP_RANK);
  return (rank < highest) | ((rank == highest) & (last <= state64(heap + HEAP_LAST)));
}

/**
 * Brings the flow to be evicted next to the top. With `pausing` it is false when the slice is over before: then it is
 * to be called again, and no packet may come before.
 */
export function findFirst(heap: usize, pausing: bool): bool {
  const entries = entriesOf(heap);
  const top = entryAt(entries, 0);
  while (true) {
    if (heapCount(heap) == 0 && !build(heap, pausing)) return false;
    if (heapCount(heap) == 0) return true;
    const index = entryFlow(top);
    const flow = flowAt(index);
    if (flowState(flow) == FLOW_STATE_ACTIVE && linkGeneration(linkAt(index)) == entryGeneration(top)) {
      const last = flowLast(flow);
      const rank = rankIn(heap, flow);
      // An entry may be older than its flow, or newer where a held SYN was taken from it.
      if (last == entryLast(top) && rank == entryRank(top)) return true;
      if (isInReach(heap, rank, last)) {
        writeEntry(top, last, ranked(rank, index), entryGeneration(top));
        sink(entries, 0, heapCount(heap));
      } else {
        removeFirst(heap);
      }
    } else {
      removeFirst(heap);
    }
    giveWay();
    if (pausing && endsSlice(1)) return false;
  }
}

/** As findFirst; a heap of no more than `few` entries is built again, as it would be soon. */
export function prepareFirst(heap: usize, few: u32, pausing: bool): bool {
  if (heapCount(heap) <= few) setHeapCount(heap, 0);
  return findFirst(heap, pausing);
}

/** The flow on top, behind findFirst; NIL: there is no active flow. */
export function firstIn(heap: usize): u32 {
  return heapCount(heap) == 0 ? NIL : entryFlow(entriesOf(heap));
}

export function removeFirst(heap: usize): void {
  const entries = entriesOf(heap);
  removeTop(entries, heapCount(heap));
  setHeapCount(heap, heapCount(heap) - 1);
}

/** What is being done to build a heap. */
const CHOOSE: u32 = 0;
const GATHER: u32 = 1;
const ARRANGE: u32 = 2;

let phase: u32 = CHOOSE;
/** The next place, then the entries that are still to be arranged; and the entries so far. */
let next: u32 = 0;
let size: u32 = 0;

/** Builds the heap, which is empty, of the active flows within a new reach. False: the slice is over. */
function build(heap: usize, pausing: bool): bool {
  if (phase == CHOOSE) {
    initHeap(heap);
    chooseReach(heap);
    next = 0;
    size = 0;
    phase = GATHER;
  }
  if (phase == GATHER) {
    for (const end = places(); next < end; ) {
      const to = min(end, next + STEP);
      size = gather(heap, next, to, size);
      next = to;
      giveWay();
      if (pausing && endsSlice(STEP)) return false;
    }
    next = size >> 1;
    phase = ARRANGE;
  }
  const entries = entriesOf(heap);
  while (next != 0) {
    const to = next - min(next, STEP);
    arrange(entries, to, next, size);
    next = to;
    giveWay();
    if (pausing && endsSlice(STEP)) return false;
  }
  setHeapCount(heap, size);
  setState32(heap + HEAP_VALID, 1);
  phase = CHOOSE;
  return true;
}

/** Flows are found in the pool, where they lie in a row, or in the index when most of those in the pool are closed. */
@inline function inPool(): bool { return state32(STATE_POOL_TOP) <= indexPlaces(); }
@inline function places(): u32 { return min(state32(STATE_POOL_TOP), indexPlaces()); }

/** The active flow in a place, or NIL: one whose time is not believed yet is not in the index. */
@inline function flowIn(place: u32, inPool: bool): u32 {
  if (!inPool) return flowInPlace(place);
  const isActive = flowState(flowAt(place)) == FLOW_STATE_ACTIVE && place != state32(STATE_SUSPECT_FLOW);
  return isActive ? place : NIL;
}

/** Sets the reach by some flows, which lie anywhere. There may be none. */
function chooseReach(heap: usize): void {
  const entries = entriesOf(heap);
  const pooled = inPool();
  const end = places();
  const share = max<u32>(1, end / SAMPLES);
  let count: u32 = 0;
  for (let from: u32 = 0; from + share <= end && count < SAMPLES; from += share) {
    let place = from;
    while (place + 1 < from + share && flowIn(place, pooled) == NIL) place++;
    const index = flowIn(place, pooled);
    if (index != NIL) writeFlow(heap, entryAt(entries, count++), index);
  }
  if (count == 0) return;
  arrange(entries, 0, count >> 1, count);
  for (const last: u32 = 1 + count / LEFT_OUT; count > last; count--) removeTop(entries, count);
  setState32(heap + HEAP_RANK, entryRank(entries));
  setState64(heap + HEAP_LAST, entryLast(entries));
}

/** Adds entries of the flows in some places to the first `size`. Returns how many there are then. */
function gather(heap: usize, from: u32, to: u32, size: u32): u32 {
  const entries = entriesOf(heap);
  const pooled = inPool();
  for (let place = from; place < to; place++) {
    const index = flowIn(place, pooled);
    if (index == NIL) continue;
    const entry = entryAt(entries, size);
    writeFlow(heap, entry, index);
    // Without a branch, which could not be predicted.
    size += <u32>isInReach(heap, entryRank(entry), entryLast(entry));
  }
  return size;
}

@inline function writeFlow(heap: usize, e: usize, index: u32): void {
  const flow = flowAt(index);
  writeEntry(e, flowLast(flow), ranked(rankIn(heap, flow), index), linkGeneration(linkAt(index)));
}

/** Makes a heap of each subtree that begins in [from, to), from the last one on. */
function arrange(entries: usize, from: u32, to: u32, size: u32): void {
  for (let place = to; place > from; place--) sink(entries, place - 1, size);
}

/** Does an entry of this rank, last time and generation go before entry `b`? Generations rise as flows start. */
@inline function before(rankedFlow: u32, last: u64, generation: u32, b: usize): bool {
  const rank = rankedFlow >> EVICTION_RANK_SHIFT;
  const bRank = entryRank(b);
  if (rank != bRank) return rank < bRank;
  const bLast = entryLast(b);
  return last != bLast ? last < bLast : generation < entryGeneration(b);
}

@inline function moveEntry(from: usize, to: usize): void {
  writeEntry(to, entryLast(from), entryRanked(from), entryGeneration(from));
}

/** Removes the top of a heap of `size` entries. */
function removeTop(entries: usize, size: u32): void {
  moveEntry(entryAt(entries, size - 1), entries);
  sink(entries, 0, size - 1);
}

function sink(entries: usize, from: u32, size: u32): void {
  const e = entryAt(entries, from);
  const last = entryLast(e);
  const flow = entryRanked(e);
  const generation = entryGeneration(e);
  let place = from;
  while (true) {
    let child = (place << 1) + 1;
    if (child >= size) break;
    let c = entryAt(entries, child);
    const right = entryAt(entries, child + 1);
    if (child + 1 < size && before(entryRanked(right), entryLast(right), entryGeneration(right), c)) {
      child++;
      c = right;
    }
    if (before(flow, last, generation, c)) break;
    moveEntry(c, entryAt(entries, place));
    place = child;
  }
  writeEntry(entryAt(entries, place), last, flow, generation);
}

function rise(entries: usize, from: u32): void {
  const e = entryAt(entries, from);
  const last = entryLast(e);
  const flow = entryRanked(e);
  const generation = entryGeneration(e);
  let place = from;
  while (place > 0) {
    const parent = entryAt(entries, (place - 1) >> 1);
    if (!before(flow, last, generation, parent)) break;
    moveEntry(parent, entryAt(entries, place));
    place = (place - 1) >> 1;
  }
  writeEntry(entryAt(entries, place), last, flow, generation);
}
