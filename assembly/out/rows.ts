/** Writes flows as rows for the host: originator first, times split into seconds and nanoseconds, counters as f64. */
import { blocks, rowBytes, sides, state32 } from "../control";
import {
  flowAt, flowCount, flowLast, flowPort, flowProtocol, flowState, flowVersion, linkAt, linkFirst, linkGeneration,
  linkNext, writeAddress,
} from "../table/flow";
import {
  CONFIG_ROWS_MAX, COUNT_IP_BYTES, COUNT_PACKETS, COUNT_PAYLOAD_BYTES, COUNT_WIRE_BYTES, FLOW_BITS,
  FLOW_BIT_ORIGINATOR_HIGH, FLOW_END_REASON, FLOW_STATE_ACTIVE, FLOW_TCP_FLAGS, NIL, ROWS, ROW_BITS, ROW_DESTINATION,
  ROW_DESTINATION_PORT, ROW_END_REASON, ROW_FIRST, ROW_FIRST_NANOS, ROW_FIRST_SECONDS, ROW_FLOW, ROW_FORWARD,
  ROW_GENERATION, ROW_ICMP_CODE, ROW_ICMP_TYPE, ROW_LAST, ROW_LAST_NANOS, ROW_LAST_SECONDS, ROW_PROTOCOL, ROW_REVERSE,
  ROW_SOURCE, ROW_SOURCE_PORT, ROW_TCP_FLAGS_FORWARD, ROW_TCP_FLAGS_REVERSE, ROW_VERSION, STATE_CLOSED_HEAD,
  STATE_ORDERED, STATE_ORDERED_BASE, STATE_POOL_TOP, TALLY_IP_BYTES, TALLY_PACKETS, TALLY_PAYLOAD_BYTES,
  TALLY_WIRE_BYTES,
} from "../layout";
import { orderedFlow } from "../table/order";
import { touchAllRecords } from "../side/record";
import { completeSideRows, writeSideRows } from "../side/side";
import { startedFlow } from "../side/starts";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "../wire/numbers";

const SECOND_NS: u64 = 1000000000;
/** Flows whose records are fetched at a time. */
const FLOWS_AHEAD: u32 = 8;

/** Rows written at a time; the host changes it with what it makes of them. */
@inline function rowsMax(): u32 { return state32(CONFIG_ROWS_MAX); }

/** Rows of the first closed flows, in the order of ending. Returns how many; they stay closed until released. */
export function writeClosed(amount: u32): u32 {
  let index = state32(STATE_CLOSED_HEAD);
  let size: u32 = 0;
  const limit = min(amount, rowsMax());
  while (index != NIL && size < limit) {
    if (sides != 0 && size % FLOWS_AHEAD == 0) fetchAhead(index, min(FLOWS_AHEAD, limit - size));
    writeRow(ROWS + <usize>size * rowBytes, index);
    size++;
    index = linkNext(linkAt(index));
  }
  return completeRows(ROWS, size, rowBytes);
}

/** Starts the reads of what the next rows are made of: those flows have ended, and are seldom in the cache. */
@cold function fetchAhead(first: u32, amount: u32): void {
  let sum: u64 = 0;
  let index = first;
  for (let n: u32 = 0; n < amount && index != NIL; n++) {
    sum ^= touchAllRecords(index) ^ flowLast(flowAt(index));
    index = linkNext(linkAt(index));
  }
  fetched = sum;
}

/** Keeps the loads of fetchAhead from being removed. */
let fetched: u64 = 0;

/** Rows of the flows that orderActive has ordered, from place `from` on. Returns how many. */
export function writeOrdered(from: u32, amount: u32): u32 {
  const size = state32(STATE_ORDERED);
  const to = min(size, from + min(amount, rowsMax()));
  const base: usize = state32(STATE_ORDERED_BASE);
  let row: usize = ROWS;
  for (let place = from; place < to; place++) {
    writeRow(row, orderedFlow(base, place));
    row += rowBytes;
  }
  return completeRows(ROWS, to > from ? to - from : 0, rowBytes);
}

/** Rows of the active flows with indices [from, from + CONFIG_ROWS_MAX). Returns how many. */
export function writeActive(from: u32): u32 {
  const end = min(state32(STATE_POOL_TOP), from + rowsMax());
  let row: usize = ROWS;
  for (let index = from; index < end; index++) {
    if (flowState(flowAt(index)) != FLOW_STATE_ACTIVE) continue;
    writeRow(row, index);
    row += rowBytes;
  }
  return completeRows(ROWS, <u32>((row - ROWS) / rowBytes), rowBytes);
}

