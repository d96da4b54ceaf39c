/** Reads of bytes in network order (big-endian) and the bounds check that goes before them. */

@inline export function u8At(ptr: usize): u32 {
  return <u32>load<u8>(ptr);
}

/** Two byte loads: WebAssembly has no byte swap, and the shifts of bswap<u16> take half as long again. */
@inline export function be16(ptr: usize): u32 {
  return (<u32>load<u8>(ptr) << 8) | <u32>load<u8>(ptr, 1);
}

@inline export function be32(ptr: usize): u32 {
  return bswap<u32>(load<u32>(ptr));
}

@inline export function le16(ptr: usize): u32 {
  return <u32>load<u16>(ptr);
}

@inline export function le32(ptr: usize): u32 {
  return load<u32>(ptr);
}

/** Are `size` bytes at `ptr` before `end`? Holds for any `ptr <= end`. */
@inline export function fits(ptr: usize, size: usize, end: usize): bool {
  return end - ptr >= size;
}
