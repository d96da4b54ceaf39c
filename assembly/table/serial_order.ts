/**
 * The order in which one engine would end all flows, for engines that share a capture, each with a shard of the flows.
 *
 * A flow ends at a tick of the wheel, or is ended by a packet while the clock stands at a time. Ticks, times and
 * packets are the same for all engines, and the flows that one tick ends are in an order of their own (table/order.ts).
 * So time, packet and that order say where a flow is among all, and each engine's own flows are in it already.
 *
 * Packets have numbers that rise in the order in which one engine would see them while the clock stands at one time.
 */
import { state64 } from "../control";
import { LINK_GENERATION, LINK_SLOT, STATE_CLOCK, STATE_TICK, TICK_NS } from "../layout";
import { linkAt } from "./flow";

/** Numbers of packets are below. What a fragment ends that has waited too long comes behind the packets of its time. */
const WAITED: u64 = 1 << 63;

/** Number of the packet that is delivered; 0: none is, the clock moves. */
let delivered: u64 = 0;
/** Time before which a fragment that has waited too long is delivered; 0: none is. */
let waitedUntil: u64 = 0;
/** The capture is over: flows end in one order, whatever the tick. */
let flushing: bool = false;

@inline export function setDelivered(packet: u64): void {
  delivered = packet;
}

@inline export function deliveredPacket(): u64 {
  return delivered;
}

/** The block of the packet that is delivered, where its number begins with that. */
export function deliveredBlock(): u32 {
  return <u32>(delivered >> 32);
}

/** A fragment is delivered that has waited, when nothing else that is earlier than `until` is left; 0: no more. */
export function setWaited(until: u64, packet: u64): void {
  waitedUntil = until;
  delivered = packet;
}

export function beginSerialFlush(): void {
  flushing = true;
  delivered = 0;
}

/** Keeps the place of a flow that has ended, in what its link does not need any more: all but its start. */
export function keepPlace(index: u32): void {
  const link = linkAt(index);
  let time = state64(STATE_TICK) * TICK_NS;
  let packet = delivered;
  if (waitedUntil != 0) {
    time = waitedUntil - 1;
    packet |= WAITED;
  } else if (flushing) {
    time = u64.MAX_VALUE;
  } else if (packet != 0) {
    time = state64(STATE_CLOCK);
  }
  store<u64>(link, time, LINK_GENERATION);
  store<u64>(link, packet, LINK_SLOT);
}

@inline export function placeTime(link: usize): u64 { return load<u64>(link, LINK_GENERATION); }
@inline export function placePacket(link: usize): u64 { return load<u64>(link, LINK_SLOT); }
