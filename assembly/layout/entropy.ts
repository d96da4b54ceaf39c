/** The group entropy. */

/** number bytes: that are counted of a side */
export const ENTROPY_BYTES_MAX = 65535;
/** number: values of c log2 c that are kept ready */
export const ENTROPY_TABLE_COUNT = 4096;

// record ENTROPY: the group entropy of a flow: how often each side has sent each byte, low side first.
/** u32[2] bytes: that were counted, by side */
export const ENTROPY_SEEN = 0;
/** u16[512]: of each value, by side; not set before the side has sent payload */
export const ENTROPY_COUNTS = 8;
/** size */
export const ENTROPY_SIZE = 1032;

// record ENTROPY_BLOCK: the group entropy in a row.
/** f64 units: bits per byte */
export const ENTROPY_BLOCK_FORWARD = 0;
/** f64 units: bits per byte */
export const ENTROPY_BLOCK_REVERSE = 8;
/** size */
export const ENTROPY_BLOCK_SIZE = 16;
