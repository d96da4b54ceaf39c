/**
 * Eviction, for when a limit is reached: one flow, or all that have been idle long.
 *
 * The one flow is of the lowest rank: bare SYNs that nobody has answered, then flows of one packet, then those that only
 * one side has sent to, then conversations; so a flood does not push them out. Within a rank it is the least recently
 * used one (smallest last time, then the one started first).
 *
 * No order of use is kept while packets flow. When the first eviction is due a heap of the flows to go first is built;
 * its entries carry the rank and last time they were built with. Too small ones do no harm: an entry that comes up with
 * old ones is corrected and sinks. A flow whose rank falls gets another entry. The order is exact, and it costs nothing
 * until it is needed.
 */
import {
  evictionBase, evictionCapacity, flowBytes, hardLimit, maxFlows, setState32, setState64, softLimit, state32,
  state64, count,
} from "../control";
import { packetTcpFlags } from "../decode/packet";
import { endFlow } from "./ending";
import { flowAt, flowLast, flowPackets, flowState, flowTcpFlags, linkAt, linkGeneration } from "../table/flow";
import {
  COUNTER_FLOWS_EVICTED, END_EVICTED, FLOW_STATE_ACTIVE, EVICTION_FLOW_MASK, EVICTION_GENERATION, EVICTION_RANKED_FLOW,
  EVICTION_RANK_SHIFT, EVICTION_LAST, EVICTION_ENTRY_SIZE, STATE_ACTIVE_COUNT, STATE_CLOCK, STATE_EVICTION_COUNT,
  STATE_EVICTION_LAST, STATE_EVICTION_RANK, STATE_EVICTION_VALID, STATE_POOL_TOP, STATE_SOFT_NEXT,
  STATE_SUSPECT_FLOW, NIL,
} from "../layout";
import { TCP_SYN } from "../wire/numbers";
import { beginOrder, endOrder, orderedFlow, putInOrder, sortOrder } from "../table/order";
import { activeBytes } from "../table/pool";
import { flowInPlace, indexPlaces } from "../table/table";

/** Part of the distance between the limits that must be added before idle flows are looked for again. */
const SOFT_STEPS: u64 = 64;

/** The heap has at least this part of the flows when it is built, so that building it costs little per eviction. */
const REACH_SHARE: u32 = 8;

/** Ranks of flows, first to go first. */
const RANK_SYN: u32 = 0;
const RANK_ONE_PACKET: u32 = 1;
const RANK_ONE_SIDE: u32 = 2;
const RANK_CONVERSATION: u32 = 3;

@inline function entryAt(place: u32): usize { return evictionBase + <usize>place * EVICTION_ENTRY_SIZE; }
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

/** The flow's rank as it stands now. Of a SYN alone only the first cache line is looked at. */
function rankOf(flow: usize): u32 {
  const flags = flowTcpFlags(flow, 0) | (flowTcpFlags(flow, 1) << 16);
  if (flags == TCP_SYN || flags == TCP_SYN << 16) return RANK_SYN;
  const low = flowPackets(flow, 0);
  const high = flowPackets(flow, 1);
  if (low != 0 && high != 0) return RANK_CONVERSATION;
  return low + high <= 1 ? RANK_ONE_PACKET : RANK_ONE_SIDE;
}

/** Does the packet, which is about to be added, make the flow's rank fall? Only a SYN behind packets without flags does. */
@inline export function lowersRank(index: u32, packet: usize): bool {
  const flow = flowAt(index);
  return packetTcpFlags(packet) == TCP_SYN && (flowTcpFlags(flow, 0) | flowTcpFlags(flow, 1)) == 0;
}

export function initEviction(): void {
  setState32(STATE_EVICTION_VALID, 0);
  setState64(STATE_SOFT_NEXT, softLimit);
}

