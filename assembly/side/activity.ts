/**
 * Side records of activity, as CICFlowMeter understands it: active and idle periods, subflows, bulks; and what else its
 * columns need: transport headers, packets with payload, the first window.
 *
 * A period is active until a silence of more than the threshold, which is an idle period. A run is a sequence of
 * packets with payload of one side, none of them more than a second after the one before, and no run of the other side
 * in between; from its fourth packet on it is a bulk. Times do not run back: a packet earlier than one before it has
 * the gap 0.
 */
import { idleThreshold } from "../control";
import {
  packetBits, packetPayloadBytes, packetProtocol, packetTcpFlags, packetTime, packetTransport, packetWindow,
} from "../decode/packet";
import {
  ACTIVITY_ACKED, ACTIVITY_ACTIVE, ACTIVITY_ACTIVE_COUNT, ACTIVITY_BULKS, ACTIVITY_BULK_BYTES, ACTIVITY_BULK_MIN,
  ACTIVITY_BULK_PACKETS, ACTIVITY_BULK_TIME, ACTIVITY_DATA_PACKETS, ACTIVITY_HEADER_BYTES, ACTIVITY_HEADER_MIN,
  ACTIVITY_IDLE, ACTIVITY_IDLE_COUNT, ACTIVITY_LAST, ACTIVITY_PERIOD_START, ACTIVITY_RUN_BYTES, ACTIVITY_RUN_LAST,
  ACTIVITY_RUN_PACKETS, ACTIVITY_RUN_START, ACTIVITY_SUBFLOWS, ACTIVITY_WINDOW, FLOW_BIT_CLOSED, PACKET_BIT_LATER,
  PACKET_BIT_PARTIAL, PACKET_BIT_TCP_OFFSET, SIDE_ACTIVITY,
} from "../layout";
import { flowAt, flowBits } from "../table/flow";
import { PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_UDPLITE, TCP_ACK } from "../wire/numbers";
import { tcpHeaderSize } from "../wire/tcp";
import { UDP_HEADER_SIZE } from "../wire/udp";
import { addToSpread, bump, elapsed } from "./figures";
import { clearWords, sideRecord } from "./record";

const SECOND_NS: u64 = 1000000000;

@inline export function activityRecord(index: u32): usize { return sideRecord(SIDE_ACTIVITY, index); }

/** Did a segment with ACK come after FIN from both sides, or RST? */
export function wasAcknowledged(index: u32): bool {
  return load<u32>(activityRecord(index), ACTIVITY_ACKED) != 0;
}

/** @param time of the first packet */
@cold export function startActivity(index: u32, time: u64): void {
  const record = activityRecord(index);
  // Spreads count from 0.
  clearWords(record, ACTIVITY_ACTIVE);
  store<u64>(record, time, ACTIVITY_PERIOD_START);
  store<u64>(record, time, ACTIVITY_LAST);
}

/** Where the part of a side of what is kept by side begins: its values have 8, 4, 2 or 1 bytes. */
@inline export function side8(record: usize, side: u32): usize { return record + (<usize>side << 3); }
@inline export function side4(record: usize, side: u32): usize { return record + (<usize>side << 2); }
@inline export function side2(record: usize, side: u32): usize { return record + (<usize>side << 1); }
@inline export function side1(record: usize, side: u32): usize { return record + <usize>side; }

/** A packet that `sender`, side 0 or 1 of the key, has sent. */
export function activityOfPacket(index: u32, packet: usize, sender: u32): void {
  const record = activityRecord(index);
  const time = packetTime(packet);
  notePeriod(record, time);
  if ((flowBits(flowAt(index)) & FLOW_BIT_CLOSED) != 0 && (packetTcpFlags(packet) & TCP_ACK) != 0) {
    store<u32>(record, 1, ACTIVITY_ACKED);
  }
  noteHeader(record, packet, sender);
  // Without a branch: the other side has sent something or not.
  const otherLast = load<u64>(side8(record, sender ^ 1), ACTIVITY_RUN_LAST);
  const goesOn = u32(otherLast <= load<u64>(side8(record, sender), ACTIVITY_RUN_START));
  const run = side1(record, sender);
  const packets = <u32>load<u8>(run, ACTIVITY_RUN_PACKETS) & (0 - goesOn);
  store<u8>(run, <u8>packets, ACTIVITY_RUN_PACKETS);
  const payload = packetPayloadBytes(packet);
  if (payload != 0) noteRun(record, sender, packets, time, payload);
}

