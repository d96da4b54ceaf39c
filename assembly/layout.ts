/**
 * Every offset, size and code that the engine and its host share. Integer constants only: this very file is compiled
 * by `asc` into the engine and by `tsc` into the host. Nothing else in the project writes an offset as a number.
 *
 * `test/engine/layout.test.ts` reads this file as text and checks each constant against what its comment says. A line
 * `// kind NAME: ...` begins a section, the comment of a constant begins with its type:
 *
 *     record   Fields in order, none on another, each naturally aligned, what is unused named by a `// gap TYPE` line.
 *              Types: u8 u16 u32 u64 i64 f64, a record's name, or TYPE[count]; then the unit, which 8-byte fields must
 *              have; then what it means. `line TYPE` is alone on its cache line. `size` is that of the record, which
 *              ends the section; `end` is that of the fields so far.
 *     regions  Like the fields of a record, at addresses. `TYPE on NAME` uses the same bytes as region NAME.
 *     codes    Distinct values, each named NAME_...; `count` says how many there are.
 *     bits     Distinct single bits of the field type that stands behind the name.
 *     packed   Ranges `bits from..to` of such a field; a constant is their shift or their unshifted mask.
 *
 * Anywhere else: `number`, of a unit or a power of two, and `bytes TYPE`, the size of that type.
 *
 * All fields are little-endian. `LAYOUT_VERSION` goes up with any change.
 */
/** number: the module and its host must have the same */
export const LAYOUT_VERSION = 18;
/**
 * number bytes, power of two: WebAssembly page. Page 0 is static data of the module; the control block begins at page
 * 1
 */
export const PAGE_SIZE = 65536;
/** number bytes, power of two */
export const CACHE_LINE = 64;
/** bytes u32: the unit of Uint32Array views of the memory */
export const U32_SIZE = 4;
/** number: in place of an index: no flow, no chunk, no slot */
export const NIL = 0xffffffff;

// record KEY: flow key. Addresses in network order; an IPv4 address is in the first 4 bytes, the rest is 0.
// uni: low = source, high = destination. bi: low is the smaller address:port.
// For ICMP in bi the ports hold (class, identifier).
/** u8[16]: address */
export const KEY_LOW = 0;
/** u8[16]: address */
export const KEY_HIGH = 16;
/** u16 */
export const KEY_LOW_PORT = 32;
/** u16 */
export const KEY_HIGH_PORT = 34;
/** u8: IANA number */
export const KEY_PROTOCOL = 36;
/** u8: of IP, 4 or 6 */
export const KEY_VERSION = 37;
// gap u8[2]: 0
/** size */
export const KEY_SIZE = 40;

// record PACKET: what the decoder says about one frame. Scratch, one batch of them.
/** KEY */
export const PACKET_KEY = 0;
/** u64 ns: since the epoch */
export const PACKET_TIME = 40;
/** u32: of the key */
export const PACKET_HASH = 48;
/** u32 */
export const PACKET_IP_BYTES = 52;
/** u32 */
export const PACKET_WIRE_BYTES = 56;
/** u32 */
export const PACKET_PAYLOAD_BYTES = 60;
/** u32: set with side records on, and for a SYN */
export const PACKET_SEQ = 64;
/** u32: set with side records on */
export const PACKET_ACK = 68;
/** u32: identification of the IP header, or of an IPv6 fragment; set with side records on, and for fragments */
export const PACKET_ID = 72;
/** u16: as in the header, unscaled; set with side records on */
export const PACKET_WINDOW = 76;
/** u16: 12 bits */
export const PACKET_TCP_FLAGS = 78;
/** u8: VERDICT_ */
export const PACKET_VERDICT = 80;
/** u8: who sent it: 0 the low end of the key, 1 the high one */
export const PACKET_SIDE = 81;
/** u8: PACKET_BIT_ */
export const PACKET_BITS = 82;
/** u8: time to live or hop limit; set with side records on */
export const PACKET_TTL = 83;
/** u8 */
export const PACKET_ICMP_TYPE = 84;
/** u8 */
export const PACKET_ICMP_CODE = 85;
/** u8: of IP, 4 or 6; not set on the common path */
export const PACKET_VERSION = 86;
/** u8: protocol beside the fragment fields */
export const PACKET_FRAGMENT_PROTOCOL = 87;
/** u32: address of what follows the last IP header; set with tunnels followed, side records or strict checks on */
export const PACKET_TRANSPORT = 88;
/** u32: address after its captured bytes */
export const PACKET_TRANSPORT_END = 92;
/** u32: its bytes on the wire */
export const PACKET_TRANSPORT_WIRE = 96;
/** u32: index of the flow that probably has the key */
export const PACKET_LIKELY_FLOW = 100;
/** u32: address of the frame, set with side records on; it stays in place until its batch is tracked */
export const PACKET_FRAME = 104;
/** u32: address of the IP header that the fields are from; set as PACKET_TRANSPORT */
export const PACKET_IP = 108;
/** u32: address of the IP source address, the destination's is behind it; not set on the common path */
export const PACKET_ADDRESSES = 112;
/** u16: as sent; of ICMP the class. Not set on the common path */
export const PACKET_SOURCE_PORT = 116;
/** u16: as sent; of ICMP the identifier. Not set on the common path */
export const PACKET_DESTINATION_PORT = 118;
/** u32: PACKET_LINK_; set with side records on */
export const PACKET_LINK = 120;
/** u32: PACKET_OUTER_; set of a packet that was in a tunnel, with the group link */
export const PACKET_OUTER = 124;
/** size */
export const PACKET_SIZE = 128;

/** number: frames decoded before the first of them is looked up */
export const BATCH_COUNT = 32;

// bits PACKET_BIT u8
/** Some transport or ICMP field was beyond the captured bytes. */
export const PACKET_BIT_PARTIAL = 1;
/** The packet is a fragment. */
export const PACKET_BIT_FRAGMENT = 2;
/** A later fragment whose first one was not seen. */
export const PACKET_BIT_UNMATCHED = 4;
/** A fragment that is not the first one: no tunnel is looked for inside. */
export const PACKET_BIT_LATER = 8;
/** Type and code of an ICMP message were captured. */
export const PACKET_BIT_ICMP = 16;
/** The data offset of its TCP header is below 5: where the payload begins is not known. */
export const PACKET_BIT_TCP_OFFSET = 32;
/** A first fragment that later ones belong to: it is whole as far as the ports. */
export const PACKET_BIT_FIRST = 64;
/** A later fragment that was seen before any first one: that may still come. */
export const PACKET_BIT_AWAITS = 128;

// packed PACKET_LINK u32
/** bits 0..9: link type of the frame */
export const PACKET_LINK_TYPE_MASK = 511;
/** bits 9..13: tunnels that the packet was in, one inside the other */
export const PACKET_LINK_DEPTH_SHIFT = 9;
/** bits 9..13 */
export const PACKET_LINK_DEPTH_MASK = 15;
/** bits 13..32: bytes of the frame that were captured */
export const PACKET_LINK_CAPTURED_SHIFT = 13;

// packed PACKET_OUTER u32: the packet whose payload is the innermost tunnel
/** bits 0..5: TUNNEL_ */
export const PACKET_OUTER_KIND_MASK = 31;
/** bits 5..24: bytes from the frame to its IP header */
export const PACKET_OUTER_IP_SHIFT = 5;
/** bits 5..24 */
export const PACKET_OUTER_IP_MASK = 524287;
/** bits 24..31: words of 4 bytes from there to what follows the last IP header; all bits 1: as many or more */
export const PACKET_OUTER_WORDS_SHIFT = 24;
/** bits 24..31 */
export const PACKET_OUTER_WORDS_MASK = 127;
/** bits 31..32: it is UDP */
export const PACKET_OUTER_UDP_SHIFT = 31;

// codes TUNNEL: kinds of tunnels
/** RFC 2003 */
export const TUNNEL_IPIP = 0;
/** RFC 4213 */
export const TUNNEL_6IN4 = 1;
/** RFC 2473, with IPv4 inside */
export const TUNNEL_4IN6 = 2;
/** RFC 2473, with IPv6 inside */
export const TUNNEL_6IN6 = 3;
export const TUNNEL_GRE = 4;
export const TUNNEL_ERSPAN = 5;
export const TUNNEL_VXLAN = 6;
export const TUNNEL_VXLAN_GPE = 7;
export const TUNNEL_GENEVE = 8;
/** GTP-U, GTP' or version 0 */
export const TUNNEL_GTPU = 9;
export const TUNNEL_TEREDO = 10;
export const TUNNEL_MPLS = 11;
export const TUNNEL_ETHERIP = 12;
export const TUNNEL_ETHERNET = 13;
export const TUNNEL_L2TP = 14;
export const TUNNEL_PIM = 15;
export const TUNNEL_CAPWAP = 16;
export const TUNNEL_AYIYA = 17;

// codes VERDICT: what becomes of a frame. Each but DELIVER names the counter that takes the packet.
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
/** Its ports are readable: it is counted to its flow all the same, without payload. */
export const VERDICT_TCP_OFFSET = 12;
/** The checksum of the IPv4 header is wrong. Only with CONFIG_CHECKSUMS. */
export const VERDICT_IP_CHECKSUM = 13;
/** The checksum of TCP, UDP or ICMP is wrong. Only with CONFIG_CHECKSUMS. */
export const VERDICT_CHECKSUM = 14;
/** The transport header was not captured whole, or is in another fragment. Only with CUT_RULES_ZEEK. */
export const VERDICT_HEADER_TRUNCATED = 15;
/** count */
export const VERDICT_COUNT = 16;

// record COUNT: what one side of a flow has sent. u64: none of them can overflow.
/** u64 packets */
export const COUNT_PACKETS = 0;
/** u64 bytes */
export const COUNT_IP_BYTES = 8;
/** u64 bytes */
export const COUNT_WIRE_BYTES = 16;
/** u64 bytes */
export const COUNT_PAYLOAD_BYTES = 24;
/** size */
export const COUNTS_SIZE = 32;

// record FLOW: two cache lines. Counters are kept by side of the key (0: sent by low, 1: sent by high);
// FLOW_BIT_ORIGINATOR_HIGH says which side is the originator.
/** KEY */
export const FLOW_KEY = 0;
/** u64 ns: latest packet */
export const FLOW_LAST = 40;
/** u64 ns: earliest packet */
export const FLOW_FIRST = 48;
/** u16[2]: TCP: all flags seen, by side. ICMP: 1 + type and 1 + code of the first packet, 0 when they are not known */
export const FLOW_TCP_FLAGS = 56;
/** u8: FLOW_STATE_ */
export const FLOW_STATE = 60;
/** u8: END_ */
export const FLOW_END_REASON = 61;
/** u8: FLOW_BIT_ */
export const FLOW_BITS = 62;
/** u8: END_FIN or END_RST, once FLOW_BIT_CLOSED is set */
export const FLOW_CLOSE_REASON = 63;
/** COUNT[2]: by side */
export const FLOW_COUNTS = 64;
/** size */
export const FLOW_SIZE = 128;

