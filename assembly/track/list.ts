/**
 * Tracks the packets of a list: those of this engine's shard in one block. The clock is that of the whole capture: the
 * list says how far other packets had moved it where a packet does not do so itself.
 *
 * The same as trackBatch, which has no place for what only this needs.
 */
import { count, setState32, state32, zeekCuts } from "../control";
import { beside, besideClock, besideNumber, entriesRead, readEntries } from "../decode/entry";
import { packetBits, packetTime, packetVerdict, packetWireBytes } from "../decode/packet";
import {
  BATCH_COUNT, COUNTER_SEEN, COUNTER_VERDICTS, COUNTER_WIRE_BYTES, PACKETS, PACKET_BIT_FRAGMENT, PACKET_SIZE,
  SHARD_FAULT_TIMES, STATE_ACTIVE_COUNT, STATE_SHARD_FAULT, VERDICT_DELIVER,
} from "../layout";
import { moveClock, moveFar, passClock } from "./clock";
import { attach, deliver, deliverFragment, refuseFirst, startOutlier } from "./deliver";
import { setDelivered } from "../table/serial_order";
import { isBrokenFirst, mustDrain, prefetchBatch, PREFETCH_MIN } from "./tracker";
import { belongsToFlow } from "./zeek_cuts";

export { passClock } from "./clock";

/** Whoever has made the lists has looked at the times of all packets: each can be believed. */
let believing: bool = false;

export function believeTimes(): void {
  believing = true;
}

/**
 * Tracks the list [at, end) of a block, whose first packet has the time `first`, until closed flows must be read.
 * Packets are numbered by `above` and their numbers in the block together. Returns where the next packet is.
 */
export function trackList(at: usize, end: usize, above: u64, first: u64): usize {
  while (at < end && !mustDrain()) {
    at = readEntries(at, end, first);
    trackEntries(entriesRead, above);
  }
  setDelivered(0);
  return at;
}

function trackEntries(size: u32, above: u64): void {
  const prefetched = size == BATCH_COUNT && state32(STATE_ACTIVE_COUNT) >= PREFETCH_MIN;
  if (prefetched) prefetchBatch();
  let wireBytes: u64 = 0;
  for (let n: u32 = 0; n < size; n++) {
    const packet: usize = PACKETS + <usize>n * PACKET_SIZE;
    const kept = beside(n);
    const time = packetTime(packet);
    setDelivered(0);
    if (besideClock(kept) > time) passClock(besideClock(kept));
    const believed = moveClock(time) || moveOther(time);
    setDelivered(above | <u64>besideNumber(kept));
    const verdict = packetVerdict(packet);
    if (verdict == VERDICT_DELIVER) {
      if (!believed) fail(packet);
      else if ((packetBits(packet) & PACKET_BIT_FRAGMENT) == 0) deliver(packet, prefetched);
      else deliverFragment(packet);
    } else {
      count(COUNTER_VERDICTS + (verdict << 3));
      if (isBrokenFirst(packet, verdict)) refuseFirst(packet);
      else if (zeekCuts && believed && belongsToFlow(packet)) attach(packet);
    }
    wireBytes += packetWireBytes(packet);
  }
  count(COUNTER_SEEN, size);
  count(COUNTER_WIRE_BYTES, wireBytes);
}

@cold function moveOther(time: u64): bool {
  if (believing) passClock(time);
  return moveFar(time);
}

/** A time that is not believed: the block's own times say so too, and one engine has to read the capture. */
@cold function fail(packet: usize): void {
  setState32(STATE_SHARD_FAULT, SHARD_FAULT_TIMES);
  startOutlier(packet);
}
