/**
 * The first bytes that each side of a TCP or UDP flow has sent, for the host to say what the flow is. A TCP side is
 * put together in sequence order from its SYN or its first payload: first bytes win, holes end it. A UDP side is its
 * first datagrams with their times.
 *
 * Nothing is kept of a side that starts like no protocol that the host can read, but for its first four bytes and
 * whether it is text. Once a side starts like one, both are kept.
 *
 * A flow that has enough, or that has waited too long, goes to the queue of ready flows, from which the host takes it;
 * one that ends before is read with its row. Then its chunks are free again.
 */
import { count, presentTime, state64 } from "../control";
import {
  packetBits, packetPayloadBytes, packetProtocol, packetSeq, packetTcpFlags, packetTime, packetTransport,
  packetTransportEnd,
} from "../decode/packet";
import {
  COUNTER_FIRST_GAP, COUNTER_FIRST_POOL_EMPTY, FIRST_BIT_BASE, FIRST_BIT_CONFLICT, FIRST_BIT_FULL, FIRST_BIT_GAP,
  FIRST_BIT_MIDSTREAM, FIRST_BIT_POOL_EMPTY, FIRST_BIT_TRUNCATED, FIRST_CHUNK_DATA_BYTES, FIRST_DATAGRAMS_MAX,
  FIRST_DATAGRAM_SIZE, FIRST_ENOUGH_BYTES, FIRST_ENOUGH_PACKETS, FIRST_RUNS_MAX, FIRST_SIDE_BYTES,
  FIRST_STATE_COLLECTING, FIRST_STATE_DONE, FIRST_STATE_NONE, FIRST_STATE_READY, NIL, PACKET_BIT_LATER, STATE_CLOCK,
} from "../layout";
import { fits } from "../wire/bytes";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_RST, TCP_SYN } from "../wire/numbers";
import { TCP_HEADER_MIN, tcpHeaderSize, TCP_OFFSET_END, TCP_SEQUENCE_END } from "../wire/tcp";
import { UDP_HEADER_SIZE } from "../wire/udp";
import { allocateChunk, chunkOf, copyIn, differs, freeChain, initFirstChunks, placeIn } from "./first_chunks";
import { endCollecting, initFirstQueues, isImpatient, makeReady, noteCollecting } from "./first_queue";
import {
  addFirstBits, chunkData, chunkHeld, chunkUsed, clearFirstRecord, firstBase, firstBits, firstHead, firstPackets,
  firstRecord, firstSince, hasChunks, firstState, replaceRuns, runFrom, runTo, setChunkHeld, setChunkUsed,
  setFirstBase, setFirstHead, setFirstPackets, setFirstSince, setFirstState, writeDatagramHead,
} from "./first_record";
import { hasLikeSide, isUnlike, isWorthKeeping, mayBeStream } from "./first_side";

export function initFirstPayloads(): void {
  initFirstChunks();
  initFirstQueues();
}

@cold export function startFirstPayload(index: u32, packet: usize): void {
  const record = firstRecord(index);
  clearFirstRecord(record);
  const protocol = packetProtocol(packet);
  // Of other protocols there is nothing to collect, and nothing to read.
  setFirstState(record, protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP ? FIRST_STATE_NONE : FIRST_STATE_READY);
}

/** A packet that `side`, 0 or 1 of the key, has sent. */
export function firstPayloadOfPacket(index: u32, packet: usize, side: u32): void {
  const record = firstRecord(index);
  if (firstState(record) >= <u32>FIRST_STATE_READY) return;
  if (!isUnlike(record, side)) collect(index, record, packet, side);
  else if (packetProtocol(packet) == PROTOCOL_UDP && packetPayloadBytes(packet) != 0) countDatagram(index, record);
}

