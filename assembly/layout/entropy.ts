/** The group entropy. */

/** number bytes: that are counted of a side */
export const ENTROPY_BYTES_MAX = 65535;
/** number: values of c log2 c that are kept ready */
export const ENTROPY_TABLE_COUNT = 4096;

// record ENTROPY: the group entropy of a flow.
/** u32[2] bytes: that were counted, by side */
export const ENTROPY_SEEN = 0;
/** size */
export const ENTROPY_SIZE = 8;

// record ENTROPY_COUNTS: its rest: how often a side has sent each byte.
/** u16[512]: of each value, low side first; not set before the side has sent payload */
export const ENTROPY_COUNTS = 0;
/** size */
export const ENTROPY_COUNTS_SIZE = 1024;

// record ENTROPY_BLOCK: the group entropy in a row.
/** f64 units: bits per byte */
export const ENTROPY_BLOCK_FORWARD = 0;
/** f64 units: bits per byte */
export const ENTROPY_BLOCK_REVERSE = 8;
/** size */
export const ENTROPY_BLOCK_SIZE = 16;
