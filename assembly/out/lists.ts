/** MAC addresses, lists and bytes as text. Each function writes at `to` and returns the address behind it. */
import {
  EARLY_BIT_FLAGS, EARLY_BIT_HIGH, EARLY_COUNT, EARLY_ENTRIES, EARLY_ENTRY_BITS, EARLY_ENTRY_FLAGS, EARLY_ENTRY_GAP,
  EARLY_ENTRY_IP_BYTES, EARLY_ENTRY_PAYLOAD, EARLY_ENTRY_SIZE,
} from "../layout";
import { base64Digit } from "../side/community_id";
import { u8At } from "../wire/bytes";
import { putDigits } from "./digits";

const MAC_SIZE: usize = 6;
const COMMA: u8 = 0x2c;
const SPACE: u8 = 0x20;
const COLON: u8 = 0x3a;
const PADDING: u8 = 0x3d;

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

/** Bytes behind their length in Base64 (RFC 4648 §4). */
@cold export function putBase64(to: usize, at: usize): usize {
  const size = <usize>load<u32>(at);
  const bytes = at + 4;
  for (let n: usize = 0; n < size; n += 3) {
    const left = size - n;
    const second = left > 1 ? u8At(bytes + n + 1) : 0;
    const third = left > 2 ? u8At(bytes + n + 2) : 0;
    const bits = (u8At(bytes + n) << 16) | (second << 8) | third;
    to = putByte(putByte(to, base64Digit(bits >> 18)), base64Digit((bits >> 12) & 63));
    to = putByte(to, left > 1 ? base64Digit((bits >> 6) & 63) : PADDING);
    to = putByte(to, left > 2 ? base64Digit(bits & 63) : PADDING);
  }
  return to;
}

const US_NS: u64 = 1000;

/** First packets: objects in brackets, or their values with colons between them. */
@cold export function putPackets(to: usize, at: usize, brackets: bool): usize {
  const count = load<u32>(at, EARLY_COUNT);
  if (brackets) to = putByte(to, 0x5b);
  for (let place: u32 = 0; place < count; place++) {
    if (place != 0) to = putByte(to, brackets ? COMMA : SPACE);
    to = putPacket(to, at + EARLY_ENTRIES + <usize>place * EARLY_ENTRY_SIZE, brackets);
  }
  return brackets ? putByte(to, 0x5d) : to;
}

function putPacket(to: usize, entry: usize, named: bool): usize {
  const bits = <u32>load<u16>(entry, EARLY_ENTRY_BITS);
  to = putDigits(putAscii(to, named ? '{"dir":' : ''), u64((bits & EARLY_BIT_HIGH) != 0));
  to = putDigits(putAscii(to, named ? ',"ipBytes":' : ':'), <u64>load<u16>(entry, EARLY_ENTRY_IP_BYTES));
  to = putDigits(putAscii(to, named ? ',"payload":' : ':'), <u64>load<u16>(entry, EARLY_ENTRY_PAYLOAD));
  to = putDigits(putAscii(to, named ? ',"gap":' : ':'), <u64>load<u32>(entry, EARLY_ENTRY_GAP) * US_NS);
  to = putAscii(to, named ? ',"flags":' : ':');
  if ((bits & EARLY_BIT_FLAGS) != 0) to = putDigits(to, <u64>load<u16>(entry, EARLY_ENTRY_FLAGS));
  else if (named) to = putAscii(to, 'null');
  return named ? putByte(to, 0x7d) : to;
}

function putAscii(to: usize, text: string): usize {
  const from = changetype<usize>(text);
  for (let n = 0; n < text.length; n++) store<u8>(to + <usize>n, <u8>load<u16>(from + (<usize>n << 1)));
  return to + <usize>text.length;
}
