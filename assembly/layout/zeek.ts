/** The group zeek. */

// record ZEEK_SIDE: one end of a connection by Zeek's rules: what most segments touch. Sequence numbers are relative to
// the first one and count on beyond 2^32; these are their lower halves: see ZEEK_END_FAR.
/** u32 bytes: TCP: end of what was sent; else payload */
export const ZEEK_LAST = 0;
/** u32 bytes: acknowledged by the peer */
export const ZEEK_ACK = 4;
/** u32 bytes: up to here all was delivered or given up */
export const ZEEK_EDGE = 8;
/** u32: first sequence number */
export const ZEEK_START = 12;
/** u16: ZEEK_END_ */
export const ZEEK_END_BITS = 16;
/** u8: ZEEK_STATE_ */
export const ZEEK_STATE = 18;
/** u8: ZEEK_PAST_ */
export const ZEEK_PAST = 19;
/** size */
export const ZEEK_SIDE_SIZE = 20;

// packed ZEEK_PAST u8
/** bits 0..4: ZEEK_STATE_ before the last change */
export const ZEEK_PAST_STATE_MASK = 15;
/** bits 4..8: delivered blocks above the edge */
export const ZEEK_PAST_BLOCKS_SHIFT = 4;

// record ZEEK_FURTHER: the rest of an end.
/** u32 bytes: behind the last FIN */
export const ZEEK_FIN_END = 0;
/** u32: relative number of the last FIN, with its payload */
export const ZEEK_LAST_FIN = 4;
/** u32: of the last RST */
export const ZEEK_LAST_RST = 8;
/** u32 bytes: highest acknowledgement above the edge for which holes were looked for */
export const ZEEK_TRIMMED = 12;
/** u8[3]: by ZEEK_COUNT_: how often there was what the history has at the 1st, 10th, 100th time; see ZEEK_END_MANY */
export const ZEEK_COUNTS = 16;
// gap u8
/** size */
export const ZEEK_FURTHER_SIZE = 20;
/** number bytes: from a ZEEK_SIDE to its ZEEK_FURTHER */
export const ZEEK_FURTHER = 64;

// codes ZEEK_COUNT
/** Wrong checksums. */
export const ZEEK_COUNT_CHECKSUM = 0;
/** Windows of 0. */
export const ZEEK_COUNT_WINDOW = 1;
/** Retransmissions. */
export const ZEEK_COUNT_RETRANSMISSION = 2;
/** Gaps: counted at ZEEK_GAPS. */
export const ZEEK_COUNT_GAP = 3;

// record ZEEK_RARE_SIDE: what few ends have.
/** u32[9]: upper halves of relative numbers: see ZEEK_END_FAR */
export const ZEEK_UPPERS = 0;
// gap u8[4]
/** i64 bytes: relative number of the last SYN: see ZEEK_END_FAR */
export const ZEEK_LAST_SYN = 40;
/** u32[4]: in place of ZEEK_COUNTS and ZEEK_GAPS: see ZEEK_END_MANY */
export const ZEEK_MANY_COUNTS = 48;
/** u32[8]: begins of ZEEK_BLOCKS_MAX blocks that were delivered above the edge, in order, modulo 2^32 */
export const ZEEK_BLOCK_FROM = 64;
/** u32[8] bytes */
export const ZEEK_BLOCK_BYTES = 96;
/** size */
export const ZEEK_RARE_SIDE_SIZE = 128;

// record ZEEK_RARE: what few flows have, at the same index as their ZEEK. Its memory is touched for them only.
/** ZEEK_RARE_SIDE[2] */
export const ZEEK_RARE_SIDES = 0;
/** u8[64]: TEXT_VALUE: a history of more than ZEEK_SHORT_MAX letters */
export const ZEEK_LONG_HISTORY = 256;
/** size */
export const ZEEK_RARE_SIZE = 320;

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
/** A number has been 2^32 or more, or below 0, or a SYN was not the first segment: see ZEEK_RARE_SIDE. */
export const ZEEK_END_FAR = 4096;
/** A count was too large: ZEEK_RARE_SIDE has all. */
export const ZEEK_END_MANY = 8192;

// record ZEEK: the group zeek of a flow, low side first: two lines of the cache. Most segments need the first one only.
/** u64 ns: latest packet; when both sides have closed it stands */
export const ZEEK_LAST_TIME = 0;
/** u16: ZEEK_BIT_ */
export const ZEEK_BITS = 8;
/** u16[2]: gaps of each end, as ZEEK_COUNTS */
export const ZEEK_GAPS = 10;
// gap u8[2]
/** u64 ns: TCP: see ZEEK_BIT_ATTEMPT and ZEEK_BIT_CLOSED; else from when on the next packet looks for silence */
export const ZEEK_SINCE = 16;
/** ZEEK_SIDE[2] */
export const ZEEK_SIDES = 24;
/** u64 bytes */
export const ZEEK_MISSED = 64;
/** u8[16]: TEXT_VALUE: up to ZEEK_SHORT_MAX letters; the length is that of a longer one, too */
export const ZEEK_HISTORY = 72;
/** ZEEK_FURTHER[2] */
export const ZEEK_FURTHERS = 88;
/** size */
export const ZEEK_SIZE = 128;

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
/** number: letters of a history that ZEEK_HISTORY has room for */
export const ZEEK_SHORT_MAX = 15;

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

/** number: all pairs of digits of base 62, u8[2] each, the last digit first; digits are 0 to 9, A to Z, a to z */
export const DIGIT_PAIRS_COUNT = 3844;

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
