/**
 * Every offset, size and code that the engine and its host share. Integer constants only: this very file is compiled
 * by `asc` into the engine and by `tsc` into the host. Nothing else in the project writes an offset as a number.
 *
 * All fields are little-endian and naturally aligned. `LAYOUT_VERSION` goes up with any change.
 */
export const LAYOUT_VERSION = 2;

/** WebAssembly page. Page 0 belongs to the module's static data; the control block starts at page 1. */
export const PAGE_SIZE = 65536;
export const CACHE_LINE = 64;

// ---------------------------------------------------------------------------------------------------------------
// Flow key, 40 bytes. Addresses in network order; an IPv4 address is in the first 4 bytes, the rest is 0.
// uni: low = source, high = destination. bi: low is the smaller address:port.
// For ICMP in bi the ports hold (class, identifier).
//
//  0 low address 16 | 16 high address 16 | 32 low port u16 | 34 high port u16 | 36 protocol u8 | 37 version u8 | 38 0
export const KEY_LOW = 0;
export const KEY_HIGH = 16;
export const KEY_LOW_PORT = 32;
export const KEY_HIGH_PORT = 34;
export const KEY_PROTOCOL = 36;
export const KEY_VERSION = 37;
export const KEY_SIZE = 40;

// ---------------------------------------------------------------------------------------------------------------
// Decoded packet, 128 bytes: what the decoder says about one frame. Scratch, one batch of them.
//
//  0 key 40 | 40 time ns u64 | 48 hash u32 | 52 IP bytes u32 | 56 wire bytes u32 | 60 payload bytes u32
// 64 seq u32 | 68 ack u32 | 72 id u32 | 76 window u16 | 78 TCP flags u16
// 80 verdict u8 | 81 side u8 | 82 bits u8 | 83 ttl u8 | 84 ICMP type u8 | 85 ICMP code u8 | 86 0 u16
// 88 transport address u32 | 92 transport end u32 | 96 transport bytes on the wire u32 | 100 likely flow u32 | 104 .. 127 unused
export const PACKET_KEY = 0;
export const PACKET_TIME = 40;
export const PACKET_HASH = 48;
export const PACKET_IP_BYTES = 52;
export const PACKET_WIRE_BYTES = 56;
export const PACKET_PAYLOAD_BYTES = 60;
export const PACKET_SEQ = 64;
export const PACKET_ACK = 68;
export const PACKET_ID = 72;
export const PACKET_WINDOW = 76;
export const PACKET_TCP_FLAGS = 78;
export const PACKET_VERDICT = 80;
export const PACKET_SIDE = 81;
export const PACKET_BITS = 82;
export const PACKET_TTL = 83;
export const PACKET_ICMP_TYPE = 84;
export const PACKET_ICMP_CODE = 85;
export const PACKET_TRANSPORT = 88;
export const PACKET_TRANSPORT_END = 92;
export const PACKET_TRANSPORT_WIRE = 96;
export const PACKET_LIKELY_FLOW = 100;
export const PACKET_SIZE = 128;
/** Frames decoded before the first of them is looked up. */
export const BATCH_SIZE = 32;

/** Some transport or ICMP field was beyond the captured bytes. */
export const PACKET_BIT_PARTIAL = 1;
/** The packet is a fragment: no tunnel is looked for inside. */
export const PACKET_BIT_FRAGMENT = 2;
/** A later fragment whose first one was not seen. */
export const PACKET_BIT_UNMATCHED = 4;

