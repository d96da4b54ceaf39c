/** Bounded reading of untrusted bytes. Nothing here throws: a read beyond the end gives 0 and sets `short` for good. */

const NOTHING = new Uint8Array(0);

/**
 * Reads big-endian numbers from `at` up to `end`. After a read beyond the end it stands at the end and stays `short`.
 */
export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** A read went past the end. */
  short = false;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.end = Math.max(0, Math.min(end, bytes.length));
    this.at = Math.max(0, Math.min(at, this.end));
  }

  /** Bytes that were not read yet. */
  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.#uint(1);
  }

  u16(): number {
    return this.#uint(2);
  }

  u24(): number {
    return this.#uint(3);
  }

  u32(): number {
    return this.#uint(4);
  }

  skip(count: number): void {
    this.#room(count);
  }

  /** The next `count` bytes, shared with the source; empty when there are fewer. */
  take(count: number): Uint8Array {
    const start = this.at;
    return this.#room(count) ? this.bytes.subarray(start, start + count) : NOTHING;
  }

  /** A reader of the next `count` bytes. If there are fewer, of those, and both readers are `short`. */
  nested(count: number): Reader {
    const start = this.at;
    const inner = new Reader(this.bytes, start, Math.min(this.end, start + count));
    if (!this.#room(count)) inner.short = true;
    return inner;
  }

  /** Reads a length of `size` bytes, 1 to 3, and returns a reader of as many bytes after it. */
  vector(size: 1 | 2 | 3): Reader {
    return this.nested(this.#uint(size));
  }

  #uint(size: number): number {
    const start = this.at;
    if (!this.#room(size)) return 0;
    let value = 0;
    for (let n = 0; n < size; n++) value = value * 256 + (this.bytes[start + n] ?? 0);
    return value;
  }

  #room(count: number): boolean {
    if (count <= this.end - this.at) {
      this.at += count;
      return true;
    }
    this.short = true;
    this.at = this.end;
    return false;
  }
}

/** Big-endian number of `size` bytes, 1 to 4, at a place; -1 when a byte of it is out of range. */
export function uintAt(bytes: Uint8Array, at: number, size: number): number {
  if (at < 0 || at + size > bytes.length) return -1;
  let value = 0;
  for (let n = 0; n < size; n++) value = value * 256 + (bytes[at + n] ?? 0);
  return value;
}

/** Little-endian number of `size` bytes, 1 to 4, at a place; -1 when a byte of it is out of range. */
export function uintLittleAt(bytes: Uint8Array, at: number, size: number): number {
  if (at < 0 || at + size > bytes.length) return -1;
  let value = 0;
  for (let n = size - 1; n >= 0; n--) value = value * 256 + (bytes[at + n] ?? 0);
  return value;
}

/** The ASCII text `text` stands at a place. */
export function asciiAt(bytes: Uint8Array, at: number, text: string): boolean {
  if (at < 0 || at + text.length > bytes.length) return false;
  for (let n = 0; n < text.length; n++) if (bytes[at + n] !== text.charCodeAt(n)) return false;
  return true;
}

/** Place of the first `byte` in `from`..`to`, -1 without one. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number, to: number = bytes.length): number {
  const end = Math.min(to, bytes.length);
  for (let at = Math.max(0, from); at < end; at++) if (bytes[at] === byte) return at;
  return -1;
}

/** Lower-case hexadecimal digits, two a byte. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
}

/** A copy: `slice` of Node's Buffer would share memory. */
export const copyOf = (bytes: Uint8Array, from: number, to: number): Uint8Array =>
  new Uint8Array(bytes.subarray(from, to));

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
