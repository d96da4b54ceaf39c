/**
 * Producer side of the frame ring in the engine's shared memory. The contract: one producer, one consumer; pieces are
 * written first and published together; when there is no room a frame is dropped and counted, nothing waits. The
 * consumer is assembly/capture/ring.ts.
 */
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
  PIECE_HEADER,
  PIECE_INTERFACE,
  PIECE_SECONDS_HIGH_SHIFT,
  PIECE_SIZE,
  RECORD_CAPTURED,
  RECORD_FRACTION,
  RECORD_HEADER,
  RECORD_SECONDS,
  RECORD_WIRE,
  RING_HEAD,
  RING_SLEEPS,
  RING_TAIL,
  RING_WANTED,
  U32_SIZE,
} from '../../assembly/layout.ts';

const HEAD_WORD = (CONTROL + RING_HEAD) / U32_SIZE;
const TAIL_WORD = (CONTROL + RING_TAIL) / U32_SIZE;
const SLEEPS_WORD = (CONTROL + RING_SLEEPS) / U32_SIZE;
const WANTED_WORD = (CONTROL + RING_WANTED) / U32_SIZE;
/**
 * Frames put one by one are gathered into pieces of up to so many bytes, so the tracker never holds the table's lock
 * for long.
 */
const PIECE_FULL = 65536;
/** The year 2106. */
const SECONDS_MAX = 0xffffffff;
/** What headers and padding take at most, besides as many bytes as are wanted: what is left at the end stays empty. */
const SLACK = 256;

/** What a frame is copied from: see FrameBytes. */
export interface FrameBytesLike {
  upTo(length: number): Uint8Array;
}

export class RingWriter {
  /** Packets put, and packets dropped because there was no room. */
  packetsPut = 0;
  packetsDropped = 0;
  readonly #u8: Uint8Array;
  readonly #u32: Uint32Array;
  readonly #words: Int32Array;
  readonly #base: number;
  readonly #size: number;
  readonly #snaplen: number;
  /** Positions, in bytes since the start: what is published, and where the next byte goes. */
  #published = 0;
  #head = 0;
  /** Last known position of the consumer. */
  #tail = 0;
  /** The piece being filled: its address, or 0; where its next record goes; its interface. */
  #piece = 0;
  #at = 0;
  #interface = 0;
  /** Bits 32 and above of its seconds. */
  #era = 0;

  /**
   * @param memory a shared one, with its plan written
   * @param snaplen bytes kept of a frame; 0: all
   */
  constructor(memory: ArrayBufferLike, snaplen: number) {
    this.#u8 = new Uint8Array(memory);
    this.#u32 = new Uint32Array(memory);
    this.#words = new Int32Array(memory);
    this.#base = this.#u32[(CONTROL + CONFIG_RING) / U32_SIZE] as number;
    this.#size = this.#u32[(CONTROL + CONFIG_RING_SIZE) / U32_SIZE] as number;
    this.#snaplen = snaplen === 0 ? 0xffffffff : snaplen;
  }