// Verdicts: what becomes of a frame. Each verdict but DELIVER names the counter that takes the packet.
export const VERDICT_DELIVER = 0;
export const VERDICT_FILTERED = 1;
export const VERDICT_NOT_IP = 2;
export const VERDICT_UNSUPPORTED_LINK = 3;
export const VERDICT_LINK_TRUNCATED = 4;
export const VERDICT_IP_TRUNCATED = 5;
export const VERDICT_IP_VERSION = 6;
export const VERDICT_IP_HEADER_LENGTH = 7;
export const VERDICT_IP_TOTAL_LENGTH = 8;
export const VERDICT_IP_EXTENSION = 9;
export const VERDICT_PORTS_TRUNCATED = 10;
export const VERDICT_PORTS_MISSING = 11;
export const VERDICT_TCP_OFFSET = 12;
export const VERDICT_COUNT = 13;

// ---------------------------------------------------------------------------------------------------------------
// Flow record, 128 bytes = two cache lines. Counters are kept by side of the key (0: sent by low, 1: sent by high);
// FLOW_BIT_ORIGINATOR_HIGH says which side is the originator.
//
//  0 key 40 | 40 last ns u64 | 48 first ns u64 | 56 TCP flags[2] u16 | 60 state u8 | 61 end reason u8 | 62 bits u8
// 63 reason on close u8 | 64 low: packets, IP bytes, wire bytes, payload bytes u64 | 96 high: the same
export const FLOW_KEY = 0;
export const FLOW_LAST = 40;
export const FLOW_FIRST = 48;
export const FLOW_TCP_FLAGS = 56;
export const FLOW_STATE = 60;
export const FLOW_END_REASON = 61;
export const FLOW_BITS = 62;
export const FLOW_CLOSE_REASON = 63;
export const FLOW_COUNTS = 64;
export const FLOW_SIZE = 128;
/** Within a side's counters. */
export const COUNT_PACKETS = 0;
export const COUNT_IP_BYTES = 8;
export const COUNT_WIRE_BYTES = 16;
export const COUNT_PAYLOAD_BYTES = 24;
export const COUNTS_SIZE = 32;

export const FLOW_STATE_FREE = 0;
export const FLOW_STATE_ACTIVE = 1;
/** Out of the table and the wheel, immutable, waiting to be read. */
export const FLOW_STATE_CLOSED = 2;

export const FLOW_BIT_ORIGINATOR_HIGH = 1;
/** The originator is known from a SYN or SYN+ACK, not only from who spoke first. */
export const FLOW_BIT_FIRM = 2;
/** LINK_ISN holds the originator's initial sequence number. */
export const FLOW_BIT_ISN = 4;
/** Sides that sent a FIN. */
export const FLOW_BIT_FIN_LOW = 8;
export const FLOW_BIT_FIN_HIGH = 16;
export const FLOW_BIT_RST = 32;
/** FIN from both sides (uni: its own), or RST: the FIN timeout holds. */
export const FLOW_BIT_CLOSED = 64;

export const END_NONE = 0;
export const END_IDLE = 1;
export const END_ACTIVE = 2;
export const END_FIN = 3;
export const END_RST = 4;
export const END_EVICTED = 5;
export const END_FORCED = 6;

// Flow link, 32 bytes: the seldom touched rest of a flow, at the same index as its record.
//  0 previous u32 | 4 next u32 | 8 wheel slot u32 | 12 hash u32 | 16 generation u32 | 20 ISN u32 | 24 start ns u64
export const LINK_PREVIOUS = 0;
export const LINK_NEXT = 4;
export const LINK_SLOT = 8;
export const LINK_HASH = 12;
export const LINK_GENERATION = 16;
export const LINK_ISN = 20;
export const LINK_START = 24;
export const LINK_SIZE = 32;
/** No flow, no chunk, no slot. */
export const NIL = 0xffffffff;

// Direction side record, 64 bytes, optional: each side's own times and sequence numbers.
//  0 low: first ns u64, last ns u64, sequence start u32, bits u32, sequence span u64 | 32 high: the same
export const DIRECTION_FIRST = 0;
export const DIRECTION_LAST = 8;
export const DIRECTION_SEQ_START = 16;
export const DIRECTION_BITS = 20;
export const DIRECTION_SEQ_SPAN = 24;
export const DIRECTION_SIDE_SIZE = 32;
export const DIRECTION_SIZE = 64;
export const DIRECTION_BIT_SEEN = 1;
export const DIRECTION_BIT_SEQ = 2;
/** A segment without readable sequence number was seen: the span cannot be told. */
export const DIRECTION_BIT_SEQ_LOST = 4;