// codes FLOW_STATE
export const FLOW_STATE_FREE = 0;
export const FLOW_STATE_ACTIVE = 1;
/** Out of the table and the wheel, immutable, waiting to be read. */
export const FLOW_STATE_CLOSED = 2;

// bits FLOW_BIT u8
export const FLOW_BIT_ORIGINATOR_HIGH = 1;
/** The originator is known from a SYN or SYN+ACK, not only from who spoke first. */
export const FLOW_BIT_ORIGINATOR_KNOWN = 2;
/** LINK_ISN holds the originator's initial sequence number. */
export const FLOW_BIT_ISN = 4;
/** The low side has sent a FIN. */
export const FLOW_BIT_FIN_LOW = 8;
/** The high side has sent a FIN. */
export const FLOW_BIT_FIN_HIGH = 16;
export const FLOW_BIT_RST = 32;
/** FIN from both sides (uni: its own), or RST: the FIN timeout holds. */
export const FLOW_BIT_CLOSED = 64;
/** A SYN that may have begun another flow is held: see held_syn.ts. */
export const FLOW_BIT_SYN_HELD = 128;

// codes END: why a flow ended
export const END_NONE = 0;
export const END_IDLE = 1;
export const END_ACTIVE = 2;
export const END_FIN = 3;
export const END_RST = 4;
export const END_EVICTED = 5;
export const END_FORCED = 6;

// record LINK: the seldom touched rest of a flow, at the same index as its record.
/** u32: flow before it in its list of the wheel */
export const LINK_PREVIOUS = 0;
/** u32: flow behind it in its list */
export const LINK_NEXT = 4;
/** u32: list of the wheel */
export const LINK_SLOT = 8;
/** u32: of the key */
export const LINK_HASH = 12;
/** u32: number of the flow in the order of starting */
export const LINK_GENERATION = 16;
/** u32: see FLOW_BIT_ISN */
export const LINK_ISN = 20;
/** u64 ns: time of the packet that started the flow */
export const LINK_START = 24;
/** size */
export const LINK_SIZE = 32;

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

// record LOG: the chain of stored packet headers of a flow.
/** u32: first chunk */
export const LOG_HEAD = 0;
/** u32: last chunk */
export const LOG_TAIL = 4;
/** u32: headers in the chain */
export const LOG_STORED = 8;
/** u32: headers that found no room */
export const LOG_DROPPED = 12;
/** size */
export const LOG_SIZE = 16;

// record HEADER: a stored packet header.
/** u64 ns */
export const HEADER_TIME = 0;
/** u32 */
export const HEADER_SEQ = 8;
/** u32 */
export const HEADER_ACK = 12;
/** u32: of the IP packet */
export const HEADER_LENGTH = 16;
/** u32 */
export const HEADER_ID = 20;
/** u16 */
export const HEADER_WINDOW = 24;
/** u16 */
export const HEADER_TCP_FLAGS = 26;
/** u8 */
export const HEADER_TTL = 28;
/** u8: HEADER_BIT_ */
export const HEADER_BITS = 29;
/** u8 */
export const HEADER_ICMP_TYPE = 30;
/** u8 */
export const HEADER_ICMP_CODE = 31;
/** size */
export const HEADER_SIZE = 32;

// bits HEADER_BIT u8
/** The high side has sent it. */
export const HEADER_BIT_HIGH = 1;
/** Some of the fields were not captured and are 0. */
export const HEADER_BIT_PARTIAL = 2;

/** number: headers in a chunk */
export const CHUNK_CAPACITY = 3;

// record CHUNK: some stored headers of one flow.
/** u32: chunk */
export const CHUNK_NEXT = 0;
/** u32: headers in it */
export const CHUNK_COUNT = 4;
// gap u8[24]
/** HEADER[CHUNK_CAPACITY] */
export const CHUNK_HEADERS = 32;
/** size */
export const CHUNK_SIZE = 128;

// record SPREAD: least, greatest, mean and deviation of values that come one by one; their number is kept elsewhere.
/** u64 units */
export const SPREAD_MIN = 0;
/** u64 units */
export const SPREAD_MAX = 8;
/** f64 units */
export const SPREAD_MEAN = 16;
/** f64 units: squared, sum of squared distances from the mean (Welford) */
export const SPREAD_SQUARES = 24;
/** size */
export const SPREAD_SIZE = 32;

// record TCP_SIDE: what one side of a TCP flow has sent, as the point of capture saw it. Counts stay at 2^32-1.
// What nearly every segment touches is in the first 60 bytes: the record is seldom in the cache.
/** u64 bytes: end of the highest one; sequence numbers count on beyond 2^32 */
export const TCP_NEXT = 0;
/** u64 bytes: end of the segment whose acknowledgement is waited for, counted as TCP_NEXT */
export const TCP_SAMPLE_END = 8;
/** u64 ns */
export const TCP_SAMPLE_TIME = 16;
/** u32 */
export const TCP_TS_LAST = 24;
/** u32: acknowledgement number of the last segment with ACK */
export const TCP_LAST_ACK = 28;
/** u16: of the last segment with ACK */
export const TCP_LAST_WINDOW = 32;
/** u16 */
export const TCP_WINDOW_MIN = 34;
/** u16 */
export const TCP_WINDOW_MAX = 36;
/** u16: TCP_BIT_ */
export const TCP_BITS = 38;
/** u32[9] packets: with FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE, by number of the flag's bit */
export const TCP_FLAG_COUNTS = 40;
/** u32 packets */
export const TCP_SACK_BLOCKS = 76;
/** u32 packets */
export const TCP_RETRANSMITTED_PACKETS = 80;
/** u32 packets */
export const TCP_OUT_OF_ORDER_PACKETS = 84;
/** u32 */
export const TCP_GAPS = 88;
/** u32 packets */
export const TCP_KEEP_ALIVES = 92;
/** u32 packets */
export const TCP_ZERO_WINDOWS = 96;
/** u32 packets */
export const TCP_DUPLICATE_ACKS = 100;
/** u32 */
export const TCP_RTT_COUNT = 104;
/** u32 */
export const TCP_TS_FIRST = 108;
/** u64 bytes */
export const TCP_RETRANSMITTED_BYTES = 112;
/** u64 bytes: of holes that were given up */
export const TCP_LOST_BYTES = 120;
/** SPREAD: of round trips, ns */
export const TCP_RTT = 128;
/** u64[4] bytes: TCP_HOLES_MAX, in order, counted as TCP_NEXT */
export const TCP_HOLE_FROM = 160;
/** u32[4] bytes */
export const TCP_HOLE_BYTES = 192;
/** u32 */
export const TCP_ISN = 208;
/** u16 */
export const TCP_FLAGS_FIRST = 212;
/** u16 */
export const TCP_WINDOW_FIRST = 214;
/** u16 */
export const TCP_MSS = 216;
/** u8 */
export const TCP_WINDOW_SCALE = 218;
/** u8: holes that are open */
export const TCP_HOLES = 219;
// gap u8[4]
/** size */
export const TCP_SIDE_SIZE = 224;

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

// record TCP: the group tcp of a flow, low side first.
/** u64 ns: time of the last bare SYN; from the SYN+ACK on what has passed between them */
export const TCP_RTT_SYN_ACK = 0;
/** u64 ns: time of the SYN+ACK; from its acknowledgement on what has passed between them */
export const TCP_RTT_ACK = 8;
/** u32: sequence number of the last bare SYN; from the SYN+ACK on the latter's */
export const TCP_HANDSHAKE_SEQ = 16;
/** u8: TCP_SHAKE_ */
export const TCP_HANDSHAKE = 20;
/** u8: TCP_ECN_ */
export const TCP_ECN = 21;
// gap u8[10]
/** TCP_SIDE[2] */
export const TCP_SIDES = 32;
/** size */
export const TCP_SIZE = 480;

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
/** u32[17] packets: as from TCP_FLAG_COUNTS on */
export const TCP_BLOCK_COUNTS = 0;
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
/** u64 ns: latest packet of the side; 0: none yet */
export const STATS_LAST = 32;
/** SPREAD: of gaps, ns */
export const STATS_SIDE_GAPS = 40;
/** size */
export const STATS_SIDE_SIZE = 72;

// record STATS: the group stats of a flow, low side first.
/** STATS_SIDE[2] */
export const STATS_SIDES = 0;
/** SPREAD: of gaps between packets of either side, ns */
export const STATS_GAPS = 144;
/** u32 packets: earlier than one before them */
export const STATS_CLOCK_BACK = 176;
// gap u8[4]
/** size */
export const STATS_SIZE = 184;

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

// record ZEEK_SIDE: one end of a connection by Zeek's rules. Sequence numbers are relative to the first one and count
// on beyond 2^32.
/** i64 bytes: TCP: end of what was sent; else payload */
export const ZEEK_LAST = 0;
/** i64 bytes: acknowledged by the peer */
export const ZEEK_ACK = 8;
/** i64 bytes: up to here all was delivered or given up */
export const ZEEK_EDGE = 16;
/** i64 bytes: highest acknowledgement for which holes were looked for */
export const ZEEK_TRIMMED = 24;
/** i64 bytes: behind the last FIN */
export const ZEEK_FIN_END = 32;
/** u32[8]: begins of ZEEK_BLOCKS_MAX delivered blocks above the edge, in order, modulo 2^32 */
export const ZEEK_BLOCK_FROM = 40;
/** u32[8] bytes: of the blocks */
export const ZEEK_BLOCK_BYTES = 72;
/** u32: first sequence number */
export const ZEEK_START = 104;
/** u32: relative number of the last SYN, modulo 2^32 */
export const ZEEK_LAST_SYN = 108;
/** u32: of the last FIN, with its payload */
export const ZEEK_LAST_FIN = 112;
/** u32: of the last RST */
export const ZEEK_LAST_RST = 116;
/** u32: wrong checksums; those below count other occurrences of letters in the same way */
export const ZEEK_COUNT_CHECKSUM = 120;
/** u32: windows of 0 */
export const ZEEK_COUNT_WINDOW = 124;
/** u32: retransmissions */
export const ZEEK_COUNT_RETRANSMISSION = 128;
/** u32: gaps */
export const ZEEK_COUNT_GAP = 132;
/** u16: ZEEK_END_ */
export const ZEEK_END_BITS = 136;
/** u8: ZEEK_STATE_ */
export const ZEEK_STATE = 138;
/** u8: ZEEK_STATE_ before the last change */
export const ZEEK_PREVIOUS = 139;
/** u8: delivered blocks above the edge */
export const ZEEK_BLOCKS = 140;
// gap u8[3]
/** size */
export const ZEEK_SIDE_SIZE = 144;

