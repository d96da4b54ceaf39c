/** Figures that side records keep. */

/** Counts one more at `at`, u32, up to 2^32-1. */
@inline export function bump(at: usize): void {
  const value = load<u32>(at);
  store<u32>(at, value + u32(value != u32.MAX_VALUE));
}

/** Nanoseconds between two times; 0 when the clock was set back. */
@inline export function elapsed(from: u64, to: u64): u64 { return to > from ? to - from : 0; }
