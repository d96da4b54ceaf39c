/** A frame being read: what was captured of it, and where it ends on the wire. */

/** A byte was asked for that is not there: cut by the capture, or by the end of what the layer above was given. */
export class OutOfSight extends Error {}

/** The packet belongs to no flow because a header is wrong or cut. */
export class Malformed extends Error {
  /** Of a broken first fragment: the datagram that it begins. */
  datagram?: string;
}

/** The frame holds no IP, or IP in a way that is not followed. */
export class NotTracked extends Error {}

export class Window {
  readonly #bytes: Uint8Array;
  /** Offset behind the last byte that can be read. */
  readonly capEnd: number;
  /** Offset behind the last byte on the wire. */
  readonly wireEnd: number;

  constructor(bytes: Uint8Array, wireEnd: number) {
    this.#bytes = bytes;
    this.wireEnd = wireEnd;
    this.capEnd = Math.min(bytes.length, wireEnd);
  }

  /**
   * The same bytes with the end that an IP header claims, which may lie behind the frame's: then nothing more can be
   * seen.
   */
  endingAt(wireEnd: number): Window {
    return new Window(this.#bytes.subarray(0, this.capEnd), wireEnd);
  }

  sees(at: number, count: number): boolean {
    return at + count <= this.capEnd;
  }

  bytes(at: number, count: number): Uint8Array {
    if (!this.sees(at, count)) throw new OutOfSight(`bytes ${at}..${at + count} of ${this.capEnd}`);
    return this.#bytes.subarray(at, at + count);
  }

  /** An unsigned integer of `count` bytes, 1..4. */
  uint(at: number, count: number, littleEndian = false): number {
    const bytes = this.bytes(at, count);
    const ordered = littleEndian ? bytes.slice().reverse() : bytes;
    return ordered.reduce((value, byte) => value * 256 + byte, 0);
  }

  u8(at: number): number {
    return this.uint(at, 1);
  }

  u16(at: number): number {
    return this.uint(at, 2);
  }
}
