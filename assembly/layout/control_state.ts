/** The control block: state, reader, status and counters. */

// record CONTROL continues
// gap u8[4]
/** u64 ns: latest time seen */
export const STATE_CLOCK = 256;
/** u64 ticks: where the wheel stands */
export const STATE_TICK = 264;
/** u64 ns: when the clock has something to do: the next tick or the end of the second */
export const STATE_NEXT_EVENT = 272;
/** u32: 1: the clock is set */
export const STATE_STARTED = 280;
/** u32: flow records used so far */
export const STATE_POOL_TOP = 284;
/** u32: first free record below the top, or NIL */
export const STATE_POOL_FREE = 288;
/** u32: active flows */
export const STATE_ACTIVE_COUNT = 292;
/** u32: first closed flow that waits, or NIL */
export const STATE_CLOSED_HEAD = 296;
/** u32: last one, or NIL */
export const STATE_CLOSED_TAIL = 300;
/** u32: closed flows that wait */
export const STATE_CLOSED_COUNT = 304;
/** u32: place of the index where its growth has begun */
export const STATE_GROW_START = 308;
/** u32: its slots - 1 */
export const STATE_INDEX_MASK = 312;
/** u32: chunks used so far */
export const STATE_CHUNK_TOP = 316;
/** u32: first free chunk below the top, or NIL */
export const STATE_CHUNK_FREE = 320;
/** u32: chunks held by active and by closed flows */
export const STATE_CHUNKS_USED = 324;
/** HEAP: of flows to be evicted by rank */
export const STATE_HEAP_RANKED = 328;
/** u64 ns: when the present second of capture time is full */
export const STATE_SECOND_END = 352;
/** u64 packets: seen when it began */
export const STATE_SECOND_PACKETS = 360;
/** f64 packets/s: smoothed */
export const STATE_AVERAGE_PPS = 368;
/** u32: 0 or 1 */
export const STATE_HAS_AVERAGE = 376;
/** u32[WHEEL_LEVELS]: flows in the wheel, by level */
export const STATE_WHEEL_COUNT = 380;
/** u32: flows that orderActive has ordered */
export const STATE_ORDERED = 400;
// gap u8[4]
/** u64 ns: of the first packet */
export const STATE_FIRST_TIME = 408;
/** u32: chunks held by active flows */
export const STATE_CHUNKS_ACTIVE = 416;
/** u32: flow records that the flush has looked at; when it ends flows, those that it has ended */
export const STATE_FLUSHED = 420;
/** u32: address of the ordered set */
export const STATE_ORDERED_BASE = 424;
// gap u8[4]
/** u64 ns: where the clock was moved to without a packet */
export const STATE_SILENT = 432;
/** u64 ns: the latest packet when the clock stands at SILENT */
export const STATE_LAST_PACKET = 440;
/** u32: 1: the last packet is not believed: its time is too far from the clock */
export const STATE_SUSPECT = 448;
/** u32: its flow, which is neither in the table nor in the wheel, or NIL */
export const STATE_SUSPECT_FLOW = 452;
/** u64 ns: its time */
export const STATE_SUSPECT_TIME = 456;
/** u64 packets: its number, the first is 1 */
export const STATE_SUSPECT_NUMBER = 464;
/** u64 packets: number of the first packet that was an outlier, 0: there was none */
export const STATE_OUTLIER_NUMBER = 472;
/** u64 ns: its time */
export const STATE_OUTLIER_TIME = 480;
/** u32: where the next SYN is held */
export const STATE_HELD_NEXT = 488;
/** u32 bytes: of the frame that is decoded, beyond the captured ones */
export const STATE_UNCAPTURED = 492;
/** u64 packets: number of the first packet whose time is not known, 0: there was none */
export const STATE_UNTIMED_NUMBER = 496;
/** u64 packets: number of the first packet that was behind the clock by more than a flow may be silent, 0: there was none */
export const STATE_LATE_NUMBER = 504;
/** u32: FORMAT_ */
export const READER_FORMAT = 512;
/** u32: 1: the file's byte order is the other one */
export const READER_BIG_ENDIAN = 516;
/** u32: bytes of a record header */
export const READER_HEADER_SIZE = 520;
/** u32: interfaces of the section */
export const READER_INTERFACES = 524;
/** u32: bytes of the current block still to skip */
export const READER_SKIP = 528;
/** u32: what the trailer behind them must say */
export const READER_TRAILER = 532;
/** u32: minor version of a classic file */
export const READER_MINOR = 536;
/** u32: READER_BIT_ */
export const READER_BITS = 540;
/** u32: STATUS_ */
export const STATUS_CODE = 544;
/** u32: what the code speaks of: a length, a link type, an interface number */
export const STATUS_VALUE = 548;
/** u32 */
export const STATUS_DETAIL = 552;
// gap u8[84]
/** u64 packets */
export const COUNTER_SEEN = 640;
// gap u8[128]
/** u64 packets */
export const COUNTER_TRUNCATED = 776;
/** u64 packets */
export const COUNTER_FRAGMENTS_UNMATCHED = 784;
/** u64 datagrams */
export const COUNTER_FRAGMENTS_FORGOTTEN = 792;
/** u64 packets */
export const COUNTER_BACKWARDS = 800;
/** u64 jumps: ahead by more than a day, confirmed by the next packet */
export const COUNTER_JUMPS = 808;
/** u64 flows */
export const COUNTER_FLOWS_STARTED = 816;
/** u64 flows */
export const COUNTER_FLOWS_ENDED = 824;
/** u64 flows */
export const COUNTER_FLOWS_EVICTED = 832;
/** u64 flows: closed ones, because too many were waiting */
export const COUNTER_FLOWS_DROPPED = 840;
/** u64 packets */
export const COUNTER_MISSES = 848;
/** u64[4] flows: active, by PROTOCOL_CLASS_ */
export const COUNTER_ACTIVE_BY_CLASS = 856;
// gap u8[8]
/** u64[4] headers: stored now, by PROTOCOL_CLASS_ */
export const COUNTER_STORED_BY_CLASS = 896;
/** u64 slots */
export const COUNTER_LONGEST_PROBE = 928;
/** u64 packets */
export const COUNTER_TABLE_FULL = 936;
/** u64 bytes */
export const COUNTER_WIRE_BYTES = 944;
/** u64 packets: dated too far from their neighbours to be believed */
export const COUNTER_OUTLIERS = 952;
/** u64 restarts: of the clock, which was ahead of all packets that came */
export const COUNTER_RESTARTS = 960;
/** end */
export const COUNTERS_END = 968;
// gap u8[56]

