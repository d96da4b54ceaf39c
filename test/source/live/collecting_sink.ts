/**
 * A sink that keeps every frame, in place of the ring: what a source delivered can be looked at, and it can be full.
 */
import type { FrameBytes, FrameSink } from '../../../src/source/live/frame_source.ts';

export interface CollectedInterface {
  readonly linkType: number;
  readonly recordUnitNs: 1 | 1000;
  readonly bigEndian: boolean;
}

export interface CollectedFrame {
  readonly interfaceNumber: number;
  /** Nanoseconds since the epoch. */
  readonly timestampNs: bigint;
  /** The captured bytes, at most snaplen of them. */
  readonly frame: Uint8Array;
  readonly wireLen: number;
}

export interface CollectingSinkOptions {
  /** What `put` keeps of a frame, bytes. Default 262,144. */
  readonly snaplen?: number;
  /** Bytes of records, headers included, that find room until `consume` is called. Default no limit. */
  readonly capacity?: number;
  /** The sink is closed when it has this many frames. Default no limit. */
  readonly countMax?: number;
}

const RECORD_HEADER_SIZE = 16;
/** How long a condition is waited for. Milliseconds. */
export const LIMIT_MS = 120_000;

export class CollectingSink implements FrameSink {
  readonly interfaces: CollectedInterface[] = [];
  readonly frames: CollectedFrame[] = [];
  /** Frames refused because there was no room. */
  dropped = 0;
  /** How many of `frames` a tracker could see. */
  published = 0;
  publishes = 0;
  /** Calls of `putRecords`. */
  runs = 0;
  /** Called with each frame that was kept, inside `put` and `putRecords`. */
  onFrame: ((frame: CollectedFrame) => void) | undefined;
  /** Called in place of making a filter; may throw, as the real sink does for a filter without meaning. */
  onInterface: ((linkType: number) => void) | undefined;
  readonly #snaplen: number;
  readonly #countMax: number;
  #capacity: number;
  #held = 0;
  #closed = false;
  readonly #waiting: { readonly bytes: number; readonly resolve: () => void }[] = [];

  constructor({
    snaplen = 262_144,
    capacity = Number.MAX_SAFE_INTEGER,
    countMax = Infinity,
  }: CollectingSinkOptions = {}) {
    this.#snaplen = snaplen;
    this.#capacity = capacity;
    this.#countMax = countMax;
  }

  addInterface(linkType: number, recordUnitNs: 1 | 1000 = 1, bigEndian = false): number {
    this.onInterface?.(linkType);
    this.interfaces.push({ linkType, recordUnitNs, bigEndian });
    return this.interfaces.length - 1;
  }

  put(
    interfaceNumber: number,
    seconds: number,
    nanos: number,
    frame: FrameBytes,
    capLen: number,
    wireLen: number,
  ): boolean {
    this.#interface(interfaceNumber);
    const kept = Math.min(capLen, this.#snaplen);
    if (!this.#take(RECORD_HEADER_SIZE + kept, 1)) return false;
    if (!(nanos >= 0 && nanos < 1e9)) throw new RangeError(`a fraction of ${nanos} ns`);
    this.#keep(
      interfaceNumber,
      BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
      new Uint8Array(frame.upTo(kept).subarray(0, kept)),
      wireLen,
    );
    return true;
  }

  putRecords(interfaceNumber: number, records: Uint8Array, count: number): boolean {
    const { recordUnitNs } = this.#interface(interfaceNumber);
    if (!this.#take(records.length, count)) return false;
    this.runs++;
    const view = new DataView(records.buffer, records.byteOffset, records.length);
    let at = 0;
    let seen = 0;
    for (; at < records.length; seen++) {
      const capLen = view.getUint32(at + 8, true);
      const start = at + RECORD_HEADER_SIZE;
      const timestampNs =
        BigInt(view.getUint32(at, true)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, true) * recordUnitNs);
      this.#keep(interfaceNumber, timestampNs, records.slice(start, start + capLen), view.getUint32(at + 12, true));
      at = start + capLen;
    }
    if (at !== records.length || seen !== count)
      throw new RangeError(`${seen} records of ${at} bytes where ${count} of ${records.length} were announced`);
    return true;
  }

  publish(): void {
    this.publishes++;
    this.published = this.frames.length;
  }

  get free(): number {
    return Math.max(0, this.#capacity - this.#held);
  }

  room(bytes: number): Promise<void> {
    if (this.#closed || this.free >= bytes) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, resolve });
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** 0 makes the sink full. */
  set capacity(bytes: number) {
    this.#capacity = bytes;
    this.#wake();
  }

  /** What a tracker does: gives the room of everything back. */
  consume(): void {
    this.#held = 0;
    this.#wake();
  }

  /** Resolves when `count` frames are visible to a tracker. @throws {Error} after 20 s */
  async until(count: number): Promise<void> {
    await waitFor(
      () => this.published >= count,
      () => `${this.published} of ${count} frames were published, ${this.dropped} dropped`,
    );
  }

  #interface(number: number): CollectedInterface {
    const found = this.interfaces[number];
    if (found === undefined) throw new RangeError(`frame of interface ${number}, which was never added`);
    return found;
  }

  #take(bytes: number, count: number): boolean {
    if (this.#closed || bytes > this.free) {
      this.dropped += count;
      return false;
    }
    this.#held += bytes;
    return true;
  }

  #keep(interfaceNumber: number, timestampNs: bigint, frame: Uint8Array, wireLen: number): void {
    const kept = { interfaceNumber, timestampNs, frame, wireLen };
    this.frames.push(kept);
    if (this.frames.length >= this.#countMax) this.close();
    this.onFrame?.(kept);
  }

  #wake(): void {
    for (const waiter of this.#waiting.splice(0)) {
      if (this.#closed || this.free >= waiter.bytes) waiter.resolve();
      else this.#waiting.push(waiter);
    }
  }
}

/** Resolves when the condition holds; it is looked at every 5 ms. @throws {Error} after `limitMs` */
export async function waitFor(condition: () => boolean, what: () => string, limitMs: number = LIMIT_MS): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