/** number: blocks of a side that are remembered */
export const ZEEK_BLOCKS_MAX = 8;

// codes ZEEK_STATE: of an end. Those up to SYN_ACK_SENT are of the handshake
export const ZEEK_STATE_INACTIVE = 0;
export const ZEEK_STATE_SYN_SENT = 1;
export const ZEEK_STATE_SYN_ACK_SENT = 2;
export const ZEEK_STATE_PARTIAL = 3;
export const ZEEK_STATE_ESTABLISHED = 4;
export const ZEEK_STATE_CLOSED = 5;
export const ZEEK_STATE_RESET = 6;

// bits ZEEK_END u16: letters that the history has of it, then what has happened to it
export const ZEEK_END_A = 1;
export const ZEEK_END_D = 2;
/** S or H */
export const ZEEK_END_SYN = 4;
export const ZEEK_END_F = 8;
export const ZEEK_END_R = 16;
export const ZEEK_END_I = 32;
export const ZEEK_END_Q = 64;
/** It has sent a segment. */
export const ZEEK_END_SEEN = 128;
/** It has sent a FIN. */
export const ZEEK_END_FIN = 256;
export const ZEEK_END_DID_CLOSE = 512;
/** Its close was looked at. */
export const ZEEK_END_DONE = 1024;
/** Delivery is not followed any more. */
export const ZEEK_END_SKIPS = 2048;

// record ZEEK: the group zeek of a flow, low side first.
/** ZEEK_SIDE[2] */
export const ZEEK_SIDES = 0;
/** u64 ns: latest packet; when both sides have closed it stands */
export const ZEEK_LAST_TIME = 288;
/** u64 ns: TCP: see ZEEK_BIT_ATTEMPT and ZEEK_BIT_CLOSED; else from when on the next packet looks for silence */
export const ZEEK_SINCE = 296;
/** u64 bytes */
export const ZEEK_MISSED = 304;
/** u16: ZEEK_BIT_ */
export const ZEEK_BITS = 312;
// gap u8[6]
/** u8[64]: TEXT_VALUE */
export const ZEEK_HISTORY = 320;
/** size */
export const ZEEK_SIZE = 384;

// bits ZEEK_BIT u16
/** The high side is the originator. */
export const ZEEK_BIT_ORIGINATOR_HIGH = 1;
/** It began before the capture did. */
export const ZEEK_BIT_PARTIAL = 2;
/** A close waits for data. */
export const ZEEK_BIT_DEFERRED = 4;
/** A side has left the handshake. */
export const ZEEK_BIT_LEFT = 8;
/** Both sides took part in the handshake. */
export const ZEEK_BIT_ESTABLISHED = 16;
/** ZEEK_SINCE is the time of the first SYN. */
export const ZEEK_BIT_ATTEMPT = 32;
/** ZEEK_SINCE is ZEEK_LAST_TIME when the connection was closed completely. */
export const ZEEK_BIT_CLOSED = 64;
/** More than ZEEK_BLOCKS_MAX blocks lay above an edge. */
export const ZEEK_BIT_GAPS_LOST = 128;
/** The flow may be over earlier than it was filed for. */
export const ZEEK_BIT_REFILE = 256;

/** number ns: name services are looked at for silence at intervals of this */
export const ZEEK_NAME_CHECK_NS = 10000000000;

/** number: letters of a history, before its X */
export const ZEEK_HISTORY_MAX = 62;

// record ZEEK_BLOCK: the group zeek in a row. What a flow does not have has all bits 1.
/** u64 ns: time of the packet that started the flow */
export const ZEEK_BLOCK_START = 0;
/** u64 ns: from there to ZEEK_LAST_TIME */
export const ZEEK_BLOCK_DURATION = 8;
/** u64 bytes */
export const ZEEK_BLOCK_ORIG_BYTES = 16;
/** u64 bytes */
export const ZEEK_BLOCK_RESP_BYTES = 24;
/** u64 bytes */
export const ZEEK_BLOCK_MISSED_BYTES = 32;
/** u16: ICMP: type of the first message */
export const ZEEK_BLOCK_ORIG_PORT = 40;
/** u16: ICMP: type of the answer, or the code */
export const ZEEK_BLOCK_RESP_PORT = 42;
/** u8: ZEEK_PROTO_ */
export const ZEEK_BLOCK_PROTO = 44;
/** u8: ZEEK_CONN_ */
export const ZEEK_BLOCK_CONN_STATE = 45;
/** u8: 1: the source of the row; 0: its destination */
export const ZEEK_BLOCK_SOURCE_IS_ORIGINATOR = 46;
/** u8 */
export const ZEEK_BLOCK_GAPS_LOST = 47;
/** u8 */
export const ZEEK_BLOCK_LOCAL_ORIG = 48;
/** u8 */
export const ZEEK_BLOCK_LOCAL_RESP = 49;
// gap u8[6]
/** u8[24]: TEXT_VALUE */
export const ZEEK_BLOCK_UID = 56;
/** u8[64]: TEXT_VALUE */
export const ZEEK_BLOCK_HISTORY = 80;
/** size */
export const ZEEK_BLOCK_SIZE = 144;

// codes ZEEK_PROTO
export const ZEEK_PROTO_UNKNOWN = 0;
export const ZEEK_PROTO_ICMP = 1;
export const ZEEK_PROTO_TCP = 2;
export const ZEEK_PROTO_UDP = 3;

// codes ZEEK_CONN: state of a connection
export const ZEEK_CONN_OTH = 0;
export const ZEEK_CONN_S0 = 1;
export const ZEEK_CONN_S1 = 2;
export const ZEEK_CONN_S2 = 3;
export const ZEEK_CONN_S3 = 4;
export const ZEEK_CONN_SF = 5;
export const ZEEK_CONN_SH = 6;
export const ZEEK_CONN_SHR = 7;
export const ZEEK_CONN_REJ = 8;
export const ZEEK_CONN_RSTO = 9;
export const ZEEK_CONN_RSTR = 10;
export const ZEEK_CONN_RSTOS0 = 11;
export const ZEEK_CONN_RSTRH = 12;

/** number bytes: a bit for each port of TCP, then of UDP: those that servers have */
export const SERVER_PORTS_SIZE = 16384;

// record LOCAL_NET: a network of this site.
/** u8[16] */
export const LOCAL_NET_ADDRESS = 0;
/** u8[16] */
export const LOCAL_NET_MASK = 16;
/** u32: of IP, 4 or 6 */
export const LOCAL_NET_VERSION = 32;
// gap u8[4]
/** size */
export const LOCAL_NET_SIZE = 40;
// record ACTIVITY_SIDE: runs of payload of one side, its headers and first window. Counts stay at 2^32-1.
/** u64 ns: time at which the run that may become a bulk began */
export const ACTIVITY_RUN_START = 0;
/** u64 ns: latest packet of a run; 0: there was none */
export const ACTIVITY_RUN_LAST = 8;
/** u64 bytes: of the run, until it is a bulk */
export const ACTIVITY_RUN_BYTES = 16;
/** u64 bytes */
export const ACTIVITY_BULK_BYTES = 24;
/** u64 ns */
export const ACTIVITY_BULK_TIME = 32;
/** u64 bytes: of transport headers */
export const ACTIVITY_HEADER_BYTES = 40;
/** u32 */
export const ACTIVITY_BULKS = 48;
/** u32 packets */
export const ACTIVITY_BULK_PACKETS = 52;
/** u32 packets: with payload */
export const ACTIVITY_DATA_PACKETS = 56;
/** u16 bytes: first window that is not 0, as sent */
export const ACTIVITY_WINDOW = 60;
/** u8 bytes: smallest transport header; 0: none was seen */
export const ACTIVITY_HEADER_MIN = 62;
/** u8 packets: of the run, at most ACTIVITY_BULK_MIN; 0: there is none */
export const ACTIVITY_RUN_PACKETS = 63;
/** size */
export const ACTIVITY_SIDE_SIZE = 64;

/** number ns: CICFlowMeter's */
export const IDLE_THRESHOLD_NS = 5000000000;
/** number: packets of a run that make it a bulk */
export const ACTIVITY_BULK_MIN = 4;

// record ACTIVITY: the group activity of a flow, low side first.
/** u64 ns: begin of the present active period */
export const ACTIVITY_PERIOD_START = 0;
/** u64 ns: latest packet */
export const ACTIVITY_LAST = 8;
/** SPREAD: of active periods that are over, ns */
export const ACTIVITY_ACTIVE = 16;
/** SPREAD: of idle periods, ns */
export const ACTIVITY_IDLE = 48;
/** u32: active periods that are over */
export const ACTIVITY_ACTIVE_COUNT = 80;
/** u32: idle periods */
export const ACTIVITY_IDLE_COUNT = 84;
/** u32: gaps of more than a second */
export const ACTIVITY_SUBFLOWS = 88;
/** u32: 1: a segment with ACK came after FIN from both sides, or RST */
export const ACTIVITY_ACKED = 92;
/** ACTIVITY_SIDE[2] */
export const ACTIVITY_SIDES = 96;
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

// record LAYERS_SIDE: the group link of one side: what its IP headers said. Counts stay at 2^32-1.
/** u32 packets: with CE (RFC 3168) */
export const LAYERS_ECN_CE = 0;
/** u32 packets: IPv4 with DF */
export const LAYERS_DF = 4;
/** u32 packets: with options or extension headers */
export const LAYERS_OPTIONS = 8;
/** u32 packets: fragments */
export const LAYERS_FRAGMENTS = 12;
/** u32: IPv6, of its first packet */
export const LAYERS_FLOW_LABEL = 16;
/** u8 */
export const LAYERS_TTL_FIRST = 20;
/** u8 */
export const LAYERS_TTL_MIN = 21;
/** u8 */
export const LAYERS_TTL_MAX = 22;
/** u8: type of service or traffic class */
export const LAYERS_TOS_FIRST = 23;
/** u8 */
export const LAYERS_TOS_LAST = 24;
/** u8: LAYERS_BIT_ */
export const LAYERS_BITS = 25;
/** u8[6]: MAC address that its first packet went to */
export const LAYERS_TO = 26;
/** u8[6]: MAC address that it came from */
export const LAYERS_FROM = 32;
// gap u8[2]
/** size */
export const LAYERS_SIDE_SIZE = 40;

