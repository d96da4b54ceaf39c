/**
 * Rows of ended flows with their places in the serial order: written by the engine of a shard, and merged with those of
 * the other shards by the engine that delivers them. Each engine's own rows are in order already.
 */
import { rowBytes, shards, state32 } from "../control";
import { compareKeys } from "../decode/key";
import {
  CONFIG_ROWS_MAX, NIL, ROWS, RUNS, RUN_AT, RUN_END, RUN_SIZE, SERIAL_FIRST, SERIAL_KEY, SERIAL_LAST, SERIAL_PACKET,
  SERIAL_ROW_HEADER, SERIAL_TIME, STATE_CLOSED_HEAD,
} from "../layout";
import { flowAt, flowLast, linkAt, linkFirst, linkNext, writeKey } from "../table/flow";
import { placePacket, placeTime } from "../table/serial_order";
import { completeRows, writeRow } from "./rows";

/** Writes the first closed flows to `to`, `amount` at most. Returns how many; they stay closed until released. */
export function writeSerialRows(to: usize, amount: u32): u32 {
  const first = to + SERIAL_ROW_HEADER;
  let index = state32(STATE_CLOSED_HEAD);
  let size: u32 = 0;
  while (index != NIL && size < amount) {
    const link = linkAt(index);
    const flow = flowAt(index);
    store<u64>(to, placeTime(link), SERIAL_TIME);
    store<u64>(to, placePacket(link), SERIAL_PACKET);
    store<u64>(to, flowLast(flow), SERIAL_LAST);
    store<u64>(to, linkFirst(link), SERIAL_FIRST);
    writeKey(to + SERIAL_KEY, flow);
    writeRow(to + SERIAL_ROW_HEADER, index);
    to += SERIAL_ROW_HEADER + rowBytes;
    size++;
    index = linkNext(link);
  }
  return completeRows(first, size, SERIAL_ROW_HEADER + rowBytes);
}

@inline function runAt(shard: u32): usize { return RUNS + <usize>shard * RUN_SIZE; }

/**
 * Merges the runs of all shards into ROWS, `amount` rows at most. Stops when a run of `open`, bits by shard, has no
 * more: its next row is not there yet. Returns how many rows.
 */
export function mergeRows(amount: u32, open: u32): u32 {
  const limit = min(amount, state32(CONFIG_ROWS_MAX));
  let row: usize = ROWS;
  for (let size: u32 = 0; size < limit; size++) {
    let first: usize = 0;
    let from: usize = 0;
    for (let shard: u32 = 0; shard < shards; shard++) {
      const run = runAt(shard);
      const at: usize = load<u32>(run, RUN_AT);
      if (at == load<u32>(run, RUN_END)) {
        if ((open >> shard & 1) != 0) return size;
      } else if (first == 0 || isBefore(at, first)) {
        first = at;
        from = run;
      }
    }
    if (first == 0) return size;
    memory.copy(row, first + SERIAL_ROW_HEADER, rowBytes);
    row += rowBytes;
    store<u32>(from, <u32>(first + SERIAL_ROW_HEADER + rowBytes), RUN_AT);
  }
  return limit;
}

function isBefore(a: usize, b: usize): bool {
  if (differs(a, b, SERIAL_TIME)) return isLess(a, b, SERIAL_TIME);
  if (differs(a, b, SERIAL_PACKET)) return isLess(a, b, SERIAL_PACKET);
  if (differs(a, b, SERIAL_LAST)) return isLess(a, b, SERIAL_LAST);
  if (differs(a, b, SERIAL_FIRST)) return isLess(a, b, SERIAL_FIRST);
  return compareKeys(a + SERIAL_KEY, b + SERIAL_KEY) < 0;
}

@inline function differs(a: usize, b: usize, at: usize): bool { return load<u64>(a + at) != load<u64>(b + at); }
@inline function isLess(a: usize, b: usize, at: usize): bool { return load<u64>(a + at) < load<u64>(b + at); }
