/** Packets that are tracked later than their batch. */

/** number bytes: of the frame of a kept packet */
export const KEPT_FRAME_MAX = 16240;

// record KEPT: a packet that is tracked later than its batch, with the beginning of its frame.
/** PACKET */
export const KEPT_PACKET = 0;
/** u8[KEPT_FRAME_MAX] */
export const KEPT_FRAME = 128;
/** size */
export const KEPT_SIZE = 16368;

/** number: SYNs held at most */
export const HELD_MAX = 64;

// record HELD: a SYN that may have begun another flow.
/** u32: index of the flow that holds it, or NIL */
export const HELD_FLOW = 0;
/** u32: in which it came, of a capture that engines share */
export const HELD_BLOCK = 4;
/** u64 ns: latest packet of the flow before it */
export const HELD_LAST = 8;
/** KEPT */
export const HELD_PACKET = 16;
/** size */
export const HELD_SIZE = 16384;
