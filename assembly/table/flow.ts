/** Accessors of flow records and flow links. A flow is named by its index; its record and link never move. */
import { flowsBase, linksBase } from "../control";
import {
  COUNTS_SIZE, COUNT_IP_BYTES, COUNT_PACKETS, COUNT_PAYLOAD_BYTES, COUNT_WIRE_BYTES, FLOW_BITS, FLOW_CLOSE_REASON,
  FLOW_COUNTS, FLOW_END_REASON, FLOW_FIRST, FLOW_KEY, FLOW_LAST, FLOW_SIZE, FLOW_STATE, FLOW_TCP_FLAGS, KEY_LOW_PORT,
  KEY_PROTOCOL, KEY_VERSION, PROTOCOL_CLASS_ICMP, PROTOCOL_CLASS_OTHER, PROTOCOL_CLASS_TCP, PROTOCOL_CLASS_UDP, LINK_GENERATION, LINK_HASH,
  LINK_ISN, LINK_NEXT, LINK_PREVIOUS, LINK_SIZE, LINK_SLOT, LINK_START,
} from "../layout";

@inline export function flowAt(index: u32): usize { return flowsBase + <usize>index * FLOW_SIZE; }
@inline export function linkAt(index: u32): usize { return linksBase + <usize>index * LINK_SIZE; }

@inline export function flowLast(f: usize): u64 { return load<u64>(f, FLOW_LAST); }
@inline export function setFlowLast(f: usize, v: u64): void { store<u64>(f, v, FLOW_LAST); }
@inline export function flowFirst(f: usize): u64 { return load<u64>(f, FLOW_FIRST); }
@inline export function setFlowFirst(f: usize, v: u64): void { store<u64>(f, v, FLOW_FIRST); }
@inline export function flowState(f: usize): u32 { return <u32>load<u8>(f, FLOW_STATE); }
@inline export function setFlowState(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_STATE); }
@inline export function setFlowEndReason(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_END_REASON); }
@inline export function flowBits(f: usize): u32 { return <u32>load<u8>(f, FLOW_BITS); }
@inline export function setFlowBits(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_BITS); }
@inline export function flowCloseReason(f: usize): u32 { return <u32>load<u8>(f, FLOW_CLOSE_REASON); }
@inline export function setFlowCloseReason(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_CLOSE_REASON); }
@inline export function flowProtocol(f: usize): u32 { return <u32>load<u8>(f, FLOW_KEY + KEY_PROTOCOL); }
@inline export function flowVersion(f: usize): u32 { return <u32>load<u8>(f, FLOW_KEY + KEY_VERSION); }
/** Are both ports 0, as in the key of a packet without ports? */
@inline export function flowHasNoPorts(f: usize): bool { return load<u32>(f, FLOW_KEY + KEY_LOW_PORT) == 0; }

/** State, end reason, bits and close reason of a new flow in one store; before it no flags, or what `icmp` says. */
@inline export function initFlowState(f: usize, state: u32, bits: u32, icmp: u32): void {
  store<u64>(f, <u64>icmp | (<u64>state << 32) | (<u64>bits << 48), FLOW_TCP_FLAGS);
}

/** Copies a key. Plain stores: a call of the bulk memory instruction costs more than five of them. */
@inline export function copyKey(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
  store<u64>(to, load<u64>(from, 16), 16);
  store<u64>(to, load<u64>(from, 24), 24);
  store<u64>(to, load<u64>(from, 32), 32);
}

/** The counters of a new flow: one packet on `side`, nothing on the other. */
@inline export function initCounts(f: usize, side: u32, ipBytes: u32, wireBytes: u32, payloadBytes: u32): void {
  const own = f + FLOW_COUNTS + <usize>side * COUNTS_SIZE;
  const other = f + FLOW_COUNTS + <usize>(side ^ 1) * COUNTS_SIZE;
  store<u64>(own, 1, COUNT_PACKETS);
  store<u64>(own, <u64>ipBytes, COUNT_IP_BYTES);
  store<u64>(own, <u64>wireBytes, COUNT_WIRE_BYTES);
  store<u64>(own, <u64>payloadBytes, COUNT_PAYLOAD_BYTES);
  store<u64>(other, 0, COUNT_PACKETS);
  store<u64>(other, 0, COUNT_IP_BYTES);
  store<u64>(other, 0, COUNT_WIRE_BYTES);
  store<u64>(other, 0, COUNT_PAYLOAD_BYTES);
}

