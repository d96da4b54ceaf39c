/** SHA-1 (RFC 3174) of a short message, in place. Not for secrets: Community ID is made of it. */

const BLOCK_SIZE: usize = 64;
const LENGTH_SIZE: usize = 8;
const WORDS_SIZE: usize = 320;

/**
 * Replaces the message at `ptr` by its digest, 20 bytes. The memory behind the message is used for the padding, up to a
 * multiple of 64 bytes that leaves 9 for it.
 * @param words 320 bytes for the message schedule
 */
export function sha1(ptr: usize, size: usize, words: usize): void {
  const end = ptr + ((size + LENGTH_SIZE + BLOCK_SIZE) & ~(BLOCK_SIZE - 1));
  store<u8>(ptr + size, 0x80);
  for (let at = ptr + size + 1; at < end - LENGTH_SIZE; at++) store<u8>(at, 0);
  store<u64>(end - LENGTH_SIZE, bswap<u64>(<u64>size << 3));
  let h0: u32 = 0x67452301;
  let h1: u32 = 0xefcdab89;
  let h2: u32 = 0x98badcfe;
  let h3: u32 = 0x10325476;
  let h4: u32 = 0xc3d2e1f0;
  for (let block = ptr; block < end; block += BLOCK_SIZE) {
    writeWords(words, block);
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    let at = words;
    // Five rounds at a time, after which each variable has its own part again.
    for (; at < words + 80; at += 20) {
      e += rotl<u32>(a, 5) + (d ^ (b & (c ^ d))) + 0x5a827999 + load<u32>(at);
      b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + (c ^ (a & (b ^ c))) + 0x5a827999 + load<u32>(at, 4);
      a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + (b ^ (e & (a ^ b))) + 0x5a827999 + load<u32>(at, 8);
      e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + (a ^ (d & (e ^ a))) + 0x5a827999 + load<u32>(at, 12);
      d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + (e ^ (c & (d ^ e))) + 0x5a827999 + load<u32>(at, 16);
      c = rotl<u32>(c, 30);
    }
    for (; at < words + 160; at += 20) {
      e += rotl<u32>(a, 5) + (b ^ c ^ d) + 0x6ed9eba1 + load<u32>(at);
      b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + (a ^ b ^ c) + 0x6ed9eba1 + load<u32>(at, 4);
      a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + (e ^ a ^ b) + 0x6ed9eba1 + load<u32>(at, 8);
      e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + (d ^ e ^ a) + 0x6ed9eba1 + load<u32>(at, 12);
      d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + (c ^ d ^ e) + 0x6ed9eba1 + load<u32>(at, 16);
      c = rotl<u32>(c, 30);
    }
    for (; at < words + 240; at += 20) {
      e += rotl<u32>(a, 5) + ((b & c) | (d & (b | c))) + 0x8f1bbcdc + load<u32>(at);
      b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + ((a & b) | (c & (a | b))) + 0x8f1bbcdc + load<u32>(at, 4);
      a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + ((e & a) | (b & (e | a))) + 0x8f1bbcdc + load<u32>(at, 8);
      e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + ((d & e) | (a & (d | e))) + 0x8f1bbcdc + load<u32>(at, 12);
      d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + ((c & d) | (e & (c | d))) + 0x8f1bbcdc + load<u32>(at, 16);
      c = rotl<u32>(c, 30);
    }
    for (; at < words + WORDS_SIZE; at += 20) {
      e += rotl<u32>(a, 5) + (b ^ c ^ d) + 0xca62c1d6 + load<u32>(at);
      b = rotl<u32>(b, 30);
      d += rotl<u32>(e, 5) + (a ^ b ^ c) + 0xca62c1d6 + load<u32>(at, 4);
      a = rotl<u32>(a, 30);
      c += rotl<u32>(d, 5) + (e ^ a ^ b) + 0xca62c1d6 + load<u32>(at, 8);
      e = rotl<u32>(e, 30);
      b += rotl<u32>(c, 5) + (d ^ e ^ a) + 0xca62c1d6 + load<u32>(at, 12);
      d = rotl<u32>(d, 30);
      a += rotl<u32>(b, 5) + (c ^ d ^ e) + 0xca62c1d6 + load<u32>(at, 16);
      c = rotl<u32>(c, 30);
    }
    h0 += a;
    h1 += b;
    h2 += c;
    h3 += d;
    h4 += e;
  }
  store<u32>(ptr, bswap<u32>(h0));
  store<u32>(ptr, bswap<u32>(h1), 4);
  store<u32>(ptr, bswap<u32>(h2), 8);
  store<u32>(ptr, bswap<u32>(h3), 12);
  store<u32>(ptr, bswap<u32>(h4), 16);
}

/** The message schedule of a block. */
@inline function writeWords(words: usize, block: usize): void {
  for (let at: usize = 0; at < BLOCK_SIZE; at += 4) store<u32>(words + at, bswap<u32>(load<u32>(block + at)));
  for (let at = words; at < words + WORDS_SIZE - BLOCK_SIZE; at += 4) {
    const word = load<u32>(at) ^ load<u32>(at, 8) ^ load<u32>(at, 32) ^ load<u32>(at, 52);
    store<u32>(at, rotl<u32>(word, 1), BLOCK_SIZE);
  }
}
