/** Packets that were seen lately, by what their copies have in common. */

// record DUPLICATE: a packet that was seen.
/** u32[2]: first half of the digest of its bytes */
export const DUPLICATE_DIGEST_A = 0;
/** u32[2]: second half */
export const DUPLICATE_DIGEST_B = 8;
/** u64 ns */
export const DUPLICATE_TIME = 16;
/** u32: 0: the entry is free */
export const DUPLICATE_USED = 24;
// gap u8[4]
/** size */
export const DUPLICATE_SIZE = 32;

/** number: entries of a set */
export const DUPLICATE_WAYS = 8;
/** number, power of two */
export const DUPLICATE_SETS = 16384;
