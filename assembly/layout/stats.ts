/** The group stats. */

// record STATS_SIDE: sizes and gaps of the packets of one side. Their number and sums are in the flow record.
/** u64 units: bytes^2, sum of the squares of IP lengths; 2^64-1: that or more */
export const STATS_IP_SQUARES = 0;
/** u64 units: bytes^2, of payload lengths, likewise */
export const STATS_PAYLOAD_SQUARES = 8;
/** u32 bytes */
export const STATS_IP_MIN = 16;
/** u32 bytes */
export const STATS_IP_MAX = 20;
/** u32 bytes */
export const STATS_PAYLOAD_MIN = 24;
/** u32 bytes */
export const STATS_PAYLOAD_MAX = 28;
/** SPREAD: of gaps, ns */
export const STATS_SIDE_GAPS = 32;
/** size */
export const STATS_SIDE_SIZE = 64;

// record STATS: the group stats of a flow. A packet touches two lines of the cache, which lie beside each other.
/** STATS_SIDE: of the low side */
export const STATS_LOW = 0;
/** SPREAD: of gaps between packets of either side, ns */
export const STATS_GAPS = 64;
/** u64[2] ns: latest packet of the side; 0: none yet */
export const STATS_LAST = 96;
/** u32 packets: earlier than one before them */
export const STATS_CLOCK_BACK = 112;
// gap u8[12]
/** STATS_SIDE: of the high side */
export const STATS_HIGH = 128;
/** size */
export const STATS_SIZE = 192;

// record STATS_SCOPE: a direction, or both, in a row. What is not known has all bits 1.
/** u32 bytes */
export const STATS_SCOPE_IP_MIN = 0;
/** u32 bytes */
export const STATS_SCOPE_IP_MAX = 4;
/** u32 bytes */
export const STATS_SCOPE_PAYLOAD_MIN = 8;
/** u32 bytes */
export const STATS_SCOPE_PAYLOAD_MAX = 12;
/** f64 bytes */
export const STATS_SCOPE_IP_MEAN = 16;
/** f64 bytes */
export const STATS_SCOPE_IP_SD = 24;
/** f64 bytes */
export const STATS_SCOPE_PAYLOAD_MEAN = 32;
/** f64 bytes */
export const STATS_SCOPE_PAYLOAD_SD = 40;
/** u64 ns */
export const STATS_SCOPE_GAP_MIN = 48;
/** f64 ns */
export const STATS_SCOPE_GAP_MEAN = 56;
/** f64 ns */
export const STATS_SCOPE_GAP_SD = 64;
/** u64 ns */
export const STATS_SCOPE_GAP_MAX = 72;
/** size */
export const STATS_SCOPE_SIZE = 80;

// record STATS_BLOCK: the group stats in a row.
/** STATS_SCOPE[3]: forward, reverse, both */
export const STATS_BLOCK_SCOPES = 0;
/** f64 bytes: per second */
export const STATS_BLOCK_BYTES_PER_SECOND = 240;
/** f64 packets: per second */
export const STATS_BLOCK_PACKETS_PER_SECOND = 248;
/** u32 packets */
export const STATS_BLOCK_CLOCK_BACK = 256;
/** u8 */
export const STATS_BLOCK_SIZE_OVERFLOW = 260;
// gap u8[3]
/** size */
export const STATS_BLOCK_SIZE = 264;
