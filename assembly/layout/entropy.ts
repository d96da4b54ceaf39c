/** The group entropy. */

/** number bytes: that are counted of a side */
export const ENTROPY_BYTES_MAX = 65535;
/** number: values of c log2 c that are kept ready */
export const ENTROPY_TABLE_COUNT = 4096;

// record ENTROPY_SIDE: how often one side has sent each byte.
/** u16[256] */
export const ENTROPY_COUNTS = 0;
/** u32 bytes */
export const ENTROPY_SEEN = 512;
/** size */
export const ENTROPY_SIDE_SIZE = 516;

/** bytes ENTROPY_SIDE[2]: the group entropy of a flow, low side first */
export const ENTROPY_SIZE = 1032;

// record ENTROPY_BLOCK: the group entropy in a row.
/** f64 units: bits per byte */
export const ENTROPY_BLOCK_FORWARD = 0;
/** f64 units: bits per byte */
export const ENTROPY_BLOCK_REVERSE = 8;
/** size */
export const ENTROPY_BLOCK_SIZE = 16;