/** Rows of the flows noted as started at positions [from, to), without those that are gone. Returns how many. */
export function writeStarted(from: u32, to: u32): u32 {
  const limit = rowsMax();
  let rows: u32 = 0;
  for (let position = from; position != to && rows < limit; position++) {
    const index = startedFlow(position);
    if (index == NIL) continue;
    writeRow(ROWS + <usize>rows * rowBytes, index);
    rows++;
  }
  return completeRows(ROWS, rows, rowBytes);
}

/** The row of one flow, at ROWS. */
export function writeFlow(index: u32): void {
  writeRow(ROWS, index);
  completeRows(ROWS, 1, rowBytes);
}

/** The rows from `first` on, `size` bytes from one to the next, were written with writeRow. Returns their number. */
export function completeRows(first: usize, rows: u32, size: usize): u32 {
  if (blocks != 0) completeSideRows(first, rows, size);
  return rows;
}

/** A row, to which completeRows adds the rest. */
export function writeRow(row: usize, index: u32): void {
  const flow = flowAt(index);
  const bits = <u32>load<u8>(flow, FLOW_BITS);
  const turned = (bits & FLOW_BIT_ORIGINATOR_HIGH) != 0;
  const source: u32 = turned ? 1 : 0;
  const protocol = flowProtocol(flow);
  writeAddress(row + ROW_SOURCE, flow, source);
  writeAddress(row + ROW_DESTINATION, flow, source ^ 1);
  if (protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6) {
    store<u32>(row, 0, ROW_SOURCE_PORT);
    store<u32>(row, 0, ROW_TCP_FLAGS_FORWARD);
    store<u16>(row, load<u16>(flow, FLOW_TCP_FLAGS) - 1, ROW_ICMP_TYPE);
    store<u16>(row, load<u16>(flow + 2, FLOW_TCP_FLAGS) - 1, ROW_ICMP_CODE);
  } else {
    store<u16>(row, <u16>flowPort(flow, source), ROW_SOURCE_PORT);
    store<u16>(row, <u16>flowPort(flow, source ^ 1), ROW_DESTINATION_PORT);
    store<u16>(row, load<u16>(flow + (turned ? 2 : 0), FLOW_TCP_FLAGS), ROW_TCP_FLAGS_FORWARD);
    store<u16>(row, load<u16>(flow + (turned ? 0 : 2), FLOW_TCP_FLAGS), ROW_TCP_FLAGS_REVERSE);
    store<u32>(row, u32.MAX_VALUE, ROW_ICMP_TYPE);
  }
  store<u8>(row, <u8>protocol, ROW_PROTOCOL);
  store<u8>(row, <u8>flowVersion(flow), ROW_VERSION);
  store<u8>(row, load<u8>(flow, FLOW_END_REASON), ROW_END_REASON);
  store<u8>(row, <u8>bits, ROW_BITS);
  const first = linkFirst(linkAt(index));
  const last = flowLast(flow);
  store<u64>(row, first, ROW_FIRST);
  store<u64>(row, last, ROW_LAST);
  store<f64>(row, <f64>(first / SECOND_NS), ROW_FIRST_SECONDS);
  store<f64>(row, <f64>(last / SECOND_NS), ROW_LAST_SECONDS);
  store<u32>(row, <u32>(first % SECOND_NS), ROW_FIRST_NANOS);
  store<u32>(row, <u32>(last % SECOND_NS), ROW_LAST_NANOS);
  store<u32>(row, index, ROW_FLOW);
  store<u32>(row, linkGeneration(linkAt(index)), ROW_GENERATION);
  writeCounts(row + ROW_FORWARD, flow, source);
  writeCounts(row + ROW_REVERSE, flow, source ^ 1);
  if (blocks != 0) writeSideRows(row, index);
}

function writeCounts(to: usize, flow: usize, side: u32): void {
  store<f64>(to, <f64>flowCount(flow, side, TALLY_PACKETS), COUNT_PACKETS);
  store<f64>(to, <f64>flowCount(flow, side, TALLY_IP_BYTES), COUNT_IP_BYTES);
  store<f64>(to, <f64>flowCount(flow, side, TALLY_WIRE_BYTES), COUNT_WIRE_BYTES);
  store<f64>(to, <f64>flowCount(flow, side, TALLY_PAYLOAD_BYTES), COUNT_PAYLOAD_BYTES);
}