@inline function notePeriod(record: usize, time: u64): void {
  const last = load<u64>(record, ACTIVITY_LAST);
  const gap = elapsed(last, time);
  if (gap > SECOND_NS) bump(record + ACTIVITY_SUBFLOWS);
  if (gap > idleThreshold) {
    const active = last - load<u64>(record, ACTIVITY_PERIOD_START);
    if (active != 0) addPeriod(record + ACTIVITY_ACTIVE, record + ACTIVITY_ACTIVE_COUNT, active);
    addPeriod(record + ACTIVITY_IDLE, record + ACTIVITY_IDLE_COUNT, gap);
    store<u64>(record, time, ACTIVITY_PERIOD_START);
  }
  store<u64>(record, max(last, time), ACTIVITY_LAST);
}

function addPeriod(spread: usize, count: usize, period: u64): void {
  const n = load<u32>(count);
  if (n == u32.MAX_VALUE) return;
  store<u32>(count, n + 1);
  addToSpread(spread, <u64>n + 1, period);
}

/** Transport header and window of what was captured of them. */
@inline function noteHeader(record: usize, packet: usize, sender: u32): void {
  const bits = packetBits(packet);
  if ((bits & PACKET_BIT_LATER) != 0) return;
  const protocol = packetProtocol(packet);
  if (protocol == PROTOCOL_TCP) {
    if ((bits & (PACKET_BIT_PARTIAL | PACKET_BIT_TCP_OFFSET)) != 0) return;
    addHeader(record, sender, tcpHeaderSize(packetTransport(packet)));
    const window = side2(record, sender);
    if (load<u16>(window, ACTIVITY_WINDOW) == 0) store<u16>(window, <u16>packetWindow(packet), ACTIVITY_WINDOW);
  } else if (protocol == PROTOCOL_UDP || protocol == PROTOCOL_UDPLITE) {
    addHeader(record, sender, UDP_HEADER_SIZE);
  }
}

@inline function addHeader(record: usize, sender: u32, bytes: u32): void {
  const sum = side8(record, sender);
  store<u64>(sum, load<u64>(sum, ACTIVITY_HEADER_BYTES) + bytes, ACTIVITY_HEADER_BYTES);
  const least = side1(record, sender);
  // 0, none yet, is the greatest after the subtraction.
  const known = <u32>load<u8>(least, ACTIVITY_HEADER_MIN) - 1;
  store<u8>(least, <u8>(min<u32>(known, bytes - 1) + 1), ACTIVITY_HEADER_MIN);
}

/** `packets` of the run of the side came before this one with payload. */
@inline function noteRun(record: usize, sender: u32, packets: u32, time: u64, payload: u32): void {
  bump(side4(record, sender) + ACTIVITY_DATA_PACKETS);
  const own = side8(record, sender);
  const last = load<u64>(own, ACTIVITY_RUN_LAST);
  const gap = elapsed(last, time);
  const run = side1(record, sender);
  if (packets == 0 || gap > SECOND_NS) {
    store<u64>(own, time, ACTIVITY_RUN_START);
    store<u64>(own, time, ACTIVITY_RUN_LAST);
    store<u64>(own, payload, ACTIVITY_RUN_BYTES);
    store<u8>(run, 1, ACTIVITY_RUN_PACKETS);
    return;
  }
  store<u64>(own, max(last, time), ACTIVITY_RUN_LAST);
  if (packets == ACTIVITY_BULK_MIN) {
    addToBulk(record, sender, 1, payload, gap);
    return;
  }
  const bytes = load<u64>(own, ACTIVITY_RUN_BYTES) + payload;
  store<u64>(own, bytes, ACTIVITY_RUN_BYTES);
  store<u8>(run, <u8>(packets + 1), ACTIVITY_RUN_PACKETS);
  if (packets + 1 != ACTIVITY_BULK_MIN) return;
  bump(side4(record, sender) + ACTIVITY_BULKS);
  addToBulk(record, sender, ACTIVITY_BULK_MIN, bytes, elapsed(load<u64>(own, ACTIVITY_RUN_START), time));
}

function addToBulk(record: usize, sender: u32, packets: u32, bytes: u64, time: u64): void {
  const count = side4(record, sender);
  const before = load<u32>(count, ACTIVITY_BULK_PACKETS);
  store<u32>(count, before > u32.MAX_VALUE - packets ? u32.MAX_VALUE : before + packets, ACTIVITY_BULK_PACKETS);
  const own = side8(record, sender);
  store<u64>(own, load<u64>(own, ACTIVITY_BULK_BYTES) + bytes, ACTIVITY_BULK_BYTES);
  store<u64>(own, load<u64>(own, ACTIVITY_BULK_TIME) + time, ACTIVITY_BULK_TIME);
}