// bits LAYERS_BIT u8
/** The side has sent a packet. */
export const LAYERS_BIT_SEEN = 1;
/** LAYERS_TO is known. */
export const LAYERS_BIT_TO = 2;
/** LAYERS_FROM is known. */
export const LAYERS_BIT_FROM = 4;
export const LAYERS_BIT_DSCP_CHANGED = 8;
export const LAYERS_BIT_MAC_CHANGED = 16;
export const LAYERS_BIT_TUNNEL_CHANGED = 32;
/** The VLANs of one of its packets are not those of the flow's first packet. */
export const LAYERS_BIT_VLAN_CHANGED = 64;

/** number: VLANs of a frame that are kept, the outermost ones */
export const VLANS_MAX = 3;
/** number: MPLS labels of a frame that are kept, the outermost ones */
export const LABELS_KEPT_MAX = 4;

// record TAGS: tags and labels in front of the network layer, outermost first.
/** u16[3]: VLANS_MAX IDs */
export const TAGS_VLANS = 0;
/** u8: VLAN tags in all, at most 255 */
export const TAGS_VLAN_COUNT = 6;
/** u8: MPLS labels in all, at most 255 */
export const TAGS_LABEL_COUNT = 7;
/** u32[4]: LABELS_KEPT_MAX labels */
export const TAGS_LABELS = 8;
/** size */
export const TAGS_SIZE = 24;

// record LAYERS: the group link of a flow, low side first. The tunnel is there only when tunnels are followed.
/** LAYERS_SIDE[2] */
export const LAYERS_SIDES = 0;
/** TAGS: of the first packet */
export const LAYERS_TAGS = 80;
/** end */
export const LAYERS_SIZE = 104;
/** u32[2]: digests of the tunnel of a side's first packet, by side */
export const LAYERS_TUNNEL_DIGESTS = 104;
/** u32: see LAYERS_TUNNEL_BITS */
export const LAYERS_TUNNEL_ID = 112;
/** u16: as sent */
export const LAYERS_TUNNEL_SOURCE_PORT = 116;
/** u16: as sent */
export const LAYERS_TUNNEL_DESTINATION_PORT = 118;
/** u8[16] */
export const LAYERS_TUNNEL_SOURCE = 120;
/** u8[16] */
export const LAYERS_TUNNEL_DESTINATION = 136;
/** u8: of the outer IP, 4 or 6 */
export const LAYERS_TUNNEL_VERSION = 152;
/** u8: TUNNEL_ */
export const LAYERS_TUNNEL_KIND = 153;
/** u8: 0: the first packet was not in a tunnel */
export const LAYERS_TUNNEL_DEPTH = 154;
/** u8: LAYERS_TUNNEL_BIT_ */
export const LAYERS_TUNNEL_BITS = 155;
// gap u8[4]
/** size */
export const LAYERS_TUNNEL_SIZE = 160;

// bits LAYERS_TUNNEL_BIT u8
/** It has an ID. */
export const LAYERS_TUNNEL_BIT_ID = 1;
/** It has ports. */
export const LAYERS_TUNNEL_BIT_PORTS = 2;

// record EARLY_ENTRY: one of the first packets of a flow.
/** u32: microseconds since the latest packet before, whole ones, at most 2^32-1 */
export const EARLY_ENTRY_GAP = 0;
/** u16: bytes by the IP header; 65535: that or more */
export const EARLY_ENTRY_IP_BYTES = 4;
/** u16: bytes; 65535: that or more */
export const EARLY_ENTRY_PAYLOAD = 6;
/** u16: of TCP */
export const EARLY_ENTRY_FLAGS = 8;
/** u16: EARLY_BIT_ */
export const EARLY_ENTRY_BITS = 10;
/** size */
export const EARLY_ENTRY_SIZE = 12;

// bits EARLY_BIT u16
/** The high side has sent it; in a row, the responder. */
export const EARLY_BIT_HIGH = 1;
/** EARLY_ENTRY_FLAGS is known. */
export const EARLY_BIT_FLAGS = 2;

// record EARLY: the group first-packets of a flow, and its block in a row.
/** u32: packets that are kept */
export const EARLY_COUNT = 0;
// gap u8[4]
/** u64 ns: latest of them; not in a row */
export const EARLY_LAST = 8;
/** size: the entries follow */
export const EARLY_ENTRIES = 16;

// record PREFIX_SIDE: first payload bytes of one side.
/** u32: sequence number of the next byte */
export const PREFIX_NEXT = 0;
/** u32 bytes: that are kept */
export const PREFIX_USED = 4;
/** u16: PREFIX_BIT_ */
export const PREFIX_BITS = 8;
// gap u8[6]
/** size: the bytes follow */
export const PREFIX_SIDE_SIZE = 16;
/** number bytes: from a side to its bytes */
export const PREFIX_DATA = 16;

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

// record IP_VALUE: an address that has its own version.
/** u8: of IP, 4 or 6; 255: there is no address */
export const IP_VALUE_VERSION = 0;
// gap u8[7]
/** u8[16] */
export const IP_VALUE_ADDRESS = 8;
/** size */
export const IP_VALUE_SIZE = 24;

// record LAYERS_SIDE_BLOCK: one direction in a row. What is not known has all bits 1.
/** u32[4] packets: as from LAYERS_ECN_CE on */
export const LAYERS_BLOCK_COUNTS = 0;
/** u32 */
export const LAYERS_BLOCK_FLOW_LABEL = 16;
/** u16 */
export const LAYERS_BLOCK_TTL_FIRST = 20;
/** u16 */
export const LAYERS_BLOCK_TTL_MIN = 22;
/** u16 */
export const LAYERS_BLOCK_TTL_MAX = 24;
/** u16 */
export const LAYERS_BLOCK_TOS_FIRST = 26;
/** u16 */
export const LAYERS_BLOCK_TOS_LAST = 28;
/** u8 */
export const LAYERS_BLOCK_DSCP_CHANGED = 30;
// gap u8
/** size */
export const LAYERS_SIDE_BLOCK_SIZE = 32;

// record LAYERS_BLOCK: the group link in a row, originator first.
/** LAYERS_SIDE_BLOCK[2] */
export const LAYERS_BLOCK_SIDES = 0;
/** u8[8]: 6 bytes and 2 zeros */
export const LAYERS_BLOCK_SOURCE_MAC = 64;
/** u8[8]: 6 bytes and 2 zeros */
export const LAYERS_BLOCK_DESTINATION_MAC = 72;
/** IP_VALUE */
export const LAYERS_BLOCK_TUNNEL_SOURCE = 80;
/** IP_VALUE */
export const LAYERS_BLOCK_TUNNEL_DESTINATION = 104;
/** u64 units: a number */
export const LAYERS_BLOCK_TUNNEL_ID = 128;
/** u32 */
export const LAYERS_BLOCK_TUNNEL_SOURCE_PORT = 136;
/** u32 */
export const LAYERS_BLOCK_TUNNEL_DESTINATION_PORT = 140;
/** u32: how many follow */
export const LAYERS_BLOCK_VLANS = 144;
/** u32[3] */
export const LAYERS_BLOCK_VLAN_IDS = 148;
/** u32: how many follow */
export const LAYERS_BLOCK_MPLS = 160;
/** u32[4] */
export const LAYERS_BLOCK_MPLS_LABELS = 164;
/** u8 */
export const LAYERS_BLOCK_VLAN_COUNT = 180;
/** u8 */
export const LAYERS_BLOCK_MPLS_COUNT = 181;
/** u8 */
export const LAYERS_BLOCK_VLAN_CHANGED = 182;
/** u8 */
export const LAYERS_BLOCK_MAC_CHANGED = 183;
/** u8 */
export const LAYERS_BLOCK_TUNNEL_CHANGED = 184;
/** u8: TUNNEL_ */
export const LAYERS_BLOCK_TUNNEL_KIND = 185;
/** u8 */
export const LAYERS_BLOCK_TUNNEL_DEPTH = 186;
// gap u8[5]
/** size */
export const LAYERS_BLOCK_SIZE = 192;

// record FIRST: what is kept of the first bytes of a flow, and in which state that is. Sides are low and high.
/** u8: FIRST_STATE_ */
export const FIRST_STATE = 0;
/** u8: FIRST_BIT_ */
export const FIRST_BITS = 1;
/** u8: payload packets that were kept, at most 255 */
export const FIRST_PACKETS = 2;
// gap u8[1]
/** u8[2]: FIRST_SIDE_ */
export const FIRST_SIDES = 4;
// gap u8[2]
/** u32[2]: sequence number of the first byte; of a side that starts like no protocol, its first bytes */
export const FIRST_BASE = 8;
/** u32[2]: first chunk, or NIL */
export const FIRST_HEAD = 16;
/** u64 ns: the clock at the first payload */
export const FIRST_SINCE = 24;
/** size */
export const FIRST_SIZE = 32;

// codes FIRST_STATE: from READY on no more bytes are taken
export const FIRST_STATE_NONE = 0;
export const FIRST_STATE_COLLECTING = 1;
export const FIRST_STATE_READY = 2;
export const FIRST_STATE_DONE = 3;

// bits FIRST_BIT u8
/** A side had payload, but no SYN before it. */
export const FIRST_BIT_MIDSTREAM = 1;
/** More runs of bytes than are kept. */
export const FIRST_BIT_GAP = 2;
/** Bytes beyond the limit of size were left out. */
export const FIRST_BIT_FULL = 4;
/** The capture has cut payload. */
export const FIRST_BIT_TRUNCATED = 8;
/** There was no free chunk. */
export const FIRST_BIT_POOL_EMPTY = 16;
/** Segments had different bytes for one place. */
export const FIRST_BIT_CONFLICT = 32;
/** FIRST_BASE of the low side is set. */
export const FIRST_BIT_BASE = 64;
/** FIRST_BASE of the high side is set. */
export const FIRST_BIT_BASE_HIGH = 128;

// bits FIRST_SIDE u8
/** The side starts as a protocol does that the host can read. Then both sides are kept. */
export const FIRST_SIDE_LIKE = 1;
/** It starts like none: nothing more is kept of it. */
export const FIRST_SIDE_UNLIKE = 2;
/** The first bytes of the UNLIKE side, at most 64, are plain text. */
export const FIRST_SIDE_TEXT = 4;
/** number: how many bytes of FIRST_BASE are those of the UNLIKE side, shifted to the left by so many bits */
export const FIRST_SIDE_KEPT_SHIFT = 4;

