/** What a TCP segment does to a connection by Zeek's rules: letters of its history, states of its ends, gaps. */
import {
  packetAck, packetPayloadBytes, packetSeq, packetTcpFlags, packetTime, packetTransport, packetTransportEnd,
  packetWindow,
} from "../decode/packet";
import {
  ZEEK_ACK, ZEEK_BIT_ATTEMPT, ZEEK_BIT_CLOSED, ZEEK_BIT_DEFERRED, ZEEK_BIT_ESTABLISHED, ZEEK_BIT_GAPS_LOST,
  ZEEK_BIT_LEFT, ZEEK_BIT_PARTIAL, ZEEK_BIT_REFILE, ZEEK_COUNT_RETRANSMISSION, ZEEK_COUNT_WINDOW, ZEEK_EDGE, ZEEK_END_A,
  ZEEK_END_D, ZEEK_END_DID_CLOSE, ZEEK_END_DONE, ZEEK_END_F, ZEEK_END_FAR, ZEEK_END_FIN, ZEEK_END_I, ZEEK_END_MANY,
  ZEEK_END_Q, ZEEK_END_R, ZEEK_END_SEEN, ZEEK_END_SYN, ZEEK_FIN_END, ZEEK_FURTHER, ZEEK_LAST, ZEEK_LAST_FIN,
  ZEEK_LAST_RST, ZEEK_LAST_TIME, ZEEK_MISSED, ZEEK_SINCE, ZEEK_STATE_CLOSED, ZEEK_STATE_ESTABLISHED,
  ZEEK_STATE_INACTIVE, ZEEK_STATE_PARTIAL, ZEEK_STATE_RESET, ZEEK_STATE_SYN_ACK_SENT, ZEEK_STATE_SYN_SENT, ZEEK_TRIMMED,
} from "../layout";
import { fits } from "../wire/bytes";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../wire/numbers";
import { tcpHeaderSize } from "../wire/tcp";
import { blockCount, deliver, gapLimit, isDataPending, mayHaveGap, takeGap } from "./zeek_delivery";
import {
  acknowledge, advance, begin, initialise, isClean, isHandshake, previousState, relative, setState, startOf,
  stateOf,
} from "./zeek_endpoint";
import {
  addEndBits, addGap, addLetter, addOnce, addScaled, addZeekBits, clearZeekBits, endBits, endOf, flip, flipSynAck,
  gapsAt, isLoneSynAck, LETTER_A, LETTER_D, LETTER_F, LETTER_H, LETTER_I, LETTER_Q, LETTER_R, LETTER_S, LETTER_T,
  LETTER_W, originatorOf, responderOf, sideOf, zeekBits,
} from "./zeek_history";
import { lastSyn, numberAt, setLastSyn, setNumber } from "./zeek_rare";

const CONTROL_FLAGS: u32 = TCP_SYN | TCP_FIN | TCP_RST;

/** A segment that `sender`, side 0 or 1 of the key, has sent. */
@inline export function segmentOfConnection(record: usize, packet: usize, sender: u32): void {
  const end = endOf(record, sender);
  const peer = endOf(record, sender ^ 1);
  // Of a peer whose numbers fit 32 bits.
  const acked = relative(peer, packetAck(packet), <i64>load<u32>(peer, ZEEK_ACK));
  if (isPlain(record, end, peer, packet, acked)) addPlain(record, end, peer, packet, sender, <u32>acked);
  else addSegment(record, end, peer, packet);
}

/**
 * Is it a segment as nearly all are: ACK without SYN, FIN or RST, with a window, exactly behind the one before it, of a
 * connection that was seen from its start and is established on both ends, and not the first one of its end with data,
 * or without? A mask of all that, since branches would be guessed wrong.
 */
