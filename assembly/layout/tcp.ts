/** The group tcp. */

// record TCP_SIDE: of what one side of a TCP flow has sent, as the point of capture saw it, what nearly every segment
// touches. Counts stay at 2^32-1.
/** u64 bytes: end of the highest one; sequence numbers count on beyond 2^32 */
export const TCP_NEXT = 0;
/** u64 bytes: end of the segment whose acknowledgement is waited for, counted as TCP_NEXT */
export const TCP_SAMPLE_END = 8;
/** u64 ns */
export const TCP_SAMPLE_TIME = 16;
/** u32 */
export const TCP_TS_FIRST = 24;
/** u32 */
export const TCP_TS_LAST = 28;
/** u32: acknowledgement number of the last segment with ACK */
export const TCP_LAST_ACK = 32;
/** u16: of the last segment with ACK */
export const TCP_LAST_WINDOW = 36;
/** u16 */
export const TCP_WINDOW_MIN = 38;
/** u16 */
export const TCP_WINDOW_MAX = 40;
/** u16: TCP_BIT_ */
export const TCP_BITS = 42;
/** u32 packets: with ACK */
export const TCP_ACK_COUNT = 44;
/** u32 packets: with PSH */
export const TCP_PSH_COUNT = 48;
/** u32: round trips */
export const TCP_RTT_COUNT = 52;
/** size */
export const TCP_SIDE_SIZE = 56;

// record TCP_REST: the rest of a side.
/** u32[9] packets: with FIN, SYN, RST, -, -, URG, ECE, CWR, AE, by number of the flag's bit; PSH and ACK are above */
export const TCP_FLAG_COUNTS = 0;
/** u32 packets */
export const TCP_SACK_BLOCKS = 36;
/** u32 packets */
export const TCP_RETRANSMITTED_PACKETS = 40;
/** u32 packets */
export const TCP_OUT_OF_ORDER_PACKETS = 44;
/** u32 */
export const TCP_GAPS = 48;
/** u32 packets */
export const TCP_KEEP_ALIVES = 52;
/** u32 packets */
export const TCP_ZERO_WINDOWS = 56;
/** u32 packets */
export const TCP_DUPLICATE_ACKS = 60;
/** u64 bytes */
export const TCP_RETRANSMITTED_BYTES = 64;
/** u64 bytes: of holes that were given up */
export const TCP_LOST_BYTES = 72;
/** u64[4] bytes: TCP_HOLES_MAX, in order, counted as TCP_NEXT */
export const TCP_HOLE_FROM = 80;
/** u32[4] bytes */
export const TCP_HOLE_BYTES = 112;
/** u32 */
export const TCP_ISN = 128;
/** u16 */
export const TCP_FLAGS_FIRST = 132;
/** u16 */
export const TCP_WINDOW_FIRST = 134;
/** u16 */
export const TCP_MSS = 136;
/** u8 */
export const TCP_WINDOW_SCALE = 138;
/** u8: holes that are open */
export const TCP_HOLES = 139;
// gap u8[4]
/** size */
export const TCP_REST_SIZE = 144;

// bits TCP_BIT u16
/** A segment was seen. */
export const TCP_BIT_SEEN = 1;
/** TCP_NEXT is known. */
export const TCP_BIT_NEXT = 2;
/** An acknowledgement is waited for. */
export const TCP_BIT_SAMPLE = 4;
/** It will say how long the way was: what it acknowledges was sent once. */
export const TCP_BIT_SAMPLE_VALID = 8;
/** A segment with ACK was seen. */
export const TCP_BIT_ACKED = 16;
/** A SYN was seen. */
export const TCP_BIT_SYN = 32;
/** All of its options were captured. */
export const TCP_BIT_SYN_WHOLE = 64;
/** It had this option. */
export const TCP_BIT_MSS = 128;
export const TCP_BIT_WINDOW_SCALE = 256;
export const TCP_BIT_SACK_PERMITTED = 512;
export const TCP_BIT_TIMESTAMPS = 1024;
/** A segment had time stamps. */
export const TCP_BIT_TS = 2048;
/** More than TCP_HOLES_MAX holes were open. */
export const TCP_BIT_HOLES_LOST = 4096;

/** number: holes of a side that are remembered */
export const TCP_HOLES_MAX = 4;

