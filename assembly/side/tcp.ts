/**
 * Side records of TCP quality: flags, options, windows, what was lost or sent again, round trips (RFC 9293, RFC 6298).
 *
 * All is seen from the point of capture. A byte is retransmitted when it was seen before; it is out of order when it
 * was not, and later ones were. Fragments and segments that were cut within the header do not move sequence numbers.
 * The segment that nearly all are, in order and without loss, touches one line of the cache; others are out of line.
 */
import {
  PACKET_BIT_FRAGMENT, PACKET_BIT_LATER, PACKET_BIT_PARTIAL, PACKET_BIT_TCP_OFFSET, TCP_BITS, TCP_BIT_ACKED,
  TCP_BIT_ACK_AWAITED, TCP_BIT_NEXT, TCP_BIT_RTT_CARRIED, TCP_BIT_SAMPLE, TCP_BIT_SAMPLE_FAR, TCP_BIT_SAMPLE_VALID,
  TCP_BIT_SEEN, TCP_DUPLICATE_ACKS, TCP_END_COUNTS, TCP_FLAGS_FIRST, TCP_KEEP_ALIVES, TCP_LAST_ACK, TCP_LAST_WINDOW,
  TCP_NEXT, TCP_PSH_CARRIED, TCP_PSH_COUNT, TCP_RTTS, TCP_RTT_CARRIED, TCP_RTT_COUNT, TCP_RTT_SYN_ACK, TCP_SAMPLE_END,
  TCP_SAMPLE_TIME, TCP_SELDOM_COUNTS, TCP_SIZE, TCP_WINDOW_FIRST, TCP_WINDOW_MAX, TCP_WINDOW_MIN, TCP_WITHOUT_ACK,
  TCP_ZERO_WINDOWS,
} from "../layout";
import {
  packetAck, packetBits, packetPayloadBytes, packetProtocol, packetSeq, packetTcpFlags, packetTime, packetWindow,
} from "../decode/packet";
import { PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "../wire/numbers";
import { addToSpread, bump, elapsed } from "./figures";
import { clearWords } from "./record";
import { noteHandshake } from "./tcp_handshake";
import { takeOutOfPlace } from "./tcp_loss";
import { noteOptions } from "./tcp_options";
import { bumpRest, takeRest, tcpCount, tcpRecord, tcpRtts, tcpSide, tcpUsual } from "./tcp_record";
import { advance, beginSample, isFar, moveNext } from "./tcp_sequence";

/** Flags that are counted, but the two that most segments have: FIN to AE. */
const FLAGS_SELDOM: u32 = 0x1ff & ~(TCP_ACK | TCP_PSH);
/** Number of the bit of URG; those of ECE, CWR and AE are behind it. */
const URG_BIT: u32 = 5;
/** Of a packet whose header says nothing of sequence numbers. */
const HEADER_UNKNOWN: u32 = PACKET_BIT_PARTIAL | PACKET_BIT_LATER | PACKET_BIT_TCP_OFFSET | PACKET_BIT_FRAGMENT;
/** What a side has of TCP_BIT_ACK_AWAITED and these after its first segments. */
const BITS_USUAL: u32 = TCP_BIT_SEEN | TCP_BIT_NEXT | TCP_BIT_ACKED;

/** Of a flow that is not TCP nothing is kept. Spreads of round trips begin with the first of them. */
@cold export function startTcp(index: u32, packet: usize): void {
  if (packetProtocol(packet) != PROTOCOL_TCP) return;
  clearWords(tcpRecord(index), TCP_RTTS);
  clearWords(tcpRecord(index) + TCP_RTT_SYN_ACK, TCP_SIZE - TCP_RTT_SYN_ACK);
}

/** A packet that `sender`, side 0 or 1 of the key, has sent. */
export function tcpOfPacket(index: u32, packet: usize, sender: u32): void {
  if (packetProtocol(packet) != PROTOCOL_TCP) return;
  const record = tcpRecord(index);
  const own = tcpSide(record, sender);
  if (isUsual(own, packet)) addUsual(index, record, own, packet, sender);
  else addOther(index, record, own, packet, sender);
}

/**
 * Is it a segment as nearly all are: whole, with ACK, perhaps PSH and no other flags, with a window, not the first one
 * of its side, and exactly behind the one before it? A mask of all that, since branches would be guessed wrong.
 */
@inline function isUsual(own: usize, packet: usize): bool {
  const unusual = (packetBits(packet) & HEADER_UNKNOWN)
    | ((packetTcpFlags(packet) & (FLAGS_SELDOM | TCP_ACK)) ^ TCP_ACK)
    | ((<u32>load<u16>(own, TCP_BITS) & (BITS_USUAL | TCP_BIT_ACK_AWAITED)) ^ BITS_USUAL)
    | (packetSeq(packet) ^ load<u32>(own, TCP_NEXT));
  return (unusual | u32(packetWindow(packet) == 0)) == 0;
}

/** What addOther does, of a usual segment. Which of them have payload, and begin a sample, is decided by masks. */
@inline function addUsual(index: u32, record: usize, own: usize, packet: usize, sender: u32): void {
  noteWindow(record, own, packet, sender);
  notePush(index, own, packetTcpFlags(packet), sender);
  noteOptions(index, record, own, packet, sender);
  const payload = packetPayloadBytes(packet);
  acknowledge(index, record, sender, own, packet, payload);
  const bits = <u32>load<u16>(own, TCP_BITS);
  const next = load<u32>(own, TCP_NEXT);
  const isAwaited = u32((bits & TCP_BIT_SAMPLE) != 0);
  const begins = u32(payload != 0) & (isAwaited ^ 1);
  const sampleEnd = load<u32>(own, TCP_SAMPLE_END);
  const sampleTime = load<u64>(own, TCP_SAMPLE_TIME);
  moveNext(index, sender, own, next, payload);
  store<u32>(own, sampleEnd ^ ((sampleEnd ^ (next + payload)) & (0 - begins)), TCP_SAMPLE_END);
  store<u64>(own, sampleTime ^ ((sampleTime ^ packetTime(packet)) & (0 - <u64>begins)), TCP_SAMPLE_TIME);
  let after = (bits & ~(TCP_BIT_SAMPLE_FAR * begins)) | ((TCP_BIT_SAMPLE | TCP_BIT_SAMPLE_VALID) * begins);
  if ((isAwaited & u32(isFar(next, sampleEnd, payload))) != 0) after |= TCP_BIT_SAMPLE_FAR;
  store<u16>(own, <u16>after, TCP_BITS);
}

/** Any segment, by all rules. */
@cold function addOther(index: u32, record: usize, own: usize, packet: usize, sender: u32): void {
  const packetState = packetBits(packet);
  if ((packetState & (HEADER_UNKNOWN & ~PACKET_BIT_FRAGMENT)) != 0) {
    noteWithoutAck(tcpUsual(record, sender));
    return;
  }
  const flags = packetTcpFlags(packet);
  noteWindow(record, own, packet, sender);
  notePush(index, own, flags, sender);
  if ((flags & (FLAGS_SELDOM | TCP_ACK)) != TCP_ACK) countSeldom(index, tcpUsual(record, sender), flags, sender);
  noteOptions(index, record, own, packet, sender);
  if ((packetState & PACKET_BIT_FRAGMENT) != 0) return;
  noteHandshake(record, own, packet, sender);
  const bits = followSegment(index, record, sender, own, packet);
  store<u16>(own, <u16>bits, TCP_BITS);
}

function noteWithoutAck(usual: usize): void {
  store<u64>(usual, load<u64>(usual, TCP_WITHOUT_ACK) + 1, TCP_WITHOUT_ACK);
}

@inline function notePush(index: u32, own: usize, flags: u32, sender: u32): void {
  const count = <u32>load<u16>(own, TCP_PSH_COUNT) + u32((flags & TCP_PSH) != 0);
  store<u16>(own, <u16>count, TCP_PSH_COUNT);
  if (count >> 16 != 0) carry(index, sender, own + TCP_PSH_COUNT, TCP_PSH_CARRIED);
}

/** A count of 16 bits has become 0. Returns whether it went on; else it stays at its greatest value. */
@cold function carry(index: u32, sender: u32, count: usize, carried: usize): bool {
  const at = takeRest(index, sender) + carried;
  const times = load<u16>(at);
  if (times == u16.MAX_VALUE) {
    store<u16>(count, u16.MAX_VALUE);
    return false;
  }
  store<u16>(at, times + 1);
  return true;
}

@inline function noteWindow(record: usize, own: usize, packet: usize, sender: u32): void {
  const isKnown = (load<u16>(own, TCP_BITS) & TCP_BIT_ACKED) != 0
    && packetWindow(packet) == <u32>load<u16>(own, TCP_LAST_WINDOW);
  if (!isKnown) noteOtherWindow(own, tcpUsual(record, sender), packetTcpFlags(packet), packetWindow(packet));
}

/** A window that is not that of the segment before, or the first one. */
function noteOtherWindow(own: usize, usual: usize, flags: u32, window: u32): void {
  if ((load<u16>(own, TCP_BITS) & TCP_BIT_SEEN) == 0) {
    store<u16>(own, load<u16>(own, TCP_BITS) | TCP_BIT_SEEN, TCP_BITS);
    store<u16>(usual, <u16>flags, TCP_FLAGS_FIRST);
    store<u16>(usual, <u16>window, TCP_WINDOW_FIRST);
    store<u16>(usual, <u16>window, TCP_WINDOW_MIN);
    store<u16>(usual, <u16>window, TCP_WINDOW_MAX);
  } else {
    store<u16>(usual, <u16>min(<u32>load<u16>(usual, TCP_WINDOW_MIN), window), TCP_WINDOW_MIN);
    store<u16>(usual, <u16>max(<u32>load<u16>(usual, TCP_WINDOW_MAX), window), TCP_WINDOW_MAX);
  }
}

/** Flags of a segment that has more than ACK and PSH, or no ACK. */
@cold function countSeldom(index: u32, usual: usize, flags: u32, sender: u32): void {
  if ((flags & TCP_ACK) == 0) noteWithoutAck(usual);
  for (let left = flags & (TCP_FIN | TCP_SYN | TCP_RST); left != 0; left &= left - 1) {
    bump(usual + TCP_END_COUNTS + (<usize>ctz<u32>(left) << 2));
  }
  for (let left = (flags & FLAGS_SELDOM) >> URG_BIT; left != 0; left &= left - 1) {
    bumpRest(index, sender, TCP_SELDOM_COUNTS + (<usize>ctz<u32>(left) << 2));
  }
}

/** The rules of sequence numbers, for one segment of `sender`. Returns the new bits of its side. */
@inline function followSegment(index: u32, record: usize, sender: u32, own: usize, packet: usize): u32 {
  let bits = <u32>load<u16>(own, TCP_BITS);
  const flags = packetTcpFlags(packet);
  const payload = packetPayloadBytes(packet);
  const isPlain = (flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0;
  if (isPlain && packetWindow(packet) == 0) bumpRest(index, sender, TCP_ZERO_WINDOWS);
  if ((flags & (TCP_ACK | TCP_RST)) == TCP_ACK) {
    acknowledge(index, record, sender, own, packet, payload);
    bits |= TCP_BIT_ACKED;
  }
  if ((flags & TCP_RST) != 0) return bits;
  const length = <u64>payload + (isPlain ? 0 : u64((flags & TCP_SYN) != 0) + u64((flags & TCP_FIN) != 0));
  const seq = packetSeq(packet);
  if ((bits & TCP_BIT_NEXT) == 0) {
    moveNext(index, sender, own, seq, length);
    bits |= TCP_BIT_NEXT;
    return length == 0 ? bits : beginSample(own, packetTime(packet), true, bits);
  }
  const next = load<u32>(own, TCP_NEXT);
  if (isPlain && payload <= 1 && seq == next - 1) {
    bumpRest(index, sender, TCP_KEEP_ALIVES);
    return bits;
  }
  if (length == 0) return bits;
  if (seq != next) return takeOutOfPlace(index, sender, own, seq, length, packetTime(packet), bits);
  return advance(index, sender, own, next, length, packetTime(packet), true, bits);
}

/** Ends the peer's sample, and counts duplicate acknowledgements (RFC 5681 §2). */
@inline function acknowledge(
  index: u32, record: usize, sender: u32, own: usize, packet: usize, payload: u32,
): void {
  const peer = tcpSide(record, sender ^ 1);
  const ack = packetAck(packet);
  const peerBits = <u32>load<u16>(peer, TCP_BITS);
  if ((u32((peerBits & TCP_BIT_SAMPLE) != 0) & isSampleAcknowledged(peer, peerBits, ack)) != 0) {
    endSample(index, record, sender ^ 1, peer, peerBits, packetTime(packet));
  }
  if ((payload | (load<u32>(own, TCP_LAST_ACK) ^ ack)) == 0) {
    const bits = <u32>load<u16>(own, TCP_BITS);
    if (isDuplicate(own, peer, packet, bits, peerBits)) bumpRest(index, sender, TCP_DUPLICATE_ACKS);
  }
  store<u32>(own, ack, TCP_LAST_ACK);
  store<u16>(own, <u16>packetWindow(packet), TCP_LAST_WINDOW);
}

/** 1 or 0. Acknowledgement numbers lie within 2^31 of the highest end. */
@inline function isSampleAcknowledged(peer: usize, peerBits: u32, ack: u32): u32 {
  const next = load<u32>(peer, TCP_NEXT);
  const behind = <i64>(next - load<u32>(peer, TCP_SAMPLE_END));
  return u32(<i64><i32>(ack - next) + behind >= 0) | u32((peerBits & TCP_BIT_SAMPLE_FAR) != 0);
}

@inline function endSample(index: u32, record: usize, side: u32, at: usize, bits: u32, time: u64): void {
  store<u16>(at, <u16>(bits & ~(TCP_BIT_SAMPLE | TCP_BIT_SAMPLE_VALID)), TCP_BITS);
  if ((bits & TCP_BIT_SAMPLE_VALID) == 0) return;
  const trip = elapsed(load<u64>(at, TCP_SAMPLE_TIME), time);
  const before = <u32>load<u16>(at, TCP_RTT_COUNT);
  if ((bits & TCP_BIT_RTT_CARRIED) != 0 || before == u16.MAX_VALUE) {
    noteManyTrips(index, record, side, at, trip);
    return;
  }
  store<u16>(at, <u16>(before + 1), TCP_RTT_COUNT);
  addToSpread(tcpRtts(record, side), <u64>before + 1, trip);
}

/** Of a segment without payload that has the acknowledgement number of the one before. */
function isDuplicate(own: usize, peer: usize, packet: usize, bits: u32, peerBits: u32): bool {
  return (bits & TCP_BIT_ACKED) != 0
    && <u32>load<u16>(own, TCP_LAST_WINDOW) == packetWindow(packet)
    && packetWindow(packet) != 0
    && (packetTcpFlags(packet) & (TCP_SYN | TCP_FIN)) == 0
    && (bits & peerBits & TCP_BIT_NEXT) != 0
    && packetSeq(packet) == load<u32>(own, TCP_NEXT)
    && <i32>(packetAck(packet) - load<u32>(peer, TCP_NEXT)) < 0;
}

/** The same when there were 65,535 or more. */
@cold function noteManyTrips(index: u32, record: usize, side: u32, at: usize, trip: u64): void {
  const count = load<u16>(at, TCP_RTT_COUNT) + 1;
  if (count == 0 && !carry(index, side, at + TCP_RTT_COUNT, TCP_RTT_CARRIED)) return;
  store<u16>(at, count, TCP_RTT_COUNT);
  store<u16>(at, load<u16>(at, TCP_BITS) | TCP_BIT_RTT_CARRIED, TCP_BITS);
  addToSpread(tcpRtts(record, side), <u64>tcpCount(index, side, at + TCP_RTT_COUNT, TCP_RTT_CARRIED), trip);
}
