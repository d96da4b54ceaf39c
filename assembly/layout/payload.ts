/** The group payload. */

// record PREFIX_SIDE: first payload bytes of one side, which are in the rest: those of the low side first.
/** u32: sequence number of the next byte */
export const PREFIX_NEXT = 0;
/** u32 bytes: that are kept */
export const PREFIX_USED = 4;
/** u16: PREFIX_BIT_ */
export const PREFIX_BITS = 8;
// gap u8[6]
/** size */
export const PREFIX_SIDE_SIZE = 16;

// bits PREFIX_BIT u16
/** PREFIX_NEXT is known. */
export const PREFIX_BIT_NEXT = 1;
/** No more bytes are taken. */
export const PREFIX_BIT_DONE = 2;
/** Because some were not captured. */
export const PREFIX_BIT_CUT = 4;
/** Because TCP bytes came that do not follow. */
export const PREFIX_BIT_GAP = 8;

// record PREFIX_BLOCK: the group payload in a row, originator first. Both sides' bytes follow, behind their length.
/** u8[2] */
export const PREFIX_BLOCK_CUT = 0;
/** u8[2] */
export const PREFIX_BLOCK_GAP = 2;
// gap u8[4]
/** size */
export const PREFIX_BLOCK_BYTES = 8;
