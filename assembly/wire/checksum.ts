/**
 * The Internet checksum (RFC 1071): the sum of 16-bit words in ones' complement. Words may be added in either byte
 * order, and several at a time; the sum of a header with its checksum is 0xffff in both.
 */

/** Adds `size` bytes at `ptr`, at an even place in what is summed, to a sum that is not folded yet. */
export function addWords(ptr: usize, size: usize, sum: u64): u64 {
  const end = ptr + size;
  let at = ptr;
  for (; at + 4 <= end; at += 4) sum += <u64>load<u32>(at);
  if (at + 2 <= end) {
    sum += <u64>load<u16>(at);
    at += 2;
  }
  return at < end ? sum + <u64>load<u8>(at) : sum;
}

/** Is it that of bytes whose checksum is right? */
export function isWholeSum(sum: u64): bool {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  let folded = <u32>(sum & 0xffff) + <u32>(sum >> 16);
  folded = (folded & 0xffff) + (folded >> 16);
  return (folded & 0xffff) + (folded >> 16) == 0xffff;
}
