/**
 * Side records of a flow's first packets, or of the first ones with payload: direction, sizes, flags, and the time since
 * the one before. The engine's record has the latest time, its rest as many entries as the option says, 12 bytes each.
 */
import { firstPacketsMax, payloadOnly } from "../control";
import {
  packetBits, packetIpBytes, packetPayloadBytes, packetProtocol, packetTcpFlags, packetTime, packetTransport,
  packetTransportEnd,
} from "../decode/packet";
import {
  EARLY_BIT_FLAGS, EARLY_BIT_HIGH, EARLY_COUNT, EARLY_ENTRIES, EARLY_ENTRY_BITS, EARLY_ENTRY_FLAGS, EARLY_ENTRY_GAP,
  EARLY_ENTRY_IP_BYTES, EARLY_ENTRY_PAYLOAD, EARLY_ENTRY_SIZE, EARLY_LAST, FLOW_BIT_ORIGINATOR_HIGH, PACKET_BIT_LATER,
  SIDE_FIRST_PACKETS,
} from "../layout";
import { flowAt, flowBits } from "../table/flow";
import { fits } from "../wire/bytes";
import { PROTOCOL_TCP } from "../wire/numbers";
import { TCP_FLAGS_END } from "../wire/tcp";
import { elapsed } from "./figures";
import { sideBlock, sideRecord, sideRest } from "./record";

const US_NS: u64 = 1000;

@inline function earlyRecord(index: u32): usize { return sideRecord(SIDE_FIRST_PACKETS, index); }
@inline function entryAt(entries: usize, place: u32): usize {
  return entries + <usize>place * EARLY_ENTRY_SIZE;
}

@cold export function startFirstPackets(index: u32): void {
  store<u32>(earlyRecord(index), 0, EARLY_COUNT);
}

/** A packet that `side`, 0 or 1 of the key, has sent. */
export function firstPacketsOfPacket(index: u32, packet: usize, side: u32): void {
  const record = earlyRecord(index);
  const count = load<u32>(record, EARLY_COUNT);
  if (count == firstPacketsMax || (payloadOnly && packetPayloadBytes(packet) == 0)) return;
  const time = packetTime(packet);
  const last = count == 0 ? time : load<u64>(record, EARLY_LAST);
  const entry = entryAt(sideRest(SIDE_FIRST_PACKETS, index), count);
  store<u32>(entry, <u32>min<u64>(elapsed(last, time) / US_NS, u32.MAX_VALUE), EARLY_ENTRY_GAP);
  store<u16>(entry, <u16>min<u32>(packetIpBytes(packet), u16.MAX_VALUE), EARLY_ENTRY_IP_BYTES);
  store<u16>(entry, <u16>min<u32>(packetPayloadBytes(packet), u16.MAX_VALUE), EARLY_ENTRY_PAYLOAD);
  store<u16>(entry, <u16>packetTcpFlags(packet), EARLY_ENTRY_FLAGS);
  const bits: u32 = (side != 0 ? EARLY_BIT_HIGH : 0) | (hasFlags(packet) ? EARLY_BIT_FLAGS : 0);
  store<u16>(entry, <u16>bits, EARLY_ENTRY_BITS);
  store<u64>(record, max(last, time), EARLY_LAST);
  store<u32>(record, count + 1, EARLY_COUNT);
}

/** Were the flags of a TCP header captured? */
@inline function hasFlags(packet: usize): bool {
  return packetProtocol(packet) == PROTOCOL_TCP && (packetBits(packet) & PACKET_BIT_LATER) == 0
    && fits(packetTransport(packet), TCP_FLAGS_END, packetTransportEnd(packet));
}

/** Count and entries, their sides turned so that 0 is the originator. */
@cold export function writeFirstPacketsBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_FIRST_PACKETS, row);
  const count = load<u32>(earlyRecord(index), EARLY_COUNT);
  const entries = block + EARLY_ENTRIES;
  memory.copy(entries, sideRest(SIDE_FIRST_PACKETS, index), <usize>count * EARLY_ENTRY_SIZE);
  store<u32>(block, count, EARLY_COUNT);
  if ((flowBits(flowAt(index)) & FLOW_BIT_ORIGINATOR_HIGH) == 0) return;
  for (let place: u32 = 0; place < count; place++) {
    const entry = entryAt(entries, place);
    store<u16>(entry, load<u16>(entry, EARLY_ENTRY_BITS) ^ EARLY_BIT_HIGH, EARLY_ENTRY_BITS);
  }
}