/** number bytes: looked at to find out what a side starts like */
export const FIRST_LOOK_BYTES = 16;
/** number bytes: of an UNLIKE side, looked at to find out whether it is plain text */
export const FIRST_TEXT_BYTES = 64;

/** number bytes: a table of 256 words of 64 bits */
export const FIRST_TABLE_SIZE = 2048;

// record FIRST_START: of one transport, a table for each thing that is looked at. Bit n of word v: start n of the host's
// list does not have the value v there. All zeros: every start fits.
/** u8[FIRST_LOOK_BYTES * FIRST_TABLE_SIZE]: a table for each byte */
export const FIRST_START_BYTES = 0;
/** u8[FIRST_TABLE_SIZE]: the number of bytes captured, 255 for more */
export const FIRST_START_LENGTH = 32768;
/** u8[FIRST_TABLE_SIZE]: the high byte of a port */
export const FIRST_START_PORT_HIGH = 34816;
/** u8[FIRST_TABLE_SIZE]: its low byte */
export const FIRST_START_PORT_LOW = 36864;
/** size */
export const FIRST_START_SIZE = 38912;

/** number bytes, power of two: of payload kept for a side */
export const FIRST_SIDE_BYTES = 4096;
/** number: runs of bytes of a side */
export const FIRST_RUNS_MAX = 4;
/** number: datagrams kept for a flow */
export const FIRST_DATAGRAMS_MAX = 8;
/** number ns: from the first payload on */
export const FIRST_PATIENCE_NS = 10000000000;
/** number: a TCP flow with so many payload packets and FIRST_ENOUGH_BYTES has enough */
export const FIRST_ENOUGH_PACKETS = 8;
/** number bytes: of both sides, from their start to the first hole */
export const FIRST_ENOUGH_BYTES = 3072;
/** number, power of two: flows that collect at a time, and flows that wait to be read */
export const FIRST_QUEUE_COUNT = 16384;
/** number bytes, power of two: in a chunk */
export const FIRST_CHUNK_DATA_BYTES = 512;

// record FIRST_CHUNK: some first bytes of one side. Beside NEXT, only those of its first chunk mean something.
/** u32: chunk, or NIL */
export const FIRST_CHUNK_NEXT = 0;
/** u32: TCP: runs; UDP: bytes in the chain */
export const FIRST_CHUNK_USED = 4;
/** u32 bytes: UDP: of datagrams */
export const FIRST_CHUNK_HELD = 8;
// gap u8[4]
/** u16[8]: TCP: FIRST_RUNS_MAX runs, from and to by turns, in order */
export const FIRST_CHUNK_RUNS = 16;
/** u8[FIRST_CHUNK_DATA_BYTES] */
export const FIRST_CHUNK_DATA = 32;
/** size */
export const FIRST_CHUNK_SIZE = 544;

// record FIRST_DATAGRAM: before each datagram in a chain; aligned, so that it lies in one chunk.
/** u64 ns */
export const FIRST_DATAGRAM_TIME = 0;
/** u32: captured */
export const FIRST_DATAGRAM_BYTES = 8;
// gap u8[4]
/** size */
export const FIRST_DATAGRAM_SIZE = 16;

// record ROW: a flow as the host reads it, originator first. Counters are f64: exact up to 2^53. Blocks of the groups
// of side records that are on follow it: see CONFIG_ROW_BYTES and SIDE_CONFIG_ROW.
/** u8[16] */
export const ROW_SOURCE = 0;
/** u8[16] */
export const ROW_DESTINATION = 16;
/** u16 */
export const ROW_SOURCE_PORT = 32;
/** u16 */
export const ROW_DESTINATION_PORT = 34;
/** u8 */
export const ROW_PROTOCOL = 36;
/** u8 */
export const ROW_VERSION = 37;
/** u8: END_ */
export const ROW_END_REASON = 38;
/** u8: FLOW_BIT_ */
export const ROW_BITS = 39;
/** u64 ns */
export const ROW_FIRST = 40;
/** u64 ns */
export const ROW_LAST = 48;
/** f64 s: whole seconds of FIRST */
export const ROW_FIRST_SECONDS = 56;
/** f64 s: whole seconds of LAST */
export const ROW_LAST_SECONDS = 64;
/** u32: ns of FIRST in that second */
export const ROW_FIRST_NANOS = 72;
/** u32: ns of LAST in that second */
export const ROW_LAST_NANOS = 76;
/** u16 */
export const ROW_TCP_FLAGS_FORWARD = 80;
/** u16 */
export const ROW_TCP_FLAGS_REVERSE = 82;
/** u32: index */
export const ROW_FLOW = 84;
/** f64[4] counters: at COUNT_ */
export const ROW_FORWARD = 88;
/** f64[4] counters: at COUNT_ */
export const ROW_REVERSE = 120;
/** u32: LINK_GENERATION */
export const ROW_GENERATION = 152;
/** u16: of the first packet; 0xffff: not ICMP, or not known */
export const ROW_ICMP_TYPE = 156;
/** u16: see ROW_ICMP_TYPE */
export const ROW_ICMP_CODE = 158;
/** size */
export const ROW_SIZE = 160;

/** number: rows written at a time at most; fewer when they have blocks of side records: see CONFIG_ROWS_MAX */
export const ROWS_MAX = 512;

// record SLOT: of the flow index, read and written as one u64.
/** u32 */
export const SLOT_HASH = 0;
/** u32: index + 1; 0: empty */
export const SLOT_FLOW = 4;
/** size */
export const SLOT_SIZE = 8;

/** number, power of two: slots of a new index */
export const INDEX_SLOTS_MIN = 1024;
/** number: the index doubles when more than this part of its slots is taken */
export const INDEX_LOAD_NUMERATOR = 1;
/** number */
export const INDEX_LOAD_DENOMINATOR = 2;

// record ORDER: an element of a set to be ordered, read and written as one u64.
/** u32: index */
export const ORDER_FLOW = 0;
/** u32: of the latest packet's time */
export const ORDER_RANK = 4;
/** size */
export const ORDER_SIZE = 8;

// record EVICTION: an entry of the eviction heap.
/** u64 ns */
export const EVICTION_LAST = 0;
/** u32: index, and the flow's rank in its highest bits */
export const EVICTION_RANKED_FLOW = 8;
/** u32 */
export const EVICTION_GENERATION = 12;
/** size */
export const EVICTION_ENTRY_SIZE = 16;

// packed EVICTION u32
/** bits 0..30: index */
export const EVICTION_FLOW_MASK = 1073741823;
/** bits 30..32: rank, 0 is the first to go */
export const EVICTION_RANK_SHIFT = 30;

// Timeout wheel: lists of flows. Level n holds ticks that differ from now in byte n.
/** number ns */
export const TICK_NS = 100000000;
/** number */
export const WHEEL_LEVELS = 5;
/** number, power of two: lists of a level */
export const WHEEL_SLOTS = 256;
/** bytes u32[WHEEL_LEVELS * WHEEL_SLOTS]: list heads */
export const WHEEL_SIZE = WHEEL_LEVELS * WHEEL_SLOTS * 4;

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
// gap u8[4]
/** u64 ns: latest packet of the flow before it */
export const HELD_LAST = 8;
/** KEPT */
export const HELD_PACKET = 16;
/** size */
export const HELD_SIZE = 16384;

/** number: later fragments that wait for their first one at most */
export const WAITING_MAX = 1024;
/** number, power of two: lists of those with the same hash */
export const WAITING_BUCKETS = 256;
/** bytes u32[WAITING_BUCKETS]: list heads, before the entries */
export const WAITING_HEADS_SIZE = WAITING_BUCKETS * 4;

// record WAITING: a later fragment that waits for its first one. Entries are numbered from 1; 0 is none.
/** u8[32]: source and destination */
export const WAITING_ADDRESSES = 0;
/** u64 ticks: at which it has waited too long */
export const WAITING_TICK = 32;
/** u32: entry of the next fragment that came, or next free entry */
export const WAITING_NEXT = 40;
/** u32: entry of the one before */
export const WAITING_PREVIOUS = 44;
/** u32: next older entry of the bucket */
export const WAITING_OLDER = 48;
/** u32: next newer one */
export const WAITING_NEWER = 52;
/** u32: its bucket */
export const WAITING_BUCKET = 56;
// gap u8[4]
/** KEPT */
export const WAITING_PACKET = 64;
/** size */
export const WAITING_SIZE = 16432;

// record FRAGMENT: a first fragment that is remembered.
/** u8[16] */
export const FRAGMENT_SOURCE = 0;
/** u8[16] */
export const FRAGMENT_DESTINATION = 16;
/** u64 ns */
export const FRAGMENT_TIME = 32;
/** u32 */
export const FRAGMENT_ID = 40;
/** u8: what the header with the fragment fields names */
export const FRAGMENT_PROTOCOL = 44;
/** u8: of IP, 4 or 6 */
export const FRAGMENT_VERSION = 45;
/** u8: protocol of the transport */
export const FRAGMENT_TRANSPORT = 46;
/** u8: 0: the entry is free; 2: the first fragment was broken */
export const FRAGMENT_USED = 47;
/** u16: as sent; of ICMP the class */
export const FRAGMENT_SOURCE_PORT = 48;
/** u16: as sent; of ICMP the identifier */
export const FRAGMENT_DESTINATION_PORT = 50;
// gap u8[12]
/** size */
export const FRAGMENT_SIZE = 64;

/** number: entries of a set */
export const FRAGMENT_WAYS = 8;
/** number, power of two */
export const FRAGMENT_SETS = 8192;
/** number ns: a datagram's fragments arrive within 60 s of the first (RFC 8200 §4.5) */
export const FRAGMENT_LIFE_NS = 60000000000;

// record INTERFACE: what a pcapng interface block (or the classic file header) says.
/** u32: LINKTYPE_ */
export const INTERFACE_LINK_TYPE = 0;
/** u32: bytes; 0: no limit */
export const INTERFACE_SNAPLEN = 4;
/** u32: SCALE_ */
export const INTERFACE_SCALE = 8;
/** u32: place in the function table; 0: none */
export const INTERFACE_FILTER = 12;
/** u64 units: per second, or a shift: see SCALE_ */
export const INTERFACE_UNITS = 16;
/** i64 s: added to each time */
export const INTERFACE_OFFSET = 24;
/** u32: INTERFACE_BIT_ */
export const INTERFACE_BITS = 32;
/** u32: 1: a packet longer than the snaplen was reported */
export const INTERFACE_LONG = 36;
// gap u8[8]
/** size */
export const INTERFACE_SIZE = 48;

