/** The group tcp. */

// record TCP_SIDE: of what one side of a TCP flow has sent, as the point of capture saw it, what nearly every segment
// touches. Counts stay at 2^32-1.
/** u64 ns */
export const TCP_SAMPLE_TIME = 0;
/** u32: sequence number behind the highest byte */
export const TCP_NEXT = 8;
/** u32: sequence number behind the segment whose acknowledgement is waited for */
export const TCP_SAMPLE_END = 12;
/** u32: acknowledgement number of the last segment with ACK */
export const TCP_LAST_ACK = 16;
/** u32 */
export const TCP_TS_LAST = 20;
/** u16: of the last segment with ACK */
export const TCP_LAST_WINDOW = 24;
/** u16: TCP_BIT_ */
export const TCP_BITS = 26;
/** u16 packets: with PSH, modulo 2^16 */
export const TCP_PSH_COUNT = 28;
/** u16: round trips, modulo 2^16 */
export const TCP_RTT_COUNT = 30;
/** size */
export const TCP_SIDE_SIZE = 32;

// record TCP_USUAL: what most sides have, and few of their segments change.
/** u64 packets: of the flow's, those that are not counted as segments with ACK */
export const TCP_WITHOUT_ACK = 0;
/** u32[3] packets: with FIN, SYN, RST, by number of the flag's bit */
export const TCP_END_COUNTS = 8;
/** u32 */
export const TCP_ISN = 20;
/** u32 */
export const TCP_TS_FIRST = 24;
/** u16 */
export const TCP_FLAGS_FIRST = 28;
/** u16 */
export const TCP_WINDOW_FIRST = 30;
/** u16 */
export const TCP_WINDOW_MIN = 32;
/** u16 */
export const TCP_WINDOW_MAX = 34;
/** u16 */
export const TCP_MSS = 36;
/** u8 */
export const TCP_WINDOW_SCALE = 38;
/** u8: 1: the side has a TCP_REST; 0: all in it would be 0 */
export const TCP_HAS_REST = 39;
/** size */
export const TCP_USUAL_SIZE = 40;

// record TCP_REST: what only few sides have. Those of both sides are the group's rest of a flow.
/** u32[4] packets: with URG, ECE, CWR, AE, by number of the flag's bit */
export const TCP_SELDOM_COUNTS = 0;
/** u32 packets */
export const TCP_SACK_BLOCKS = 16;
/** u32 packets */
export const TCP_RETRANSMITTED_PACKETS = 20;
/** u32 packets */
export const TCP_OUT_OF_ORDER_PACKETS = 24;
/** u32 */
export const TCP_GAPS = 28;
/** u32 packets */
export const TCP_KEEP_ALIVES = 32;
/** u32 packets */
export const TCP_ZERO_WINDOWS = 36;
/** u32 packets */
export const TCP_DUPLICATE_ACKS = 40;
/** u32: times that TCP_NEXT has passed 2^32 */
export const TCP_WRAPS = 44;
/** u64 bytes */
export const TCP_RETRANSMITTED_BYTES = 48;
/** u64 bytes: of holes that were given up */
export const TCP_LOST_BYTES = 56;
/** u64[4] bytes: TCP_HOLES_MAX, in order; sequence numbers that count on beyond 2^32, as TCP_WRAPS and TCP_NEXT do */
export const TCP_HOLE_FROM = 64;
/** u32[4] bytes */
export const TCP_HOLE_BYTES = 96;
/** u16: times that TCP_PSH_COUNT has passed 2^16 */
export const TCP_PSH_CARRIED = 112;
/** u16: the same of TCP_RTT_COUNT */
export const TCP_RTT_CARRIED = 114;
/** u8: holes that are open */
export const TCP_HOLES = 116;
// gap u8[3]
/** size */
export const TCP_REST_SIZE = 120;

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
/** TCP_SAMPLE_END is 2^31 or more behind TCP_NEXT: any segment with ACK acknowledges it. */
export const TCP_BIT_SAMPLE_FAR = 8192;
/** The side has sent the SYN and is to acknowledge the SYN+ACK, which was seen. */
export const TCP_BIT_ACK_AWAITED = 16384;
/** TCP_RTT_CARRIED is not 0. */
export const TCP_BIT_RTT_CARRIED = 32768;

/** number: holes of a side that are remembered */
export const TCP_HOLES_MAX = 4;

// record TCP: the group tcp of a flow, low side first. What segments touch is in the first line of the cache, and
// what acknowledgements do in the second: the record is seldom there.
/** TCP_SIDE[2] */
export const TCP_SIDES = 0;
/** SPREAD[2]: of round trips, ns, by side */
export const TCP_RTTS = 64;
/** u64 ns: time of the last bare SYN; from the SYN+ACK on what has passed between them */
export const TCP_RTT_SYN_ACK = 128;
/** u64 ns: time of the SYN+ACK; from its acknowledgement on what has passed between them */
export const TCP_RTT_ACK = 136;
/** u32: sequence number of the last bare SYN; from the SYN+ACK on the latter's */
export const TCP_HANDSHAKE_SEQ = 144;
/** u8: TCP_SHAKE_ */
export const TCP_HANDSHAKE = 148;
/** u8: TCP_ECN_ */
export const TCP_ECN = 149;
// gap u8[2]
/** TCP_USUAL[2]: by side */
export const TCP_USUALS = 152;
/** size */
export const TCP_SIZE = 232;

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
/** u32[5] packets: with FIN, SYN, RST, PSH, ACK */
export const TCP_BLOCK_COUNTS = 0;
/** u32[11] packets: as from TCP_SELDOM_COUNTS on */
export const TCP_BLOCK_SELDOM = 20;
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
