/**
 * Decimal numbers. Eight digits are made at once, in the lanes of one word, without loops or branches. Each function
 * writes at `to` and returns the address behind the text; up to 8 bytes behind it are overwritten.
 */
import { u8At } from "../wire/bytes";

const SECOND_NS: u64 = 1000000000;
const EIGHT_DIGITS: u64 = 100000000;
const SIXTEEN_DIGITS: u64 = 10000000000000000;
/** "00000000" */
const ZEROS: u64 = 0x3030303030303030;
/** The last of eight digits: it is written even when all are 0. */
const LAST_DIGIT: u64 = 0x0100000000000000;
const POINT: u32 = 0x2e;

/**
 * The digits of a number below 10^8, one in each byte, the first in the lowest. Lanes are halved: 4 digits in 32 bits,
 * 2 in 16, 1 in 8; the quotients by 10^4, 100 and 10 are those of multiplication by the inverse, exact in these ranges.
 */
@inline function eightDigits(value: u64): u64 {
  const fours = (value * 109951163) >> 40;
  let lanes = fours | ((value - fours * 10000) << 32);
  const twos = ((lanes * 10486) >> 20) & 0x0000007f0000007f;
  lanes = twos | ((lanes - twos * 100) << 16);
  const ones = ((lanes * 103) >> 10) & 0x000f000f000f000f;
  return ones | ((lanes - ones * 10) << 8);
}

/** The text of a number below 10,000, with leading zeros, the first digit in the lowest byte. */
@inline export function fourDigits(value: u32): u32 {
  const hundreds = (value * 5243) >> 19;
  const twos = hundreds | ((value - hundreds * 100) << 16);
  const tens = ((twos * 103) >> 10) & 0x000f000f;
  return tens | ((twos - tens * 10) << 8) | 0x30303030;
}

/** No leading zeros. */
@inline export function putDigits(to: usize, value: u64): usize {
  return value < EIGHT_DIGITS ? putFew(to, value) : putMany(to, value);
}

@inline function putFew(to: usize, value: u64): usize {
  const digits = eightDigits(value);
  const leading = ctz<u64>(digits | LAST_DIGIT) >> 3;
  store<u64>(to, (digits | ZEROS) >> (leading << 3));
  return to + 8 - <usize>leading;
}

@cold function putMany(to: usize, value: u64): usize {
  if (value >= SIXTEEN_DIGITS) {
    to = putFew(to, value / SIXTEEN_DIGITS);
    value %= SIXTEEN_DIGITS;
    store<u64>(to, eightDigits(value / EIGHT_DIGITS) | ZEROS);
    to += 8;
  } else {
    to = putFew(to, value / EIGHT_DIGITS);
  }
  store<u64>(to, eightDigits(value % EIGHT_DIGITS) | ZEROS);
  return to + 8;
}

/** Nanoseconds as seconds with nine decimals. */
export function putTime(to: usize, time: u64): usize {
  const seconds = time / SECOND_NS;
  const rest = time - seconds * SECOND_NS;
  const first = <u64>(<u32>rest / <u32>EIGHT_DIGITS);
  to = putDigits(to, seconds);
  store<u16>(to, <u16>(POINT | ((0x30 + <u32>first) << 8)));
  store<u64>(to, eightDigits(rest - first * EIGHT_DIGITS) | ZEROS, 2);
  return to + 10;
}

/** A number with leading zeros, `width` digits in all, and a sign behind it. */
export function putPadded(to: usize, value: u32, width: u32, sign: u32): usize {
  for (let n = width; n > 0; n--) {
    store<u8>(to + n - 1, <u8>(0x30 + value % 10));
    value /= 10;
  }
  store<u8>(to + width, <u8>sign);
  return to + width + 1;
}

/** Four numbers below 256 with points between. */
export function putIpv4(to: usize, address: usize): usize {
  for (let n: usize = 0; n < 4; n++) {
    const value = u8At(address + n);
    const hundreds = (value * 41) >> 12;
    const rest = value - hundreds * 100;
    const tens = (rest * 103) >> 10;
    const text = 0x2e303030 | hundreds | (tens << 8) | ((rest - tens * 10) << 16);
    const leading = <u32>(value < 100) + <u32>(value < 10);
    store<u32>(to, text >> (leading << 3));
    to += 4 - leading;
  }
  return to - 1;
}