// record TCP: the group tcp of a flow, low side first. What segments touch is in the first three lines of the cache:
// the record is seldom there.
/** u32: sequence number of the last bare SYN; from the SYN+ACK on the latter's */
export const TCP_HANDSHAKE_SEQ = 0;
/** u8: TCP_SHAKE_ */
export const TCP_HANDSHAKE = 4;
/** u8: TCP_ECN_ */
export const TCP_ECN = 5;
// gap u8[2]
/** u64 ns: time of the last bare SYN; from the SYN+ACK on what has passed between them */
export const TCP_RTT_SYN_ACK = 8;
/** TCP_SIDE[2] */
export const TCP_SIDES = 16;
/** SPREAD[2]: of round trips, ns, by side */
export const TCP_RTTS = 128;
/** TCP_REST[2]: by side */
export const TCP_RESTS = 192;
/** u64 ns: time of the SYN+ACK; from its acknowledgement on what has passed between them */
export const TCP_RTT_ACK = 480;
/** size */
export const TCP_SIZE = 488;

// bits TCP_SHAKE u8
export const TCP_SHAKE_SYN = 1;
/** The high side has sent it. */
export const TCP_SHAKE_HIGH = 2;
/** It had AE. */
export const TCP_SHAKE_AE = 4;
export const TCP_SHAKE_SYN_ACK = 8;
export const TCP_SHAKE_ACK = 16;
/** A bare SYN came more than once. */
export const TCP_SHAKE_REPEATED = 32;

// codes TCP_ECN: explicit congestion notification
export const TCP_ECN_NONE = 0;
export const TCP_ECN_OFFERED = 1;
export const TCP_ECN_ACCEPTED = 2;

// record TCP_SIDE_BLOCK: one direction in a row. What is not known has all bits 1; of a flow that is not TCP all is.
/** u32[16] packets: as from TCP_FLAG_COUNTS on */
export const TCP_BLOCK_COUNTS = 0;
/** u32 */
export const TCP_BLOCK_RTT_COUNT = 64;
/** u32 */
export const TCP_BLOCK_WRAPS = 68;
/** u64 bytes */
export const TCP_BLOCK_RETRANSMITTED_BYTES = 72;
/** u64 bytes */
export const TCP_BLOCK_MISSING_BYTES = 80;
/** u64 bytes */
export const TCP_BLOCK_ISN = 88;
/** u64 ticks: of the sender's clock */
export const TCP_BLOCK_TS_FIRST = 96;
/** u64 ticks: of the sender's clock */
export const TCP_BLOCK_TS_LAST = 104;
/** u64 ns */
export const TCP_BLOCK_RTT_MIN = 112;
/** f64 ns */
export const TCP_BLOCK_RTT_MEAN = 120;
/** f64 ns */
export const TCP_BLOCK_RTT_SD = 128;
/** u64 ns */
export const TCP_BLOCK_RTT_MAX = 136;
/** u32 */
export const TCP_BLOCK_WINDOW_FIRST = 144;
/** u32 */
export const TCP_BLOCK_WINDOW_MIN = 148;
/** u32 */
export const TCP_BLOCK_WINDOW_MAX = 152;
/** u32 */
export const TCP_BLOCK_MSS = 156;
/** u16 */
export const TCP_BLOCK_FLAGS_FIRST = 160;
/** u16 */
export const TCP_BLOCK_WINDOW_SCALE = 162;
/** u8 */
export const TCP_BLOCK_SACK_PERMITTED = 164;
/** u8 */
export const TCP_BLOCK_TIMESTAMPS = 165;
/** u8 */
export const TCP_BLOCK_HOLES_LOST = 166;
// gap u8
/** size */
export const TCP_SIDE_BLOCK_SIZE = 168;

// record TCP_BLOCK: the group tcp in a row, originator first.
/** TCP_SIDE_BLOCK[2] */
export const TCP_BLOCK_SIDES = 0;
/** u64 ns */
export const TCP_BLOCK_RTT_SYN_ACK = 336;
/** u64 ns */
export const TCP_BLOCK_RTT_ACK = 344;
/** u64 ns */
export const TCP_BLOCK_RTT_HANDSHAKE = 352;
/** u8: TCP_ECN_ */
export const TCP_BLOCK_ECN = 360;
/** u8 */
export const TCP_BLOCK_HANDSHAKE_REPEATED = 361;
// gap u8[6]
/** size */
export const TCP_BLOCK_SIZE = 368;
