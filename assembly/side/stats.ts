/**
 * Side records of sizes and gaps: how large the packets of each side were, and how long it was from one to the next.
 *
 * Their number and the sums of their sizes are in the flow record already. Of sizes the sum of squares is kept, an
 * integer, so that both sides together come out exactly; gaps squared do not fit a u64, so they are kept as a mean and
 * the squared distances from it. A gap is from the latest packet so far, and 0 when the clock was set back.
 */
import { addSaturated } from "../control";
import { packetIpBytes, packetPayloadBytes, packetTime } from "../decode/packet";
import {
  SIDE_STATS, STATS_CLOCK_BACK, STATS_GAPS, STATS_HIGH, STATS_IP_MAX, STATS_IP_MIN, STATS_IP_SQUARES, STATS_LAST,
  STATS_LOW, STATS_PAYLOAD_MAX, STATS_PAYLOAD_MIN, STATS_PAYLOAD_SQUARES, STATS_SIDE_GAPS,
} from "../layout";
import { flowAt, flowPackets } from "../table/flow";
import { addToSpread, bump, elapsed } from "./figures";
import { sideRecord } from "./record";

@inline export function statsRecord(index: u32): usize { return sideRecord(SIDE_STATS, index); }
@inline export function statsSide(record: usize, side: u32): usize {
  return record + STATS_LOW + <usize>side * (STATS_HIGH - STATS_LOW);
}
@inline function lastAt(record: usize, side: u32): usize { return record + STATS_LAST + (<usize>side << 3); }

/** The rest is set by the first packet of a side, and by its second one. */
@cold export function startStats(index: u32): void {
  const record = statsRecord(index);
  store<u64>(record, 0, STATS_LAST);
  store<u64>(record, 0, STATS_LAST + 8);
  store<u32>(record, 0, STATS_CLOCK_BACK);
}

/** A packet that `sender`, side 0 or 1 of the key, has sent; it is counted to the flow. */
export function statsOfPacket(index: u32, packet: usize, sender: u32): void {
  const record = statsRecord(index);
  const own = statsSide(record, sender);
  const flow = flowAt(index);
  const packets = flowPackets(flow, sender);
  const time = packetTime(packet);
  const ownLast = load<u64>(lastAt(record, sender));
  const last = max(ownLast, load<u64>(lastAt(record, sender ^ 1)));
  noteSizes(own, packets == 1, packetIpBytes(packet), packetPayloadBytes(packet));
  store<u64>(lastAt(record, sender), max(ownLast, time));
  if (packets != 1) addToSpread(own + STATS_SIDE_GAPS, packets - 1, elapsed(ownLast, time));
  const before = packets + flowPackets(flow, sender ^ 1) - 1;
  if (before == 0) return;
  addToSpread(record + STATS_GAPS, before, elapsed(last, time));
  if (time < last) bump(record + STATS_CLOCK_BACK);
}

@inline function noteSizes(own: usize, isFirst: bool, ipBytes: u32, payload: u32): void {
  const ipSquare = <u64>ipBytes * ipBytes;
  const payloadSquare = <u64>payload * payload;
  if (isFirst) {
    store<u32>(own, ipBytes, STATS_IP_MIN);
    store<u32>(own, ipBytes, STATS_IP_MAX);
    store<u32>(own, payload, STATS_PAYLOAD_MIN);
    store<u32>(own, payload, STATS_PAYLOAD_MAX);
    store<u64>(own, ipSquare, STATS_IP_SQUARES);
    store<u64>(own, payloadSquare, STATS_PAYLOAD_SQUARES);
    return;
  }
  store<u32>(own, min(load<u32>(own, STATS_IP_MIN), ipBytes), STATS_IP_MIN);
  store<u32>(own, max(load<u32>(own, STATS_IP_MAX), ipBytes), STATS_IP_MAX);
  store<u32>(own, min(load<u32>(own, STATS_PAYLOAD_MIN), payload), STATS_PAYLOAD_MIN);
  store<u32>(own, max(load<u32>(own, STATS_PAYLOAD_MAX), payload), STATS_PAYLOAD_MAX);
  store<u64>(own, addSaturated(load<u64>(own, STATS_IP_SQUARES), ipSquare), STATS_IP_SQUARES);
  store<u64>(own, addSaturated(load<u64>(own, STATS_PAYLOAD_SQUARES), payloadSquare), STATS_PAYLOAD_SQUARES);
}