/** number: more interfaces in one section than this are an error */
export const INTERFACE_MAX = 65536;

// codes SCALE: what a time stamp counts
/** Units are nanoseconds x INTERFACE_UNITS. */
export const SCALE_MULTIPLY = 0;
/** Units are nanoseconds / INTERFACE_UNITS. */
export const SCALE_DIVIDE = 1;
/** Units are 2^-INTERFACE_UNITS seconds. */
export const SCALE_BINARY = 2;

// bits INTERFACE_BIT u32
export const INTERFACE_BIT_SUPPORTED = 1;
/** The unsupported link type was reported to the host. */
export const INTERFACE_BIT_REPORTED = 2;
/** Its records are converted: MODE_CONVERT. */
export const INTERFACE_BIT_CONVERTED = 4;
/** its packets may be outside of the window of time */
export const INTERFACE_BIT_WINDOWED = 8;

// bits WINDOW u32
/** there is a window */
export const WINDOW_ON = 1;
/** its beginning is counted from the first packet; cleared when that has come */
export const WINDOW_FROM_RELATIVE = 2;
/** the same of its end */
export const WINDOW_TO_RELATIVE = 4;

// bits SIDE u32: groups of side records: see src/engine/side_records.ts
export const SIDE_DIRECTIONS = 1;
export const SIDE_PACKET_LOG = 2;
export const SIDE_TCP = 4;
export const SIDE_FIRST_PAYLOAD = 8;
export const SIDE_COMMUNITY_ID = 16;
export const SIDE_ZEEK = 32;
export const SIDE_STATS = 64;
export const SIDE_LINK = 128;
export const SIDE_ACTIVITY = 256;
export const SIDE_FIRST_PACKETS = 512;
export const SIDE_PAYLOAD = 1024;
export const SIDE_ENTROPY = 2048;

// record COMMUNITY_ID: block of the group in a row.
/** u8[32]: TEXT_VALUE */
export const COMMUNITY_ID_TEXT = 0;
/** size */
export const COMMUNITY_ID_SIZE = 32;

/** number: groups of side records at most */
export const SIDE_GROUPS_MAX = 16;

// record SIDE_CONFIG: where a group of side records is.
/** u32: address of its records, one for each flow index */
export const SIDE_CONFIG_RECORDS = 0;
/** u32: offset of its block in a row, bytes */
export const SIDE_CONFIG_ROW = 4;
/** size */
export const SIDE_CONFIG_SIZE = 8;

/** number: words of the hash key */
export const CONFIG_HASH_KEY_WORDS = 12;

// record CONTROL: options, state and counters. CONFIG_ is written by the host before attach; STATE_, READER_, STATUS_,
// COUNTER_ by the engine.
/** u32 */
export const CONFIG_LAYOUT_VERSION = 0;
/** u32: 0 or 1 */
export const CONFIG_BIDIRECTIONAL = 4;
/** u32: 0 or 1 */
export const CONFIG_DECAPSULATE = 8;
/** u32: 0 or 1 */
export const CONFIG_FRAGMENTS_ATTRIBUTE = 12;
/** u32: bytes of a frame that are decoded; 0: all */
export const CONFIG_SNAPLEN = 16;
/** u32: active flows at most */
export const CONFIG_MAX_FLOWS = 20;
/** u64 ns: silence that ends a flow */
export const CONFIG_FLOW_TIMEOUT = 24;
/** u64 ns: silence that ends a flow after FIN or RST; 0: over at once */
export const CONFIG_FIN_TIMEOUT = 32;
/** u64 ns: age that ends a flow; 0: off */
export const CONFIG_ACTIVE_TIMEOUT = 40;
/** u32: closed flows waiting at which the engine stops for its host */
export const CONFIG_CLOSED_LIMIT = 48;
/** u32: headers stored for one flow at most; 0: none */
export const CONFIG_HEADERS_MAX = 52;
/** u32: chunks in the log region, WAITING_MAX more aside */
export const CONFIG_CHUNKS_MAX = 56;
/** u32: groups of side records that are kept, SIDE_; 0: none */
export const CONFIG_SIDES = 60;
/** u64 bytes: of active flows; 0: no limit */
export const CONFIG_SOFT_LIMIT = 64;
/** u64 bytes: of active flows; 0: no limit */
export const CONFIG_HARD_LIMIT = 72;
/** u32: 1: frames pass a filter; the host is asked for one per link type */
export const CONFIG_FILTER = 80;
/** u32: flow records: max flows + closed limit + what can start with one batch: its packets and WAITING_MAX fragments */
export const CONFIG_POOL_COUNT = 84;
/** u32[CONFIG_HASH_KEY_WORDS] */
export const CONFIG_HASH_KEY = 88;
/** u32: address of the region, as those below */
export const CONFIG_INTERFACES = 136;
/** u32 */
export const CONFIG_FLOWS = 140;
/** u32 */
export const CONFIG_LINKS = 144;
/** u32: bytes of a flow with its link and side records, stored headers aside */
export const CONFIG_FLOW_BYTES = 148;
/** u32: bytes of a row with the blocks of its side records */
export const CONFIG_ROW_BYTES = 152;
/** u32 */
export const CONFIG_CHUNKS = 156;
/** u32 */
export const CONFIG_INDEX_A = 160;
/** u32 */
export const CONFIG_INDEX_B = 164;
/** u32 */
export const CONFIG_ORDER_A = 168;
/** u32 */
export const CONFIG_ORDER_B = 172;
/** u32 */
export const CONFIG_EVICTION = 176;
/** u32 */
export const CONFIG_FRAGMENTS = 180;
/** u32: entries of the eviction heap */
export const CONFIG_EVICTION_CAPACITY = 184;
/** u32: address of the frame ring */
export const CONFIG_RING = 188;
/** u32: its bytes, a power of two; 0: there is none */
export const CONFIG_RING_SIZE = 192;
/** u32: address of the queue of started flows */
export const CONFIG_START_QUEUE = 196;
/** u32: its entries, a power of two; 0: starts are not noted */
export const CONFIG_START_QUEUE_CAPACITY = 200;
/** u32: rows written at a time */
export const CONFIG_ROWS_MAX = 204;
/** u32: groups that have a block in the rows, SIDE_; 0: none */
export const CONFIG_BLOCKS = 208;
/** u32: 0 to 65535 */
export const CONFIG_COMMUNITY_ID_SEED = 212;
/** u32: address of the held SYNs */
export const CONFIG_HELD_SYNS = 216;
/** u32: address of the waiting fragments */
export const CONFIG_WAITING = 220;
/** u64 ns: packets before it are outside of the window */
export const CONFIG_WINDOW_FROM = 224;
/** u64 ns: packets from it on are outside */
export const CONFIG_WINDOW_TO = 232;
/** u32: WINDOW_ bits: packets outside of a span of time are filtered out; 0: there is none */
export const CONFIG_WINDOW = 240;
// gap u8[4]
/** u32: 1: packets with a wrong checksum are dropped */
export const CONFIG_CHECKSUMS = 248;
/** end */
export const CONFIG_END = 252;
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
/** u32: address of the index in use */
export const STATE_INDEX = 308;
/** u32: its slots - 1 */
export const STATE_INDEX_MASK = 312;
/** u32: chunks used so far */
export const STATE_CHUNK_TOP = 316;
/** u32: first free chunk below the top, or NIL */
export const STATE_CHUNK_FREE = 320;
/** u32: chunks held by active and by closed flows */
export const STATE_CHUNKS_USED = 324;
/** u32: entries of the eviction heap */
export const STATE_EVICTION_COUNT = 328;
/** u32: 1: the heap holds all flows up to EVICTION_RANK and EVICTION_LAST */
export const STATE_EVICTION_VALID = 332;
/** u64 ns: latest packet of the flows of EVICTION_RANK then */
export const STATE_EVICTION_LAST = 336;
/** u64 bytes: in use when idle flows are looked for next */
export const STATE_SOFT_NEXT = 344;
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
/** u32: highest rank that the eviction heap reaches up to */
export const STATE_EVICTION_RANK = 404;
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
/** u64[VERDICT_COUNT] packets: by verdict. That of DELIVER is not used: see PROTOCOL_COUNTERS */
export const COUNTER_VERDICTS = 648;
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
// Words shared by the threads of a live capture. All are read and written with atomics. Ring positions count bytes
// since the start, modulo 2^32.
/** line u32: end of what is published. Written by the producer */
export const RING_HEAD = 1024;
/** line u32: end of what was consumed. Written by the consumer */
export const RING_TAIL = 1088;
/** line u32: 1 while the consumer sleeps on RING_HEAD. Written by the consumer */
export const RING_SLEEPS = 1152;
/** line u32: free bytes that the producer waits for; 0: none. Written by the producer, taken back by the consumer */
export const RING_WANTED = 1216;
/** line u32: who has the table: LOCK_. Written by the tracker and the host */
export const LOCK = 1280;
/**
 * line u32: 1 while the host wants the table: the tracker leaves it to it after the present piece. Written by the
 * host
 */