// Log side record, 16 bytes, optional: the chain of stored packet headers of a flow.
//  0 first chunk u32 | 4 last chunk u32 | 8 stored u32 | 12 dropped u32
export const LOG_HEAD = 0;
export const LOG_TAIL = 4;
export const LOG_STORED = 8;
export const LOG_DROPPED = 12;
export const LOG_SIZE = 16;

// Log chunk, 128 bytes: 0 next u32 | 4 count u32 | 8 .. 31 unused | 32 three headers of 32 bytes
export const CHUNK_NEXT = 0;
export const CHUNK_COUNT = 4;
export const CHUNK_HEADERS = 32;
export const CHUNK_CAPACITY = 3;
export const CHUNK_SIZE = 128;

// Stored packet header, 32 bytes
//  0 time ns u64 | 8 seq u32 | 12 ack u32 | 16 IP length u32 | 20 id u32 | 24 window u16 | 26 TCP flags u16
// 28 ttl u8 | 29 bits u8 (side, partial) | 30 ICMP type u8 | 31 ICMP code u8
export const HEADER_TIME = 0;
export const HEADER_SEQ = 8;
export const HEADER_ACK = 12;
export const HEADER_LENGTH = 16;
export const HEADER_ID = 20;
export const HEADER_WINDOW = 24;
export const HEADER_TCP_FLAGS = 26;
export const HEADER_TTL = 28;
export const HEADER_BITS = 29;
export const HEADER_ICMP_TYPE = 30;
export const HEADER_ICMP_CODE = 31;
export const HEADER_SIZE = 32;
export const HEADER_BIT_HIGH = 1;
export const HEADER_BIT_PARTIAL = 2;

// Flow row, 160 bytes: a flow as the host reads it, originator first. Counters are f64: exact up to 2^53.
//  0 source 16 | 16 destination 16 | 32 source port u16 | 34 destination port u16 | 36 protocol u8 | 37 version u8
// 38 end reason u8 | 39 bits u8 | 40 first ns u64 | 48 last ns u64 | 56 first s f64 | 64 last s f64
// 72 ns in first s u32 | 76 ns in last s u32 | 80 TCP flags forward u16 | 82 reverse u16 | 84 flow index u32
// 88 forward: packets, IP bytes, wire bytes, payload bytes f64 | 120 reverse: the same | 152 generation u32
export const ROW_SOURCE = 0;
export const ROW_DESTINATION = 16;
export const ROW_SOURCE_PORT = 32;
export const ROW_DESTINATION_PORT = 34;
export const ROW_PROTOCOL = 36;
export const ROW_VERSION = 37;
export const ROW_END_REASON = 38;
/** FLOW_BITS */
export const ROW_BITS = 39;
export const ROW_FIRST = 40;
export const ROW_LAST = 48;
export const ROW_FIRST_SECONDS = 56;
export const ROW_LAST_SECONDS = 64;
export const ROW_FIRST_NANOS = 72;
export const ROW_LAST_NANOS = 76;
export const ROW_TCP_FLAGS_FORWARD = 80;
export const ROW_TCP_FLAGS_REVERSE = 82;
export const ROW_FLOW = 84;
export const ROW_FORWARD = 88;
export const ROW_REVERSE = 120;
export const ROW_GENERATION = 152;
export const ROW_SIZE = 160;
/** Rows written at a time. */
export const ROWS_MAX = 512;