function collect(index: u32, record: usize, packet: usize, side: u32): void {
  // A later fragment has no transport header.
  if ((packetBits(packet) & PACKET_BIT_LATER) != 0) return;
  const transport = packetTransport(packet);
  const tcp = packetProtocol(packet) == PROTOCOL_TCP;
  const end = packetTransportEnd(packet);
  const flags: u32 = tcp ? packetTcpFlags(packet) : 0;
  const sequenced = tcp && fits(transport, TCP_SEQUENCE_END, end);
  // Payload on a SYN begins behind the sequence number that the SYN takes.
  const begin = packetSeq(packet) + ((flags & TCP_SYN) != 0 ? 1 : 0);
  if ((flags & TCP_SYN) != 0 && sequenced && !hasBase(record, side)) setBase(record, side, begin);
  const payload = packetPayloadBytes(packet);
  if (payload == 0 || (flags & TCP_RST) != 0 || !goesOn(index, record)) return;

  const from = min(transport + <usize>(tcp ? tcpSizeAt(transport, end) : UDP_HEADER_SIZE), end);
  const captured = min<u32>(payload, <u32>(end - from));
  if (captured < payload) addFirstBits(record, FIRST_BIT_TRUNCATED);
  if (!tcp) {
    if (isWorthKeeping(record, side, packet, from, captured)) {
      addDatagram(index, record, side, packetTime(packet), from, captured);
    } else if (firstState(record) < <u32>FIRST_STATE_READY) countDatagram(index, record);
  } else if (sequenced) addSegment(index, record, packet, side, begin, from, captured);
}

/** Size of a TCP header; the least there can be when the field was not captured. */
@inline function tcpSizeAt(transport: usize, end: usize): u32 {
  return fits(transport, TCP_OFFSET_END, end) ? tcpHeaderSize(transport) : TCP_HEADER_MIN;
}

@inline function hasBase(record: usize, side: u32): bool {
  return (firstBits(record) & (<u32>FIRST_BIT_BASE << side)) != 0;
}

function setBase(record: usize, side: u32, base: u32): void {
  setFirstBase(record, side, base);
  addFirstBits(record, <u32>FIRST_BIT_BASE << side);
}

/**
 * Begins to collect with the flow's first payload; false when it has waited too long since, by the clock, which never
 * goes back: so it does not matter when the host has looked for such flows.
 */
function goesOn(index: u32, record: usize): bool {
  const clock = state64(STATE_CLOCK);
  if (firstState(record) == FIRST_STATE_NONE) {
    setFirstState(record, FIRST_STATE_COLLECTING);
    setFirstSince(record, presentTime());
    return true;
  }
  if (!isImpatient(firstSince(record), clock)) return true;
  endCollecting(index, record);
  return false;
}

function addDatagram(index: u32, record: usize, side: u32, time: u64, from: usize, size: u32): void {
  const head = headChunk(index, record, side);
  if (head == NIL) return;
  const held = chunkHeld(head) + size;
  if (held > <u32>FIRST_SIDE_BYTES) {
    addFirstBits(record, FIRST_BIT_FULL);
    return;
  }
  const used = chunkUsed(head);
  const first = chunkOf(head, used);
  if (first == NIL || !copyIn(head, used + FIRST_DATAGRAM_SIZE, from, size)) {
    giveUp(record);
    return;
  }
  writeDatagramHead(placeIn(first, used), time, size);
  setChunkHeld(head, held);
  // Heads are aligned, so that none is split between chunks.
  setChunkUsed(head, (used + FIRST_DATAGRAM_SIZE + size + (FIRST_DATAGRAM_SIZE - 1)) & ~(FIRST_DATAGRAM_SIZE - 1));
  countDatagram(index, record);
}

/** A datagram was kept, or did not need to be. */
function countDatagram(index: u32, record: usize): void {
  const packets = firstPackets(record) + 1;
  setFirstPackets(record, packets);
  if (packets == FIRST_DATAGRAMS_MAX) endCollecting(index, record);
}

function addSegment(
  index: u32, record: usize, packet: usize, side: u32, begin: u32, from: usize, size: u32,
): void {
  if (!hasBase(record, side)) {
    setBase(record, side, begin);
    addFirstBits(record, FIRST_BIT_MIDSTREAM);
  }
  const offset = <i64><i32>(begin - firstBase(record, side));
  const start = <u32>max<i64>(offset, 0);
  const stop = <u32>max<i64>(min<i64>(offset + size, FIRST_SIDE_BYTES), 0);
  const source = from + <usize>(<i64>start - offset);
  // The usual first segment: nothing of it needs to be copied to be looked at.
  const first = offset == 0 && firstHead(record, side) == NIL && !hasLikeSide(record);
  if (first && !mayBeStream(record, side, packet, from, stop)) return;
  if (start < stop && !addRun(index, record, side, start, stop, source)) return;
  if (!goesOnLike(record, packet, side)) return;
  if (offset + size > FIRST_SIDE_BYTES) addFirstBits(record, FIRST_BIT_FULL);
  const packets = min<u32>(firstPackets(record) + 1, 255);
  setFirstPackets(record, packets);
  const sum = contiguous(firstHead(record, 0)) + contiguous(firstHead(record, 1));
  const enough = packets >= <u32>FIRST_ENOUGH_PACKETS && sum >= <u32>FIRST_ENOUGH_BYTES;
  if (enough || sum == 2 * FIRST_SIDE_BYTES) makeReady(index);
}

