/**
 * The packets of one block of a file, for the engines that share it: each goes into the list of its shard. What the
 * engines must know of the block as a whole is in STATE_BLOCK_.
 */
import {
  attributeFragments, attributesFragments, count, decapsulate, setState32, setState64, shards, snaplen, state32,
  state64, zeekCuts,
} from "../control";
import { beside, besideCaptured, besideInterface, writeEntry, writeRaw, writeWhole } from "../decode/entry";
import { needsFrames, writeEntryFrame } from "../decode/entry_frame";
import { forgetFragment, sawFragment } from "../decode/fragments";
import {
  batchPacket, isPlain, packetBits, packetTime, packetVerdict, packetWireBytes, setPacketPorts,
} from "../decode/packet";
import { setKey } from "../decode/key";
import { shardOf } from "../decode/shard";
import {
  COUNTER_SEEN, COUNTER_WIRE_BYTES, PACKET_BIT_FRAGMENT, SHARD_FAULT_NONE, SHARD_FAULT_TIMES, SHARD_FAULT_TUNNELS,
  SHARD_LIST_ENDS,
  STATE_BLOCK_FAULT, STATE_BLOCK_FIRST, STATE_BLOCK_LATE_BY, STATE_BLOCK_MAX, STATE_BLOCK_MIN,
  STATE_BLOCK_PACKETS, STATE_CLOCK, VERDICT_DELIVER, VERDICT_IP_CHECKSUM,
} from "../layout";
import { interfaceAt, linkTypeOf, snaplenOf } from "./interfaces";
import { isNear } from "../track/clock";
import { isBrokenFirst } from "../track/tracker";
import { belongsToFlow } from "../track/zeek_cuts";

@inline function endOf(shard: u32): usize { return load<u32>(SHARD_LIST_ENDS + (<usize>shard << 2)); }
@inline function setEndOf(shard: u32, end: usize): void { store<u32>(SHARD_LIST_ENDS + (<usize>shard << 2), <u32>end); }

/** Begins a block whose list for shard n begins at `lists` + n * `size`. */
export function beginBlock(lists: usize, size: usize): void {
  for (let shard: u32 = 0; shard < shards; shard++) setEndOf(shard, lists + <usize>shard * size);
  setState32(STATE_BLOCK_PACKETS, 0);
  setState32(STATE_BLOCK_FAULT, SHARD_FAULT_NONE);
  setState64(STATE_BLOCK_MIN, u64.MAX_VALUE);
  setState64(STATE_BLOCK_MAX, 0);
  setState64(STATE_BLOCK_LATE_BY, 0);
  forgetFragment();
}

let attributes: bool = false;
/** Packets are routed, not tracked. */
export let routing: bool = false;

/** All of the file is routed, one record behind the other, by this engine: see divideCapture. */
export let dividing: bool = false;

/** Fragments are decoded by the engine of their shard alone: until endRouting none is remembered. */
export function beginRouting(whole: bool): void {
  attributes = attributeFragments;
  routing = true;
  dividing = whole;
  attributesFragments(false);
}

export function endRouting(): void {
  attributesFragments(attributes);
  routing = false;
}

/** Puts the first `size` packets of the batch into the lists. */
export function routeBatch(size: u32): void {
  const before = state32(STATE_BLOCK_PACKETS);
  if (size == 0) return;
  if (before == 0) beginTimes(packetTime(batchPacket(0)));
  const first = state64(STATE_BLOCK_FIRST);
  const framed = needsFrames();
  let latest = state64(STATE_BLOCK_MAX);
  for (let n: u32 = 0; n < size; n++) {
    const packet = batchPacket(n);
    const number = before + n + 1;
    const time = packetTime(packet);
    if (!framed && isPlain(packet)) {
      const shard = shardOf(packet);
      setEndOf(shard, writeEntry(endOf(shard), packet, number, first, latest));
    } else if (packetVerdict(packet) == VERDICT_DELIVER && (packetBits(packet) & PACKET_BIT_FRAGMENT) == 0) {
      routeWhole(packet, number, latest, framed);
    } else {
      routeOther(packet, n, number, latest);
    }
    if (time < latest) noteEarlier(time, latest);
    else {
      if (time - latest > NEAR_MIN_NS) noteLater(time, latest);
      latest = time;
    }
  }
  setState64(STATE_BLOCK_MAX, latest);
  setState32(STATE_BLOCK_PACKETS, before + size);
  if (dividing) noteDivided(size, latest);
}

