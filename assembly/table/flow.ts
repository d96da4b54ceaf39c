/**
 * Accessors of flow records and flow links. A flow is named by its index; its record and link never move. The addresses
 * of IPv6, and what counters of 32 bits carry, are apart: their memory is touched for the flows that have them.
 */
import { addressesBase, carriesBase, flowsBase, linksBase, setState32, state32 } from "../control";
import { compareWords, copyAddress } from "../decode/key";
import {
  ADDRESSES_HIGH, ADDRESSES_LOW, ADDRESSES_SIZE, CARRIES_SIZE, CARRIES_TALLIES, FLOW_BITS, FLOW_CARRIED,
  FLOW_CLOSE_REASON, FLOW_END_REASON, FLOW_LAST, FLOW_LOW, FLOW_LOW_PORT, FLOW_PROTOCOL, FLOW_SIZE, FLOW_STATE,
  FLOW_TALLIES, FLOW_TCP_FLAGS, FLOW_VERSION, KEY_HIGH, KEY_LOW, KEY_LOW_PORT, LINK_FIRST, LINK_GENERATION, LINK_HASH,
  LINK_ISN, LINK_NEXT, LINK_PREVIOUS, LINK_SIZE, LINK_SLOT, LINK_START, NIL, PROTOCOL_CLASS_ICMP, PROTOCOL_CLASS_OTHER,
  PROTOCOL_CLASS_TCP, PROTOCOL_CLASS_UDP, STATE_ADDRESSES_FREE, STATE_ADDRESSES_TOP, TALLY_IP_BYTES, TALLY_PACKETS,
  TALLY_PAYLOAD_BYTES, TALLY_SIZE, TALLY_WIRE_BYTES,
} from "../layout";

/** Bits of a word with ports, protocol and version that are not the key's: see FLOW_CARRIED. */
const KEY_BITS: u64 = 0x0000_ffff_ffff_ffff;

@inline export function flowAt(index: u32): usize { return flowsBase + <usize>index * FLOW_SIZE; }
@inline export function linkAt(index: u32): usize { return linksBase + <usize>index * LINK_SIZE; }
@inline function addressesAt(number: u32): usize { return addressesBase + <usize>number * ADDRESSES_SIZE; }
/** Of the flow of IPv6 whose record is at `f`. */
@inline function addressesOf(f: usize): usize { return addressesAt(load<u32>(f, FLOW_LOW)); }
/** At the index of the record at `f`. */
@inline function carriesOf(f: usize): usize { return carriesBase + (f - flowsBase) / FLOW_SIZE * CARRIES_SIZE; }

@inline export function flowLast(f: usize): u64 { return load<u64>(f, FLOW_LAST); }
@inline export function setFlowLast(f: usize, v: u64): void { store<u64>(f, v, FLOW_LAST); }
@inline export function flowState(f: usize): u32 { return <u32>load<u8>(f, FLOW_STATE); }
@inline export function setFlowState(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_STATE); }
@inline export function setFlowEndReason(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_END_REASON); }
@inline export function flowBits(f: usize): u32 { return <u32>load<u8>(f, FLOW_BITS); }
@inline export function setFlowBits(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_BITS); }
@inline export function flowCloseReason(f: usize): u32 { return <u32>load<u8>(f, FLOW_CLOSE_REASON); }
@inline export function setFlowCloseReason(f: usize, v: u32): void { store<u8>(f, <u8>v, FLOW_CLOSE_REASON); }
@inline export function flowProtocol(f: usize): u32 { return <u32>load<u8>(f, FLOW_PROTOCOL); }
@inline export function flowVersion(f: usize): u32 { return <u32>load<u8>(f, FLOW_VERSION); }
/** Are both ports 0, as in the key of a packet without ports? */
@inline export function flowHasNoPorts(f: usize): bool { return load<u32>(f, FLOW_LOW_PORT) == 0; }

/** State, end reason, bits and close reason of a new flow in one store; before it no flags, or what `icmp` says. */
@inline export function initFlowState(f: usize, state: u32, bits: u32, icmp: u32): void {
  store<u64>(f, <u64>icmp | (<u64>state << 32) | (<u64>bits << 48), FLOW_TCP_FLAGS);
}

/** The addresses of a KEY of IPv4, as from FLOW_LOW on. */
@inline function addressWords(key: usize): u64 {
  return <u64>load<u32>(key, KEY_LOW) | (<u64>load<u32>(key, KEY_HIGH) << 32);
}

/** Gives a new flow its KEY. */
@inline export function setFlowKey(f: usize, key: usize): void {
  store<u64>(f, addressWords(key), FLOW_LOW);
  store<u64>(f, load<u64>(key, KEY_LOW_PORT), FLOW_LOW_PORT);
  if (flowVersion(f) == 6) setAddresses(f, key);
}

