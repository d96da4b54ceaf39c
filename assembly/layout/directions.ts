/** Side record: times and sequence numbers of each direction. */

// record DIRECTION_SIDE: one side's own times and sequence numbers.
/** u64 ns: its earliest packet */
export const DIRECTION_FIRST = 0;
/** u64 ns: its latest packet */
export const DIRECTION_LAST = 8;
/** u32: lowest sequence number */
export const DIRECTION_SEQ_START = 16;
/** u32: DIRECTION_BIT_ */
export const DIRECTION_BITS = 20;
/** u64 bytes: from there to the highest one */
export const DIRECTION_SEQ_SPAN = 24;
/** size */
export const DIRECTION_SIDE_SIZE = 32;

/** bytes DIRECTION_SIDE[2]: direction side record of a flow: low side, high side */
export const DIRECTION_SIZE = 64;

// bits DIRECTION_BIT u32
export const DIRECTION_BIT_SEEN = 1;
/** SEQ_START and SEQ_SPAN are set. */
export const DIRECTION_BIT_SEQ = 2;
/** A segment without readable sequence number was seen: the span is unknown. */
export const DIRECTION_BIT_SEQ_LOST = 4;
