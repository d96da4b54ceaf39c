/**
 * Packet headers stored per flow: a chain of small chunks from one region. What does not fit any more, because of the
 * per-flow maximum or because the region is full, is counted as dropped for its flow.
 */
import { chunksBase, chunksMax, headersMax, setState32, state32, state64, setState64 } from "../control";
import { flowAt, flowProtocol, protocolClass } from "../table/flow";
import {
  CHUNK_CAPACITY, CHUNK_COUNT, CHUNK_HEADERS, CHUNK_NEXT, CHUNK_SIZE, COUNTER_STORED_BY_CLASS, HEADER_ACK, HEADER_BITS,
  HEADER_BIT_HIGH, HEADER_BIT_PARTIAL, HEADER_ICMP_CODE, HEADER_ICMP_TYPE, HEADER_ID, HEADER_LENGTH, HEADER_SEQ,
  HEADER_SIZE, HEADER_TCP_FLAGS, HEADER_TIME, HEADER_TTL, HEADER_WINDOW, LOG_DROPPED, LOG_HEAD, LOG_SIZE, LOG_STORED,
  LOG_TAIL, NIL, PACKET_BIT_PARTIAL, SIDE_PACKET_LOG, BATCH_COUNT, STATE_CHUNKS_ACTIVE, STATE_CHUNKS_USED,
  STATE_CHUNK_FREE, STATE_CHUNK_TOP,
} from "../layout";
import {
  packetAck, packetBits, packetIcmpCode, packetIcmpType, packetId, packetIpBytes, packetSeq, packetTcpFlags, packetTime,
  packetTtl, packetWindow,
} from "../decode/packet";
import { sideBlock, sideRecord } from "./record";

@inline function logAt(index: u32): usize { return sideRecord(SIDE_PACKET_LOG, index); }
@inline function chunkAt(chunk: u32): usize { return chunksBase + <usize>chunk * CHUNK_SIZE; }

export function initLogs(): void {
  setState32(STATE_CHUNK_TOP, 0);
  setState32(STATE_CHUNK_FREE, NIL);
  setState32(STATE_CHUNKS_USED, 0);
  setState32(STATE_CHUNKS_ACTIVE, 0);
}

@cold export function startLog(index: u32): void {
  const log = logAt(index);
  store<u32>(log, NIL, LOG_HEAD);
  store<u32>(log, NIL, LOG_TAIL);
  store<u32>(log, 0, LOG_STORED);
  store<u32>(log, 0, LOG_DROPPED);
}

/** Stores the header of a packet that `sender`, side 0 or 1 of the key, has sent, if there is room. */
export function logPacket(index: u32, packet: usize, sender: u32): void {
  const log = logAt(index);
  const stored = load<u32>(log, LOG_STORED);
  if (stored >= headersMax) {
    store<u32>(log, load<u32>(log, LOG_DROPPED) + 1, LOG_DROPPED);
    return;
  }
  let tail = load<u32>(log, LOG_TAIL);
  if (tail == NIL || load<u32>(chunkAt(tail), CHUNK_COUNT) == CHUNK_CAPACITY) {
    const chunk = allocateChunk();
    if (chunk == NIL) {
      store<u32>(log, load<u32>(log, LOG_DROPPED) + 1, LOG_DROPPED);
      return;
    }
    if (tail == NIL) store<u32>(log, chunk, LOG_HEAD);
    else store<u32>(chunkAt(tail), chunk, CHUNK_NEXT);
    store<u32>(log, chunk, LOG_TAIL);
    tail = chunk;
  }
  const at = chunkAt(tail);
  const count = load<u32>(at, CHUNK_COUNT);
  writeHeader(at + CHUNK_HEADERS + <usize>count * HEADER_SIZE, packet, sender);
  store<u32>(at, count + 1, CHUNK_COUNT);
  store<u32>(log, stored + 1, LOG_STORED);
  const kind = COUNTER_STORED_BY_CLASS + (protocolClass(flowProtocol(flowAt(index))) << 3);
  setState64(kind, state64(kind) + 1);
}

