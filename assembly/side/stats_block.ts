/** The group stats as a row has it: originator first, then both; all bits 1 for what is not known. */
import { addSaturated } from "../control";
import {
  FLOW_BIT_ORIGINATOR_HIGH, SIDE_STATS, SPREAD_MAX, SPREAD_MEAN, SPREAD_MIN, STATS_BLOCK_BYTES_PER_SECOND,
  STATS_BLOCK_CLOCK_BACK, STATS_BLOCK_PACKETS_PER_SECOND, STATS_BLOCK_SIZE, STATS_BLOCK_SIZE_OVERFLOW, STATS_CLOCK_BACK,
  STATS_GAPS, STATS_IP_MAX, STATS_IP_MIN, STATS_IP_SQUARES, STATS_PAYLOAD_MAX, STATS_PAYLOAD_MIN, STATS_PAYLOAD_SQUARES,
  STATS_SCOPE_GAP_MAX, STATS_SCOPE_GAP_MEAN, STATS_SCOPE_GAP_MIN, STATS_SCOPE_GAP_SD, STATS_SCOPE_IP_MAX,
  STATS_SCOPE_IP_MEAN, STATS_SCOPE_IP_MIN, STATS_SCOPE_IP_SD, STATS_SCOPE_PAYLOAD_MAX, STATS_SCOPE_PAYLOAD_MEAN,
  STATS_SCOPE_PAYLOAD_MIN, STATS_SCOPE_PAYLOAD_SD, STATS_SCOPE_SIZE, STATS_SIDE_GAPS, TALLY_IP_BYTES, TALLY_PACKETS,
  TALLY_PAYLOAD_BYTES,
} from "../layout";
import { flowAt, flowBits, flowCount, flowLast, flowPackets, linkAt, linkFirst } from "../table/flow";
import { sampleDeviation } from "./deviation";
import { spreadDeviation } from "./figures";
import { copyWords, setAllBits, sideBlock } from "./record";
import { statsRecord, statsSide } from "./stats";

const SECOND_NS: f64 = 1e9;

@cold export function writeStatsBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_STATS, row);
  setAllBits(block, STATS_BLOCK_SIZE);
  const flow = flowAt(index);
  const record = statsRecord(index);
  const high: u32 = (flowBits(flow) & FLOW_BIT_ORIGINATOR_HIGH) != 0 ? 1 : 0;
  const sender = statsSide(record, high);
  const receiver = statsSide(record, high ^ 1);
  const forward = writeSide(block, sender, flow, high);
  const reverse = writeSide(block + STATS_SCOPE_SIZE, receiver, flow, high ^ 1);
  writeBoth(block + 2 * STATS_SCOPE_SIZE, record, flow, forward != 0, reverse != 0);
  store<u32>(block, load<u32>(record, STATS_CLOCK_BACK), STATS_BLOCK_CLOCK_BACK);
  const isFull = (forward != 0 && isOverflown(sender)) || (reverse != 0 && isOverflown(receiver));
  store<u8>(block, u8(isFull), STATS_BLOCK_SIZE_OVERFLOW);
  const duration = flowLast(flow) - linkFirst(linkAt(index));
  if (duration == 0) return;
  const bytes = ofBoth(flow, TALLY_IP_BYTES);
  store<f64>(block, <f64>bytes * SECOND_NS / <f64>duration, STATS_BLOCK_BYTES_PER_SECOND);
  store<f64>(block, <f64>(forward + reverse) * SECOND_NS / <f64>duration, STATS_BLOCK_PACKETS_PER_SECOND);
}

function isOverflown(side: usize): bool {
  return max(load<u64>(side, STATS_IP_SQUARES), load<u64>(side, STATS_PAYLOAD_SQUARES)) == u64.MAX_VALUE;
}