// Index slot, 8 bytes: 0 hash u32 | 4 flow index + 1 u32 (0: empty)
export const SLOT_SIZE = 8;
/** Slots of a new index; a power of two. */
export const INDEX_SLOTS_MIN = 1024;
/** The index doubles when more than half of its slots are taken. */
export const INDEX_LOAD_NUMERATOR = 1;
export const INDEX_LOAD_DENOMINATOR = 2;

// Order element, 8 bytes: 0 flow index u32 | 4 rank of the last packet's time u32
export const ORDER_FLOW = 0;
export const ORDER_RANK = 4;
export const ORDER_SIZE = 8;

// Eviction heap entry, 16 bytes: 0 last ns u64 | 8 flow index u32 | 12 generation u32
export const EVICTION_LAST = 0;
export const EVICTION_FLOW = 8;
export const EVICTION_GENERATION = 12;
export const EVICTION_ENTRY_SIZE = 16;

// Timeout wheel: WHEEL_LEVELS x 256 list heads (u32). Level n holds ticks that differ from now in byte n.
export const TICK_NS = 100000000;
export const WHEEL_LEVELS = 5;
export const WHEEL_SLOTS = 256;
export const WHEEL_SIZE = 5120;

// First fragments remembered: sets of 8 ways, 64 bytes each
//  0 source 16 | 16 destination 16 | 32 time ns u64 | 40 id u32 | 44 fragment protocol u8 | 45 version u8
// 46 transport protocol u8 | 47 used u8 | 48 first port u16 | 50 second port u16 | 52 .. 63 unused
export const FRAGMENT_SOURCE = 0;
export const FRAGMENT_DESTINATION = 16;
export const FRAGMENT_TIME = 32;
export const FRAGMENT_ID = 40;
export const FRAGMENT_PROTOCOL = 44;
export const FRAGMENT_VERSION = 45;
export const FRAGMENT_TRANSPORT = 46;
export const FRAGMENT_USED = 47;
export const FRAGMENT_PORTS = 48;
export const FRAGMENT_SIZE = 64;
export const FRAGMENT_WAYS = 8;
export const FRAGMENT_SETS = 8192;
/** A datagram's fragments arrive within 60 s of the first (RFC 8200 §4.5). Nanoseconds. */
export const FRAGMENT_LIFE_NS = 60000000000;

// Capture interface, 48 bytes: what a pcapng interface block (or the classic file header) says
//  0 link type u32 | 4 snaplen u32 | 8 time scale kind u32 | 12 filter u32 | 16 units per second or shift u64
// 24 offset s i64 | 32 bits u32 | 36 .. 47 unused
export const INTERFACE_LINK_TYPE = 0;
export const INTERFACE_SNAPLEN = 4;
export const INTERFACE_SCALE = 8;
export const INTERFACE_FILTER = 12;
export const INTERFACE_UNITS = 16;
export const INTERFACE_OFFSET = 24;
export const INTERFACE_BITS = 32;
export const INTERFACE_SIZE = 48;
/** More interfaces in one section than this are an error. */
export const INTERFACE_MAX = 65536;
/** Units are nanoseconds x INTERFACE_UNITS. */
export const SCALE_MULTIPLY = 0;
/** Units are nanoseconds / INTERFACE_UNITS. */
export const SCALE_DIVIDE = 1;
/** Units are 2^-INTERFACE_UNITS seconds. */
export const SCALE_BINARY = 2;
export const INTERFACE_BIT_SUPPORTED = 1;
/** The host was told that the link type is not supported. */
export const INTERFACE_BIT_REPORTED = 2;

// ---------------------------------------------------------------------------------------------------------------
// Control block. Written by the host before attach: CONFIG_*. Written by the engine: STATE_*, READER_*, STATUS_*,
// COUNTER_*. One page.
export const CONTROL = 65536;