/** False: the side starts like no protocol, by all of its bytes so far, and they are not kept any more. */
function goesOnLike(record: usize, packet: usize, side: u32): bool {
  const head = firstHead(record, side);
  const size = contiguous(head);
  if (size == 0 || hasLikeSide(record)) return true;
  if (mayBeStream(record, side, packet, chunkData(head), min<u32>(size, FIRST_CHUNK_DATA_BYTES))) return true;
  freeChain(head);
  setFirstHead(record, side, NIL);
  return false;
}

/** Bytes from the start to the first hole. */
function contiguous(head: u32): u32 {
  return head != NIL && chunkUsed(head) != 0 && runFrom(head, 0) == 0 ? runTo(head, 0) : 0;
}

/** Adds the bytes [start, stop) of a side, first bytes win. False: collecting has ended. */
function addRun(index: u32, record: usize, side: u32, start: u32, stop: u32, source: usize): bool {
  const head = headChunk(index, record, side);
  if (head == NIL) return false;
  const runs = chunkUsed(head);
  // Runs [first, behind) touch the new bytes and become one with them.
  let first: u32 = 0;
  while (first < runs && runTo(head, first) < start) first++;
  let behind = first;
  while (behind < runs && runFrom(head, behind) <= stop) behind++;
  if (runs - (behind - first) >= <u32>FIRST_RUNS_MAX) {
    addFirstBits(record, FIRST_BIT_GAP);
    count(COUNTER_FIRST_GAP);
    makeReady(index);
    return false;
  }
  if (!fillHoles(record, head, first, behind, start, stop, source)) {
    giveUp(record);
    return false;
  }
  const from = behind > first ? min(start, runFrom(head, first)) : start;
  const to = behind > first ? max(stop, runTo(head, behind - 1)) : stop;
  replaceRuns(head, first, behind, from, to);
  return true;
}

/** Copies what of [start, stop) lies outside the runs [first, behind), and compares the rest. False without chunks. */
function fillHoles(record: usize, head: u32, first: u32, behind: u32, start: u32, stop: u32, source: usize): bool {
  let at = start;
  for (let n = first; n < behind; n++) {
    const from = max(at, runFrom(head, n));
    if (from > at && !copyIn(head, at, source + <usize>(at - start), min(from, stop) - at)) return false;
    at = from;
    const to = min(runTo(head, n), stop);
    if (to <= at) continue;
    if (differs(head, at, source + <usize>(at - start), to - at)) addFirstBits(record, FIRST_BIT_CONFLICT);
    at = to;
  }
  return at >= stop || copyIn(head, at, source + <usize>(at - start), stop - at);
}

/** The first chunk of a side, made when it is needed; NIL when there is none, and collecting has ended. */
function headChunk(index: u32, record: usize, side: u32): u32 {
  let head = firstHead(record, side);
  if (head != NIL) return head;
  head = allocateChunk();
  if (head == NIL) giveUp(record);
  else {
    if (!hasChunks(record)) noteCollecting(index);
    setFirstHead(record, side, head);
  }
  return head;
}

/** No memory: nothing is kept of the flow. */
function giveUp(record: usize): void {
  count(COUNTER_FIRST_POOL_EMPTY);
  addFirstBits(record, FIRST_BIT_POOL_EMPTY);
  freeChunks(record);
}

function freeChunks(record: usize): void {
  for (let side: u32 = 0; side < 2; side++) {
    freeChain(firstHead(record, side));
    setFirstHead(record, side, NIL);
  }
  setFirstState(record, FIRST_STATE_DONE);
}

/** The flow's bytes were read, or it is over: its chunks are free. */
export function releaseFirstPayload(index: u32): void {
  freeChunks(firstRecord(index));
}