function setAddresses(f: usize, key: usize): void {
  const number = allocateAddresses();
  store<u64>(f, <u64>number, FLOW_LOW);
  copyAddress(addressesAt(number) + ADDRESSES_LOW, key + KEY_LOW);
  copyAddress(addressesAt(number) + ADDRESSES_HIGH, key + KEY_HIGH);
}

export function initAddresses(): void {
  setState32(STATE_ADDRESSES_TOP, 0);
  setState32(STATE_ADDRESSES_FREE, NIL);
}

/** There are as many as flows. */
function allocateAddresses(): u32 {
  const free = state32(STATE_ADDRESSES_FREE);
  if (free != NIL) {
    setState32(STATE_ADDRESSES_FREE, load<u32>(addressesAt(free)));
    return free;
  }
  const top = state32(STATE_ADDRESSES_TOP);
  setState32(STATE_ADDRESSES_TOP, top + 1);
  return top;
}

/** Gives back what a flow has beside its record. */
@inline export function freeKey(f: usize): void {
  if (flowVersion(f) == 6) freeAddresses(f);
}

function freeAddresses(f: usize): void {
  store<u32>(addressesOf(f), state32(STATE_ADDRESSES_FREE));
  setState32(STATE_ADDRESSES_FREE, load<u32>(f, FLOW_LOW));
  store<u8>(f, 0, FLOW_VERSION);
}

/** Is this the flow's KEY? */
@inline export function hasKey(f: usize, key: usize): bool {
  if (((load<u64>(f, FLOW_LOW_PORT) ^ load<u64>(key, KEY_LOW_PORT)) & KEY_BITS) != 0) return false;
  return flowVersion(f) == 6 ? hasAddresses(addressesOf(f), key) : load<u64>(f, FLOW_LOW) == addressWords(key);
}

function hasAddresses(own: usize, key: usize): bool {
  return ((load<u64>(own, ADDRESSES_LOW) ^ load<u64>(key, KEY_LOW))
    | (load<u64>(own, ADDRESSES_LOW + 8) ^ load<u64>(key, KEY_LOW + 8))
    | (load<u64>(own, ADDRESSES_HIGH) ^ load<u64>(key, KEY_HIGH))
    | (load<u64>(own, ADDRESSES_HIGH + 8) ^ load<u64>(key, KEY_HIGH + 8))) == 0;
}

/** Writes the flow's KEY. */
export function writeKey(to: usize, f: usize): void {
  writeAddress(to + KEY_LOW, f, 0);
  writeAddress(to + KEY_HIGH, f, 1);
  store<u64>(to, load<u64>(f, FLOW_LOW_PORT) & KEY_BITS, KEY_LOW_PORT);
}

/** Writes the 16 bytes of the address of a side; of IPv4 the first 4 are the address and the others 0. */
@inline export function writeAddress(to: usize, f: usize, side: u32): void {
  store<u64>(to, addressWord(f, side));
  store<u64>(to, nextAddressWord(f, side), 8);
}

/** The first 8 bytes of them, the others. */
@inline function addressWord(f: usize, side: u32): u64 {
  return flowVersion(f) == 6
    ? load<u64>(addressesOf(f) + (<usize>side << 4))
    : <u64>load<u32>(f + (<usize>side << 2), FLOW_LOW);
}
@inline function nextAddressWord(f: usize, side: u32): u64 {
  return flowVersion(f) == 6 ? load<u64>(addressesOf(f) + (<usize>side << 4), 8) : 0;
}

function compareAddressOf(a: usize, b: usize, side: u32): i32 {
  return compareWords(addressWord(a, side), nextAddressWord(a, side), addressWord(b, side), nextAddressWord(b, side));
}

/** Total order of the keys of two flows: that of compareKeys. */
export function compareFlowKeys(a: usize, b: usize): i32 {
  let order = compareAddressOf(a, b, 0);
  if (order != 0) return order;
  order = compareAddressOf(a, b, 1);
  if (order != 0) return order;
  if (flowPort(a, 0) != flowPort(b, 0)) return flowPort(a, 0) < flowPort(b, 0) ? -1 : 1;
  if (flowPort(a, 1) != flowPort(b, 1)) return flowPort(a, 1) < flowPort(b, 1) ? -1 : 1;
  if (flowProtocol(a) != flowProtocol(b)) return flowProtocol(a) < flowProtocol(b) ? -1 : 1;
  return <i32>flowVersion(a) - <i32>flowVersion(b);
}

@inline export function flowPort(f: usize, side: u32): u32 {
  return <u32>load<u16>(f + (<usize>side << 1), FLOW_LOW_PORT);
}

@inline function tallyAt(f: usize, side: u32): usize { return f + FLOW_TALLIES + <usize>side * TALLY_SIZE; }

