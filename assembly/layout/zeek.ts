/** The group zeek. */

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
/** u32: first sequence number */
export const ZEEK_START = 40;
/** u16: ZEEK_END_ */
export const ZEEK_END_BITS = 44;
/** u8: ZEEK_STATE_ */
export const ZEEK_STATE = 46;
/** u8: ZEEK_STATE_ before the last change */
export const ZEEK_PREVIOUS = 47;
/** u8: delivered blocks above the edge */
export const ZEEK_BLOCKS = 48;
// gap u8[3]
/** u32: relative number of the last SYN, modulo 2^32 */
export const ZEEK_LAST_SYN = 52;
/** u32: of the last FIN, with its payload */
export const ZEEK_LAST_FIN = 56;
/** u32: of the last RST */
export const ZEEK_LAST_RST = 60;
/** size */
export const ZEEK_SIDE_SIZE = 64;

// record ZEEK_DELIVERED: what was delivered of an end above its edge, in order.
/** u32[8]: begins of ZEEK_BLOCKS_MAX blocks, modulo 2^32 */
export const ZEEK_BLOCK_FROM = 0;
/** u32[8] bytes */
export const ZEEK_BLOCK_BYTES = 32;
/** size */
export const ZEEK_DELIVERED_SIZE = 64;
/** number bytes: from a side to its ZEEK_DELIVERED */
export const ZEEK_DELIVERED = 128;

// record ZEEK_COUNTS: occurrences of letters of an end that the history has at the 1st, 10th, 100th time.
/** u32: wrong checksums */
export const ZEEK_COUNT_CHECKSUM = 0;
/** u32: windows of 0 */
export const ZEEK_COUNT_WINDOW = 4;
/** u32: retransmissions */
export const ZEEK_COUNT_RETRANSMISSION = 8;
/** u32: gaps */
export const ZEEK_COUNT_GAP = 12;
/** size */
export const ZEEK_COUNTS_SIZE = 16;

// record ZEEK_FAR: upper halves of the relative numbers that ZEEK_SIDE has modulo 2^32, in its order; see ZEEK_END_FAR
/** u32[3]: of SYN, FIN, RST */
export const ZEEK_FAR_PLACES = 0;
/** size */
export const ZEEK_FAR_SIZE = 12;

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
/** A SYN, FIN or RST was 4 GiB or more from the first number, or before it: ZEEK_FAR counts. */
export const ZEEK_END_FAR = 4096;

// record ZEEK: the group zeek of a flow, low side first. Segments touch the first three lines of the cache.
/** u64 ns: latest packet; when both sides have closed it stands */
export const ZEEK_LAST_TIME = 0;
/** u64 ns: TCP: see ZEEK_BIT_ATTEMPT and ZEEK_BIT_CLOSED; else from when on the next packet looks for silence */
export const ZEEK_SINCE = 8;
/** u64 bytes */
export const ZEEK_MISSED = 16;
/** u16: ZEEK_BIT_ */
export const ZEEK_BITS = 24;
// gap u8[6]
/** ZEEK_COUNTS[2] */
export const ZEEK_COUNTS = 32;
/** ZEEK_SIDE[2] */
export const ZEEK_SIDES = 64;
/** ZEEK_DELIVERED[2] */
export const ZEEK_BLOCK_LISTS = 192;
/** u8[64]: TEXT_VALUE */
export const ZEEK_HISTORY = 320;
/** ZEEK_FAR[2] */
export const ZEEK_FARS = 384;
/** size */
export const ZEEK_SIZE = 408;

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
