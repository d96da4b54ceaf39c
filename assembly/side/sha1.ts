/**
 * SHA-1 (RFC 3174) of four messages at once, one in each lane of a vector; each with its padding is one block. Not for
 * secrets: Community ID is made of it.
 */

const LANES: usize = 16;
const BLOCK_SIZE: usize = 16 * LANES;
const PART_SIZE: usize = 20 * LANES;
const WORDS_SIZE: usize = 4 * PART_SIZE;

@inline function rotated(value: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(value, bits), i32x4.shr_u(value, 32 - bits));
}
@inline function sum(a: v128, b: v128): v128 { return i32x4.add(a, b); }
/**
 * The function of rounds 0 to 19: for each bit of `b` that of `c`, or else that of `d`; with all bits of `most` that of
 * rounds 40 to 59: what most of the three have.
 */
@inline function chosen(b: v128, c: v128, d: v128, most: v128): v128 {
  return v128.xor(d, v128.and(v128.xor(b, v128.and(d, most)), v128.xor(c, d)));
}
/** That of the other rounds. */
@inline function parity(b: v128, c: v128, d: v128): v128 { return v128.xor(v128.xor(b, c), d); }

/**
 * Digests four blocks. Word n of each lies at `words` + 16 n, big-endian, that of the first message in the first lane;
 * so do the five words of the digests afterwards, little-endian.
 * @param words 1,280 bytes for the message schedule
 */
export function sha1(words: usize): void {
  writeWords(words);
  let a = i32x4.splat(0x67452301);
  let b = i32x4.splat(0xefcdab89);
  let c = i32x4.splat(0x98badcfe);
  let d = i32x4.splat(0x10325476);
  let e = i32x4.splat(0xc3d2e1f0);
  let at = words;
  for (let part: u32 = 0; part < 4; part += 2) {
    const most = i32x4.splat(part == 0 ? 0 : -1);
    let key = i32x4.splat(part == 0 ? 0x5a827999 : 0x8f1bbcdc);
    // Five rounds at a time, after which each variable has its own part again.
    for (let end = at + PART_SIZE; at < end; at += 5 * LANES) {
      e = sum(sum(sum(rotated(a, 5), e), chosen(b, c, d, most)), sum(key, v128.load(at)));
      b = rotated(b, 30);
      d = sum(sum(sum(rotated(e, 5), d), chosen(a, b, c, most)), sum(key, v128.load(at, LANES)));
      a = rotated(a, 30);
      c = sum(sum(sum(rotated(d, 5), c), chosen(e, a, b, most)), sum(key, v128.load(at, 2 * LANES)));
      e = rotated(e, 30);
      b = sum(sum(sum(rotated(c, 5), b), chosen(d, e, a, most)), sum(key, v128.load(at, 3 * LANES)));
      d = rotated(d, 30);
      a = sum(sum(sum(rotated(b, 5), a), chosen(c, d, e, most)), sum(key, v128.load(at, 4 * LANES)));
      c = rotated(c, 30);
    }
    key = i32x4.splat(part == 0 ? 0x6ed9eba1 : 0xca62c1d6);
    for (let end = at + PART_SIZE; at < end; at += 5 * LANES) {
      e = sum(sum(sum(rotated(a, 5), e), parity(b, c, d)), sum(key, v128.load(at)));
      b = rotated(b, 30);
      d = sum(sum(sum(rotated(e, 5), d), parity(a, b, c)), sum(key, v128.load(at, LANES)));
      a = rotated(a, 30);
      c = sum(sum(sum(rotated(d, 5), c), parity(e, a, b)), sum(key, v128.load(at, 2 * LANES)));
      e = rotated(e, 30);
      b = sum(sum(sum(rotated(c, 5), b), parity(d, e, a)), sum(key, v128.load(at, 3 * LANES)));
      d = rotated(d, 30);
      a = sum(sum(sum(rotated(b, 5), a), parity(c, d, e)), sum(key, v128.load(at, 4 * LANES)));
      c = rotated(c, 30);
    }
  }
  v128.store(words, sum(a, i32x4.splat(0x67452301)));
  v128.store(words, sum(b, i32x4.splat(0xefcdab89)), LANES);
  v128.store(words, sum(c, i32x4.splat(0x98badcfe)), 2 * LANES);
  v128.store(words, sum(d, i32x4.splat(0x10325476)), 3 * LANES);
  v128.store(words, sum(e, i32x4.splat(0xc3d2e1f0)), 4 * LANES);
}

/** The message schedules. */
@inline function writeWords(words: usize): void {
  const turned = i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  for (let at = words; at < words + BLOCK_SIZE; at += LANES) {
    v128.store(at, i8x16.swizzle(v128.load(at), turned));
  }
  for (let at = words; at < words + WORDS_SIZE - BLOCK_SIZE; at += LANES) {
    const near = v128.xor(v128.load(at), v128.load(at, 2 * LANES));
    const far = v128.xor(v128.load(at, 8 * LANES), v128.load(at, 13 * LANES));
    v128.store(at, rotated(v128.xor(near, far), 1), BLOCK_SIZE);
  }
}
