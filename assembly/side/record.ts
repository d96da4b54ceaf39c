/** Where the side records of a flow lie, and their blocks in a row. `group` is a SIDE_ bit. */
import { sideBytes, sides } from "../control";
import { packetLikelyFlow, packetProtocol, packetSide } from "../decode/packet";
import {
  BATCH_COUNT, CACHE_LINE, CONFIG_SIDE_GROUPS, CONFIG_SIDE_RESTS, CONTROL, NIL, PACKETS, PACKET_SIZE,
  SIDE_CONFIG_RECORDS, SIDE_CONFIG_ROW, SIDE_CONFIG_SIZE, SIDE_LINES_COUNT, SIDE_LINES_OFFSETS, SIDE_LINES_SIZE,
  SIDE_REST_BYTES, SIDE_REST_FIRST, SIDE_REST_SIZE, STATE_SIDE_LINES,
} from "../layout";
import { PROTOCOL_TCP } from "../wire/numbers";

@inline function configOf(group: u32): usize {
  return CONTROL + CONFIG_SIDE_GROUPS + <usize>ctz<u32>(group) * SIDE_CONFIG_SIZE;
}

/** The flow's record of this group. Those of all groups lie together: a packet needs one page of memory for them. */
@inline export function sideRecord(group: u32, index: u32): usize {
  return <usize>load<u32>(configOf(group), SIDE_CONFIG_RECORDS) + <usize>index * sideBytes;
}

@inline function restOf(group: u32): usize {
  return CONTROL + CONFIG_SIDE_RESTS + <usize>ctz<u32>(group) * SIDE_REST_SIZE;
}

/**
 * What the group keeps of the flow beside its record: what few packets touch, or few flows have. It is not cleared and
 * not fetched ahead. Each group has a region of its own, and what no flow has used of it costs no memory.
 */
@inline export function sideRest(group: u32, index: u32): usize {
  const rest = restOf(group);
  return <usize>load<u32>(rest, SIDE_REST_FIRST) + <usize>index * load<u32>(rest, SIDE_REST_BYTES);
}

@inline function linesOf(side: u32): usize { return CONTROL + STATE_SIDE_LINES + <usize>side * SIDE_LINES_SIZE; }

/** Nothing is fetched ahead. */
export function clearLines(): void {
  store<u32>(linesOf(0), 0, SIDE_LINES_COUNT);
  store<u32>(linesOf(1), 0, SIDE_LINES_COUNT);
}

/** Packets that `side` sends need the line of the flow's record of this group that has the byte at `at`. */
export function addLine(group: u32, at: usize, side: u32): void {
  const lines = linesOf(side);
  const count = load<u32>(lines, SIDE_LINES_COUNT);
  const offset = (<u32>(sideRecord(group, 0) - sideRecord(sides & -sides, 0) + at)) & ~(<u32>CACHE_LINE - 1);
  for (let n: u32 = 0; n < count; n++) {
    if (load<u32>(lines + (<usize>n << 2), SIDE_LINES_OFFSETS) == offset) return;
  }
  store<u32>(lines + (<usize>count << 2), offset, SIDE_LINES_OFFSETS);
  store<u32>(lines, count + 1, SIDE_LINES_COUNT);
}

/**
 * Reads the lines that were added, of the likely flows of a batch. Those of one flow in one turn: they are on one page,
 * and lines beside each other come together. Returns anything.
 */
@cold export function touchRecords(): u64 {
  const first = sideRecord(sides & -sides, 0);
  const count = <usize>load<u32>(linesOf(0), SIDE_LINES_COUNT) << 2;
  let sum: u64 = 0;
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    const packet = PACKETS + <usize>n * PACKET_SIZE;
    const index = packetLikelyFlow(packet);
    const record = first + <usize>select<u32>(0, index, index == NIL) * sideBytes;
    const lines = linesOf(packetSide(packet));
    for (let at: usize = 0; at < count; at += 4) sum ^= load<u64>(record + load<u32>(lines + at, SIDE_LINES_OFFSETS));
  }
  return sum;
}

/** Reads the first lines of the records of those likely flows that are TCP. */
@cold export function touchTcpRecords(group: u32, lines: u32): u64 {
  const first = <usize>load<u32>(configOf(group), SIDE_CONFIG_RECORDS);
  let sum: u64 = 0;
  for (let n: u32 = 0; n < <u32>BATCH_COUNT; n++) {
    const packet = PACKETS + <usize>n * PACKET_SIZE;
    const index = packetLikelyFlow(packet);
    const isOther = index == NIL || packetProtocol(packet) != PROTOCOL_TCP;
    const record = first + <usize>select<u32>(0, index, isOther) * sideBytes;
    for (let line: u32 = 0; line < lines; line++) sum ^= load<u64>(record + <usize>line * CACHE_LINE);
  }
  return sum;
}

/** Bytes of a record or block, a multiple of 8. Plain stores: a call of the bulk memory instruction costs more. */
@inline export function clearWords(at: usize, size: usize): void { fillWords(at, size, i64x2.splat(0)); }
@inline export function setAllBits(at: usize, size: usize): void { fillWords(at, size, i64x2.splat(-1)); }

@inline function fillWords(at: usize, size: usize, value: v128): void {
  const end = at + (size & ~15);
  for (let to = at; to < end; to += 16) v128.store(to, value);
  if ((size & 8) != 0) store<i64>(end, i64x2.extract_lane(value, 0));
}

/** The same of a multiple of 16 bytes, copied. */
@inline export function copyWords(to: usize, from: usize, size: usize): void {
  for (let at: usize = 0; at < size; at += 16) v128.store(to + at, v128.load(from + at));
}

/** Reads all lines of the flow's records. Returns anything. */
export function touchAllRecords(index: u32): u64 {
  const first = sideRecord(sides & -sides, index);
  let sum: u64 = 0;
  for (let at: usize = 0; at < <usize>sideBytes; at += CACHE_LINE) sum ^= load<u64>(first + at);
  return sum;
}

/** Copies all records of a flow, and their rests, to another flow. */
export function copyRecords(to: u32, from: u32): void {
  const first = sides & -sides;
  memory.copy(sideRecord(first, to), sideRecord(first, from), <usize>sideBytes);
  for (let left = sides; left != 0; left &= left - 1) {
    const group = left & -left;
    memory.copy(sideRest(group, to), sideRest(group, from), <usize>load<u32>(restOf(group), SIDE_REST_BYTES));
  }
}

/** The group's block in a row. */
@inline export function sideBlock(group: u32, row: usize): usize {
  return row + <usize>load<u32>(configOf(group), SIDE_CONFIG_ROW);
}