/** Evicts one flow of the lowest rank. There is a flow. */
export function evictOne(): void {
  while (true) {
    if (state32(STATE_EVICTION_VALID) == 0 || state32(STATE_EVICTION_COUNT) == 0) buildHeap();
    const top = entryAt(0);
    const index = entryFlow(top);
    const flow = flowAt(index);
    const alive = flowState(flow) == FLOW_STATE_ACTIVE && linkGeneration(linkAt(index)) == entryGeneration(top);
    if (!alive) {
      removeTop();
      continue;
    }
    const last = flowLast(flow);
    const rank = rankOf(flow);
    // An entry may be older than its flow, or newer where a held SYN was taken from it: it is corrected below.
    if (last == entryLast(top) && rank == entryRank(top)) {
      removeTop();
      endFlow(index, END_EVICTED);
      count(COUNTER_FLOWS_EVICTED);
      return;
    }
    if (isInReach(rank, last)) {
      writeEntry(top, last, ranked(rank, index), entryGeneration(top));
      sink(0, state32(STATE_EVICTION_COUNT));
    } else {
      removeTop();
    }
  }
}

/** Does the heap hold the flows of this rank and last time? It holds all up to the highest of when it was built. */
@inline function isInReach(rank: u32, last: u64): bool {
  const highest = state32(STATE_EVICTION_RANK);
  return rank < highest || (rank == highest && last <= state64(STATE_EVICTION_LAST));
}

/** A flow that is new, or of a lower rank than before, belongs into the heap when it is in its reach. */
export function noteRank(index: u32): void {
  if (state32(STATE_EVICTION_VALID) == 0) return;
  const flow = flowAt(index);
  const last = flowLast(flow);
  const rank = rankOf(flow);
  if (!isInReach(rank, last)) return;
  const size = state32(STATE_EVICTION_COUNT);
  if (size == evictionCapacity) {
    setState32(STATE_EVICTION_VALID, 0);
    return;
  }
  writeEntry(entryAt(size), last, ranked(rank, index), linkGeneration(linkAt(index)));
  setState32(STATE_EVICTION_COUNT, size + 1);
  rise(size);
}

/** Does a new flow fit below the limits? Evicts until it does; false when there is nothing left to evict. */
export function makeRoom(): bool {
  while (hardLimit != 0 && activeBytes() + <u64>flowBytes > hardLimit) {
    if (!canEvict()) return false;
    evictOne();
  }
  if (state32(STATE_ACTIVE_COUNT) >= maxFlows) {
    if (!canEvict()) return false;
    evictOne();
  }
  return true;
}

/** Is there an active flow in the table? One whose time is not believed yet is not. */
function canEvict(): bool {
  return state32(STATE_ACTIVE_COUNT) > <u32>(state32(STATE_SUSPECT_FLOW) != NIL);
}

/**
 * Between the limits: with fraction f of the way from soft to hard used, ends every flow that has been idle for at
 * least (1 - f) times the longest idle time. Looked at each time a 64th of the way has been added.
 */
@cold export function evictIdle(): void {
  const used = activeBytes();
  if (used <= state64(STATE_SOFT_NEXT)) {
    if (used < softLimit) setState64(STATE_SOFT_NEXT, softLimit);
    return;
  }
  const clock = state64(STATE_CLOCK);
  const longest = longestIdle(clock);
  if (longest != 0) {
    const fraction = min<f64>(1.0, <f64>(used - softLimit) / <f64>(hardLimit - softLimit));
    endIdle(clock - <u64>((1.0 - fraction) * <f64>longest));
  }
  setState64(STATE_SOFT_NEXT, max(activeBytes(), softLimit) + (hardLimit - softLimit) / SOFT_STEPS);
}

function longestIdle(clock: u64): u64 {
  let oldest = clock;
  const top = state32(STATE_POOL_TOP);
  for (let index: u32 = 0; index < top; index++) {
    const flow = flowAt(index);
    if (flowState(flow) == FLOW_STATE_ACTIVE) oldest = min(oldest, flowLast(flow));
  }
  return clock - oldest;
}

