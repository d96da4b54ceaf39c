/**
 * A name for a connection: C and 17 digits of base 62, as Zeek's look. It is a hash of the flow's key and of the time
 * of its first packet, so the same capture gives the same names; Zeek's own are random.
 */
import { KEY_SIZE, TEXT_VALUE_HEADER } from "../layout";

const DIGITS: u32 = 17;
const FIRST_DIGITS: u32 = 9;
const BASE: u32 = 62;
const FOUR_DIGITS: u64 = 62 * 62 * 62 * 62;
const FIVE_DIGITS: u64 = 62 * FOUR_DIGITS;
const LETTER_C: u8 = 0x43;
/** Key of the hash. Any odd numbers with bits all over would do. */
const KEY_A: u64 = 0x9e3779b97f4a7c15;
const KEY_B: u64 = 0xc2b2ae3d27d4eb4f;

/** Writes a TEXT_VALUE. */
export function writeUid(to: usize, key: usize, start: u64): void {
  let a = mixed(start ^ KEY_B, KEY_A);
  let b = mixed(start ^ KEY_A, KEY_B);
  for (let at: usize = 0; at < <usize>KEY_SIZE; at += 8) {
    const word = load<u64>(key + at);
    a = mixed(a ^ word, KEY_A);
    b = mixed(b ^ word, KEY_B);
  }
  store<u8>(to, <u8>(1 + DIGITS));
  store<u8>(to + TEXT_VALUE_HEADER, LETTER_C);
  const digits = to + TEXT_VALUE_HEADER + 1;
  writeDigits(digits, a, FIRST_DIGITS);
  writeDigits(digits + FIRST_DIGITS, b, DIGITS - FIRST_DIGITS);
}

/** The last `count` digits of a number, at least five, the last one first. Most of it in 32 bits: that is faster. */
@inline function writeDigits(to: usize, number: u64, count: u32): void {
  const upper = number / FIVE_DIGITS;
  let rest = <u32>(number - upper * FIVE_DIGITS);
  for (let n: u32 = 0; n < 5; n++) {
    store<u8>(to + n, digit(rest % BASE));
    rest /= BASE;
  }
  rest = <u32>(upper % FOUR_DIGITS);
  for (let n: u32 = 5; n < count; n++) {
    store<u8>(to + n, digit(rest % BASE));
    rest /= BASE;
  }
}

/** Every bit of the value moves about half of the bits of the result. */
@inline function mixed(value: u64, key: u64): u64 {
  let h = value * key;
  h ^= h >> 32;
  h *= key;
  return h ^ (h >> 29);
}

/** 0 to 9, A to Z, a to z. Without branches: no value is likelier. */
@inline function digit(value: u32): u8 {
  return <u8>(0x30 + value + u32(value > 9) * 7 + u32(value > 35) * 6);
}
