/** Accessors of what is kept of first bytes: the record of a flow, chunks, and the queues of flows. */
import { firstChunksBase } from "../control";
import {
  FIRST_BASE, FIRST_BITS, FIRST_CHUNK_DATA, FIRST_CHUNK_HELD, FIRST_CHUNK_NEXT, FIRST_CHUNK_RUNS, FIRST_CHUNK_SIZE,
  FIRST_CHUNK_USED, FIRST_DATAGRAM_BYTES, FIRST_DATAGRAM_TIME, FIRST_HEAD, FIRST_PACKETS, FIRST_QUEUE_COUNT,
  FIRST_SIDES, FIRST_SINCE, FIRST_SIZE, FIRST_STATE, NIL, SIDE_FIRST_PAYLOAD, START_FLOW, START_GENERATION, START_SIZE,
} from "../layout";
import { sideRecord } from "./record";

@inline export function firstRecord(index: u32): usize { return sideRecord(SIDE_FIRST_PAYLOAD, index); }
@inline export function firstState(r: usize): u32 { return <u32>load<u8>(r, FIRST_STATE); }
@inline export function setFirstState(r: usize, v: u32): void { store<u8>(r, <u8>v, FIRST_STATE); }
@inline export function firstBits(r: usize): u32 { return <u32>load<u8>(r, FIRST_BITS); }
@inline export function addFirstBits(r: usize, v: u32): void { store<u8>(r, <u8>(firstBits(r) | v), FIRST_BITS); }
@inline export function firstPackets(r: usize): u32 { return <u32>load<u8>(r, FIRST_PACKETS); }
@inline export function setFirstPackets(r: usize, v: u32): void { store<u8>(r, <u8>v, FIRST_PACKETS); }
/** FIRST_SIDE_ bits of a side. */
@inline export function firstSide(r: usize, side: u32): u32 { return <u32>load<u8>(r + <usize>side, FIRST_SIDES); }
@inline export function setFirstSide(r: usize, side: u32, v: u32): void {
  store<u8>(r + <usize>side, <u8>v, FIRST_SIDES);
}
/** FIRST_SIDE_ bits of both sides, those of the high one shifted by 8. */
@inline export function firstSides(r: usize): u32 { return <u32>load<u16>(r, FIRST_SIDES); }
@inline export function firstSince(r: usize): u64 { return load<u64>(r, FIRST_SINCE); }
@inline export function setFirstSince(r: usize, v: u64): void { store<u64>(r, v, FIRST_SINCE); }
@inline export function firstBase(r: usize, side: u32): u32 { return load<u32>(r + (<usize>side << 2), FIRST_BASE); }
@inline export function setFirstBase(r: usize, side: u32, v: u32): void {
  store<u32>(r + (<usize>side << 2), v, FIRST_BASE);
}
@inline export function firstHead(r: usize, side: u32): u32 { return load<u32>(r + (<usize>side << 2), FIRST_HEAD); }
@inline export function setFirstHead(r: usize, side: u32, v: u32): void {
  store<u32>(r + (<usize>side << 2), v, FIRST_HEAD);
}

/** Something is kept of the flow. */
@inline export function hasChunks(r: usize): bool { return (firstHead(r, 0) & firstHead(r, 1)) != NIL; }

/** Nothing is known of the flow's first bytes. */
export function clearFirstRecord(r: usize): void {
  memory.fill(r, 0, FIRST_SIZE);
  setFirstHead(r, 0, NIL);
  setFirstHead(r, 1, NIL);
}

@inline function chunkAt(chunk: u32): usize { return firstChunksBase + <usize>chunk * FIRST_CHUNK_SIZE; }
@inline export function chunkNext(chunk: u32): u32 { return load<u32>(chunkAt(chunk), FIRST_CHUNK_NEXT); }
@inline export function setChunkNext(chunk: u32, v: u32): void { store<u32>(chunkAt(chunk), v, FIRST_CHUNK_NEXT); }
@inline export function chunkUsed(chunk: u32): u32 { return load<u32>(chunkAt(chunk), FIRST_CHUNK_USED); }
@inline export function setChunkUsed(chunk: u32, v: u32): void { store<u32>(chunkAt(chunk), v, FIRST_CHUNK_USED); }
@inline export function chunkHeld(chunk: u32): u32 { return load<u32>(chunkAt(chunk), FIRST_CHUNK_HELD); }
@inline export function setChunkHeld(chunk: u32, v: u32): void { store<u32>(chunkAt(chunk), v, FIRST_CHUNK_HELD); }
/** Address of its data. */
@inline export function chunkData(chunk: u32): usize { return chunkAt(chunk) + FIRST_CHUNK_DATA; }

/** Runs of bytes, of the first chunk of a TCP side: chunkUsed of them. */
@inline function runAt(chunk: u32, n: u32): usize { return chunkAt(chunk) + FIRST_CHUNK_RUNS + (<usize>n << 2); }
@inline export function runFrom(chunk: u32, n: u32): u32 { return <u32>load<u16>(runAt(chunk, n)); }
@inline export function runTo(chunk: u32, n: u32): u32 { return <u32>load<u16>(runAt(chunk, n), 2); }

/** Puts one run in the place of runs [first, behind). */
export function replaceRuns(chunk: u32, first: u32, behind: u32, from: u32, to: u32): void {
  const runs = chunkUsed(chunk);
  memory.copy(runAt(chunk, first + 1), runAt(chunk, behind), <usize>(runs - behind) << 2);
  store<u16>(runAt(chunk, first), <u16>from);
  store<u16>(runAt(chunk, first), <u16>to, 2);
  setChunkUsed(chunk, runs - (behind - first) + 1);
}

/** The head of a datagram at an address in a chunk's data. */
@inline export function writeDatagramHead(at: usize, time: u64, bytes: u32): void {
  store<u64>(at, time, FIRST_DATAGRAM_TIME);
  store<u32>(at, bytes, FIRST_DATAGRAM_BYTES);
}

@inline function entryAt(queue: usize, position: u32): usize {
  return queue + <usize>(position & (FIRST_QUEUE_COUNT - 1)) * START_SIZE;
}
@inline export function entryFlow(queue: usize, position: u32): u32 {
  return load<u32>(entryAt(queue, position), START_FLOW);
}
@inline export function entryGeneration(queue: usize, position: u32): u32 {
  return load<u32>(entryAt(queue, position), START_GENERATION);
}
@inline export function setEntry(queue: usize, position: u32, flow: u32, generation: u32): void {
  store<u32>(entryAt(queue, position), flow, START_FLOW);
  store<u32>(entryAt(queue, position), generation, START_GENERATION);
}
