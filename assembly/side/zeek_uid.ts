/**
 * A name for a connection: C and 17 digits of base 62, as Zeek's look. It is a hash of the flow's key and of the time
 * of its first packet, so the same capture gives the same names; Zeek's own are random.
 */
import { digitPairsBase } from "../control";
import { DIGIT_PAIRS_COUNT, KEY_SIZE, TEXT_VALUE_HEADER } from "../layout";

const DIGITS: u32 = 17;
const TWO_DIGITS: u32 = DIGIT_PAIRS_COUNT;
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
  putNine(digits, a);
  // The last one belongs to nothing.
  putNine(digits + 9, b);
}

/** The last nine digits of a number, the last one first, by pairs; behind the fifth one is a digit to overwrite. */
@inline function putNine(to: usize, number: u64): void {
  const upper = number / FIVE_DIGITS;
  const five = <u32>(number - upper * FIVE_DIGITS);
  putPair(to, five % TWO_DIGITS);
  putPair(to + 2, five / TWO_DIGITS % TWO_DIGITS);
  putPair(to + 4, five / TWO_DIGITS / TWO_DIGITS);
  const four = <u32>(upper % FOUR_DIGITS);
  putPair(to + 5, four % TWO_DIGITS);
  putPair(to + 7, four / TWO_DIGITS);
}

@inline function putPair(to: usize, pair: u32): void {
  store<u16>(to, load<u16>(digitPairsBase + (<usize>pair << 1)));
}

/** Every bit of the value moves about half of the bits of the result. */
@inline function mixed(value: u64, key: u64): u64 {
  let h = value * key;
  h ^= h >> 32;
  h *= key;
  return h ^ (h >> 29);
}
