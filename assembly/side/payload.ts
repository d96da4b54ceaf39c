/**
 * Side records of payload prefixes: the first payload bytes of each side in order of arrival, without reassembly. Of
 * TCP only bytes that directly follow those that are kept are added: what was there before is passed over, a hole ends
 * the prefix. Bytes that were not captured end it as well.
 */
import { payloadMax } from "../control";
import {
  packetBits, packetPayloadBytes, packetProtocol, packetSeq, packetTcpFlags,
} from "../decode/packet";
import {
  FLOW_BIT_ORIGINATOR_HIGH, PACKET_BIT_FRAGMENT, PACKET_BIT_LATER, PACKET_BIT_PARTIAL, PREFIX_BITS, PREFIX_BIT_CUT,
  PREFIX_BIT_DONE, PREFIX_BIT_GAP, PREFIX_BIT_NEXT, PREFIX_BLOCK_BYTES, PREFIX_BLOCK_CUT, PREFIX_BLOCK_GAP,
  PREFIX_NEXT, PREFIX_SIDE_SIZE, PREFIX_USED, SIDE_PAYLOAD,
} from "../layout";
import { flowAt, flowBits } from "../table/flow";
import { PROTOCOL_TCP, TCP_RST, TCP_SYN } from "../wire/numbers";
import { payloadCaptured, payloadStart } from "./payload_range";
import { clearWords, sideBlock, sideRecord, sideRest } from "./record";

/** Bytes of data of a side: a multiple of 8. */
@inline function dataBytes(): u32 { return (payloadMax + 7) & ~7; }
@inline function prefixOf(index: u32, side: u32): usize {
  return sideRecord(SIDE_PAYLOAD, index) + <usize>side * PREFIX_SIDE_SIZE;
}
@inline function dataOf(index: u32, side: u32): usize {
  return sideRest(SIDE_PAYLOAD, index) + <usize>(side * dataBytes());
}
@inline function addBits(own: usize, bits: u32): void {
  store<u16>(own, load<u16>(own, PREFIX_BITS) | <u16>bits, PREFIX_BITS);
}

@cold export function startPayload(index: u32): void {
  clearWords(prefixOf(index, 0), 2 * PREFIX_SIDE_SIZE);
}

/** A packet that `side`, 0 or 1 of the key, has sent. */
export function payloadOfPacket(index: u32, packet: usize, side: u32): void {
  const own = prefixOf(index, side);
  const bits = <u32>load<u16>(own, PREFIX_BITS);
  if ((bits & PREFIX_BIT_DONE) != 0) return;
  const payload = packetPayloadBytes(packet);
  const data = dataOf(index, side);
  if (packetProtocol(packet) == PROTOCOL_TCP) addSegment(own, data, packet, bits, payload);
  else if (payload != 0) append(own, data, payloadStart(packet), payloadCaptured(packet), payload);
}

function addSegment(own: usize, data: usize, packet: usize, bits: u32, payload: u32): void {
  const packetState = packetBits(packet);
  if ((packetState & PACKET_BIT_PARTIAL) != 0) {
    // Its header is cut, so none of its payload was captured.
    if (payload != 0) addBits(own, PREFIX_BIT_CUT | PREFIX_BIT_DONE);
    return;
  }
  const flags = packetTcpFlags(packet);
  if ((packetState & (PACKET_BIT_FRAGMENT | PACKET_BIT_LATER)) != 0 || (flags & TCP_RST) != 0) return;
  const begin = packetSeq(packet) + u32((flags & TCP_SYN) != 0);
  if ((bits & PREFIX_BIT_NEXT) == 0) {
    if (payload == 0 && (flags & TCP_SYN) == 0) return;
    addBits(own, PREFIX_BIT_NEXT);
    store<u32>(own, begin, PREFIX_NEXT);
  }
  if (payload == 0) return;
  const known = <i32>(load<u32>(own, PREFIX_NEXT) - begin);
  if (known < 0) {
    addBits(own, PREFIX_BIT_GAP | PREFIX_BIT_DONE);
  } else if (<u32>known < payload) {
    const captured = payloadCaptured(packet);
    const passed = min<u32>(<u32>known, captured);
    append(own, data, payloadStart(packet) + <usize>passed, captured - passed, payload - <u32>known);
    store<u32>(own, begin + payload, PREFIX_NEXT);
  }
}

/** Adds `captured` bytes at `from`, of `payload` that were sent. */
function append(own: usize, data: usize, from: usize, captured: u32, payload: u32): void {
  const used = load<u32>(own, PREFIX_USED);
  const size = min<u32>(captured, payloadMax - used);
  memory.copy(data + <usize>used, from, <usize>size);
  store<u32>(own, used + size, PREFIX_USED);
  if (used + size == payloadMax) addBits(own, PREFIX_BIT_DONE);
  else if (captured < payload) addBits(own, PREFIX_BIT_CUT | PREFIX_BIT_DONE);
}

/** Why each prefix ended, then both: the length, and the bytes. Originator first. */
@cold export function writePayloadBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_PAYLOAD, row);
  const originator: u32 = (flowBits(flowAt(index)) & FLOW_BIT_ORIGINATOR_HIGH) != 0 ? 1 : 0;
  writePrefix(block, 0, prefixOf(index, originator), dataOf(index, originator));
  writePrefix(block, 1, prefixOf(index, originator ^ 1), dataOf(index, originator ^ 1));
}

function writePrefix(block: usize, place: u32, own: usize, data: usize): void {
  const bits = <u32>load<u16>(own, PREFIX_BITS);
  store<u8>(block + place, u8((bits & PREFIX_BIT_CUT) != 0), PREFIX_BLOCK_CUT);
  store<u8>(block + place, u8((bits & PREFIX_BIT_GAP) != 0), PREFIX_BLOCK_GAP);
  const to = block + PREFIX_BLOCK_BYTES + <usize>(place * (8 + dataBytes()));
  const used = load<u32>(own, PREFIX_USED);
  store<u32>(to, used);
  memory.copy(to + 4, data, <usize>used);
}
