/**
 * The chunks that hold the first bytes of a side (assembly/side/first_chunks.ts). What a recogniser does not ask for is
 * not copied: most need the first datagram or nothing.
 */
import {
  CONFIG_FIRST_CHUNKS,
  CONTROL,
  FIRST_CHUNK_DATA,
  FIRST_CHUNK_DATA_BYTES,
  FIRST_CHUNK_NEXT,
  FIRST_CHUNK_RUNS,
  FIRST_CHUNK_SIZE,
  FIRST_CHUNK_USED,
  FIRST_DATAGRAMS_MAX,
  FIRST_DATAGRAM_BYTES,
  FIRST_DATAGRAM_SIZE,
  FIRST_DATAGRAM_TIME,
  FIRST_SIDE_BYTES,
  NIL,
} from '../../assembly/layout.ts';
import type { FirstBytes } from '../flow/first_payload.ts';
import type { MemoryViews } from './wasm.ts';

const NO_BYTES = new Uint8Array(0);
/** Datagrams of a side with their heads, each aligned. */
const CHAIN_BYTES_MAX = FIRST_SIDE_BYTES + 2 * FIRST_DATAGRAMS_MAX * FIRST_DATAGRAM_SIZE;
/** Both sides, and their first datagrams once more. */
const COPY_BYTES = 4 * CHAIN_BYTES_MAX;

/** Copies of parts of chains, in one place that is used again for the next flow. */
export class FirstChains {
  readonly views: MemoryViews;
  readonly #chunks: number;
  readonly #copies = new Uint8Array(COPY_BYTES);
  #used = 0;

  constructor(views: MemoryViews) {
    this.views = views;
    this.#chunks = views.data.getUint32(CONTROL + CONFIG_FIRST_CHUNKS, true);
  }

  /** The copies so far are not used any more. */
  reset(): void {
    this.#used = 0;
  }

  chunkAt(chunk: number): number {
    return this.#chunks + chunk * FIRST_CHUNK_SIZE;
  }

  /** The first bytes of a chain. */
  copy(size: number, head: number): Uint8Array {
    const { u8, data } = this.views;
    const start = this.#used;
    let chunk = head;
    for (let at = 0; at < size && chunk !== NIL; at += FIRST_CHUNK_DATA_BYTES) {
      const from = this.chunkAt(chunk);
      const part = Math.min(FIRST_CHUNK_DATA_BYTES, size - at);
      this.#copies.set(u8.subarray(from + FIRST_CHUNK_DATA, from + FIRST_CHUNK_DATA + part), start + at);
      chunk = data.getUint32(from + FIRST_CHUNK_NEXT, true);
    }
    this.#used += size;
    return this.#copies.subarray(start, start + size);
  }
}

/** A side of a TCP flow. */
export class Stream implements FirstBytes {
  readonly port: number;
  readonly datagrams: readonly Uint8Array[] = [];
  readonly timesNs: readonly bigint[] = [];
  readonly first: Uint8Array;

  constructor(chains: FirstChains, head: number, port: number) {
    const { data } = chains.views;
    const chunk = chains.chunkAt(head);
    const used = data.getUint32(chunk + FIRST_CHUNK_USED, true);
    const whole = used > 0 && data.getUint16(chunk + FIRST_CHUNK_RUNS, true) === 0;
    this.port = port;
    this.first = chains.copy(whole ? data.getUint16(chunk + FIRST_CHUNK_RUNS + 2, true) : 0, head);
  }

  get stream(): Uint8Array {
    return this.first;
  }
}

/** A side of a UDP flow. Each datagram has a head with its time and its size, aligned to the head's size. */
export class Datagrams implements FirstBytes {
  readonly port: number;
  readonly stream = NO_BYTES;
  readonly first: Uint8Array;
  readonly #chains: FirstChains;
  readonly #head: number;
  readonly #used: number;
  #all: Uint8Array | undefined;
  #datagrams: readonly Uint8Array[] | undefined;

  constructor(chains: FirstChains, head: number, port: number) {
    const { data } = chains.views;
    const chunk = chains.chunkAt(head);
    this.port = port;
    this.#chains = chains;
    this.#head = head;
    this.#used = data.getUint32(chunk + FIRST_CHUNK_USED, true);
    const size = data.getUint32(chunk + FIRST_CHUNK_DATA + FIRST_DATAGRAM_BYTES, true);
    // One that is too long is not kept.
    this.first =
      this.#used === 0 ? NO_BYTES : chains.copy(FIRST_DATAGRAM_SIZE + size, head).subarray(FIRST_DATAGRAM_SIZE);
  }

  get datagrams(): readonly Uint8Array[] {
    return (this.#datagrams ??= this.#heads().map(({ at, size }) => this.#bytes.subarray(at, at + size)));
  }

  get timesNs(): readonly bigint[] {
    const data = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
    return this.#heads().map(({ at }) => data.getBigUint64(at - FIRST_DATAGRAM_SIZE + FIRST_DATAGRAM_TIME, true));
  }

  get #bytes(): Uint8Array {
    return (this.#all ??= this.#chains.copy(this.#used, this.#head));
  }

  /** Where each datagram lies. */
  #heads(): { readonly at: number; readonly size: number }[] {
    const bytes = this.#bytes;
    const data = new DataView(bytes.buffer, bytes.byteOffset);
    const heads: { at: number; size: number }[] = [];
    for (let at = FIRST_DATAGRAM_SIZE; at <= bytes.length; ) {
      const size = data.getUint32(at - FIRST_DATAGRAM_SIZE + FIRST_DATAGRAM_BYTES, true);
      heads.push({ at, size });
      at += Math.ceil((FIRST_DATAGRAM_SIZE + size) / FIRST_DATAGRAM_SIZE) * FIRST_DATAGRAM_SIZE;
    }
    return heads;
  }
}