/** Evicts all flows whose last packet is not after `cutoff`. */
function endIdle(cutoff: u64): void {
  beginOrder();
  const top = state32(STATE_POOL_TOP);
  let size: u32 = 0;
  for (let index: u32 = 0; index < top; index++) {
    const flow = flowAt(index);
    if (flowState(flow) == FLOW_STATE_ACTIVE && flowLast(flow) <= cutoff) putInOrder(size++, index);
  }
  const base = sortOrder(size);
  for (let place: u32 = 0; place < size; place++) endFlow(orderedFlow(base, place), END_EVICTED);
  endOrder();
  count(COUNTER_FLOWS_EVICTED, size);
}

/**
 * From the index, which has only active flows: the pool may be full of closed ones. Only of the lowest ranks, as long as
 * they have a share of the flows: of a flood's flows the next ones are not in reach and cost nothing.
 */
function buildHeap(): void {
  const all = gatherEntries();
  const reach = chooseReach(all);
  let size: u32 = 0;
  let latest: u64 = 0;
  for (let place: u32 = 0; place < all; place++) {
    const entry = entryAt(place);
    const rank = entryRank(entry);
    if (rank > reach) continue;
    if (rank == reach) latest = max(latest, entryLast(entry));
    moveEntry(entry, entryAt(size++));
  }
  for (let place = size >> 1; place > 0; place--) sink(place - 1, size);
  setState32(STATE_EVICTION_COUNT, size);
  setState32(STATE_EVICTION_VALID, 1);
  setState64(STATE_EVICTION_LAST, latest);
  setState32(STATE_EVICTION_RANK, reach);
}

/** Entries of all active flows, in any order. Returns how many. */
function gatherEntries(): u32 {
  const places = indexPlaces();
  let size: u32 = 0;
  for (let place: u32 = 0; place < places; place++) {
    const index = flowInPlace(place);
    if (index == NIL) continue;
    const flow = flowAt(index);
    writeEntry(entryAt(size++), flowLast(flow), ranked(rankOf(flow), index), linkGeneration(linkAt(index)));
  }
  assert(size != 0 && size <= evictionCapacity);
  return size;
}

/** The lowest rank up to which there are enough of the first `all` entries. */
function chooseReach(all: u32): u32 {
  for (let reach = RANK_SYN; reach < RANK_CONVERSATION; reach++) {
    let size: u32 = 0;
    for (let place: u32 = 0; place < all; place++) size += <u32>(entryRank(entryAt(place)) <= reach);
    if (size > all / REACH_SHARE) return reach;
  }
  return RANK_CONVERSATION;
}

/** Does an entry of this rank, last time and generation go before entry `b`? Generations rise with each flow started. */
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

function removeTop(): void {
  const size = state32(STATE_EVICTION_COUNT) - 1;
  setState32(STATE_EVICTION_COUNT, size);
  moveEntry(entryAt(size), entryAt(0));
  sink(0, size);
}

function sink(from: u32, size: u32): void {
  const e = entryAt(from);
  const last = entryLast(e);
  const flow = entryRanked(e);
  const generation = entryGeneration(e);
  let place = from;
  while (true) {
    let child = (place << 1) + 1;
    if (child >= size) break;
    let c = entryAt(child);
    const right = entryAt(child + 1);
    if (child + 1 < size && before(entryRanked(right), entryLast(right), entryGeneration(right), c)) {
      child++;
      c = right;
    }
    if (before(flow, last, generation, c)) break;
    moveEntry(c, entryAt(place));
    place = child;
  }
  writeEntry(entryAt(place), last, flow, generation);
}

function rise(from: u32): void {
  const e = entryAt(from);
  const last = entryLast(e);
  const flow = entryRanked(e);
  const generation = entryGeneration(e);
  let place = from;
  while (place > 0) {
    const parent = entryAt((place - 1) >> 1);
    if (!before(flow, last, generation, parent)) break;
    moveEntry(parent, entryAt(place));
    place = (place - 1) >> 1;
  }
  writeEntry(entryAt(place), last, flow, generation);
}