export const LOCK_INTENT = 1344;
/** line u32: 1 while a notification of closed or started flows is pending. Written by both */
export const FLOWS_WAITING = 1408;
/** line u32: 1 when no more frames will come. Written by the host */
export const RING_ENDED = 1472;
/** line u64 ns: up to which the line was silent; 0: not known. Written by the host */
export const QUIET_TIME = 1536;
// Of the tracker alone.
/** u32: bytes of the piece at RING_TAIL that were used already */
export const RING_PROGRESS = 1600;
/** u32: flows noted as started since the start, modulo 2^32 */
export const START_QUEUE_HEAD = 1604;
// gap u8[192]
// Conversion: in MODE_CONVERT the records that a walk uses become those of a little-endian classic file with
// microseconds, in the place where they lie: none of them grows. Nothing is decoded then.
/** u32: MODE_. Written by the host before the first file */
export const WALK_MODE = 1800;
/** u32: the records of the last walk lie in [CONVERT_FROM, CONVERT_TO) */
export const CONVERT_FROM = 1804;
/** u32 */
export const CONVERT_TO = 1808;
/** u32: how many they are. Each has a note */
export const CONVERT_COUNT = 1812;
/** SIDE_CONFIG[SIDE_GROUPS_MAX]: by number of the group's bit */
export const CONFIG_SIDE_GROUPS = 1816;
/** u32: address of the chunks of first bytes */
export const CONFIG_FIRST_CHUNKS = 1944;
/** u32 */
export const CONFIG_FIRST_CHUNKS_MAX = 1948;
/** u32: address of the queue of flows that collect first bytes: START entries */
export const CONFIG_FIRST_COLLECTING = 1952;
/** u32: address of the queue of flows that have enough: START entries */
export const CONFIG_FIRST_READY = 1956;
/** u32: chunks used so far */
export const STATE_FIRST_CHUNK_TOP = 1960;
/** u32: first free chunk below the top, or NIL */
export const STATE_FIRST_CHUNK_FREE = 1964;
/** u32: flows that began to collect, modulo 2^32 */
export const STATE_FIRST_COLLECTING_HEAD = 1968;
/** u32: those of them that were looked at again */
export const STATE_FIRST_COLLECTING_TAIL = 1972;
/** u32: flows that had enough, modulo 2^32 */
export const STATE_FIRST_READY_HEAD = 1976;
/** u32: those of them that the host has taken */
export const STATE_FIRST_READY_TAIL = 1980;
/** u64 flows: whose first bytes found no chunk */
export const COUNTER_FIRST_POOL_EMPTY = 1984;
/** u32: address of the bits of server ports */
export const CONFIG_SERVER_PORTS = 1992;
/** u32: address of the local networks */
export const CONFIG_LOCAL_NETS = 1996;
/** u32: how many they are; 0: which addresses are local is not known */
export const CONFIG_LOCAL_NETS_COUNT = 2000;
/** u32: address of what the two transports start like: FIRST_START of TCP, then of UDP */
export const CONFIG_FIRST_STARTS = 2004;
/** u64 flows: whose first bytes had more holes than are kept */
export const COUNTER_FIRST_GAP = 2008;
/** u64 ns: silence that ends an active period; 0: IDLE_THRESHOLD_NS */
export const CONFIG_IDLE_THRESHOLD = 2016;
/** u32: CUT_RULES_ */
export const CONFIG_CUT_RULES = 2024;
/** u32: chunks of first bytes that are not free */
export const STATE_FIRST_CHUNKS_USED = 2028;
/** u32: packets that are kept of a flow, of the group first-packets */
export const CONFIG_FIRST_PACKETS = 2032;
/** u32: payload bytes that are kept of a side, of the group payload */
export const CONFIG_PAYLOAD = 2036;
/** u32: address of values of c log2 c, f64[ENTROPY_TABLE_COUNT] */
export const CONFIG_ENTROPY_TABLE = 2040;
// gap u8[1028]
/** u64 packets: later fragments that gave way to others before they had waited long enough */
export const COUNTER_FRAGMENTS_EVICTED = 3072;
/** u32: fragments that wait */
export const STATE_WAITING_COUNT = 3080;
/** u32: entry of the one that has waited longest */
export const STATE_WAITING_OLDEST = 3084;
/** u32: entry of the one that came last */
export const STATE_WAITING_NEWEST = 3088;
/** u32: entries used so far */
export const STATE_WAITING_TOP = 3092;
/** u32: first free entry below the top */
export const STATE_WAITING_FREE = 3096;
// gap u8[4]
/** u64 packets: without a time, or with one before 1970 or after 2554 */
export const COUNTER_UNTIMED = 3104;
/** u64 packets: behind the clock by more than a flow may be silent */
export const COUNTER_LATE = 3112;
/** u64 ns: how far the first of them was behind */
export const STATE_LATE_BY = 3120;
/** u64 packets: with more captured bytes than the snaplen of their interface */
export const COUNTER_BEYOND_SNAPLEN = 3128;
/** u64 packets: with more captured bytes than their record says that there were on the wire */
export const COUNTER_WIRE_TOO_SHORT = 3136;
/** u32: 1: the order sets are in use by the tracker, which may leave the table to the host meanwhile */
export const STATE_ORDERING = 3144;
/** u32: pass of the sort that is under way */
export const STATE_SORT_PASS = 3148;
/** u32: its next element */
export const STATE_SORT_PLACE = 3152;
/** u32: FLUSH_ */
export const STATE_FLUSH_PHASE = 3156;
/** u64 ways: times that the tracker has left the table to the host in the middle of its work */
export const COUNTER_WAYS_GIVEN = 3160;
// gap u8[928]
/** size */
export const CONTROL_SIZE = 4096;

// bits READER_BIT u32
/** A packet of the file had a time. */
export const READER_BIT_TIMED = 1;
/** No more bytes of the file will come. Set by the host. */
export const READER_BIT_END = 2;

// codes FLUSH: what the flush is at
/** Active flows are looked for, up to STATE_FLUSHED. */
export const FLUSH_GATHER = 0;
export const FLUSH_SORT = 1;
export const FLUSH_END = 2;

// codes CUT_RULES: when a SYN begins a new flow
export const CUT_RULES_USUAL = 0;
/** As in CICFlowMeter: see cic_rules.ts. The group activity is on. */
export const CUT_RULES_CIC = 1;
/** Those of Zeek: track/zeek_cuts.ts. The group zeek is on. */
export const CUT_RULES_ZEEK = 2;

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

// codes LOCK
export const LOCK_FREE = 0;
export const LOCK_TRACKER = 1;
export const LOCK_HOST = 2;

// codes RING: what the consumer found
export const RING_EMPTY = 0;
export const RING_TAKEN = 1;
/** Closed flows wait: have them read, or drop some. */
export const RING_DRAIN = 2;
/** An interface is to be described before going on. */
export const RING_DESCRIBE = 3;

// codes PROTOCOL_CLASS: of a flow, by its protocol
export const PROTOCOL_CLASS_TCP = 0;
export const PROTOCOL_CLASS_UDP = 1;
export const PROTOCOL_CLASS_ICMP = 2;
export const PROTOCOL_CLASS_OTHER = 3;

// record PIECE: header of a ring piece; records of a classic pcap file follow. Pieces begin at multiples of
// PIECE_ALIGNMENT and never wrap: what is left at the end of the ring is a piece without records.
/** u32: bytes, with this header */
export const PIECE_SIZE = 0;
/** u32: number of the capture interface, PIECE_EMPTY or PIECE_DESCRIPTION */
export const PIECE_INTERFACE = 4;
/** u32: bytes of records */
export const PIECE_BYTES = 8;
/** u32: PIECE_BIT_, and bits 32 and above of the seconds of all its records from PIECE_SECONDS_HIGH_SHIFT on */
export const PIECE_BITS = 12;
/** size */
export const PIECE_HEADER = 16;

/** number bytes, power of two */
export const PIECE_ALIGNMENT = 16;
/** number bytes: of a record that must lie in one piece */
export const RECORD_SIZE_MAX = 262272;

// packed PIECE u32
/** bits 0..1: each record is followed by what makes its size a multiple of 4 */
export const PIECE_BIT_PADDED = 1;
/** bits 8..32 */
export const PIECE_SECONDS_HIGH_SHIFT = 8;

// codes PIECE: in place of an interface
/** Nothing is in the piece. */
export const PIECE_EMPTY = 0xffffffff;
/** The host has sent the tracker the description of one. */
export const PIECE_DESCRIPTION = 0xfffffffe;

// record RECORD: header of a record in a piece; the frame follows.
/** u32: bits 0 to 31 */
export const RECORD_SECONDS = 0;
/** u32: in units of the interface */
export const RECORD_FRACTION = 4;
/** u32: bytes that follow */
export const RECORD_CAPTURED = 8;
/** u32: bytes on the wire */
export const RECORD_WIRE = 12;
/** size */
export const RECORD_HEADER = 16;

// record START: an entry of the queue of started flows.
/** u32: index */
export const START_FLOW = 0;
/** u32 */
export const START_GENERATION = 4;
/** size */
export const START_SIZE = 8;

/** bytes u32: a note: what a classic record cannot say */
export const RECORD_EXTRA_SIZE = 4;

// packed RECORD_EXTRA u32
/** bits 0..10: ns beyond the microsecond */
export const RECORD_EXTRA_NANOS_MASK = 1023;
/** bits 10..27: link type, and in the highest bit: the file's byte order is the other one */
export const RECORD_EXTRA_INTERFACE_SHIFT = 10;
/** bits 10..27 */
export const RECORD_EXTRA_INTERFACE_MASK = 131071;
/** bits 27..30: bits 32 to 34 of the seconds */
export const RECORD_EXTRA_SECONDS_SHIFT = 27;

// packed RECORD_EXTRA_LINK_TYPE u32: the part at RECORD_EXTRA_INTERFACE_SHIFT
/** bits 0..16 */
export const RECORD_EXTRA_LINK_TYPE_MASK = 65535;
/** bits 16..17 */
export const RECORD_EXTRA_LINK_TYPE_BITS = 16;

// codes MODE: what a walk does with the frames
/** Decodes and tracks them. */
export const MODE_TRACK = 0;
/** Converts their records. */
export const MODE_CONVERT = 1;

/** number */
export const FILTERS_MAX = 64;
/** number bytes: no line of text is longer. Fewer rows are written at a time when their lines are long */
export const LINE_MAX = 65536;
/** number bytes: room for the lines of the rows that are written at a time */
export const TEXT_SIZE = 524288;
/** number bytes: two blocks of SHA-1 */
export const DIGEST_SIZE = 128;

/** number */
export const PROGRAM_STEPS_MAX = 512;
/** number */
export const PROGRAM_WORDS_MAX = 512;

// record WORD: of an enumeration, ASCII
/** u8: characters */
export const WORD_LENGTH = 0;
/** u8[31] */
export const WORD_TEXT = 1;
/** size */
export const WORD_SIZE = 32;

// record STEP: of a field program: a piece of text, then what the row has at an offset
/** u8: VALUE_ */
export const STEP_VALUE = 0;
/** u8: ABSENT_ */
export const STEP_ABSENT = 1;
/** u16: of the value in the row */
export const STEP_OFFSET = 2;
/** u8: character before and behind the value; 0: none */
export const STEP_QUOTE = 4;
/** u8: greatest code that has a word */
export const STEP_LAST_WORD = 5;
/** u16: steps behind this one that are left out when the flow lacks the value */
export const STEP_SKIP = 6;
/** u32: address of the words by code */
export const STEP_WORDS = 8;
/** u8: 1: a list is in brackets, with commas; 0: its members have spaces between them */
export const STEP_BRACKETS = 12;
/** u8: 1: the step writes nothing when the flow lacks the value */
export const STEP_OPTIONAL = 13;
// gap u8[2]
/** u8[48]: length, then so many ASCII characters */
export const STEP_PIECE = 16;
/** size */
export const STEP_SIZE = 64;

