/** Where the parts of the group tcp of a flow are. */
import {
  SIDE_TCP, SPREAD_SIZE, TCP_HAS_REST, TCP_REST_SIZE, TCP_RTTS, TCP_SIDES, TCP_SIDE_SIZE, TCP_USUALS, TCP_USUAL_SIZE,
} from "../layout";
import { bump } from "./figures";
import { clearWords, sideRecord, sideRest } from "./record";

@inline export function tcpRecord(index: u32): usize { return sideRecord(SIDE_TCP, index); }
/** What the record has of a side: TCP_SIDE, TCP_USUAL, and the SPREAD of its round trips. */
@inline export function tcpSide(record: usize, side: u32): usize {
  return record + TCP_SIDES + <usize>side * TCP_SIDE_SIZE;
}
@inline export function tcpUsual(record: usize, side: u32): usize {
  return record + TCP_USUALS + <usize>side * TCP_USUAL_SIZE;
}
@inline export function tcpRtts(record: usize, side: u32): usize {
  return record + TCP_RTTS + <usize>side * SPREAD_SIZE;
}

/** The TCP_REST of a side; only good if it has one. */
@inline export function tcpRest(index: u32, side: u32): usize {
  return sideRest(SIDE_TCP, index) + <usize>side * TCP_REST_SIZE;
}

/** The TCP_REST of a side, which has one from now on. */
export function takeRest(index: u32, side: u32): usize {
  const usual = tcpUsual(tcpRecord(index), side);
  const rest = tcpRest(index, side);
  if (load<u8>(usual, TCP_HAS_REST) != 0) return rest;
  clearWords(rest, TCP_REST_SIZE);
  store<u8>(usual, 1, TCP_HAS_REST);
  return rest;
}

/** A count of 16 bits with those that it has carried to the rest. */
export function tcpCount(index: u32, side: u32, count: usize, carried: usize): u32 {
  const low = <u32>load<u16>(count);
  const hasRest = load<u8>(tcpUsual(tcpRecord(index), side), TCP_HAS_REST) != 0;
  return hasRest ? low | <u32>load<u16>(tcpRest(index, side) + carried) << 16 : low;
}

/** Counts one more of what few sides have. */
@cold export function bumpRest(index: u32, side: u32, counter: usize): void {
  bump(takeRest(index, side) + counter);
}