export const CONFIG_LAYOUT_VERSION = 0;
export const CONFIG_BIDIRECTIONAL = 4;
export const CONFIG_DECAPSULATE = 8;
export const CONFIG_FRAGMENTS_ATTRIBUTE = 12;
export const CONFIG_SNAPLEN = 16;
export const CONFIG_MAX_FLOWS = 20;
export const CONFIG_FLOW_TIMEOUT = 24;
export const CONFIG_FIN_TIMEOUT = 32;
/** 0: off. */
export const CONFIG_ACTIVE_TIMEOUT = 40;
/** Closed flows waiting at which the engine stops for its host. */
export const CONFIG_CLOSED_LIMIT = 48;
/** Most headers stored for one flow; 0: none. */
export const CONFIG_HEADERS_MAX = 52;
/** Chunks in the log region. */
export const CONFIG_CHUNKS_MAX = 56;
/** 1: direction side records are kept. */
export const CONFIG_DIRECTIONS = 60;
/** Bytes; 0: no limit. */
export const CONFIG_SOFT_LIMIT = 64;
export const CONFIG_HARD_LIMIT = 72;
/** 1: frames pass a filter; the host is asked for one per link type. */
export const CONFIG_FILTER = 80;
/** Records in the pool: max flows + closed limit + one batch. */
export const CONFIG_POOL_SIZE = 84;
/** Twelve u32 words of hash key. */
export const CONFIG_HASH_KEY = 88;
export const CONFIG_HASH_KEY_WORDS = 12;
export const CONFIG_INTERFACES = 136;
export const CONFIG_FLOWS = 140;
export const CONFIG_LINKS = 144;
export const CONFIG_DIRECTION_RECORDS = 148;
export const CONFIG_LOGS = 152;
export const CONFIG_CHUNKS = 156;
export const CONFIG_INDEX_A = 160;
export const CONFIG_INDEX_B = 164;
export const CONFIG_ORDER_A = 168;
export const CONFIG_ORDER_B = 172;
export const CONFIG_EVICTION = 176;
export const CONFIG_FRAGMENTS = 180;
/** Elements in the eviction region. */
export const CONFIG_EVICTION_SIZE = 184;
/** Frame ring: its region, its size in bytes (a power of two; 0: there is none). */
export const CONFIG_RING = 188;
export const CONFIG_RING_SIZE = 192;
/** Queue of started flows: its region, its entries (a power of two; 0: starts are not noted). */
export const CONFIG_STARTS = 196;
export const CONFIG_STARTS_SIZE = 200;
export const CONFIG_END = 204;

export const STATE_CLOCK = 256;
export const STATE_TICK = 264;
/** Time at which the clock has something to do: the next tick or the end of the second, ns. */
export const STATE_NEXT_EVENT = 272;
export const STATE_STARTED = 280;
export const STATE_POOL_TOP = 284;
export const STATE_POOL_FREE = 288;
export const STATE_ACTIVE = 292;
export const STATE_CLOSED_HEAD = 296;
export const STATE_CLOSED_TAIL = 300;
export const STATE_CLOSED = 304;
export const STATE_INDEX = 308;
export const STATE_INDEX_MASK = 312;
export const STATE_CHUNK_TOP = 316;
export const STATE_CHUNK_FREE = 320;
/** Chunks held by active and by closed flows. */
export const STATE_CHUNKS_USED = 324;
export const STATE_EVICTION_COUNT = 328;
export const STATE_EVICTION_VALID = 332;
export const STATE_EVICTION_LAST = 336;
export const STATE_SOFT_NEXT = 344;
/** When the present second of capture time is full, ns, and how many packets had been seen when it began. */
export const STATE_SECOND_END = 352;
export const STATE_SECOND_PACKETS = 360;
/** f64, packets per second, smoothed. */
export const STATE_AVERAGE_PPS = 368;
export const STATE_HAS_AVERAGE = 376;
/** Flows in the wheel, per level (5 x u32). */
export const STATE_WHEEL_COUNT = 380;
export const STATE_ORDERED = 400;
export const STATE_FIRST_TIME = 408;
export const STATE_CHUNKS_ACTIVE = 416;
/** Flows of the flush that were handed over already. */
export const STATE_FLUSHED = 420;
export const STATE_ORDERED_BASE = 424;
/** Where the clock was moved to without a packet, ns; and the latest packet when it stands there. */
export const STATE_SILENT = 432;
export const STATE_LAST_PACKET = 440;
export const STATE_END = 448;

