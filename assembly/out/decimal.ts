/**
 * Decimal text of doubles: the shortest that reads back as the same one, without an exponent where the library of the
 * compiler writes none.
 *
 * A number that has its integer part in 53 bits and its fraction in 59 is written in integers: digits of the fraction
 * come one by one from a fixed-point number, until what is left is less than half the distance to the next double
 * (Steele and White, 1990, "fixed-point fraction printout"). Others are rare.
 */
import { dtoa_buffered } from "util/number";
import { fourDigits, putDigits } from "./digits";

const FRACTION_BITS: u64 = 52;
const FRACTION_MASK: u64 = 0x000fffffffffffff;
const HIDDEN_BIT: u64 = 0x0010000000000000;
/** Of an exponent of 0; and that of 1 as an integer of 53 bits. */
const EXPONENT_BIAS: u64 = 1023;
/** Digits of the fraction are made by multiplying by 10 in 64 bits, one of which is for half a unit. */
const PLACES_MAX: u64 = 59;
/** The same by 10,000. */
const PLACES_MAX_OF_FOUR: u64 = 49;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;

/** Writes at `to` and returns the address behind the text. Two bytes a character are overwritten. */
export function putDecimal(to: usize, value: f64): usize {
  const bits = reinterpret<u64>(value);
  if (bits == 0) {
    store<u8>(to, ZERO);
    return to + 1;
  }
  // Sign, infinity and NaN make it large.
  const exponent = bits >> FRACTION_BITS;
  const places = EXPONENT_BIAS + FRACTION_BITS - exponent;
  if (places - 1 < PLACES_MAX) {
    const whole = places <= FRACTION_BITS ? ((bits & FRACTION_MASK) | HIDDEN_BIT) >> places : 0;
    const fraction = ((bits & FRACTION_MASK) | HIDDEN_BIT) & (((<u64>1) << places) - 1);
    if (fraction == 0) return putDigits(to, whole);
    // Below a power of two doubles are closer to each other than above.
    if ((bits & FRACTION_MASK) != 0) return putFraction(putDigits(to, whole), fraction, places);
  }
  return putOtherDecimal(to, value);
}

/** `fraction` of 2^places, not 0, with a point in front. */
@inline function putFraction(to: usize, fraction: u64, places: u64): usize {
  const one: u64 = (<u64>2) << places;
  const mask = one - 1;
  let rest = fraction << 1;
  let half: u64 = 1;
  store<u8>(to++, POINT);
  // Four digits at once, if neither they nor fewer of them are close enough: that would be seen behind the fourth.
  while (places <= PLACES_MAX_OF_FOUR) {
    const digits = rest * 10000;
    const left = digits & mask;
    const reach = half * 10000;
    if (left < reach || left > one - reach) break;
    store<u32>(to, fourDigits(<u32>(digits >> (places + 1))));
    to += 4;
    rest = left;
    half = reach;
  }
  while (true) {
    rest *= 10;
    half *= 10;
    const digit = <u8>(rest >> (places + 1));
    rest &= mask;
    if (rest < half || rest > one - half) {
      store<u8>(to, ZERO + digit + u8(rest > one >> 1));
      return to + 1;
    }
    store<u8>(to++, ZERO + digit);
  }
}

@cold function putOtherDecimal(to: usize, value: f64): usize {
  // Two bytes a character: narrowed in place.
  let size: usize = dtoa_buffered(to, value);
  for (let at: usize = 0; at < size; at++) store<u8>(to + at, <u8>load<u16>(to + (at << 1)));
  if (size > 2 && load<u16>(to + size - 2) == 0x302e) size -= 2;
  return to + size;
}
