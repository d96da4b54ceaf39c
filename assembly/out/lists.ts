/** MAC addresses and lists as text. As in text.ts: each function writes at `to` and returns the address behind it. */
import { u8At } from "../wire/bytes";
import { putDigits } from "./digits";

const MAC_SIZE: usize = 6;
const COMMA: u8 = 0x2c;
const SPACE: u8 = 0x20;
const COLON: u8 = 0x3a;

@inline function putByte(to: usize, byte: u8): usize {
  store<u8>(to, byte);
  return to + 1;
}

/** Six bytes as pairs of hexadecimal digits with colons between them. */
@cold export function putMac(to: usize, at: usize): usize {
  for (let n: usize = 0; n < MAC_SIZE; n++) {
    const byte = u8At(at + n);
    to = putByte(putByte(to, hexDigit(byte >> 4)), hexDigit(byte & 15));
    to = putByte(to, COLON);
  }
  return to - 1;
}

@inline function hexDigit(digit: u32): u8 { return <u8>(digit < 10 ? 0x30 + digit : 0x57 + digit); }

/** Numbers u32 behind their count: `[1,2]`, or `1 2`. */
@cold export function putList(to: usize, at: usize, brackets: bool): usize {
  const end = at + ((1 + <usize>load<u32>(at)) << 2);
  if (brackets) to = putByte(to, 0x5b);
  for (let member = at + 4; member < end; member += 4) {
    if (member != at + 4) to = putByte(to, brackets ? COMMA : SPACE);
    to = putDigits(to, <u64>load<u32>(member));
  }
  return brackets ? putByte(to, 0x5d) : to;
}