export const READER_FORMAT = 512;
export const READER_SWAPPED = 516;
export const READER_HEADER_SIZE = 520;
/** Interfaces of the section. */
export const READER_INTERFACES = 524;
/** Bytes of the current block still to skip, then its trailer. */
export const READER_SKIP = 528;
export const READER_TRAILER = 532;
/** Minor version of a classic file. */
export const READER_MINOR = 536;
export const READER_END = 540;
export const FORMAT_NONE = 0;
export const FORMAT_PCAP = 1;
export const FORMAT_PCAPNG = 2;

export const STATUS_CODE = 544;
/** What the code speaks of: a length, a link type, an interface number. */
export const STATUS_VALUE = 548;
export const STATUS_DETAIL = 552;
export const STATUS_END = 556;

/** Everything given was used. */
export const STATUS_DONE = 0;
/** The bytes end inside a record: give more behind it. */
export const STATUS_MORE = 1;
/** Closed flows wait: read and release them, then go on. */
export const STATUS_DRAIN = 2;
/** A filter for link type VALUE is needed, DETAIL 1 when the file's byte order is the other one: see addFilter. */
export const STATUS_FILTER = 3;
/** Interface DETAIL has link type VALUE, which cannot be decoded. Its packets are counted as not tracked. */
export const STATUS_LINK_TYPE = 4;
/** From here on: the capture cannot be read any further. */
export const STATUS_NOT_A_CAPTURE = 16;
export const STATUS_BAD_VERSION = 17;
export const STATUS_CAPTURED_LENGTH = 18;
export const STATUS_BLOCK_LENGTH = 19;
export const STATUS_BLOCK_TRAILER = 20;
export const STATUS_NO_INTERFACE = 21;
export const STATUS_TOO_MANY_INTERFACES = 22;
export const STATUS_BAD_OPTION = 23;
export const STATUS_BYTE_ORDER = 24;

export const COUNTERS = 640;
export const COUNTER_SEEN = 640;
/** One u64 per verdict. That of DELIVER is not used: see PROTOCOL_COUNTERS. */
export const COUNTER_VERDICTS = 648;
export const COUNTER_TRUNCATED = 752;
export const COUNTER_FRAGMENTS_UNMATCHED = 760;
export const COUNTER_FRAGMENTS_FORGOTTEN = 768;
export const COUNTER_BACKWARDS = 776;
export const COUNTER_JUMPS = 784;
export const COUNTER_FLOWS_STARTED = 792;
export const COUNTER_FLOWS_ENDED = 800;
export const COUNTER_FLOWS_EVICTED = 808;
/** Closed flows dropped because too many were waiting. */
export const COUNTER_FLOWS_DROPPED = 816;
export const COUNTER_MISSES = 824;
/** Active flows by kind: TCP, UDP, ICMP, other. */
export const COUNTER_ACTIVE_KINDS = 832;
/** Headers stored now, by kind. */
export const COUNTER_STORED_KINDS = 896;
export const COUNTER_LONGEST_PROBE = 928;
export const COUNTER_TABLE_FULL = 936;
export const COUNTER_WIRE_BYTES = 944;
export const COUNTERS_END = 952;