/** The flow has no packet yet. */
export function clearCounts(f: usize): void {
  memory.fill(f + FLOW_COUNTS, 0, 2 * COUNTS_SIZE);
}

@inline export function flowTcpFlags(f: usize, side: u32): u32 {
  return <u32>load<u16>(f + (<usize>side << 1), FLOW_TCP_FLAGS);
}
/** Packets that the side has sent. */
@inline export function flowPackets(f: usize, side: u32): u64 {
  return load<u64>(f + FLOW_COUNTS + <usize>side * COUNTS_SIZE, COUNT_PACKETS);
}

@inline export function orTcpFlags(f: usize, side: u32, flags: u32): void {
  const at = f + (<usize>side << 1);
  store<u16>(at, <u16>(<u32>load<u16>(at, FLOW_TCP_FLAGS) | flags), FLOW_TCP_FLAGS);
}

/** Adds one packet to a side's counters. u64: none of them can overflow. */
@inline export function addToCounts(f: usize, side: u32, ipBytes: u32, wireBytes: u32, payloadBytes: u32): void {
  const c = f + FLOW_COUNTS + <usize>side * COUNTS_SIZE;
  store<u64>(c, load<u64>(c, COUNT_PACKETS) + 1, COUNT_PACKETS);
  store<u64>(c, load<u64>(c, COUNT_IP_BYTES) + <u64>ipBytes, COUNT_IP_BYTES);
  store<u64>(c, load<u64>(c, COUNT_WIRE_BYTES) + <u64>wireBytes, COUNT_WIRE_BYTES);
  store<u64>(c, load<u64>(c, COUNT_PAYLOAD_BYTES) + <u64>payloadBytes, COUNT_PAYLOAD_BYTES);
}

@inline export function protocolClass(protocol: u32): u32 {
  if (protocol == 6) return PROTOCOL_CLASS_TCP;
  if (protocol == 17) return PROTOCOL_CLASS_UDP;
  return protocol == 1 || protocol == 58 ? PROTOCOL_CLASS_ICMP : PROTOCOL_CLASS_OTHER;
}

@inline export function linkPrevious(l: usize): u32 { return load<u32>(l, LINK_PREVIOUS); }
@inline export function setLinkPrevious(l: usize, v: u32): void { store<u32>(l, v, LINK_PREVIOUS); }
@inline export function linkNext(l: usize): u32 { return load<u32>(l, LINK_NEXT); }
@inline export function setLinkNext(l: usize, v: u32): void { store<u32>(l, v, LINK_NEXT); }
@inline export function linkSlot(l: usize): u32 { return load<u32>(l, LINK_SLOT); }
@inline export function setLinkSlot(l: usize, v: u32): void { store<u32>(l, v, LINK_SLOT); }
@inline export function linkHash(l: usize): u32 { return load<u32>(l, LINK_HASH); }
@inline export function setLinkHash(l: usize, v: u32): void { store<u32>(l, v, LINK_HASH); }
@inline export function linkGeneration(l: usize): u32 { return load<u32>(l, LINK_GENERATION); }
@inline export function setLinkGeneration(l: usize, v: u32): void { store<u32>(l, v, LINK_GENERATION); }
@inline export function linkIsn(l: usize): u32 { return load<u32>(l, LINK_ISN); }
@inline export function setLinkIsn(l: usize, v: u32): void { store<u32>(l, v, LINK_ISN); }
@inline export function linkStart(l: usize): u64 { return load<u64>(l, LINK_START); }
@inline export function setLinkStart(l: usize, v: u64): void { store<u64>(l, v, LINK_START); }
