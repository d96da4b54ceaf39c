/**
 * The order in which one engine would end all flows, for engines that share a capture, each with a shard of the flows.
 *
 * A flow ends at a tick of the wheel, or is ended by a packet while the wheel stands at a tick. Ticks and packets are
 * the same for all engines, and the flows that one tick ends are in an order of their own (table/order.ts). So tick,
 * packet and that order say where a flow is among those of all engines, and each engine's own flows are in it already.
 */
import { state64 } from "../control";
import { LINK_SLOT, LINK_START, STATE_TICK } from "../layout";
import { linkAt } from "./flow";

/** The packet that is delivered, block above number; 0: none is, the clock moves. */
let delivered: u64 = 0;
/** The capture is over: flows end in one order, whatever the tick. */
let flushing: bool = false;

@inline export function setDelivered(packet: u64): void {
  delivered = packet;
}

/** The block of the packet that is delivered. */
export function deliveredBlock(): u32 {
  return <u32>(delivered >> 32);
}

export function beginSerialFlush(): void {
  flushing = true;
  delivered = 0;
}

/** Keeps the place of a flow that has ended, in what its link does not need any more. */
export function keepPlace(index: u32): void {
  const link = linkAt(index);
  store<u64>(link, flushing ? u64.MAX_VALUE : state64(STATE_TICK), LINK_START);
  store<u64>(link, delivered, LINK_SLOT);
}

@inline export function placeTick(link: usize): u64 { return load<u64>(link, LINK_START); }
@inline export function placePacket(link: usize): u64 { return load<u64>(link, LINK_SLOT); }