// Words shared by the threads of a live capture, each on a cache line of its own. All are read and written with atomics.
// Ring positions count bytes since the start, modulo 2^32.
/** End of what is published. Written by the producer. */
export const RING_HEAD = 1024;
/** End of what was consumed. Written by the consumer. */
export const RING_TAIL = 1088;
/** 1 while the consumer sleeps on RING_HEAD. Written by the consumer. */
export const RING_SLEEPS = 1152;
/** Free bytes that the producer waits for; 0: none. Written by the producer, taken back by the consumer. */
export const RING_WANTED = 1216;
/** Who has the table: LOCK_FREE, LOCK_TRACKER or LOCK_HOST. */
export const LOCK = 1280;
/** 1 while the host wants the table: the tracker leaves it to it after the present piece. Written by the host. */
export const LOCK_INTENT = 1344;
/** 1 when the tracker has sent word of closed or started flows that the host has not looked at yet. */
export const NEWS = 1408;
/** 1 when no more frames will come. Written by the host. */
export const RING_ENDED = 1472;
/** Time up to which the line was silent, ns, u64; 0: not known. Written by the host. */
export const QUIET_TIME = 1536;
/** Bytes of the piece at RING_TAIL that were used already. Of the tracker. */
export const RING_PROGRESS = 1600;
/** Flows noted as started since the start, modulo 2^32. Of the tracker. */
export const STARTS_HEAD = 1604;
export const SHARED_END = 1608;

export const LOCK_FREE = 0;
export const LOCK_TRACKER = 1;
export const LOCK_HOST = 2;

// Ring piece: a header of 16 bytes, then records of a classic pcap file: seconds u32, fraction u32, captured length
// u32, original length u32, frame. Pieces begin at multiples of 16 and never wrap: what is left at the end of the ring
// is a piece without records.
//  0 size with header u32 | 4 capture interface u32 | 8 bytes of records u32 | 12 PIECE_BITS u32
export const PIECE_SIZE = 0;
export const PIECE_INTERFACE = 4;
export const PIECE_BYTES = 8;
export const PIECE_BITS = 12;
export const PIECE_HEADER = 16;
export const PIECE_ALIGNMENT = 16;
/** Each record is followed by what makes its size a multiple of 4. */
export const PIECE_BIT_PADDED = 1;
/** From this bit on: bits 32 and above of the seconds of all records in the piece. */
export const PIECE_ERA_SHIFT = 8;
/** In place of an interface: nothing is in the piece. */
export const PIECE_EMPTY = 0xffffffff;
/** In place of an interface: the host has sent the tracker the description of one. */
export const PIECE_DESCRIPTION = 0xfffffffe;
/** Header of a record. */
export const RECORD_SECONDS = 0;
export const RECORD_FRACTION = 4;
export const RECORD_CAPTURED = 8;
export const RECORD_WIRE = 12;
export const RECORD_HEADER = 16;

/** What the consumer found. */
export const RING_EMPTY = 0;
export const RING_TAKEN = 1;
/** Closed flows wait: have them read, or drop some. */
export const RING_DRAIN = 2;
/** An interface is to be described before going on. */
export const RING_DESCRIBE = 3;

// Started flow, 8 bytes: 0 flow index u32 | 4 generation u32
export const START_SIZE = 8;

// Conversion: with CONVERT_ON the records that a walk uses become those of a little-endian classic file with microseconds,
// in the place where they lie: none of them grows. Nothing is decoded then.
/** 1: converting. Written by the host before the first file. */
export const CONVERT_ON = 1800;
/** The records of the last walk lie in [CONVERT_FROM, CONVERT_TO). */
export const CONVERT_FROM = 1804;
export const CONVERT_TO = 1808;
/** How many they are. Each has a note. */
export const CONVERT_COUNT = 1812;
export const CONVERT_END = 1816;