/** The counters of a new flow: one packet on `side`, nothing on the other. Its key is set. */
@inline export function initTallies(f: usize, side: u32, ipBytes: u32, wireBytes: u32, payloadBytes: u32): void {
  const own = tallyAt(f, side);
  const other = tallyAt(f, side ^ 1);
  store<u64>(own, 1 | (<u64>ipBytes << 32), TALLY_PACKETS);
  store<u64>(own, <u64>wireBytes | (<u64>payloadBytes << 32), TALLY_WIRE_BYTES);
  store<u64>(other, 0, TALLY_PACKETS);
  store<u64>(other, 0, TALLY_WIRE_BYTES);
}

/** The flow has no packet yet. */
export function clearTallies(f: usize): void {
  memory.fill(f + FLOW_TALLIES, 0, 2 * TALLY_SIZE);
}

/** Adds one packet to a side's counters. */
@inline export function addToTally(f: usize, side: u32, ipBytes: u32, wireBytes: u32, payloadBytes: u32): void {
  const t = tallyAt(f, side);
  const packets = <u64>load<u32>(t, TALLY_PACKETS) + 1;
  const ip = <u64>load<u32>(t, TALLY_IP_BYTES) + <u64>ipBytes;
  const wire = <u64>load<u32>(t, TALLY_WIRE_BYTES) + <u64>wireBytes;
  const payload = <u64>load<u32>(t, TALLY_PAYLOAD_BYTES) + <u64>payloadBytes;
  store<u32>(t, <u32>packets, TALLY_PACKETS);
  store<u32>(t, <u32>ip, TALLY_IP_BYTES);
  store<u32>(t, <u32>wire, TALLY_WIRE_BYTES);
  store<u32>(t, <u32>payload, TALLY_PAYLOAD_BYTES);
  if ((packets | ip | wire | payload) >> 32 != 0) carry(f, side, packets, ip, wire, payload);
}

@cold function carry(f: usize, side: u32, packets: u64, ip: u64, wire: u64, payload: u64): void {
  const carries = carriesOf(f);
  if (load<u8>(f, FLOW_CARRIED) == 0) memory.fill(carries, 0, CARRIES_SIZE);
  store<u8>(f, 1, FLOW_CARRIED);
  const own = carries + CARRIES_TALLIES + <usize>side * TALLY_SIZE;
  store<u32>(own, load<u32>(own, TALLY_PACKETS) + <u32>(packets >> 32), TALLY_PACKETS);
  store<u32>(own, load<u32>(own, TALLY_IP_BYTES) + <u32>(ip >> 32), TALLY_IP_BYTES);
  store<u32>(own, load<u32>(own, TALLY_WIRE_BYTES) + <u32>(wire >> 32), TALLY_WIRE_BYTES);
  store<u32>(own, load<u32>(own, TALLY_PAYLOAD_BYTES) + <u32>(payload >> 32), TALLY_PAYLOAD_BYTES);
}

/** A counter of a side, TALLY_. u64: none of them can overflow. */
@inline export function flowCount(f: usize, side: u32, counter: usize): u64 {
  const low = <u64>load<u32>(tallyAt(f, side) + counter);
  return load<u8>(f, FLOW_CARRIED) == 0 ? low : low | carried(f, side, counter);
}

@cold function carried(f: usize, side: u32, counter: usize): u64 {
  return <u64>load<u32>(carriesOf(f) + CARRIES_TALLIES + <usize>side * TALLY_SIZE + counter) << 32;
}

/** Gives a flow all that another one is, but side records. */
export function copyFlow(to: u32, from: u32): void {
  const flow = flowAt(to);
  const other = flowAt(from);
  memory.copy(flow, other, FLOW_SIZE);
  memory.copy(linkAt(to), linkAt(from), LINK_SIZE);
  if (flowVersion(flow) == 6) {
    store<u32>(flow, allocateAddresses(), FLOW_LOW);
    memory.copy(addressesOf(flow), addressesOf(other), ADDRESSES_SIZE);
  }
  if (load<u8>(flow, FLOW_CARRIED) != 0) memory.copy(carriesOf(flow), carriesOf(other), CARRIES_SIZE);
}

@inline export function flowTcpFlags(f: usize, side: u32): u32 {
  return <u32>load<u16>(f + (<usize>side << 1), FLOW_TCP_FLAGS);
}
/** Packets that the side has sent. */
@inline export function flowPackets(f: usize, side: u32): u64 {
  return flowCount(f, side, TALLY_PACKETS);
}

@inline export function orTcpFlags(f: usize, side: u32, flags: u32): void {
  const at = f + (<usize>side << 1);
  store<u16>(at, <u16>(<u32>load<u16>(at, FLOW_TCP_FLAGS) | flags), FLOW_TCP_FLAGS);
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
@inline export function linkFirst(l: usize): u64 { return load<u64>(l, LINK_FIRST); }
@inline export function setLinkFirst(l: usize, v: u64): void { store<u64>(l, v, LINK_FIRST); }