@inline function isPlain(record: usize, end: usize, peer: usize, packet: usize, acked: i64): bool {
  const payload = packetPayloadBytes(packet);
  const letters = select<u32>(ZEEK_END_SEEN | ZEEK_END_D, ZEEK_END_SEEN | ZEEK_END_A, payload != 0);
  const odd = ((packetTcpFlags(packet) & (CONTROL_FLAGS | TCP_ACK)) ^ TCP_ACK)
    | (stateOf(end) ^ ZEEK_STATE_ESTABLISHED) | (stateOf(peer) ^ ZEEK_STATE_ESTABLISHED)
    | ((endBits(end) & (letters | ZEEK_END_FAR | ZEEK_END_DID_CLOSE)) ^ letters)
    | (endBits(peer) & (ZEEK_END_FAR | ZEEK_END_FIN)) | blockCount(peer) | (zeekBits(record) & ZEEK_BIT_PARTIAL)
    | (packetSeq(packet) ^ (startOf(end) + load<u32>(end, ZEEK_LAST))) | (payload >> 31) | <u32>(acked >>> 32);
  return (odd | u32(packetWindow(packet) == 0) | u32(packetAck(packet) == 0)) == 0;
}

/** What addSegment does, of a plain one. Whether it acknowledges bytes that were not seen is not a branch. */
@inline function addPlain(record: usize, end: usize, peer: usize, packet: usize, sender: u32, acked: u32): void {
  store<u64>(record, max(load<u64>(record, ZEEK_LAST_TIME), packetTime(packet)), ZEEK_LAST_TIME);
  const payload = packetPayloadBytes(packet);
  const place = <i64>load<u32>(end, ZEEK_LAST);
  setNumber(end, ZEEK_LAST, place + <i64>payload);
  store<u32>(peer, max(load<u32>(peer, ZEEK_ACK), acked), ZEEK_ACK);
  const edge = load<u32>(peer, ZEEK_EDGE);
  const trimmed = load<u32>(peer, ZEEK_FURTHER + ZEEK_TRIMMED);
  const isGap = u32(acked > max(edge, trimmed));
  const moved = select<u32>(acked, edge, isGap != 0);
  store<u32>(peer, moved, ZEEK_EDGE);
  store<u32>(peer, select<u32>(acked, trimmed, isGap != 0), ZEEK_FURTHER + ZEEK_TRIMMED);
  store<u64>(record, load<u64>(record, ZEEK_MISSED) + <u64>(moved - edge), ZEEK_MISSED);
  countPlainGap(record, peer, sender ^ 1, isGap);
  if ((u32(payload != 0) & u32(isWhole(packet, payload))) != 0) {
    if (deliver(end, place, payload)) addZeekBits(record, ZEEK_BIT_GAPS_LOST);
  }
}

/** addGap, 1 or 0 times. */
@inline function countPlainGap(record: usize, peer: usize, side: u32, isGap: u32): void {
  const gaps = <u32>load<u16>(gapsAt(record, side));
  const isSeldom = u32(gaps < 10) | u32(gaps == 99) | u32(gaps == 999) | u32(gaps == 9999) | u32(gaps == u16.MAX_VALUE)
    | (endBits(peer) & ZEEK_END_MANY);
  if ((isGap & u32(isSeldom != 0)) != 0) addGap(record, side);
  else store<u16>(gapsAt(record, side), <u16>(gaps + isGap));
}