/** What the tracker would count, and the clock: a packet without a time has that of the clock. */
function noteDivided(size: u32, latest: u64): void {
  let wireBytes: u64 = 0;
  for (let n: u32 = 0; n < size; n++) wireBytes += packetWireBytes(batchPacket(n));
  count(COUNTER_SEEN, size);
  count(COUNTER_WIRE_BYTES, wireBytes);
  setState64(STATE_CLOCK, max(state64(STATE_CLOCK), latest));
}

/** Less than this from the clock a time is always believed. */
const NEAR_MIN_NS: u64 = 86400000000000;

function beginTimes(time: u64): void {
  setState64(STATE_BLOCK_FIRST, time);
  setState64(STATE_BLOCK_MIN, time);
  setState64(STATE_BLOCK_MAX, time);
}

@cold function routeWhole(packet: usize, number: u32, latest: u64, framed: bool): void {
  const shard = shardOf(packet);
  const end = writeWhole(endOf(shard), packet, number, latest);
  setEndOf(shard, framed ? writeEntryFrame(end, packet) : end);
}

/** A fragment goes to its shard as it is; a packet that is not delivered, to any that counts it. */
@cold function routeOther(packet: usize, n: u32, number: u32, latest: u64): void {
  const verdict = packetVerdict(packet);
  if (isFragment(packet, verdict)) {
    if (verdict != VERDICT_DELIVER) {
      setPacketPorts(packet, 0, 0);
      setKey(packet, 0);
    }
    if (decapsulate) setState32(STATE_BLOCK_FAULT, SHARD_FAULT_TUNNELS);
    routeFrame(packet, n, number, latest);
  } else if (zeekCuts && belongsToFlow(packet)) {
    routeFrame(packet, n, number, latest);
  } else {
    const shard = dividing ? number % shards : 0;
    setEndOf(shard, writeWhole(endOf(shard), packet, number, latest));
  }
  if (decapsulate && sawFragment) setState32(STATE_BLOCK_FAULT, SHARD_FAULT_TUNNELS);
}

/** As it was captured: its shard decodes it again. */
function routeFrame(packet: usize, n: u32, number: u32, latest: u64): void {
  const shard = shardOf(packet);
  const entry = interfaceAt(besideInterface(beside(n)));
  const limit = snaplenOf(entry);
  let captured = besideCaptured(beside(n));
  if (limit != 0) captured = min(captured, limit);
  if (snaplen != 0) captured = min(captured, snaplen);
  setEndOf(shard, writeRaw(endOf(shard), n, number, latest, captured, linkTypeOf(entry)));
}

/** One that is delivered, whose checksum is wrong, or a first one that is broken. */
function isFragment(packet: usize, verdict: u32): bool {
  if (verdict == VERDICT_DELIVER || isBrokenFirst(packet, verdict)) return true;
  return verdict >= <u32>VERDICT_IP_CHECKSUM && (packetBits(packet) & PACKET_BIT_FRAGMENT) != 0;
}

@cold function noteEarlier(time: u64, latest: u64): void {
  setState64(STATE_BLOCK_LATE_BY, max(state64(STATE_BLOCK_LATE_BY), latest - time));
  setState64(STATE_BLOCK_MIN, min(state64(STATE_BLOCK_MIN), time));
}

@cold function noteLater(time: u64, latest: u64): void {
  if (!isNear(time, latest)) setState32(STATE_BLOCK_FAULT, SHARD_FAULT_TIMES);
}
