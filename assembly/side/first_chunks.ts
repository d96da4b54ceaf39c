/** The chunks that hold first bytes: one region, a free list in front of a rising top, a chain for each side. */
import { firstChunksMax, setState32, state32 } from "../control";
import { FIRST_CHUNK_DATA_BYTES, NIL, STATE_FIRST_CHUNKS_USED, STATE_FIRST_CHUNK_FREE, STATE_FIRST_CHUNK_TOP } from "../layout";
import { chunkData, chunkNext, setChunkHeld, setChunkNext, setChunkUsed } from "./first_record";

/** With less than one of so many parts of them free, chunks are scarce: enough for what comes before the host reads. */
const SCARCE_SHARE: u32 = 4;

export function initFirstChunks(): void {
  setState32(STATE_FIRST_CHUNK_TOP, 0);
  setState32(STATE_FIRST_CHUNK_FREE, NIL);
  setState32(STATE_FIRST_CHUNKS_USED, 0);
}

/** Are there few chunks left? Then flows that collect must give theirs up before there is none. */
export function chunksAreScarce(): bool {
  const used = state32(STATE_FIRST_CHUNKS_USED);
  return used > firstChunksMax - firstChunksMax / SCARCE_SHARE;
}

/** An empty chunk, or NIL when there is none. */
export function allocateChunk(): u32 {
  let chunk = state32(STATE_FIRST_CHUNK_FREE);
  if (chunk != NIL) {
    setState32(STATE_FIRST_CHUNK_FREE, chunkNext(chunk));
  } else {
    chunk = state32(STATE_FIRST_CHUNK_TOP);
    if (chunk == firstChunksMax) return NIL;
    setState32(STATE_FIRST_CHUNK_TOP, chunk + 1);
  }
  setState32(STATE_FIRST_CHUNKS_USED, state32(STATE_FIRST_CHUNKS_USED) + 1);
  setChunkNext(chunk, NIL);
  setChunkUsed(chunk, 0);
  setChunkHeld(chunk, 0);
  return chunk;
}

/** Frees a chain; NIL is an empty one. */
export function freeChain(head: u32): void {
  let chunk = head;
  while (chunk != NIL) {
    const next = chunkNext(chunk);
    setChunkNext(chunk, state32(STATE_FIRST_CHUNK_FREE));
    setState32(STATE_FIRST_CHUNK_FREE, chunk);
    setState32(STATE_FIRST_CHUNKS_USED, state32(STATE_FIRST_CHUNKS_USED) - 1);
    chunk = next;
  }
}

/** The chunk with byte `at` of a chain, which grows as far; NIL without free chunks. */
export function chunkOf(head: u32, at: u32): u32 {
  let chunk = head;
  for (let n = at / FIRST_CHUNK_DATA_BYTES; n > 0; n--) {
    let next = chunkNext(chunk);
    if (next == NIL) {
      next = allocateChunk();
      if (next == NIL) return NIL;
      setChunkNext(chunk, next);
    }
    chunk = next;
  }
  return chunk;
}

/** Address of byte `at` in its chunk. */
@inline export function placeIn(chunk: u32, at: u32): usize {
  return chunkData(chunk) + <usize>(at % FIRST_CHUNK_DATA_BYTES);
}

/** Writes bytes at a place of the chain; false without free chunks. */
export function copyIn(head: u32, at: u32, source: usize, size: u32): bool {
  let part: u32 = 0;
  for (let done: u32 = 0; done < size; done += part) {
    const chunk = chunkOf(head, at + done);
    if (chunk == NIL) return false;
    part = min<u32>(size - done, FIRST_CHUNK_DATA_BYTES - (at + done) % FIRST_CHUNK_DATA_BYTES);
    memory.copy(placeIn(chunk, at + done), source + <usize>done, part);
  }
  return true;
}

/** Are these other bytes than those that lie at a place of the chain? */
export function differs(head: u32, at: u32, source: usize, size: u32): bool {
  let part: u32 = 0;
  for (let done: u32 = 0; done < size; done += part) {
    part = min<u32>(size - done, FIRST_CHUNK_DATA_BYTES - (at + done) % FIRST_CHUNK_DATA_BYTES);
    if (memory.compare(placeIn(chunkOf(head, at + done), at + done), source + <usize>done, part) != 0) return true;
  }
  return false;
}