/** Any segment, by all rules. */
@cold function addSegment(record: usize, end: usize, peer: usize, packet: usize): void {
  const flags = packetTcpFlags(packet);
  const control = flags & CONTROL_FLAGS;
  if (control == 0 && isLoneSynAck(record)) flipSynAck(record);
  const payload = packetPayloadBytes(packet);
  const isSyn = (flags & TCP_SYN) != 0;
  const isFin = (flags & TCP_FIN) != 0;
  const isRst = (flags & TCP_RST) != 0;
  const seq = packetSeq(packet);
  const length = (isRst ? 0 : payload) + u32(isSyn) + u32(isFin);
  if ((endBits(end) & ZEEK_END_SEEN) == 0) noteFirst(record, end, flags);
  initialise(end, isSyn, seq, seq + length);
  const place = relative(end, seq, numberAt(end, ZEEK_LAST));
  if (control != 0) addControlLetter(record, end, flags, control, isFin ? place + <i64>payload : place);
  else if (payload > 0) addOnce(record, end, ZEEK_END_D, LETTER_D);
  else if ((flags & TCP_ACK) != 0) addOnce(record, end, ZEEK_END_A, LETTER_A);
  if (packetWindow(packet) == 0 && !isRst && stateOf(peer) != ZEEK_STATE_CLOSED && stateOf(end) != ZEEK_STATE_RESET) {
    addScaled(record, end, ZEEK_COUNT_WINDOW, LETTER_W);
  }
  if ((endBits(end) & endBits(peer) & ZEEK_END_DID_CLOSE) == 0) {
    store<u64>(record, max(load<u64>(record, ZEEK_LAST_TIME), packetTime(packet)), ZEEK_LAST_TIME);
  }
  if (isFin) {
    addEndBits(end, ZEEK_END_FIN);
    setNumber(end, ZEEK_FURTHER + ZEEK_FIN_END, place + <i64>length);
  }
  const hasAck = (flags & TCP_ACK) != 0;
  const acked = hasAck ? noteAcknowledgment(peer, packetAck(packet), isRst) : 0;
  if (advance(end, seq + length, isSyn || isRst, isFin, payload)) {
    addScaled(record, end, ZEEK_COUNT_RETRANSMISSION, LETTER_T);
  }
  const closes = changeState(record, end, peer, flags, packet);
  if (hasAck) {
    if (mayHaveGap(peer, acked, (zeekBits(record) & ZEEK_BIT_PARTIAL) != 0)) countGaps(record, end, peer, acked);
    finish(record, peer, end);
  }
  if (payload > 0 && !isRst && place >= 0 && isWhole(packet, payload)) {
    if (deliver(end, isSyn ? place + 1 : place, payload)) addZeekBits(record, ZEEK_BIT_GAPS_LOST);
  }
  finish(record, end, peer);
  if (closes) close(record, end, peer);
}

/** The first segment of an end: did the connection begin before the capture? */
function noteFirst(record: usize, end: usize, flags: u32): void {
  addEndBits(end, ZEEK_END_SEEN);
  const isSyn = (flags & TCP_SYN) != 0;
  if (end == originatorOf(record)) {
    if (isSyn && (flags & TCP_ACK) == 0) clearZeekBits(record, ZEEK_BIT_PARTIAL);
    else addZeekBits(record, ZEEK_BIT_PARTIAL);
  } else if (!isSyn) {
    addZeekBits(record, ZEEK_BIT_PARTIAL);
  }
}

/** Was all of the payload captured? */
@inline function isWhole(packet: usize, payload: u32): bool {
  const header = packetTransport(packet);
  return fits(header, <usize>tcpHeaderSize(header) + payload, packetTransportEnd(packet));
}

/** Letters of SYN, FIN and RST: again when their place is another one. */
function addControlLetter(record: usize, end: usize, flags: u32, control: u32, place: i64): void {
  if ((control & (control - 1)) != 0) {
    if ((control & (TCP_FIN | TCP_RST)) == (TCP_FIN | TCP_RST)) addOnce(record, end, ZEEK_END_I, LETTER_I);
    else addOnce(record, end, ZEEK_END_Q, LETTER_Q);
  } else if (control == TCP_SYN) {
    const letter = (flags & TCP_ACK) != 0 ? LETTER_H : LETTER_S;
    addPlaced(record, end, ZEEK_END_SYN, letter, lastSyn(end) != place);
    setLastSyn(end, place);
  } else if (control == TCP_FIN) {
    addPlaced(record, end, ZEEK_END_F, LETTER_F, numberAt(end, ZEEK_FURTHER + ZEEK_LAST_FIN) != place);
    setNumber(end, ZEEK_FURTHER + ZEEK_LAST_FIN, place);
  } else {
    addPlaced(record, end, ZEEK_END_R, LETTER_R, numberAt(end, ZEEK_FURTHER + ZEEK_LAST_RST) != place);
    setNumber(end, ZEEK_FURTHER + ZEEK_LAST_RST, place);
  }
}

