/** Where the side records of a flow lie, and their blocks in a row. `group` is a SIDE_ bit. */
import {
  CONFIG_SIDE_GROUPS, CONTROL, SIDE_CONFIG_BYTES, SIDE_CONFIG_RECORDS, SIDE_CONFIG_ROW, SIDE_CONFIG_SIZE,
} from "../layout";

@inline function configOf(group: u32): usize {
  return CONTROL + CONFIG_SIDE_GROUPS + <usize>ctz<u32>(group) * SIDE_CONFIG_SIZE;
}

/** The flow's record of `bytes` bytes in this group. */
@inline export function sideRecord(group: u32, index: u32, bytes: u32): usize {
  return <usize>load<u32>(configOf(group), SIDE_CONFIG_RECORDS) + <usize>index * bytes;
}

/** Copies a flow's records of all these groups to another flow. */
export function copyRecords(groups: u32, to: u32, from: u32): void {
  for (let left = groups; left != 0; left &= left - 1) {
    const group = left & -left;
    const bytes = load<u32>(configOf(group), SIDE_CONFIG_BYTES);
    memory.copy(sideRecord(group, to, bytes), sideRecord(group, from, bytes), <usize>bytes);
  }
}

/** The group's block in a row. */
@inline export function sideBlock(group: u32, row: usize): usize {
  return row + <usize>load<u32>(configOf(group), SIDE_CONFIG_ROW);
}
