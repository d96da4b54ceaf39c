/**
 * Side records of TCP quality: flags, options, windows, what was lost or sent again, round trips (RFC 9293, RFC 6298).
 *
 * All is seen from the point of capture. A byte is retransmitted when it was seen before; it is out of order when it
 * was not, and later ones were. Sequence numbers are counted in u64 from the first one seen, so they may pass 2^32.
 * Fragments and segments that were cut within the header do not move sequence numbers.
 */
import {
  PACKET_BIT_FRAGMENT, PACKET_BIT_LATER, PACKET_BIT_PARTIAL, PACKET_BIT_TCP_OFFSET, SIDE_TCP, SPREAD_SIZE,
  TCP_ACK_COUNT, TCP_BITS, TCP_BIT_ACKED, TCP_BIT_HOLES_LOST, TCP_BIT_NEXT, TCP_BIT_SAMPLE, TCP_BIT_SAMPLE_VALID,
  TCP_BIT_SEEN, TCP_DUPLICATE_ACKS, TCP_FLAGS_FIRST, TCP_FLAG_COUNTS, TCP_GAPS, TCP_KEEP_ALIVES, TCP_LAST_ACK,
  TCP_LAST_WINDOW, TCP_LOST_BYTES, TCP_NEXT, TCP_OUT_OF_ORDER_PACKETS, TCP_PSH_COUNT, TCP_RESTS, TCP_REST_SIZE,
  TCP_RETRANSMITTED_BYTES, TCP_RETRANSMITTED_PACKETS, TCP_RTTS, TCP_RTT_COUNT, TCP_SAMPLE_END, TCP_SAMPLE_TIME,
  TCP_SIDES, TCP_SIDE_SIZE, TCP_SIZE, TCP_WINDOW_FIRST, TCP_WINDOW_MAX, TCP_WINDOW_MIN, TCP_ZERO_WINDOWS,
} from "../layout";
import {
  packetAck, packetBits, packetPayloadBytes, packetProtocol, packetSeq, packetTcpFlags, packetTime, packetWindow,
} from "../decode/packet";
import { PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "../wire/numbers";
import { addToSpread, bump, elapsed } from "./figures";
import { clearWords, sideRecord } from "./record";
import { noteHandshake } from "./tcp_handshake";
import { fillHoles, openHole } from "./tcp_holes";
import { noteOptions } from "./tcp_options";

/** Flags that are counted, but the two that most segments have: FIN to AE. */
const FLAGS_SELDOM: u32 = 0x1ff & ~(TCP_ACK | TCP_PSH);

@inline export function tcpRecord(index: u32): usize { return sideRecord(SIDE_TCP, index); }
/** What the record has of a side: TCP_SIDE, TCP_REST, and the SPREAD of its round trips. */
@inline export function tcpSide(record: usize, side: u32): usize {
  return record + TCP_SIDES + <usize>side * TCP_SIDE_SIZE;
}
@inline export function tcpRest(record: usize, side: u32): usize {
  return record + TCP_RESTS + <usize>side * TCP_REST_SIZE;
}
@inline export function tcpRtts(record: usize, side: u32): usize {
  return record + TCP_RTTS + <usize>side * SPREAD_SIZE;
}

/** Of a flow that is not TCP nothing is kept. */
export function startTcp(index: u32, packet: usize): void {
  if (packetProtocol(packet) == PROTOCOL_TCP) clearWords(tcpRecord(index), TCP_SIZE);
}

/** A packet that `sender`, side 0 or 1 of the key, has sent. */
export function tcpOfPacket(index: u32, packet: usize, sender: u32): void {
  if (packetProtocol(packet) != PROTOCOL_TCP) return;
  const packetState = packetBits(packet);
  if ((packetState & (PACKET_BIT_PARTIAL | PACKET_BIT_LATER | PACKET_BIT_TCP_OFFSET)) != 0) return;
  const record = tcpRecord(index);
  const own = tcpSide(record, sender);
  const rest = tcpRest(record, sender);
  noteHeader(own, rest, packet);
  noteOptions(own, rest, packet);
  if ((packetState & PACKET_BIT_FRAGMENT) != 0) return;
  noteHandshake(record, packet, sender);
  const bits = followSegment(record, sender, own, rest, packet);
  store<u16>(own, <u16>bits, TCP_BITS);
}

/** Flags and window. */
@inline function noteHeader(own: usize, rest: usize, packet: usize): void {
  const flags = packetTcpFlags(packet);
  const window = packetWindow(packet);
  if ((load<u16>(own, TCP_BITS) & TCP_BIT_SEEN) == 0) {
    noteFirst(own, rest, flags, window);
  } else {
    store<u16>(own, <u16>min(<u32>load<u16>(own, TCP_WINDOW_MIN), window), TCP_WINDOW_MIN);
    store<u16>(own, <u16>max(<u32>load<u16>(own, TCP_WINDOW_MAX), window), TCP_WINDOW_MAX);
  }
  // Without a branch: nothing tells which of them the next segment has.
  add(own + TCP_ACK_COUNT, (flags & TCP_ACK) != 0);
  add(own + TCP_PSH_COUNT, (flags & TCP_PSH) != 0);
  if ((flags & FLAGS_SELDOM) != 0) countSeldom(rest, flags & FLAGS_SELDOM);
}

@inline function add(at: usize, isThere: bool): void {
  const value = load<u32>(at);
  store<u32>(at, value + (u32(isThere) & u32(value != u32.MAX_VALUE)));
}

function noteFirst(own: usize, rest: usize, flags: u32, window: u32): void {
  store<u16>(own, load<u16>(own, TCP_BITS) | TCP_BIT_SEEN, TCP_BITS);
  store<u16>(rest, <u16>flags, TCP_FLAGS_FIRST);
  store<u16>(rest, <u16>window, TCP_WINDOW_FIRST);
  store<u16>(own, <u16>window, TCP_WINDOW_MIN);
  store<u16>(own, <u16>window, TCP_WINDOW_MAX);
}

function countSeldom(rest: usize, flags: u32): void {
  for (let left = flags; left != 0; left &= left - 1) bump(rest + TCP_FLAG_COUNTS + (<usize>ctz<u32>(left) << 2));
}

/** The place of a sequence number near `next`; below 0 when it is before the flow's first one. */
@inline function unwrapped(next: i64, seq: u32): i64 {
  return next + <i64><i32>(seq - <u32>next);
}

/** The rules of sequence numbers, for one segment of `sender`. Returns the new bits of its side. */
@inline function followSegment(record: usize, sender: u32, own: usize, rest: usize, packet: usize): u32 {
  let bits = <u32>load<u16>(own, TCP_BITS);
  const flags = packetTcpFlags(packet);
  const payload = packetPayloadBytes(packet);
  const isPlain = (flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0;
  if (isPlain && packetWindow(packet) == 0) bump(rest + TCP_ZERO_WINDOWS);
  if ((flags & (TCP_ACK | TCP_RST)) == TCP_ACK) bits = acknowledge(record, sender, own, packet, payload, bits);
  if ((flags & TCP_RST) != 0) return bits;
  const length = <i64>payload + (isPlain ? 0 : i64((flags & TCP_SYN) != 0) + i64((flags & TCP_FIN) != 0));
  if ((bits & TCP_BIT_NEXT) == 0) {
    const end = <i64>packetSeq(packet) + length;
    store<i64>(own, end, TCP_NEXT);
    bits |= TCP_BIT_NEXT;
    return length == 0 ? bits : beginSample(own, end, packetTime(packet), true, bits);
  }
  const next = load<i64>(own, TCP_NEXT);
  const seq = unwrapped(next, packetSeq(packet));
  if (isPlain && payload <= 1 && seq == next - 1) {
    bump(rest + TCP_KEEP_ALIVES);
    return bits;
  }
  if (length == 0) return bits;
  const end = seq + length;
  if (seq != next) return takeOutOfPlace(own, rest, next, seq, end, packetTime(packet), bits);
  store<i64>(own, end, TCP_NEXT);
  return (bits & TCP_BIT_SAMPLE) != 0 ? bits : beginSample(own, end, packetTime(packet), true, bits);
}

/** Sequence numbers [seq, end) were sent that do not follow those before them. */
function takeOutOfPlace(own: usize, rest: usize, next: i64, seq: i64, end: i64, time: u64, bits: u32): u32 {
  if (end > next) {
    store<i64>(own, end, TCP_NEXT);
    if (seq < next) {
      retransmit(rest, next - seq);
    } else {
      bump(rest + TCP_GAPS);
      if (openHole(rest, next, seq)) bits |= TCP_BIT_HOLES_LOST;
    }
    return (bits & TCP_BIT_SAMPLE) != 0 ? bits : beginSample(own, end, time, false, bits);
  }
  const lostBefore = load<u64>(rest, TCP_LOST_BYTES);
  const filled = fillHoles(rest, seq, end);
  if (load<u64>(rest, TCP_LOST_BYTES) != lostBefore) bits |= TCP_BIT_HOLES_LOST;
  if (filled != 0) {
    bump(rest + TCP_OUT_OF_ORDER_PACKETS);
    addRetransmitted(rest, end - seq - filled);
  } else {
    retransmit(rest, end - seq);
  }
  // Karn: an acknowledgement of what was sent twice does not say which of the two it is for.
  return load<i64>(own, TCP_SAMPLE_END) > seq ? bits & ~TCP_BIT_SAMPLE_VALID : bits;
}

function retransmit(rest: usize, bytes: i64): void {
  bump(rest + TCP_RETRANSMITTED_PACKETS);
  addRetransmitted(rest, bytes);
}

@inline function addRetransmitted(rest: usize, bytes: i64): void {
  store<i64>(rest, load<i64>(rest, TCP_RETRANSMITTED_BYTES) + bytes, TCP_RETRANSMITTED_BYTES);
}

@inline function beginSample(own: usize, end: i64, time: u64, isValid: bool, bits: u32): u32 {
  store<i64>(own, end, TCP_SAMPLE_END);
  store<u64>(own, time, TCP_SAMPLE_TIME);
  return (bits & ~TCP_BIT_SAMPLE_VALID) | (isValid ? TCP_BIT_SAMPLE | TCP_BIT_SAMPLE_VALID : TCP_BIT_SAMPLE);
}

/** Ends the peer's sample, and counts duplicate acknowledgements (RFC 5681 §2). Returns the new bits. */
@inline function acknowledge(record: usize, sender: u32, own: usize, packet: usize, payload: u32, bits: u32): u32 {
  const peer = tcpSide(record, sender ^ 1);
  const ack = packetAck(packet);
  const window = packetWindow(packet);
  const peerBits = <u32>load<u16>(peer, TCP_BITS);
  if ((peerBits & TCP_BIT_SAMPLE) != 0) {
    if (unwrapped(load<i64>(peer, TCP_NEXT), ack) >= load<i64>(peer, TCP_SAMPLE_END)) {
      store<u16>(peer, <u16>(peerBits & ~(TCP_BIT_SAMPLE | TCP_BIT_SAMPLE_VALID)), TCP_BITS);
      if ((peerBits & TCP_BIT_SAMPLE_VALID) != 0) {
        noteRoundTrip(peer, tcpRtts(record, sender ^ 1), elapsed(load<u64>(peer, TCP_SAMPLE_TIME), packetTime(packet)));
      }
    }
  }
  if (payload == 0 && load<u32>(own, TCP_LAST_ACK) == ack && (bits & TCP_BIT_ACKED) != 0) {
    if (isDuplicate(own, peer, packet, bits, peerBits)) bump(tcpRest(record, sender) + TCP_DUPLICATE_ACKS);
  }
  store<u32>(own, ack, TCP_LAST_ACK);
  store<u16>(own, <u16>window, TCP_LAST_WINDOW);
  return bits | TCP_BIT_ACKED;
}

/** Of a segment without payload that has the acknowledgement number of the one before. */
function isDuplicate(own: usize, peer: usize, packet: usize, bits: u32, peerBits: u32): bool {
  return <u32>load<u16>(own, TCP_LAST_WINDOW) == packetWindow(packet)
    && packetWindow(packet) != 0
    && (packetTcpFlags(packet) & (TCP_SYN | TCP_FIN)) == 0
    && (bits & peerBits & TCP_BIT_NEXT) != 0
    && packetSeq(packet) == load<u32>(own, TCP_NEXT)
    && load<i64>(peer, TCP_NEXT) > unwrapped(load<i64>(peer, TCP_NEXT), packetAck(packet));
}

function noteRoundTrip(side: usize, trips: usize, time: u64): void {
  const count = load<u32>(side, TCP_RTT_COUNT);
  if (count == u32.MAX_VALUE) return;
  store<u32>(side, count + 1, TCP_RTT_COUNT);
  addToSpread(trips, <u64>count + 1, time);
}