/** Returns the packets of the side. */
function writeSide(to: usize, side: usize, flow: usize, sender: u32): u64 {
  const packets = flowPackets(flow, sender);
  if (packets == 0) return 0;
  store<u32>(to, load<u32>(side, STATS_IP_MIN), STATS_SCOPE_IP_MIN);
  store<u32>(to, load<u32>(side, STATS_IP_MAX), STATS_SCOPE_IP_MAX);
  store<u32>(to, load<u32>(side, STATS_PAYLOAD_MIN), STATS_SCOPE_PAYLOAD_MIN);
  store<u32>(to, load<u32>(side, STATS_PAYLOAD_MAX), STATS_SCOPE_PAYLOAD_MAX);
  const ipBytes = flowCount(flow, sender, TALLY_IP_BYTES);
  const payload = flowCount(flow, sender, TALLY_PAYLOAD_BYTES);
  writeMean(to + STATS_SCOPE_IP_MEAN, packets, ipBytes, load<u64>(side, STATS_IP_SQUARES));
  writeMean(to + STATS_SCOPE_PAYLOAD_MEAN, packets, payload, load<u64>(side, STATS_PAYLOAD_SQUARES));
  writeGaps(to, side + STATS_SIDE_GAPS, packets - 1);
  return packets;
}

function writeBoth(to: usize, record: usize, flow: usize, hasForward: bool, hasReverse: bool): void {
  if (!hasForward || !hasReverse) {
    copyWords(to, hasForward ? to - 2 * STATS_SCOPE_SIZE : to - STATS_SCOPE_SIZE, STATS_SCOPE_SIZE);
    return;
  }
  const side = statsSide(record, 0);
  const other = statsSide(record, 1);
  store<u32>(to, least(side, other, STATS_IP_MIN), STATS_SCOPE_IP_MIN);
  store<u32>(to, greatest(side, other, STATS_IP_MAX), STATS_SCOPE_IP_MAX);
  store<u32>(to, least(side, other, STATS_PAYLOAD_MIN), STATS_SCOPE_PAYLOAD_MIN);
  store<u32>(to, greatest(side, other, STATS_PAYLOAD_MAX), STATS_SCOPE_PAYLOAD_MAX);
  const packets = ofBoth(flow, TALLY_PACKETS);
  const ipBytes = ofBoth(flow, TALLY_IP_BYTES);
  const payload = ofBoth(flow, TALLY_PAYLOAD_BYTES);
  const ipSquares = addSaturated(load<u64>(side, STATS_IP_SQUARES), load<u64>(other, STATS_IP_SQUARES));
  writeMean(to + STATS_SCOPE_IP_MEAN, packets, ipBytes, ipSquares);
  const squares = addSaturated(load<u64>(side, STATS_PAYLOAD_SQUARES), load<u64>(other, STATS_PAYLOAD_SQUARES));
  writeMean(to + STATS_SCOPE_PAYLOAD_MEAN, packets, payload, squares);
  writeGaps(to, record + STATS_GAPS, packets - 1);
}

/** A counter of both sides, TALLY_. */
function ofBoth(flow: usize, counter: usize): u64 {
  return flowCount(flow, 0, counter) + flowCount(flow, 1, counter);
}

@inline function least(a: usize, b: usize, offset: usize): u32 {
  return min(load<u32>(a + offset), load<u32>(b + offset));
}

@inline function greatest(a: usize, b: usize, offset: usize): u32 {
  return max(load<u32>(a + offset), load<u32>(b + offset));
}

/** A mean, and the deviation behind it when the squares are known. */
function writeMean(to: usize, n: u64, sum: u64, squares: u64): void {
  store<f64>(to, <f64>sum / <f64>n);
  if (squares != u64.MAX_VALUE) store<f64>(to, sampleDeviation(n, sum, squares), 8);
}

function writeGaps(to: usize, gaps: usize, n: u64): void {
  if (n == 0) return;
  store<u64>(to, load<u64>(gaps, SPREAD_MIN), STATS_SCOPE_GAP_MIN);
  store<f64>(to, load<f64>(gaps, SPREAD_MEAN), STATS_SCOPE_GAP_MEAN);
  store<f64>(to, spreadDeviation(gaps, n), STATS_SCOPE_GAP_SD);
  store<u64>(to, load<u64>(gaps, SPREAD_MAX), STATS_SCOPE_GAP_MAX);
}
