/**
 * Side records of TCP quality: flags, options, windows, what was lost or sent again, round trips (RFC 9293, RFC 6298).
 *
 * All is seen from the point of capture. A byte is retransmitted when it was seen before; it is out of order when it
 * was not, and later ones were. Sequence numbers are counted in u64 from the first one seen, so they may pass 2^32.
 * Fragments and segments that were cut within the header do not move sequence numbers.
 */
import {
  PACKET_BIT_FRAGMENT, PACKET_BIT_LATER, PACKET_BIT_PARTIAL, SIDE_TCP, TCP_BITS, TCP_BIT_ACKED, TCP_BIT_NEXT,
  TCP_BIT_SAMPLE, TCP_BIT_SAMPLE_VALID, TCP_BIT_SEEN, TCP_DUPLICATE_ACKS, TCP_FLAGS_FIRST, TCP_FLAG_COUNTS, TCP_GAPS,
  TCP_KEEP_ALIVES, TCP_LAST_ACK, TCP_LAST_WINDOW, TCP_NEXT, TCP_OUT_OF_ORDER_PACKETS, TCP_RETRANSMITTED_BYTES,
  TCP_RETRANSMITTED_PACKETS, TCP_RTT_COUNT, TCP_RTT_MAX, TCP_RTT_MEAN, TCP_RTT_MIN, TCP_RTT_SQUARES, TCP_SAMPLE_END,
  TCP_SAMPLE_TIME, TCP_SIDE_SIZE, TCP_SIZE, TCP_WINDOW_FIRST, TCP_WINDOW_MAX, TCP_WINDOW_MIN, TCP_ZERO_WINDOWS,
} from "../layout";
import {
  packetAck, packetBits, packetPayloadBytes, packetProtocol, packetSeq, packetTcpFlags, packetTime, packetWindow,
} from "../decode/packet";
import { PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../wire/numbers";
import { bump, elapsed } from "./figures";
import { sideRecord } from "./record";
import { noteHandshake } from "./tcp_handshake";
import { fillHoles, openHole } from "./tcp_holes";
import { noteOptions } from "./tcp_options";

/** Flags that are counted: FIN to AE. */
const FLAGS_COUNTED: u32 = 0x1ff;

@inline export function tcpRecord(index: u32): usize { return sideRecord(SIDE_TCP, index, TCP_SIZE); }

export function startTcp(index: u32): void {
  memory.fill(tcpRecord(index), 0, TCP_SIZE);
}

/** A packet that `sender`, side 0 or 1 of the key, has sent. */
export function tcpOfPacket(index: u32, packet: usize, sender: u32): void {
  if (packetProtocol(packet) != PROTOCOL_TCP) return;
  const bits = packetBits(packet);
  if ((bits & (PACKET_BIT_PARTIAL | PACKET_BIT_LATER)) != 0) return;
  const record = tcpRecord(index);
  const own = record + <usize>sender * TCP_SIDE_SIZE;
  noteHeader(own, packet);
  noteOptions(own, packet);
  if ((bits & PACKET_BIT_FRAGMENT) != 0) return;
  noteHandshake(record, packet, sender);
  followSegment(own, record + <usize>(sender ^ 1) * TCP_SIDE_SIZE, packet);
}

/** Flags and window. */
@inline function noteHeader(own: usize, packet: usize): void {
  const flags = packetTcpFlags(packet);
  const window = <u16>packetWindow(packet);
  const bits = load<u16>(own, TCP_BITS);
  if ((bits & TCP_BIT_SEEN) == 0) {
    store<u16>(own, bits | TCP_BIT_SEEN, TCP_BITS);
    store<u16>(own, <u16>flags, TCP_FLAGS_FIRST);
    store<u16>(own, window, TCP_WINDOW_FIRST);
    store<u16>(own, window, TCP_WINDOW_MIN);
    store<u16>(own, window, TCP_WINDOW_MAX);
  } else {
    store<u16>(own, min(load<u16>(own, TCP_WINDOW_MIN), window), TCP_WINDOW_MIN);
    store<u16>(own, max(load<u16>(own, TCP_WINDOW_MAX), window), TCP_WINDOW_MAX);
  }
  for (let left = flags & FLAGS_COUNTED; left != 0; left &= left - 1) {
    bump(own + TCP_FLAG_COUNTS + (<usize>ctz<u32>(left) << 2));
  }
}

/** The place of a sequence number near TCP_NEXT; below 0 when it is before the flow's first one. */
@inline function unwrapped(side: usize, seq: u32): i64 {
  const next = load<i64>(side, TCP_NEXT);
  return next + <i64><i32>(seq - <u32>next);
}

function followSegment(own: usize, peer: usize, packet: usize): void {
  const flags = packetTcpFlags(packet);
  const isPlain = (flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0;
  if (isPlain && packetWindow(packet) == 0) bump(own + TCP_ZERO_WINDOWS);
  if ((flags & (TCP_ACK | TCP_RST)) == TCP_ACK) acknowledge(own, peer, packet);
  if ((flags & TCP_RST) != 0) return;
  const payload = packetPayloadBytes(packet);
  const length = <i64>payload + i64((flags & TCP_SYN) != 0) + i64((flags & TCP_FIN) != 0);
  const bits = load<u16>(own, TCP_BITS);
  if ((bits & TCP_BIT_NEXT) == 0) {
    const end = <i64>packetSeq(packet) + length;
    store<i64>(own, end, TCP_NEXT);
    store<u16>(own, bits | TCP_BIT_NEXT, TCP_BITS);
    if (length != 0) beginSample(own, end, packetTime(packet), true);
    return;
  }
  const next = load<i64>(own, TCP_NEXT);
  const seq = unwrapped(own, packetSeq(packet));
  if (isPlain && payload <= 1 && seq == next - 1) bump(own + TCP_KEEP_ALIVES);
  else if (length != 0) takeBytes(own, next, seq, seq + length, packetTime(packet));
}

/** Sequence numbers [seq, end) were sent; `next` is TCP_NEXT. */
@inline function takeBytes(own: usize, next: i64, seq: i64, end: i64, time: u64): void {
  if (end > next) {
    if (seq > next) {
      bump(own + TCP_GAPS);
      openHole(own, next, seq);
    } else if (seq < next) {
      retransmit(own, next - seq);
    }
    store<i64>(own, end, TCP_NEXT);
    if ((load<u16>(own, TCP_BITS) & TCP_BIT_SAMPLE) == 0) beginSample(own, end, time, seq == next);
    return;
  }
  const filled = fillHoles(own, seq, end);
  if (filled != 0) {
    bump(own + TCP_OUT_OF_ORDER_PACKETS);
    addRetransmitted(own, end - seq - filled);
  } else {
    retransmit(own, end - seq);
  }
  // Karn: an acknowledgement of what was sent twice does not say which of the two it is for.
  if (load<i64>(own, TCP_SAMPLE_END) > seq) {
    store<u16>(own, load<u16>(own, TCP_BITS) & ~<u16>TCP_BIT_SAMPLE_VALID, TCP_BITS);
  }
}

function retransmit(own: usize, bytes: i64): void {
  bump(own + TCP_RETRANSMITTED_PACKETS);
  addRetransmitted(own, bytes);
}

@inline function addRetransmitted(own: usize, bytes: i64): void {
  store<i64>(own, load<i64>(own, TCP_RETRANSMITTED_BYTES) + bytes, TCP_RETRANSMITTED_BYTES);
}

@inline function beginSample(own: usize, end: i64, time: u64, isValid: bool): void {
  store<i64>(own, end, TCP_SAMPLE_END);
  store<u64>(own, time, TCP_SAMPLE_TIME);
  const bits = (load<u16>(own, TCP_BITS) & ~<u16>TCP_BIT_SAMPLE_VALID) | TCP_BIT_SAMPLE;
  store<u16>(own, isValid ? bits | TCP_BIT_SAMPLE_VALID : bits, TCP_BITS);
}

/** Ends the peer's sample, and counts duplicate acknowledgements (RFC 5681 §2). */
@inline function acknowledge(own: usize, peer: usize, packet: usize): void {
  const ack = packetAck(packet);
  const window = <u16>packetWindow(packet);
  const peerBits = load<u16>(peer, TCP_BITS);
  if ((peerBits & TCP_BIT_SAMPLE) != 0 && unwrapped(peer, ack) >= load<i64>(peer, TCP_SAMPLE_END)) {
    const since = load<u64>(peer, TCP_SAMPLE_TIME);
    if ((peerBits & TCP_BIT_SAMPLE_VALID) != 0) noteRoundTrip(peer, elapsed(since, packetTime(packet)));
    store<u16>(peer, peerBits & ~<u16>(TCP_BIT_SAMPLE | TCP_BIT_SAMPLE_VALID), TCP_BITS);
  }
  const bits = load<u16>(own, TCP_BITS);
  const isSame = load<u32>(own, TCP_LAST_ACK) == ack && load<u16>(own, TCP_LAST_WINDOW) == window;
  if (isSame && (bits & TCP_BIT_ACKED) != 0) {
    if (isDuplicate(own, peer, packet, bits)) bump(own + TCP_DUPLICATE_ACKS);
    return;
  }
  store<u32>(own, ack, TCP_LAST_ACK);
  store<u16>(own, window, TCP_LAST_WINDOW);
  store<u16>(own, bits | TCP_BIT_ACKED, TCP_BITS);
}

/** Of a segment that has the acknowledgement and window of the one before. */
function isDuplicate(own: usize, peer: usize, packet: usize, bits: u16): bool {
  return packetPayloadBytes(packet) == 0
    && (packetTcpFlags(packet) & (TCP_SYN | TCP_FIN)) == 0
    && packetWindow(packet) != 0
    && (bits & TCP_BIT_NEXT) != 0
    && packetSeq(packet) == load<u32>(own, TCP_NEXT)
    && (load<u16>(peer, TCP_BITS) & TCP_BIT_NEXT) != 0
    && load<i64>(peer, TCP_NEXT) > unwrapped(peer, packetAck(packet));
}

/** Mean and squares as Welford has them: one pass, and no cancellation. */
function noteRoundTrip(side: usize, time: u64): void {
  const count = load<u32>(side, TCP_RTT_COUNT);
  if (count == u32.MAX_VALUE) return;
  store<u32>(side, count + 1, TCP_RTT_COUNT);
  store<u64>(side, count == 0 ? time : min(load<u64>(side, TCP_RTT_MIN), time), TCP_RTT_MIN);
  store<u64>(side, max(load<u64>(side, TCP_RTT_MAX), time), TCP_RTT_MAX);
  const mean = load<f64>(side, TCP_RTT_MEAN);
  const distance = <f64>time - mean;
  const moved = mean + distance / <f64>(count + 1);
  store<f64>(side, moved, TCP_RTT_MEAN);
  store<f64>(side, load<f64>(side, TCP_RTT_SQUARES) + distance * (<f64>time - moved), TCP_RTT_SQUARES);
}
