/**
 * The flow tracker: one decoded packet after the other moves the clock and is delivered to its flow or counted.
 *
 * The wheel only decides when an ended flow is delivered to the host: at multiples of 100 ms of capture time, which are
 * the same whatever the blocks, batches or files.
 */
import { closedLimit, count, sides, softLimit, state32, zeekCuts } from "../control";
import {
  packetBits, packetHash, packetTime, packetVerdict, packetWireBytes, setPacketLikelyFlow,
} from "../decode/packet";
import {
  BATCH_COUNT, COUNTER_SEEN, COUNTER_VERDICTS, COUNTER_WIRE_BYTES, NIL, PACKETS, PACKET_BIT_FIRST, PACKET_BIT_FRAGMENT,
  PACKET_BIT_LATER, PACKET_SIZE, STATE_ACTIVE_COUNT, STATE_CLOSED_COUNT, VERDICT_DELIVER, VERDICT_IP_EXTENSION,
  VERDICT_PORTS_MISSING,
} from "../layout";
import { prefetchSides, sidesHaveRoom } from "../side/side";
import { flowAt, flowLast } from "../table/flow";
import { likelyFlow, prefetchSlot } from "../table/table";
import { moveClock, moveFar, prepareFar } from "./clock";
import { attach, deliver, deliverFragment, refuseFirst, startOutlier } from "./deliver";
import { evictIdle, finishEvicting, prepareRoom } from "./eviction";
import { belongsToFlow } from "./zeek_cuts";

/** From this many flows on the table no longer fits the cache and slots are fetched ahead. */
export const PREFETCH_MIN: u32 = 16384;

/** Must the host read closed flows before another batch? */
export function mustDrain(): bool {
  const closed = state32(STATE_CLOSED_COUNT);
  if (closed >= closedLimit) return true;
  return sides != 0 && closed != 0 && !sidesHaveRoom();
}

/** The packet of the full batch to go on with, after a pause, its number + 1; 0: none waits. */
let paused: u32 = 0;

/** Tracks the first `size` scratch packets, in order. */
export function trackBatch(size: u32): void {
  trackFrom(0, size, false);
}

/** The same for a full batch. False: it pauses, since the host must have its turn first; see finishBatch. */
export function trackFullBatch(): bool {
  if (prepareRoom(true)) return trackFrom(0, BATCH_COUNT, true);
  paused = 1;
  return false;
}

/** Goes on with a batch that has paused, if there is one. False: it pauses again. The frames are where they were. */
export function finishBatch(): bool {
  return paused == 0 || resume(true);
}

/** Takes what is left of a batch that has paused, without further pauses: the capture ends behind it. */
export function completeBatch(): void {
  if (paused != 0) resume(false);
}

function resume(pausing: bool): bool {
  if (!finishEvicting(pausing) || (paused == 1 && !prepareRoom(pausing))) return false;
  const from = paused - 1;
  paused = 0;
  return trackFrom(from, BATCH_COUNT, pausing);
}

@inline function trackFrom(from: u32, size: u32, pausing: bool): bool {
  const prefetched = size == BATCH_COUNT && state32(STATE_ACTIVE_COUNT) >= PREFETCH_MIN;
  if (prefetched) prefetchBatch();
  let wireBytes: u64 = 0;
  for (let n = from; n < size; n++) {
    const packet: usize = PACKETS + <usize>n * PACKET_SIZE;
    const time = packetTime(packet);
    let believed = moveClock(time);
    if (!believed) {
      if (pausing && !prepareFar(time)) {
        paused = n + 1;
        break;
      }
      believed = moveFar(time);
    }
    count(COUNTER_SEEN);
    wireBytes += packetWireBytes(packet);
    const verdict = packetVerdict(packet);
    if (verdict == VERDICT_DELIVER) {
      if (!believed) startOutlier(packet);
      else if ((packetBits(packet) & (PACKET_BIT_FIRST | PACKET_BIT_FRAGMENT)) == 0) deliver(packet, prefetched);
      else deliverFragment(packet);
      if (softLimit != 0 && !evictIdle(pausing)) {
        paused = n + 2;
        break;
      }
    } else {
      count(COUNTER_VERDICTS + (verdict << 3));
      if (isBrokenFirst(packet, verdict)) refuseFirst(packet);
      else if (zeekCuts && believed && belongsToFlow(packet)) attach(packet);
    }
  }
  count(COUNTER_WIRE_BYTES, wireBytes);
  return paused == 0;
}

/**
 * Starts the memory reads of a whole batch before the first of them is needed: index slots, then records. Also finds
 * the likely flow of each packet, so that the index need not be walked again.
 */
@cold export function prefetchBatch(): void {
  let sum: u64 = 0;
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    sum ^= prefetchSlot(packetHash(PACKETS + <usize>n * PACKET_SIZE));
  }
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    const packet: usize = PACKETS + <usize>n * PACKET_SIZE;
    const index = likelyFlow(packetHash(packet));
    setPacketLikelyFlow(packet, index);
    const likely = select<u32>(0, index, index == NIL);
    sum ^= flowLast(flowAt(likely));
  }
  if (sides != 0) sum ^= prefetchSides();
  prefetchSum = sum;
}

/** Keeps the loads of prefetchBatch from being removed. */
let prefetchSum: u64 = 0;

/** Is it a first fragment that is broken behind its IP header? Of other refused packets the bits mean nothing. */
@inline export function isBrokenFirst(packet: usize, verdict: u32): bool {
  if (verdict < <u32>VERDICT_IP_EXTENSION || verdict > <u32>VERDICT_PORTS_MISSING) return false;
  return (packetBits(packet) & (PACKET_BIT_FRAGMENT | PACKET_BIT_LATER)) == PACKET_BIT_FRAGMENT;
}
