/** SHA-1 (RFC 3174) of a short message, in place. Not for secrets: Community ID is made of it. */

const BLOCK_SIZE: usize = 64;
const LENGTH_SIZE: usize = 8;

/**
 * Replaces the message at `ptr` by its digest, 20 bytes. The memory behind the message is used for the padding, up to a
 * multiple of 64 bytes that leaves 9 for it.
 */
export function sha1(ptr: usize, size: usize): void {
  const end = ptr + ((size + LENGTH_SIZE + BLOCK_SIZE) & ~(BLOCK_SIZE - 1));
  memory.fill(ptr + size, 0, end - ptr - size);
  store<u8>(ptr + size, 0x80);
  store<u64>(end - LENGTH_SIZE, bswap<u64>(<u64>size << 3));
  let h0: u32 = 0x67452301;
  let h1: u32 = 0xefcdab89;
  let h2: u32 = 0x98badcfe;
  let h3: u32 = 0x10325476;
  let h4: u32 = 0xc3d2e1f0;
  for (let block = ptr; block < end; block += BLOCK_SIZE) {
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    for (let round: u32 = 0; round < 80; round++) {
      let f: u32;
      if (round < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
      else if (round < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
      else if (round < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
      else f = (b ^ c ^ d) + 0xca62c1d6;
      const next = rotl<u32>(a, 5) + f + e + wordOf(block, round);
      e = d;
      d = c;
      c = rotl<u32>(b, 30);
      b = a;
      a = next;
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

/** Word of the message schedule. The last sixteen are kept where the block lies. */
@inline function wordOf(block: usize, round: u32): u32 {
  const at = placeOf(block, round);
  if (round < 16) {
    const first = bswap<u32>(load<u32>(at));
    store<u32>(at, first);
    return first;
  }
  const word = rotl<u32>(
    load<u32>(placeOf(block, round - 3)) ^ load<u32>(placeOf(block, round - 8))
      ^ load<u32>(placeOf(block, round - 14)) ^ load<u32>(at), 1,
  );
  store<u32>(at, word);
  return word;
}

@inline function placeOf(block: usize, round: u32): usize {
  return block + <usize>((round & 15) << 2);
}