  /** Bytes of records that are sure to find room now, in one piece or in several. */
  get free(): number {
    return Math.max(0, Math.floor((this.#freeBytes() - SLACK) / 2));
  }

  /** Most bytes of records that can be wanted, or put at once. */
  get pieceMax(): number {
    return this.#size / 4;
  }

  /** Adds a frame. False when there is no room: it is counted as dropped. */
  put(
    interfaceNumber: number,
    seconds: number,
    nanos: number,
    frame: FrameBytesLike,
    capLen: number,
    wireLen: number,
  ): boolean {
    const captured = Math.min(capLen, this.#snaplen);
    const size = RECORD_HEADER + ((captured + 3) & ~3);
    const era = seconds > SECONDS_MAX ? Math.floor(seconds / 2 ** 32) : 0;
    // A view of the frame may have 63 bytes more than are asked for.
    if (this.#piece === 0 || interfaceNumber !== this.#interface || era !== this.#era || !this.#extends(size + 64)) {
      if (!this.#begin(interfaceNumber, size + 64, PIECE_BIT_PADDED | (era << PIECE_SECONDS_HIGH_SHIFT))) {
        this.packetsDropped++;
        return false;
      }
      this.#era = era;
    }
    const at = this.#at;
    const word = at >>> 2;
    const u32 = this.#u32;
    u32[word + RECORD_SECONDS / U32_SIZE] = seconds;
    u32[word + RECORD_FRACTION / U32_SIZE] = nanos;
    u32[word + RECORD_CAPTURED / U32_SIZE] = captured;
    u32[word + RECORD_WIRE / U32_SIZE] = wireLen;
    this.#u8.set(frame.upTo(captured), at + RECORD_HEADER);
    this.#at = at + size;
    this.packetsPut++;
    return true;
  }

  /** Adds whole records. False when there is no room: all are counted as dropped. */
  putRecords(interfaceNumber: number, records: Uint8Array, count: number): boolean {
    if (!this.#begin(interfaceNumber, records.length, 0)) {
      this.packetsDropped += count;
      return false;
    }
    this.#u8.set(records, this.#at);
    this.#at += records.length;
    this.#finish();
    this.packetsPut += count;
    return true;
  }

  /** Adds word that the description of an interface is there, to be published once it is. False when there is no room. */
  putDescription(): boolean {
    if (!this.#begin(PIECE_DESCRIPTION, 0, 0)) return false;
    this.#finish();
    return true;
  }

  /** Makes everything visible to the consumer and wakes it when it sleeps. */
  publish(): void {
    this.#finish();
    if (this.#published === this.#head) return;
    this.#published = this.#head;
    Atomics.store(this.#words, HEAD_WORD, this.#head | 0);
    this.wake();
  }

  wake(): void {
    if (Atomics.load(this.#words, SLEEPS_WORD) !== 0) Atomics.notify(this.#words, HEAD_WORD);
  }

  /** Asks the consumer for a notification when so many bytes of records are free. True: they are already. */
  want(bytes: number): boolean {
    if (this.free >= bytes) return true;
    Atomics.store(this.#words, WANTED_WORD, 2 * bytes + SLACK);
    return this.free >= bytes;
  }

  #freeBytes(): number {
    this.#tail = Atomics.load(this.#words, TAIL_WORD) >>> 0;
    return (
      this.#size -
      ((this.#head - this.#tail) >>> 0) -
      (this.#piece === 0 ? 0 : this.#at - this.#piece + PIECE_ALIGNMENT)
    );
  }

  /** Whether the open piece may grow by this many bytes. */
  #extends(bytes: number): boolean {
    const end = this.#at + bytes;
    return (
      end - this.#piece <= PIECE_FULL &&
      end <= this.#base + this.#size &&
      this.#hasRoom(end - this.#piece + PIECE_ALIGNMENT)
    );
  }

  /** Whether so many bytes fit after the head. The consumer's position is read only when necessary. */
  #hasRoom(bytes: number): boolean {
    if (((this.#head - this.#tail) >>> 0) + bytes <= this.#size) return true;
    this.#tail = Atomics.load(this.#words, TAIL_WORD) >>> 0;
    return ((this.#head - this.#tail) >>> 0) + bytes <= this.#size;
  }

  /** Opens a piece for this many bytes of records. */
  #begin(interfaceNumber: number, bytes: number, bits: number): boolean {
    this.#finish();
    const needed = PIECE_HEADER + bytes + PIECE_ALIGNMENT;
    const offset = this.#head & (this.#size - 1);
    const left = this.#size - offset;
    const skipped = left < needed ? left : 0;
    if (!this.#hasRoom(skipped + needed)) return false;
    if (skipped > 0) {
      this.#writeHeader(this.#base + offset, skipped, PIECE_EMPTY, 0, 0);
      this.#head = (this.#head + skipped) >>> 0;
    }
    this.#piece = this.#base + (this.#head & (this.#size - 1));
    this.#at = this.#piece + PIECE_HEADER;
    this.#interface = interfaceNumber;
    this.#u32[(this.#piece + PIECE_BITS) >>> 2] = bits;
    return true;
  }

  /** Completes the open piece. */
  #finish(): void {
    const piece = this.#piece;
    if (piece === 0) return;
    this.#piece = 0;
    const bytes = this.#at - piece - PIECE_HEADER;
    if (bytes === 0 && this.#interface < PIECE_DESCRIPTION) return;
    const size = (PIECE_HEADER + bytes + PIECE_ALIGNMENT - 1) & -PIECE_ALIGNMENT;
    this.#writeHeader(piece, size, this.#interface, bytes, this.#u32[(piece + PIECE_BITS) >>> 2] as number);
    this.#head = (this.#head + size) >>> 0;
  }

  #writeHeader(piece: number, size: number, interfaceNumber: number, bytes: number, bits: number): void {
    const word = piece >>> 2;
    this.#u32[word + PIECE_SIZE / U32_SIZE] = size;
    this.#u32[word + PIECE_INTERFACE / U32_SIZE] = interfaceNumber;
    this.#u32[word + PIECE_BYTES / U32_SIZE] = bytes;
    this.#u32[word + PIECE_BITS / U32_SIZE] = bits;
  }
}
