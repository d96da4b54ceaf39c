/** The consumer side of the frame ring in plain TypeScript, written from the layout: pieces, records, positions. */
import {
  CONFIG_RING,
  CONFIG_RING_SIZE,
  CONTROL,
  PIECE_ALIGNMENT,
  PIECE_BITS,
  PIECE_BIT_PADDED,
  PIECE_BYTES,
  PIECE_DESCRIPTION,
  PIECE_EMPTY,
  PIECE_SECONDS_HIGH_SHIFT,
  PIECE_HEADER,
  PIECE_INTERFACE,
  PIECE_SIZE,
  RECORD_CAPTURED,
  RECORD_FRACTION,
  RECORD_HEADER,
  RECORD_SECONDS,
  RECORD_WIRE,
  RING_HEAD,
  RING_TAIL,
  RING_WANTED,
} from '../../assembly/layout.ts';

/** Bytes in front of the ring and behind it that nobody may write to. */
const GUARD = 4096;
const GUARD_BYTE = 0xa5;
const BASE = CONTROL + 4096 + GUARD;

export interface RingRecord {
  readonly interfaceNumber: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly wireLen: number;
  readonly bytes: Uint8Array;
}

export class RingReader {
  readonly memory: SharedArrayBuffer;
  readonly size: number;
  /** Words that a description was sent. */
  descriptions = 0;
  readonly #data: DataView;
  #tail = 0;

  constructor(size: number) {
    this.size = size;
    this.memory = new SharedArrayBuffer(BASE + size + GUARD);
    this.#data = new DataView(this.memory);
    new Uint8Array(this.memory, BASE - GUARD, GUARD).fill(GUARD_BYTE);
    new Uint8Array(this.memory, BASE + size, GUARD).fill(GUARD_BYTE);
    this.#data.setUint32(CONTROL + CONFIG_RING, BASE, true);
    this.#data.setUint32(CONTROL + CONFIG_RING_SIZE, size, true);
  }

  /** Has nothing been written beside the ring? */
  get guarded(): boolean {
    const ends = [
      new Uint8Array(this.memory, BASE - GUARD, GUARD),
      new Uint8Array(this.memory, BASE + this.size, GUARD),
    ];
    return ends.every((bytes) => bytes.every((byte) => byte === GUARD_BYTE));
  }

  /** Bytes of pieces that were published and not used. */
  get used(): number {
    return (this.#data.getUint32(CONTROL + RING_HEAD, true) - this.#tail) >>> 0;
  }

  /** Free bytes that the producer waits for; 0: it does not. */
  get wanted(): number {
    return this.#data.getUint32(CONTROL + RING_WANTED, true);
  }

  /** Uses the next piece: its records, or undefined when there is none. @throws {Error} when it is not one */
  next(): RingRecord[] | undefined {
    if (this.used === 0) return undefined;
    const offset = this.#tail % this.size;
    const piece = BASE + offset;
    const size = this.#u32(piece + PIECE_SIZE);
    if (size === 0 || size % PIECE_ALIGNMENT !== 0 || size > this.used || offset + size > this.size) {
      throw new Error(`a piece of ${size} bytes at ${offset} of ${this.size}, ${this.used} are used`);
    }
    const records = this.#recordsOf(piece, size);
    this.#tail = (this.#tail + size) >>> 0;
    this.#data.setUint32(CONTROL + RING_TAIL, this.#tail, true);
    return records;
  }

  #recordsOf(piece: number, size: number): RingRecord[] {
    const interfaceNumber = this.#u32(piece + PIECE_INTERFACE);
    if (interfaceNumber === PIECE_EMPTY) return [];
    if (interfaceNumber === PIECE_DESCRIPTION) {
      this.descriptions++;
      return [];
    }
    const bits = this.#u32(piece + PIECE_BITS);
    const padded = (bits & PIECE_BIT_PADDED) !== 0;
    const end = piece + PIECE_HEADER + this.#u32(piece + PIECE_BYTES);
    if (end > piece + size) throw new Error('records reach beyond their piece');
    const records: RingRecord[] = [];
    for (let at = piece + PIECE_HEADER; at < end; ) {
      const captured = this.#u32(at + RECORD_CAPTURED);
      const next = at + RECORD_HEADER + captured;
      if (next > end) throw new Error('a record reaches beyond its piece');
      records.push({
        interfaceNumber,
        seconds: this.#u32(at + RECORD_SECONDS) + (bits >>> PIECE_SECONDS_HIGH_SHIFT) * 2 ** 32,
        nanos: this.#u32(at + RECORD_FRACTION),
        wireLen: this.#u32(at + RECORD_WIRE),
        bytes: new Uint8Array(this.memory.slice(at + RECORD_HEADER, next)),
      });
      at = padded ? piece + 4 * Math.ceil((next - piece) / 4) : next;
    }
    return records;
  }

  #u32(at: number): number {
    return this.#data.getUint32(at, true);
  }
}