function addPlaced(record: usize, end: usize, bit: u32, letter: u32, isElsewhere: bool): void {
  if (isElsewhere || (endBits(end) & bit) == 0) addLetter(record, end, letter);
  addEndBits(end, bit);
}

/** Returns the relative number that `peer` gets acknowledged. */
@inline function noteAcknowledgment(peer: usize, ackno: u32, isRst: bool): i64 {
  if (stateOf(peer) == ZEEK_STATE_INACTIVE) {
    begin(peer, ackno - 1, ackno - 1);
    return 1;
  }
  const acked = relative(peer, ackno, numberAt(peer, ZEEK_ACK));
  if (!isRst) acknowledge(peer, ackno, acked);
  return max<i64>(0, acked);
}

/** `end` acknowledges up to `acked` of `peer`. What was not seen of it is missed, if nobody was reset or came late. */
function countGaps(record: usize, end: usize, peer: usize, acked: i64): void {
  const limit = gapLimit(peer, acked);
  const counts = isClean(peer) && isClean(end);
  for (let bytes = takeGap(peer, limit); bytes != 0; bytes = takeGap(peer, limit)) {
    if (!counts) continue;
    store<u64>(record, load<u64>(record, ZEEK_MISSED) + <u64>bytes, ZEEK_MISSED);
    addGap(record, sideOf(record, peer));
  }
}

/** The end that `end` becomes by this segment. Returns whether it closes. */
@inline function changeState(record: usize, end: usize, peer: usize, flags: u32, packet: usize): bool {
  const state = stateOf(end);
  if (state == ZEEK_STATE_INACTIVE) return activate(record, end, peer, flags, packet);
  if ((flags & CONTROL_FLAGS) == 0) return false;
  return changeActive(record, end, peer, flags, state);
}

function changeActive(record: usize, end: usize, peer: usize, flags: u32, state: u32): bool {
  const isFin = (flags & TCP_FIN) != 0;
  const isRst = (flags & TCP_RST) != 0;
  switch (state) {
    case ZEEK_STATE_SYN_SENT: case ZEEK_STATE_SYN_ACK_SENT:
      if (isFin) leave(record, end, peer, ZEEK_STATE_CLOSED);
      if (isRst) leave(record, end, peer, ZEEK_STATE_RESET);
      return isFin || isRst;
    case ZEEK_STATE_ESTABLISHED: case ZEEK_STATE_PARTIAL:
      if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && state == ZEEK_STATE_PARTIAL
        && stateOf(peer) == ZEEK_STATE_INACTIVE) setState(end, ZEEK_STATE_SYN_SENT);
      if (isFin && !isRst) {
        setState(end, ZEEK_STATE_CLOSED);
        if (stateOf(peer) == ZEEK_STATE_RESET && previousState(peer) == ZEEK_STATE_CLOSED) {
          setState(peer, ZEEK_STATE_CLOSED);
        }
      }
      if (isRst) setState(end, ZEEK_STATE_RESET);
      return isFin || isRst;
    case ZEEK_STATE_CLOSED:
      if (!isRst || stateOf(peer) == ZEEK_STATE_CLOSED) return false;
      setState(end, ZEEK_STATE_RESET);
      return (endBits(end) & ZEEK_END_DID_CLOSE) == 0;
  }
  return false;
}

