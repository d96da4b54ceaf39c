/**
 * SYNs that may begin a new connection between the same ports while the flow of the old one is not over: the end of the
 * old one was not captured, or somebody sends SYNs into a living connection. Only the answer tells: a SYN+ACK that
 * acknowledges the new SYN proves a new connection, which then began with that SYN; any other packet of the flow says
 * that the SYN was one of its own packets.
 *
 * Until then the SYN is held here, with what was captured of its frame, and its flow's last time is already that of the
 * SYN. At most HELD_MAX are held, in order of arrival; the oldest gives way, as one of its flow.
 */
import { heldSynsBase, setState32, shards, state32 } from "../control";
import { packetTime } from "../decode/packet";
import {
  FLOW_BIT_SYN_HELD, HELD_BLOCK, HELD_FLOW, HELD_LAST, HELD_MAX, HELD_PACKET, HELD_SIZE, NIL,
  STATE_HELD_ANSWERED, STATE_HELD_COUNT,
  STATE_HELD_NEXT,
} from "../layout";
import { flowAt, flowBits, flowLast, setFlowBits, setFlowLast } from "../table/flow";
import { addPacket } from "./account";
import { reportInterim } from "./interim";
import { keepPacket } from "./kept";
import { deliveredBlock } from "../table/serial_order";

@inline function entryAt(place: u32): usize { return heldSynsBase + <usize>place * HELD_SIZE; }
@inline function heldFlow(e: usize): u32 { return load<u32>(e, HELD_FLOW); }
@inline function setHeldFlow(e: usize, v: u32): void { store<u32>(e, v, HELD_FLOW); }

export function initHeldSyns(): void {
  setState32(STATE_HELD_NEXT, 0);
  for (let place: u32 = 0; place < <u32>HELD_MAX; place++) setHeldFlow(entryAt(place), NIL);
}

/** Holds a SYN of the flow, which holds none. */
@cold export function holdSyn(index: u32, packet: usize): void {
  const next = state32(STATE_HELD_NEXT);
  const entry = entryAt(next);
  if (heldFlow(entry) != NIL) returnSyn(heldFlow(entry));
  setState32(STATE_HELD_NEXT, (next + 1) % HELD_MAX);
  const flow = flowAt(index);
  setHeldFlow(entry, index);
  store<u64>(entry, flowLast(flow), HELD_LAST);
  if (shards != 0) {
    store<u32>(entry, deliveredBlock(), HELD_BLOCK);
    setState32(STATE_HELD_COUNT, state32(STATE_HELD_COUNT) + 1);
  }
  keepPacket(entry + HELD_PACKET, packet);
  setFlowLast(flow, packetTime(packet));
  setFlowBits(flow, flowBits(flow) | FLOW_BIT_SYN_HELD);
}

/** Where the SYN is that the flow holds. */
function findHeld(index: u32): usize {
  for (let place: u32 = 0; place < <u32>HELD_MAX; place++) {
    if (heldFlow(entryAt(place)) == index) return entryAt(place);
  }
  return unreachable();
}

/** The packet that the flow holds. */
export function heldSyn(index: u32): usize {
  return findHeld(index) + HELD_PACKET;
}

/** The SYN is one of the flow's own packets. */
export function returnSyn(index: u32): void {
  const entry = release(index);
  setFlowLast(flowAt(index), load<u64>(entry, HELD_LAST));
  reportInterim(index, entry + HELD_PACKET);
  const closed = addPacket(index, entry + HELD_PACKET);
  assert(!closed);
}

/** The SYN has begun another flow: the flow is as it was before it. Returns the packet, good until another is held. */
export function takeSyn(index: u32): usize {
  const entry = release(index);
  if (shards != 0) setState32(STATE_HELD_ANSWERED, min(state32(STATE_HELD_ANSWERED), load<u32>(entry, HELD_BLOCK)));
  setFlowLast(flowAt(index), load<u64>(entry, HELD_LAST));
  return entry + HELD_PACKET;
}

function release(index: u32): usize {
  const entry = findHeld(index);
  const flow = flowAt(index);
  setHeldFlow(entry, NIL);
  setFlowBits(flow, flowBits(flow) & ~FLOW_BIT_SYN_HELD);
  return entry;
}
