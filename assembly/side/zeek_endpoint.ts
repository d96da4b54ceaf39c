/**
 * One end of a TCP connection by Zeek's rules: its state and sequence numbers. Numbers are relative to the first one,
 * which SYNs may set again, and count on beyond 2^32.
 */
import {
  ZEEK_ACK, ZEEK_END_FIN, ZEEK_LAST, ZEEK_PAST, ZEEK_PAST_STATE_MASK, ZEEK_START, ZEEK_STATE, ZEEK_STATE_CLOSED,
  ZEEK_STATE_ESTABLISHED, ZEEK_STATE_INACTIVE, ZEEK_STATE_PARTIAL, ZEEK_STATE_RESET, ZEEK_STATE_SYN_ACK_SENT,
  ZEEK_STATE_SYN_SENT,
} from "../layout";
import { endBits } from "./zeek_history";
import { numberAt, setNumber } from "./zeek_rare";

/** A larger step of some sequence numbers is not believed. */
const STEP_MAX: i64 = 1048576;

@inline export function stateOf(end: usize): u32 { return <u32>load<u8>(end, ZEEK_STATE); }
@inline export function previousState(end: usize): u32 { return <u32>load<u8>(end, ZEEK_PAST) & ZEEK_PAST_STATE_MASK; }
/** First sequence number. */
@inline export function startOf(end: usize): u32 { return load<u32>(end, ZEEK_START); }
@inline export function isHandshake(state: u32): bool { return state <= <u32>ZEEK_STATE_SYN_ACK_SENT; }
/** Has the end sent nothing that shows that it takes part? */
@inline export function isIdle(end: usize): bool {
  return stateOf(end) == ZEEK_STATE_INACTIVE || stateOf(end) == ZEEK_STATE_PARTIAL;
}
@inline export function setState(end: usize, state: u32): void {
  const before = stateOf(end);
  if (before == state) return;
  const blocks = load<u8>(end, ZEEK_PAST) & ~<u8>ZEEK_PAST_STATE_MASK;
  store<u8>(end, blocks | <u8>before, ZEEK_PAST);
  store<u8>(end, <u8>state, ZEEK_STATE);
}

/** Has the end been through the handshake, and not been reset? */
@inline export function isClean(end: usize): bool {
  const state = stateOf(end);
  return state == ZEEK_STATE_ESTABLISHED
    || (state == ZEEK_STATE_CLOSED && previousState(end) == ZEEK_STATE_ESTABLISHED);
}

/** Sequence numbers begin at `start`, and reach up to `last`. */
export function begin(end: usize, start: u32, last: u32): void {
  store<u32>(end, start, ZEEK_START);
  setNumber(end, ZEEK_ACK, 0);
  setNumber(end, ZEEK_LAST, <i64><i32>(last - start));
}

/** The relative number of `seq`, which is near the relative number `near`. */
@inline export function relative(end: usize, seq: u32, near: i64): i64 {
  return near + <i64><i32>(seq - load<u32>(end, ZEEK_START) - <u32>near);
}

/** The first segment sets the sequence numbers, and some SYNs set them again. */
@inline export function initialise(end: usize, isSyn: bool, seq: u32, last: u32): void {
  const state = stateOf(end);
  if (state == ZEEK_STATE_INACTIVE) {
    if (isSyn) begin(end, seq, last);
    else begin(end, seq - 1, seq);
  } else if (isSyn) {
    initialiseAgain(end, state, seq, last);
  }
}

function initialiseAgain(end: usize, state: u32, seq: u32, last: u32): void {
  switch (state) {
    case ZEEK_STATE_SYN_SENT: case ZEEK_STATE_SYN_ACK_SENT:
      if (seq != load<u32>(end, ZEEK_START)) begin(end, seq, last);
      break;
    case ZEEK_STATE_ESTABLISHED: case ZEEK_STATE_PARTIAL:
      begin(end, seq, last);
      break;
    case ZEEK_STATE_RESET:
      if (previousState(end) == ZEEK_STATE_INACTIVE) begin(end, seq, last);
      break;
  }
}

/** The peer has acknowledged `ackno`, which has the relative number `acked`. */
@inline export function acknowledge(end: usize, ackno: u32, acked: i64): void {
  const step = acked - numberAt(end, ZEEK_ACK);
  if (step <= 0 || (ackno == 0 && step > STEP_MAX)) return;
  setNumber(end, ZEEK_ACK, acked);
}

/** Moves the end of what was sent to `last`. Was all of it sent before? */
@inline export function advance(end: usize, last: u32, isSynOrRst: bool, isFin: bool, payload: u32): bool {
  const before = numberAt(end, ZEEK_LAST);
  const step = relative(end, last, before) - before;
  if (isSynOrRst && (step > STEP_MAX || step < -STEP_MAX)) return false;
  if (isFin && before == 1) {
    setNumber(end, ZEEK_LAST, 1 + (step < 0 ? step + 0x100000000 : step));
    return false;
  }
  if (stateOf(end) == ZEEK_STATE_RESET) return false;
  if (step > 0) setNumber(end, ZEEK_LAST, before + step);
  return step <= 0 && payload > 0;
}

/** Bytes that the end has sent, by its sequence numbers. */
export function bytesOf(end: usize, peer: usize): i64 {
  const acked = numberAt(end, ZEEK_ACK);
  const isAborted = previousState(end) == ZEEK_STATE_SYN_SENT && stateOf(end) == ZEEK_STATE_RESET
    && stateOf(peer) == ZEEK_STATE_INACTIVE;
  if (isAborted && acked != 0 && acked != 1) return 0;
  let bytes = max(numberAt(end, ZEEK_LAST), acked);
  if (bytes != 0) bytes--;
  if ((endBits(end) & ZEEK_END_FIN) != 0 && bytes != 0) bytes--;
  return bytes;
}
