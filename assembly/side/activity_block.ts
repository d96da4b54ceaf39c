/** The group activity as a row has it: originator first, and all bits 1 for what is not known. */
import {
  ACTIVITY_ACTIVE, ACTIVITY_ACTIVE_COUNT, ACTIVITY_BLOCK_ACTIVE, ACTIVITY_BLOCK_ACTIVE_OVER, ACTIVITY_BLOCK_BULKS,
  ACTIVITY_BLOCK_BULK_BYTES, ACTIVITY_BLOCK_BULK_PACKETS, ACTIVITY_BLOCK_BULK_RATE, ACTIVITY_BLOCK_BULK_TIME,
  ACTIVITY_BLOCK_DATA_PACKETS, ACTIVITY_BLOCK_HEADER_BYTES, ACTIVITY_BLOCK_HEADER_MIN, ACTIVITY_BLOCK_IDLE,
  ACTIVITY_BLOCK_SIDES, ACTIVITY_BLOCK_SIZE, ACTIVITY_BLOCK_SUBFLOWS, ACTIVITY_BLOCK_WINDOW, ACTIVITY_BULKS,
  ACTIVITY_BULK_BYTES, ACTIVITY_BULK_PACKETS, ACTIVITY_BULK_TIME, ACTIVITY_DATA_PACKETS, ACTIVITY_HEADER_BYTES,
  ACTIVITY_HEADER_MIN, ACTIVITY_IDLE, ACTIVITY_IDLE_COUNT, ACTIVITY_LAST, ACTIVITY_PERIOD_START,
  ACTIVITY_SIDE_BLOCK_SIZE, ACTIVITY_SUBFLOWS, ACTIVITY_WINDOW, FLOW_BIT_ORIGINATOR_HIGH, PERIODS_COUNT, PERIODS_MAX,
  PERIODS_MEAN, PERIODS_MIN, PERIODS_SD, SIDE_ACTIVITY, SPREAD_MAX, SPREAD_MEAN, SPREAD_MIN, SPREAD_SIZE,
} from "../layout";
import { flowAt, flowBits } from "../table/flow";
import { activityRecord, side1, side2, side4, side8 } from "./activity";
import { addToSpread, spreadDeviation } from "./figures";
import { setAllBits, sideBlock } from "./record";

const SECOND_NS: f64 = 1e9;

@cold export function writeActivityBlock(row: usize, index: u32): void {
  const block = sideBlock(SIDE_ACTIVITY, row);
  setAllBits(block, ACTIVITY_BLOCK_SIZE);
  const record = activityRecord(index);
  const high: u32 = (flowBits(flowAt(index)) & FLOW_BIT_ORIGINATOR_HIGH) != 0 ? 1 : 0;
  writeSide(block + ACTIVITY_BLOCK_SIDES, record, high);
  writeSide(block + ACTIVITY_BLOCK_SIDES + ACTIVITY_SIDE_BLOCK_SIZE, record, high ^ 1);
  store<u32>(block, load<u32>(record, ACTIVITY_SUBFLOWS), ACTIVITY_BLOCK_SUBFLOWS);
  writePeriods(block + ACTIVITY_BLOCK_IDLE, record + ACTIVITY_IDLE, load<u32>(record, ACTIVITY_IDLE_COUNT));
  writeActive(block, record);
}

/** The last period counts as well, but the flow may still be active: it is added to a copy of the others. */
function writeActive(block: usize, record: usize): void {
  const count = load<u32>(record, ACTIVITY_ACTIVE_COUNT);
  const spread = record + ACTIVITY_ACTIVE;
  writePeriods(block + ACTIVITY_BLOCK_ACTIVE_OVER, spread, count);
  const last = load<u64>(record, ACTIVITY_LAST) - load<u64>(record, ACTIVITY_PERIOD_START);
  if (last == 0 || count == u32.MAX_VALUE) {
    writePeriods(block + ACTIVITY_BLOCK_ACTIVE, spread, count);
    return;
  }
  const copy = block + ACTIVITY_BLOCK_ACTIVE;
  memory.copy(copy, spread, SPREAD_SIZE);
  addToSpread(copy, <u64>count + 1, last);
  writePeriods(copy, copy, count + 1);
}

/** `spread` may lie at `to`. */
function writePeriods(to: usize, spread: usize, count: u32): void {
  store<u32>(to, count, PERIODS_COUNT);
  if (count == 0) return;
  const least = load<u64>(spread, SPREAD_MIN);
  const greatest = load<u64>(spread, SPREAD_MAX);
  const mean = load<f64>(spread, SPREAD_MEAN);
  const deviation = spreadDeviation(spread, count);
  store<u64>(to, least, PERIODS_MIN);
  store<f64>(to, mean, PERIODS_MEAN);
  store<f64>(to, deviation, PERIODS_SD);
  store<u64>(to, greatest, PERIODS_MAX);
}

function writeSide(to: usize, record: usize, side: u32): void {
  const bytes = load<u64>(side8(record, side), ACTIVITY_BULK_BYTES);
  const time = load<u64>(side8(record, side), ACTIVITY_BULK_TIME);
  store<u64>(to, bytes, ACTIVITY_BLOCK_BULK_BYTES);
  store<u64>(to, time, ACTIVITY_BLOCK_BULK_TIME);
  if (time != 0) store<f64>(to, <f64>bytes * SECOND_NS / <f64>time, ACTIVITY_BLOCK_BULK_RATE);
  store<u32>(to, load<u32>(side4(record, side), ACTIVITY_BULKS), ACTIVITY_BLOCK_BULKS);
  store<u32>(to, load<u32>(side4(record, side), ACTIVITY_BULK_PACKETS), ACTIVITY_BLOCK_BULK_PACKETS);
  store<u32>(to, load<u32>(side4(record, side), ACTIVITY_DATA_PACKETS), ACTIVITY_BLOCK_DATA_PACKETS);
  store<u64>(to, load<u64>(side8(record, side), ACTIVITY_HEADER_BYTES), ACTIVITY_BLOCK_HEADER_BYTES);
  const header = load<u8>(side1(record, side), ACTIVITY_HEADER_MIN);
  if (header != 0) store<u16>(to, header, ACTIVITY_BLOCK_HEADER_MIN);
  const window = <u32>load<u16>(side2(record, side), ACTIVITY_WINDOW);
  if (window != 0) store<u32>(to, window, ACTIVITY_BLOCK_WINDOW);
}