// bits READER_BIT u32
/** A packet of the file had a time. */
export const READER_BIT_TIMED = 1;
/** No more bytes of the file will come. Set by the host. */
export const READER_BIT_END = 2;

// codes FORMAT: of the capture that is read
export const FORMAT_NONE = 0;
export const FORMAT_PCAP = 1;
export const FORMAT_PCAPNG = 2;

// codes STATUS: why a walk stopped. From NOT_A_CAPTURE on the capture cannot be read any further.
/** Everything given was used. */
export const STATUS_DONE = 0;
/** The bytes end inside a record: append more. */
export const STATUS_MORE = 1;
/** Closed flows wait: read and release them, then continue. */
export const STATUS_DRAIN = 2;
/** A filter for link type VALUE is needed, DETAIL 1 when the file's byte order is the other one: see addFilter. */
export const STATUS_FILTER = 3;
/** Interface DETAIL has link type VALUE, which cannot be decoded. Its packets are counted as not tracked. */
export const STATUS_LINK_TYPE = 4;
/** A packet with VALUE captured bytes where the interface's snaplen is DETAIL, the first one. Go on. */
export const STATUS_SNAPLEN = 5;
/** The next record is later than wanted: its time in ns, VALUE its lower and DETAIL its upper half. */
export const STATUS_LATER = 6;
/** Another capture begins here: open it. */
export const STATUS_JOINED = 7;
/** The next record belongs to the next block: see walkBlock. */
export const STATUS_BLOCK_END = 8;
export const STATUS_NOT_A_CAPTURE = 16;
export const STATUS_BAD_VERSION = 17;
export const STATUS_CAPTURED_LENGTH = 18;
export const STATUS_BLOCK_LENGTH = 19;
export const STATUS_BLOCK_TRAILER = 20;
export const STATUS_NO_INTERFACE = 21;
export const STATUS_TOO_MANY_INTERFACES = 22;
export const STATUS_BAD_OPTION = 23;
export const STATUS_BYTE_ORDER = 24;
export const STATUS_ZEROS = 25;
