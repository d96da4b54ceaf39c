/** Bytes that are written one behind the other. The room for them grows, and is kept when they are cleared. */
const ROOM = 4096;
/** A character of a string is this much UTF-8 at most. Bytes. */
const CHARACTER_BYTES = 3;
const UTF8 = new TextEncoder();

export class ByteBuffer {
  /** It is another array when it has grown. */
  bytes = new Uint8Array(ROOM);
  /** Bytes that are written. */
  size = 0;

  /** Makes room for `count` bytes more, which the caller may set from `size` on. */
  reserve(count: number): void {
    const needed = this.size + count;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.written());
    this.bytes = larger;
  }

  /** What is written. It is good until more is. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  clear(): void {
    this.size = 0;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.size++] = value;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  /** In UTF-8. */
  text(text: string): void {
    this.reserve(text.length * CHARACTER_BYTES);
    this.size += UTF8.encodeInto(text, this.bytes.subarray(this.size)).written;
  }

  /** Four bytes, the lowest first. */
  u32(value: number): void {
    this.reserve(4);
    this.setU32(this.size, value);
    this.size += 4;
  }

  setU32(at: number, value: number): void {
    this.bytes[at] = value;
    this.bytes[at + 1] = value >>> 8;
    this.bytes[at + 2] = value >>> 16;
    this.bytes[at + 3] = value >>> 24;
  }

  /** Seven bits a byte, the lowest first (ULEB128). @param value whole, 0 .. 2^53 */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  /** The same of a number with a sign: 0, -1, 1, -2 are 0, 1, 2, 3. @param value whole, -2^52 .. 2^52 */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** The same of 64 bits. */
  zigzag64(value: bigint): void {
    let rest = BigInt.asUintN(64, value < 0n ? -2n * value - 1n : 2n * value);
    for (; rest >= 0x80n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    this.byte(Number(rest));
  }
}
