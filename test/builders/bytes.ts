/** Byte strings from numbers. Network byte order unless the name says otherwise. */

export const u8 = (value: number): Uint8Array => Uint8Array.of(value & 0xff);
export const u16 = (value: number): Uint8Array => Uint8Array.of((value >>> 8) & 0xff, value & 0xff);
export const u24 = (value: number): Uint8Array => concat(u8(value >>> 16), u16(value));
export const u32 = (value: number): Uint8Array => concat(u16(value >>> 16), u16(value));
export const u64 = (value: bigint): Uint8Array =>
  concat(u32(Number((value >> 32n) & 0xffffffffn)), u32(Number(value & 0xffffffffn)));

/** The same bytes in the other order. */
export const swapped = (bytes: Uint8Array): Uint8Array => bytes.slice().reverse();

export const zeros = (count: number): Uint8Array => new Uint8Array(count);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `bytes` with zeros behind them up to the next multiple of `unit`. */
export const padded = (bytes: Uint8Array, unit: number): Uint8Array =>
  concat(bytes, zeros((unit - (bytes.length % unit)) % unit));

/** What a packet carries: bytes, text (UTF-8), or only how many bytes (then a fixed pattern). */
export type Payload = Uint8Array | string | number;

export function payloadBytes(payload: Payload): Uint8Array {
  if (typeof payload === 'string') return new TextEncoder().encode(payload);
  if (typeof payload === 'number') return Uint8Array.from({ length: payload }, (_, index) => 0x61 + (index % 26));
  return payload;
}