/** The first segments of an end, which was inactive. As changeState. */
function activate(record: usize, end: usize, peer: usize, flags: u32, packet: usize): bool {
  const isFin = (flags & TCP_FIN) != 0;
  const isRst = (flags & TCP_RST) != 0;
  const hasAck = (flags & TCP_ACK) != 0;
  if ((flags & TCP_SYN) != 0) {
    if (end == originatorOf(record)) {
      leave(record, end, peer, hasAck ? ZEEK_STATE_SYN_ACK_SENT : ZEEK_STATE_SYN_SENT);
      noteAttempt(record, packetTime(packet));
    } else {
      answer(record, end, peer, hasAck, packetSeq(packet));
    }
  }
  if (isFin) leave(record, end, peer, ZEEK_STATE_CLOSED);
  if (isRst) leave(record, end, peer, ZEEK_STATE_RESET);
  if (stateOf(end) == ZEEK_STATE_INACTIVE) {
    const isResponder = end == responderOf(record);
    if (isResponder && packetPayloadBytes(packet) == 0 && stateOf(peer) == ZEEK_STATE_SYN_SENT) return false;
    if (hasAck && stateOf(peer) == ZEEK_STATE_ESTABLISHED) {
      leave(record, end, peer, ZEEK_STATE_ESTABLISHED);
      clearZeekBits(record, ZEEK_BIT_PARTIAL);
    } else {
      leave(record, end, peer, ZEEK_STATE_PARTIAL);
    }
  }
  return isFin || isRst;
}

/** A SYN of the responder. A bare one that the originator's SYN+ACK answers makes it the originator. */
function answer(record: usize, end: usize, peer: usize, hasAck: bool, seq: u32): void {
  if (!hasAck && stateOf(peer) == ZEEK_STATE_SYN_ACK_SENT && seq == startOf(end)) {
    flip(record);
    leave(record, peer, end, ZEEK_STATE_ESTABLISHED);
  }
  if (stateOf(peer) == ZEEK_STATE_SYN_SENT) leave(record, peer, end, ZEEK_STATE_ESTABLISHED);
  leave(record, end, peer, ZEEK_STATE_ESTABLISHED);
  if (stateOf(peer) != ZEEK_STATE_PARTIAL) addZeekBits(record, ZEEK_BIT_ESTABLISHED);
}

function noteAttempt(record: usize, time: u64): void {
  if ((zeekBits(record) & (ZEEK_BIT_ATTEMPT | ZEEK_BIT_CLOSED)) != 0) return;
  addZeekBits(record, ZEEK_BIT_ATTEMPT);
  store<u64>(record, time, ZEEK_SINCE);
}

/** A new state of an end that may still have been in the handshake. */
function leave(record: usize, end: usize, peer: usize, state: u32): void {
  if (!isHandshake(state) && isHandshake(stateOf(end)) && isHandshake(stateOf(peer))) {
    addZeekBits(record, ZEEK_BIT_LEFT | ZEEK_BIT_REFILE);
  }
  setState(end, state);
}

@inline function isPending(end: usize, peer: usize): bool {
  return isDataPending(end) || (stateOf(end) != ZEEK_STATE_RESET && blockCount(peer) != 0);
}

/** The end closes, when no data is waited for. */
function close(record: usize, end: usize, peer: usize): void {
  if (isPending(end, peer)) {
    addZeekBits(record, ZEEK_BIT_DEFERRED);
    return;
  }
  clearZeekBits(record, ZEEK_BIT_DEFERRED);
  if ((endBits(end) & ZEEK_END_DID_CLOSE) != 0) return;
  addEndBits(end, ZEEK_END_DID_CLOSE);
  const isComplete = stateOf(end) == ZEEK_STATE_RESET || (endBits(peer) & ZEEK_END_DID_CLOSE) != 0
    || stateOf(peer) == ZEEK_STATE_INACTIVE;
  if (!isComplete || (zeekBits(record) & ZEEK_BIT_CLOSED) != 0) return;
  clearZeekBits(record, ZEEK_BIT_ATTEMPT);
  addZeekBits(record, ZEEK_BIT_CLOSED | ZEEK_BIT_REFILE);
  store<u64>(record, load<u64>(record, ZEEK_LAST_TIME), ZEEK_SINCE);
}

/** A close that waited for data is done when that has come. */
@inline function finish(record: usize, end: usize, peer: usize): void {
  if (stateOf(end) < <u32>ZEEK_STATE_CLOSED || (endBits(end) & ZEEK_END_DONE) != 0) return;
  if (isPending(end, peer)) return;
  addEndBits(end, ZEEK_END_DONE);
  if ((zeekBits(record) & ZEEK_BIT_DEFERRED) != 0) close(record, end, peer);
}