function writeHeader(h: usize, packet: usize, sender: u32): void {
  store<u64>(h, packetTime(packet), HEADER_TIME);
  store<u32>(h, packetSeq(packet), HEADER_SEQ);
  store<u32>(h, packetAck(packet), HEADER_ACK);
  store<u32>(h, packetIpBytes(packet), HEADER_LENGTH);
  store<u32>(h, packetId(packet), HEADER_ID);
  store<u16>(h, <u16>packetWindow(packet), HEADER_WINDOW);
  store<u16>(h, <u16>packetTcpFlags(packet), HEADER_TCP_FLAGS);
  store<u8>(h, <u8>packetTtl(packet), HEADER_TTL);
  let bits: u32 = 0;
  if (sender != 0) bits |= HEADER_BIT_HIGH;
  if ((packetBits(packet) & PACKET_BIT_PARTIAL) != 0) bits |= HEADER_BIT_PARTIAL;
  store<u8>(h, <u8>bits, HEADER_BITS);
  store<u8>(h, <u8>packetIcmpType(packet), HEADER_ICMP_TYPE);
  store<u8>(h, <u8>packetIcmpCode(packet), HEADER_ICMP_CODE);
}

/**
 * A chunk, or NIL when active flows hold all of them but a batch's worth. What closed flows still hold plays no part,
 * so it does not matter how soon they are read; the engine stops for its host before the region itself is full.
 */
function allocateChunk(): u32 {
  const active = state32(STATE_CHUNKS_ACTIVE);
  if (active + BATCH_COUNT > chunksMax) return NIL;
  let chunk = state32(STATE_CHUNK_FREE);
  if (chunk != NIL) {
    setState32(STATE_CHUNK_FREE, load<u32>(chunkAt(chunk), CHUNK_NEXT));
  } else {
    chunk = state32(STATE_CHUNK_TOP);
    setState32(STATE_CHUNK_TOP, chunk + 1);
  }
  store<u32>(chunkAt(chunk), NIL, CHUNK_NEXT);
  store<u32>(chunkAt(chunk), 0, CHUNK_COUNT);
  setState32(STATE_CHUNKS_USED, state32(STATE_CHUNKS_USED) + 1);
  setState32(STATE_CHUNKS_ACTIVE, active + 1);
  return chunk;
}

/** Is there room for a header of each packet of the next batch? For fragments that wait the region has room of its own. */
export function logHasRoom(): bool {
  return state32(STATE_CHUNKS_USED) + BATCH_COUNT <= chunksMax;
}

@inline function chunksOf(log: usize): u32 {
  return (load<u32>(log, LOG_STORED) + CHUNK_CAPACITY - 1) / CHUNK_CAPACITY;
}

/** The flow is over: its headers no longer count as stored. They stay readable until the flow is freed. */
export function endLog(index: u32): void {
  const log = logAt(index);
  const kind = COUNTER_STORED_BY_CLASS + (protocolClass(flowProtocol(flowAt(index))) << 3);
  setState64(kind, state64(kind) - <u64>load<u32>(log, LOG_STORED));
  setState32(STATE_CHUNKS_ACTIVE, state32(STATE_CHUNKS_ACTIVE) - chunksOf(log));
}

/** Puts the flow's whole chain in front of the free chunks. */
export function freeLog(index: u32): void {
  const log = logAt(index);
  const head = load<u32>(log, LOG_HEAD);
  if (head == NIL) return;
  store<u32>(chunkAt(load<u32>(log, LOG_TAIL)), state32(STATE_CHUNK_FREE), CHUNK_NEXT);
  setState32(STATE_CHUNK_FREE, head);
  setState32(STATE_CHUNKS_USED, state32(STATE_CHUNKS_USED) - chunksOf(log));
  store<u32>(log, NIL, LOG_HEAD);
}

/** The log record as it is: the host finds the chain from it. */
@cold export function writeLogBlock(row: usize, index: u32): void {
  memory.copy(sideBlock(SIDE_PACKET_LOG, row), logAt(index), LOG_SIZE);
}