// record PROGRAM: how a row becomes a line, written by the host. A step for each field and one for the end of the line.
/** u32: steps */
export const PROGRAM_COUNT = 0;
// gap u8[12]
/** WORD: stands for what a flow does not have */
export const PROGRAM_NONE = 16;
/** STEP[PROGRAM_STEPS_MAX] */
export const PROGRAM_STEPS = 48;
/** WORD[PROGRAM_WORDS_MAX]: of all enumerations */
export const PROGRAM_WORDS = PROGRAM_STEPS + PROGRAM_STEPS_MAX * STEP_SIZE;
/** size */
export const PROGRAM_SIZE = PROGRAM_WORDS + PROGRAM_WORDS_MAX * WORD_SIZE;

// record COLUMN: a field of the rows as an array of its own, see assembly/out/columns.ts. The host writes the list.
/** u8: VALUE_ */
export const COLUMN_VALUE = 0;
/** u8: ABSENT_ */
export const COLUMN_ABSENT = 1;
/** u16: of the value in the row */
export const COLUMN_OFFSET = 2;
/** u8: bytes of a number in the array, 1, 2, 4 or 8; 0: the values are texts */
export const COLUMN_WIDTH = 4;
/** u8: greatest code that has a word */
export const COLUMN_LAST_WORD = 5;
// gap u8[2]
/** u32: address of the numbers, or of the ends of the texts, u32 each */
export const COLUMN_VALUES = 8;
/** u32: address of the characters of the texts, which follow each other */
export const COLUMN_TEXT = 12;
/** u32: address of a byte for each row, 1: the flow has the value; 0: every flow has it */
export const COLUMN_PRESENT = 16;
/** size */
export const COLUMN_SIZE = 20;

// record COLUMN_LIST: which columns are written
/** u32: columns */
export const COLUMN_LIST_COUNT = 0;
/** COLUMN[PROGRAM_STEPS_MAX] */
export const COLUMN_LIST_COLUMNS = 4;
/** size */
export const COLUMN_LIST_SIZE = COLUMN_LIST_COLUMNS + PROGRAM_STEPS_MAX * COLUMN_SIZE;

// codes VALUE: how a value lies in the row and is written
/** Nothing: the step is text, or begins an object that the flow may lack. */
export const VALUE_NONE = 0;
/** 16 bytes; ROW_VERSION says how many of them count. */
export const VALUE_ADDRESS = 1;
export const VALUE_U8 = 2;
export const VALUE_U16 = 3;
export const VALUE_U32 = 4;
export const VALUE_U64 = 5;
/** A whole number as f64. */
export const VALUE_F64 = 6;
/** Nanoseconds u64, written as seconds with nine decimals. */
export const VALUE_TIME = 7;
/** A code u8, written as its word; a greater code than any has the last word. */
export const VALUE_WORD = 8;
/** f64, written as the decimal number that reads back as the same. */
export const VALUE_DECIMAL = 9;
/** A TEXT_VALUE. */
export const VALUE_TEXT = 10;
/** Six bytes in eight, as 00:00:5e:00:53:01. */
export const VALUE_MAC = 16;
/** An IP_VALUE. */
export const VALUE_IP = 17;
/** Count u32, then so many numbers u32. */
export const VALUE_LIST = 18;
/** whole nanoseconds, in quotes when the step wants them */
export const VALUE_NS = 19;
/** a time of ISO 8601, UTC, with nanoseconds */
export const VALUE_ISO = 20;
/** Nanoseconds u64, written as seconds with six decimals. */
export const VALUE_MICROS = 21;
/** As an EARLY record. */
export const VALUE_PACKETS = 24;
/** Length u32, then so many bytes, written in Base64. */
export const VALUE_OCTETS = 25;

// codes FORM: how a value is written in a data record
/** The number. */
export const FORM_PLAIN = 0;
/** Bytes, as they are. */
export const FORM_BYTES = 1;
/** Nanoseconds, written as milliseconds. */
export const FORM_MILLIS = 2;
/** Nanoseconds since the epoch, written as NTP's 64 bits (RFC 7011 6.1.10). */
export const FORM_NTP = 3;
/** The same, written as milliseconds since PART_LIST_BEGIN. */
export const FORM_UPTIME = 4;
/** The number is at PART_OFFSET itself. */
export const FORM_CONSTANT = 5;

// record PART: of a data record, see assembly/out/data_records.ts
/** u8: VALUE_ */
export const PART_VALUE = 0;
/** u8: ABSENT_ */
export const PART_ABSENT = 1;
/** u16: of the value in the row */
export const PART_OFFSET = 2;
/** u8: bytes; of a number 1, 2, 4 or 8 */
export const PART_WIDTH = 4;
/** u8: FORM_ */
export const PART_FORM = 5;
/** u8: greatest code that has a word */
export const PART_LAST_WORD = 6;
// gap u8[1]
/** u32: address of the numbers u8 that stand for codes */
export const PART_NUMBERS = 8;
/** size */
export const PART_SIZE = 12;

/** number: parts of records of all kinds */
export const PART_LIST_PARTS_MAX = 1024;
/** number bytes: numbers of all enumerations */
export const PART_LIST_WORDS_SIZE = 4096;

// record PART_LIST: what data records consist of, written by the host. A list is u16 first part, u16 parts.
/** u64 ns: time 0 of FORM_UPTIME */
export const PART_LIST_BEGIN = 0;
/** u32: list for flows of IPv4 */
export const PART_LIST_FORWARD_V4 = 8;
/** u32: list for flows of IPv6 */
export const PART_LIST_FORWARD_V6 = 12;
/** u32: list for a record of the reverse direction; without parts there is no such record */
export const PART_LIST_REVERSE_V4 = 16;
/** u32: the same of IPv6 */
export const PART_LIST_REVERSE_V6 = 20;
/** PART[PART_LIST_PARTS_MAX] */
export const PART_LIST_PARTS = 24;
/** u8[PART_LIST_WORDS_SIZE] */
export const PART_LIST_WORDS = PART_LIST_PARTS + PART_LIST_PARTS_MAX * PART_SIZE;
/** size */
export const PART_LIST_SIZE = PART_LIST_WORDS + PART_LIST_WORDS_SIZE;

// record DATA_NOTE: what the host must know of a data record
/** u32: IP version, 4 or 6 */
export const DATA_NOTE_VERSION = 0;
/** u32 s: its flow's last packet, rounded up */
export const DATA_NOTE_SECONDS = 4;
/** size */
export const DATA_NOTE_SIZE = 8;

/** number: data records that are written at a time */
export const DATA_NOTES_MAX = 1024;
/** number bytes */
export const DATA_RECORDS_SIZE = 516096;

// record DATA: data records, and a note of each
/** DATA_NOTE[DATA_NOTES_MAX] */
export const DATA_NOTES = 0;
/** u8[DATA_RECORDS_SIZE]: one behind the other */
export const DATA_RECORDS = DATA_NOTES + DATA_NOTES_MAX * DATA_NOTE_SIZE;
/** size */
export const DATA_SIZE = DATA_RECORDS + DATA_RECORDS_SIZE;

// codes ABSENT: when a flow does not have the value
export const ABSENT_NEVER = 0;
/** The flow is not TCP. */
export const ABSENT_NOT_TCP = 1;
/** There is no packet in the direction. */
export const ABSENT_NO_FORWARD = 2;
export const ABSENT_NO_REVERSE = 3;
/** All bits of the value are 1. */
export const ABSENT_SENTINEL = 4;
/** No flow has it. */
export const ABSENT_ALWAYS = 5;

// record TEXT_VALUE: text in a row.
/** u8: characters, at most 254; 255: there is no text */
export const TEXT_VALUE_LENGTH = 0;
/** size: the characters follow, ASCII 0x20 to 0x7e */
export const TEXT_VALUE_HEADER = 1;

// record FILTER: an entry of the list of filters, which ends with one without a filter.
/** u32: link type, with the file's byte order in bit 31 */
export const FILTER_KEY = 0;
/** u32: in the function table; 0: the list ends */
export const FILTER_PLACE = 4;
/** size */
export const FILTER_SIZE = 8;

// regions: what has a fixed address. The other regions follow, where the CONFIG_ words say.
/** CONTROL */
export const CONTROL = 65536;
/** u32[WHEEL_LEVELS * WHEEL_SLOTS]: list heads */
export const WHEEL = CONTROL + CONTROL_SIZE;
/** FILTER[FILTERS_MAX] */
export const FILTERS = WHEEL + WHEEL_SIZE;
/** u32[4 * 256]: digit counts of the radix sort */
export const HISTOGRAMS = FILTERS + FILTERS_MAX * 8;
/** u64[256] packets: delivered, by IANA protocol number */
export const PROTOCOL_COUNTERS = HISTOGRAMS + 4096;
/** PACKET[BATCH_COUNT]: the batch */
export const PACKETS = PROTOCOL_COUNTERS + 2048;
/** PACKET: second scratch packet of the decapsulation */
export const PACKET_INNER = PACKETS + BATCH_COUNT * PACKET_SIZE;
/** PACKET: only its key is used: to be hashed or looked up */
export const SCRATCH_PACKET = PACKET_INNER + PACKET_SIZE;
/** u8[32]: source and destination of a look-up, written by the host */
export const LOOKUP_ADDRESSES = SCRATCH_PACKET + PACKET_SIZE;
// gap u8[32]
/** ROW[ROWS_MAX] */
export const ROWS = LOOKUP_ADDRESSES + 64;
/** PROGRAM */
export const PROGRAM = ROWS + ROWS_MAX * ROW_SIZE;
/** COLUMN_LIST on PROGRAM: rows become columns, or lines */
export const COLUMN_LIST = PROGRAM;
/** PART_LIST on PROGRAM: rows become data records, or lines */
export const PART_LIST = PROGRAM;
/** u8[TEXT_SIZE]: of all rows */
export const TEXT = PROGRAM + PROGRAM_SIZE;
/** u8[TEXT_SIZE] on TEXT: the columns of all rows, where the list says */
export const COLUMNS = TEXT;
/** DATA on TEXT: the data records of all rows */
export const DATA = TEXT;
/** u32[TEXT_SIZE / RECORD_EXTRA_SIZE] on TEXT: notes of a conversion, which writes no text */
export const RECORD_EXTRAS = TEXT;
/** u8[DIGEST_SIZE]: message of a SHA-1, with its padding */
export const DIGEST = TEXT + TEXT_SIZE;
/** TAGS: those of a frame that is walked again */
export const FRAME_TAGS = DIGEST + DIGEST_SIZE;
/** end */
export const FIXED_END = FRAME_TAGS + TAGS_SIZE;

/** number bytes: largest captured length of a record that is taken as sound (libpcap's MAXIMUM_SNAPLEN) */
export const CAPTURED_LENGTH_MAX = 262144;
