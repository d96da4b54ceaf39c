/** Where the side records of a flow lie, and their blocks in a row. `group` is a SIDE_ bit. */
import { sideBytes, sides } from "../control";
import { packetLikelyFlow } from "../decode/packet";
import {
  BATCH_COUNT, CACHE_LINE, CONFIG_SIDE_GROUPS, CONTROL, NIL, PACKETS, PACKET_SIZE, SIDE_CONFIG_RECORDS, SIDE_CONFIG_ROW,
  SIDE_CONFIG_SIZE,
} from "../layout";

@inline function configOf(group: u32): usize {
  return CONTROL + CONFIG_SIDE_GROUPS + <usize>ctz<u32>(group) * SIDE_CONFIG_SIZE;
}

/** The flow's record of this group. Those of all groups lie together: a packet needs one page of memory for them. */
@inline export function sideRecord(group: u32, index: u32): usize {
  return <usize>load<u32>(configOf(group), SIDE_CONFIG_RECORDS) + <usize>index * sideBytes;
}

/** Reads the first lines of this group's records of the likely flows of a batch. Returns anything. */
export function touchRecords(group: u32, lines: u32): u64 {
  const first = <usize>load<u32>(configOf(group), SIDE_CONFIG_RECORDS);
  let sum: u64 = 0;
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    const index = packetLikelyFlow(PACKETS + <usize>n * PACKET_SIZE);
    const record = first + <usize>select<u32>(0, index, index == NIL) * sideBytes;
    for (let line: u32 = 0; line < lines; line++) sum ^= load<u64>(record + <usize>line * CACHE_LINE);
  }
  return sum;
}

/** Copies all records of a flow to another flow. */
export function copyRecords(to: u32, from: u32): void {
  const first = sides & -sides;
  memory.copy(sideRecord(first, to), sideRecord(first, from), <usize>sideBytes);
}

/** The group's block in a row. */
@inline export function sideBlock(group: u32, row: usize): usize {
  return row + <usize>load<u32>(configOf(group), SIDE_CONFIG_ROW);
}
