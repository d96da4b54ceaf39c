/**
 * Later fragments that came before the first one of their datagram, in order of arrival. Those that wait for it join its
 * flow when it comes; the others, and those that have waited as long as first fragments are remembered, go to a flow
 * without ports. What happens to them is in deliver.ts; here is where they are.
 *
 * Each is also in a list of those with the same hash. At most WAITING_MAX wait; the one that has waited longest gives way.
 */
import { addSaturated, setState32, shards, state32, state64, waitingBase } from "../control";
import { datagramHash, sameDatagram } from "../decode/fragments";
import {
  packetAddresses, packetFragmentProtocol, packetTime, packetVersion, setPacketAddresses,
} from "../decode/packet";
import {
  FRAGMENT_LIFE_NS, SHARD_FAULT_FRAGMENTS, STATE_CLOCK, STATE_SHARD_FAULT, STATE_TICK,
  STATE_WAITING_COUNT, STATE_WAITING_FREE, STATE_WAITING_NEWEST, STATE_WAITING_OLDEST,
  STATE_WAITING_TOP, TICK_NS, WAITING_ADDRESSES, WAITING_BUCKET, WAITING_BUCKETS, WAITING_HEADS_SIZE, WAITING_MAX,
  WAITING_NEWER, WAITING_NEXT, WAITING_NUMBER, WAITING_OLDER, WAITING_PACKET, WAITING_PREVIOUS, WAITING_SIZE,
  WAITING_TICK,
} from "../layout";
import { deliveredPacket } from "../table/serial_order";
import { keepPacket } from "./kept";

@inline function headAt(bucket: u32): usize { return waitingBase + (<usize>bucket << 2); }
@inline function entryAt(entry: u32): usize {
  return waitingBase + WAITING_HEADS_SIZE + <usize>(entry - 1) * WAITING_SIZE;
}
@inline function link(entry: u32, at: usize): u32 { return load<u32>(entryAt(entry) + at); }
@inline function setLink(entry: u32, at: usize, to: u32): void { store<u32>(entryAt(entry) + at, to); }

/** The fragment that has waited longest; 0: none waits. */
@inline export function oldestWaiting(): u32 { return state32(STATE_WAITING_OLDEST); }
/** The waiting packet. It stays in place until the next one waits. */
@inline export function waitingPacket(entry: u32): usize { return entryAt(entry) + WAITING_PACKET; }
/** Is there no room for another one? */
@inline export function waitingIsFull(): bool { return state32(STATE_WAITING_COUNT) == WAITING_MAX; }

/** See serial_order.ts. */
@inline export function waitingNumber(entry: u32): u64 { return load<u64>(entryAt(entry), WAITING_NUMBER); }
/** The tick at which it has waited too long. */
@inline export function waitingTick(entry: u32): u64 { return load<u64>(entryAt(entry), WAITING_TICK); }

/** Lets a later fragment wait. There is room. */
export function beginWaiting(packet: usize): void {
  // How long it waits depends on those of all shards that wait before it; of an engine alone, on those dated later.
  if (shards > 1 || (shards == 1 && packetTime(packet) < state64(STATE_CLOCK))) {
    setState32(STATE_SHARD_FAULT, SHARD_FAULT_FRAGMENTS);
  }
  const entry = allocate();
  const at = entryAt(entry);
  const kept = at + WAITING_PACKET;
  const version = packetVersion(packet);
  keepPacket(kept, packet);
  memory.copy(at + WAITING_ADDRESSES, packetAddresses(packet), version == 4 ? 8 : 32);
  setPacketAddresses(kept, at + WAITING_ADDRESSES, version);
  const tick = addSaturated(packetTime(packet), FRAGMENT_LIFE_NS) / TICK_NS + 1;
  store<u64>(at, deliveredPacket(), WAITING_NUMBER);
  store<u64>(at, max(tick, state64(STATE_TICK) + 1), WAITING_TICK);
  append(entry);
  enterBucket(entry, bucketOf(packet));
  setState32(STATE_WAITING_COUNT, state32(STATE_WAITING_COUNT) + 1);
}

/** It waits no longer. Its packet stays in place until the next one waits. */
export function endWaiting(entry: u32): void {
  remove(entry);
  leaveBucket(entry);
  setLink(entry, WAITING_NEXT, state32(STATE_WAITING_FREE));
  setState32(STATE_WAITING_FREE, entry);
  setState32(STATE_WAITING_COUNT, state32(STATE_WAITING_COUNT) - 1);
}

/** The waiting fragment of the packet's datagram that came first; 0: there is none. */
export function firstOfDatagram(packet: usize): u32 {
  if (state32(STATE_WAITING_COUNT) == 0) return 0;
  let found: u32 = 0;
  for (let entry = load<u32>(headAt(bucketOf(packet))); entry != 0; entry = link(entry, WAITING_OLDER)) {
    if (sameDatagram(waitingPacket(entry), packet)) found = entry;
  }
  return found;
}

/** The one of the same datagram that came next; 0: there is none. */
export function nextOfDatagram(entry: u32): u32 {
  let next = link(entry, WAITING_NEWER);
  while (next != 0 && !sameDatagram(waitingPacket(next), waitingPacket(entry))) next = link(next, WAITING_NEWER);
  return next;
}

function bucketOf(packet: usize): u32 {
  return datagramHash(packet, packetFragmentProtocol(packet)) & (WAITING_BUCKETS - 1);
}

function allocate(): u32 {
  const free = state32(STATE_WAITING_FREE);
  if (free != 0) {
    setState32(STATE_WAITING_FREE, link(free, WAITING_NEXT));
    return free;
  }
  const top = state32(STATE_WAITING_TOP) + 1;
  assert(top <= <u32>WAITING_MAX);
  setState32(STATE_WAITING_TOP, top);
  return top;
}

function append(entry: u32): void {
  const last = state32(STATE_WAITING_NEWEST);
  setLink(entry, WAITING_PREVIOUS, last);
  setLink(entry, WAITING_NEXT, 0);
  if (last == 0) setState32(STATE_WAITING_OLDEST, entry);
  else setLink(last, WAITING_NEXT, entry);
  setState32(STATE_WAITING_NEWEST, entry);
}

function remove(entry: u32): void {
  const previous = link(entry, WAITING_PREVIOUS);
  const next = link(entry, WAITING_NEXT);
  if (previous == 0) setState32(STATE_WAITING_OLDEST, next);
  else setLink(previous, WAITING_NEXT, next);
  if (next == 0) setState32(STATE_WAITING_NEWEST, previous);
  else setLink(next, WAITING_PREVIOUS, previous);
}

function enterBucket(entry: u32, bucket: u32): void {
  const head = headAt(bucket);
  const newest = load<u32>(head);
  setLink(entry, WAITING_BUCKET, bucket);
  setLink(entry, WAITING_OLDER, newest);
  setLink(entry, WAITING_NEWER, 0);
  if (newest != 0) setLink(newest, WAITING_NEWER, entry);
  store<u32>(head, entry);
}

function leaveBucket(entry: u32): void {
  const older = link(entry, WAITING_OLDER);
  const newer = link(entry, WAITING_NEWER);
  if (newer == 0) store<u32>(headAt(link(entry, WAITING_BUCKET)), older);
  else setLink(newer, WAITING_OLDER, older);
  if (older != 0) setLink(older, WAITING_NEWER, newer);
}