// Note, u32, what a classic record cannot say: bits 0 .. 9 nanoseconds beyond the microsecond | 10 .. 25 link type
// 26 the file's byte order is the other one | 27 .. 29 bits 32 .. 34 of the seconds
export const NOTE_SIZE = 4;
export const NOTE_NANOS_MASK = 1023;
export const NOTE_INTERFACE_SHIFT = 10;
export const NOTE_LINK_TYPE_MASK = 65535;
/** Link type and byte order together. */
export const NOTE_INTERFACE_MASK = 131071;
export const NOTE_LINK_TYPE_BITS = 16;
export const NOTE_SECONDS_SHIFT = 27;

/** In place of a filter's place in the function table: converts, and lets nothing pass. */
export const FILTER_CONVERT = 0xfffffffe;

export const KIND_TCP = 0;
export const KIND_UDP = 1;
export const KIND_ICMP = 2;
export const KIND_OTHER = 3;

// What lies behind the control block.
export const WHEEL = 69632;
/** Filters: (link type, with the file's byte order in bit 31, u32; filter u32) pairs, ended by filter 0. */
export const FILTERS_MAX = 64;
export const FILTERS = WHEEL + WHEEL_SIZE;
/** Digit counts of the radix sort: 4 x 256 x u32. */
export const HISTOGRAMS = FILTERS + FILTERS_MAX * 8;
/** Packets delivered, by IANA protocol number: 256 x u64. */
export const PROTOCOL_COUNTERS = HISTOGRAMS + 4096;
/** The batch. */
export const PACKETS = PROTOCOL_COUNTERS + 2048;
/** Second scratch packet of the decapsulation. */
export const PACKET_INNER = PACKETS + BATCH_SIZE * PACKET_SIZE;
/** A packet of which only the key is used: to be hashed or looked up. */
export const SCRATCH_PACKET = PACKET_INNER + PACKET_SIZE;
/** Source and destination address of a look-up, written by the host. */
export const LOOKUP_ADDRESSES = SCRATCH_PACKET + PACKET_SIZE;
export const ROWS = LOOKUP_ADDRESSES + 64;
/**
 * Template of the text of a row, written by the host: pieces of 32 bytes, the length first. One before each of the 18
 * fields, then the end of the line, the text of null, and a word for each END_ code.
 */
export const TEMPLATE_PIECE_SIZE = 32;
export const TEMPLATE_FIELDS = 18;
export const TEMPLATE_LINE_END = 18;
export const TEMPLATE_NULL = 19;
export const TEMPLATE_REASONS = 20;
export const TEMPLATE_PIECES = 28;
export const TEMPLATE = ROWS + ROWS_MAX * ROW_SIZE;
/** Text of all rows: no line is longer than LINE_MAX. */
export const LINE_MAX = 1024;
export const TEXT = TEMPLATE + TEMPLATE_PIECES * TEMPLATE_PIECE_SIZE;
/** Notes of a conversion, which writes no text: NOTES_MAX of them. */
export const NOTES = TEXT;
export const NOTES_MAX = (ROWS_MAX * LINE_MAX) / NOTE_SIZE;
export const FIXED_END = TEXT + ROWS_MAX * LINE_MAX;

/** Largest captured length of a record that is taken as sound (libpcap's MAXIMUM_SNAPLEN). */
export const CAPTURED_LENGTH_MAX = 262144;
/** Most bytes of a record that must lie in one piece. */
export const PIECE_MAX = 262272;

// LINKTYPE_ values that the decoder knows (pcap registry).
export const LINKTYPE_NULL = 0;
export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_PPP = 9;
export const LINKTYPE_RAW_BSD = 12;
export const LINKTYPE_RAW_OPENBSD = 14;
export const LINKTYPE_PPP_HDLC = 50;
export const LINKTYPE_PPP_ETHER = 51;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_C_HDLC = 104;
export const LINKTYPE_IEEE802_11 = 105;
export const LINKTYPE_LOOP = 108;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_IEEE802_11_RADIOTAP = 127;
export const LINKTYPE_PPI = 192;
export const LINKTYPE_PPP_WITH_DIR = 204;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;
export const LINKTYPE_LINUX_SLL2 = 276;
