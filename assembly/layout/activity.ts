/** The group activity. */

/** number ns: CICFlowMeter's */
export const IDLE_THRESHOLD_NS = 5000000000;
/** number: packets of a run that make it a bulk */
export const ACTIVITY_BULK_MIN = 4;

// record ACTIVITY: the group activity of a flow; of both sides, the low one first: runs of payload, headers and the
// first window. Counts stay at 2^32-1. A packet touches the first two lines of the cache.
/** u64 ns: latest packet */
export const ACTIVITY_LAST = 0;
/** u64[2] ns: latest packet of a run; 0: there was none */
export const ACTIVITY_RUN_LAST = 8;
/** u64[2] ns: time at which the run that may become a bulk began */
export const ACTIVITY_RUN_START = 24;
/** u32[2] packets: with payload */
export const ACTIVITY_DATA_PACKETS = 40;
/** u32[2] packets */
export const ACTIVITY_BULK_PACKETS = 48;
/** u16[2] bytes: first window that is not 0, as sent */
export const ACTIVITY_WINDOW = 56;
/** u8[2] bytes: smallest transport header; 0: none was seen */
export const ACTIVITY_HEADER_MIN = 60;
/** u8[2] packets: of the run, at most ACTIVITY_BULK_MIN; 0: there is none */
export const ACTIVITY_RUN_PACKETS = 62;
/** u64[2] bytes: of transport headers */
export const ACTIVITY_HEADER_BYTES = 64;
/** u64[2] bytes: of the run, until it is a bulk */
export const ACTIVITY_RUN_BYTES = 80;
/** u64[2] bytes */
export const ACTIVITY_BULK_BYTES = 96;
/** u64[2] ns */
export const ACTIVITY_BULK_TIME = 112;
/** u64 ns: begin of the present active period */
export const ACTIVITY_PERIOD_START = 128;
/** u32[2] */
export const ACTIVITY_BULKS = 136;
/** u32: active periods that are over */
export const ACTIVITY_ACTIVE_COUNT = 144;
/** u32: idle periods */
export const ACTIVITY_IDLE_COUNT = 148;
/** u32: gaps of more than a second */
export const ACTIVITY_SUBFLOWS = 152;
/** u32: 1: a segment with ACK came after FIN from both sides, or RST */
export const ACTIVITY_ACKED = 156;
/** SPREAD: of active periods that are over, ns */
export const ACTIVITY_ACTIVE = 160;
/** SPREAD: of idle periods, ns */
export const ACTIVITY_IDLE = 192;
/** size */
export const ACTIVITY_SIZE = 224;

// record PERIODS: active or idle periods in a row. What is not known has all bits 1.
/** u64 ns */
export const PERIODS_MIN = 0;
/** f64 ns */
export const PERIODS_MEAN = 8;
/** f64 ns */
export const PERIODS_SD = 16;
/** u64 ns */
export const PERIODS_MAX = 24;
/** u32 */
export const PERIODS_COUNT = 32;
// gap u8[4]
/** size */
export const PERIODS_SIZE = 40;

// record ACTIVITY_SIDE_BLOCK: one direction in a row. What is not known has all bits 1.
/** u64 bytes */
export const ACTIVITY_BLOCK_BULK_BYTES = 0;
/** u64 ns */
export const ACTIVITY_BLOCK_BULK_TIME = 8;
/** u64 bytes */
export const ACTIVITY_BLOCK_HEADER_BYTES = 16;
/** f64 bytes: per second */
export const ACTIVITY_BLOCK_BULK_RATE = 24;
/** u32 */
export const ACTIVITY_BLOCK_BULKS = 32;
/** u32 packets */
export const ACTIVITY_BLOCK_BULK_PACKETS = 36;
/** u32 packets */
export const ACTIVITY_BLOCK_DATA_PACKETS = 40;
/** u16 bytes */
export const ACTIVITY_BLOCK_HEADER_MIN = 44;
// gap u8[2]
/** u32 bytes: first window that is not 0 */
export const ACTIVITY_BLOCK_WINDOW = 48;
// gap u8[4]
/** size */
export const ACTIVITY_SIDE_BLOCK_SIZE = 56;

// record ACTIVITY_BLOCK: the group activity in a row, originator first.
/** PERIODS: active ones, the last one included */
export const ACTIVITY_BLOCK_ACTIVE = 0;
/** PERIODS */
export const ACTIVITY_BLOCK_IDLE = 40;
/** PERIODS: active ones that an idle one follows, for formats that know no others */
export const ACTIVITY_BLOCK_ACTIVE_OVER = 80;
/** ACTIVITY_SIDE_BLOCK[2] */
export const ACTIVITY_BLOCK_SIDES = 120;
/** u32 */
export const ACTIVITY_BLOCK_SUBFLOWS = 232;
// gap u8[4]
/** size */
export const ACTIVITY_BLOCK_SIZE = 240;
