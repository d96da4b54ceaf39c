/** Side record: first bytes of a flow, from which its protocol is recognised. */

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
/** number: those that the host sees */
export const FIRST_BITS_NAMED = 63;
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
/** The UNLIKE side may be like one after all: its first datagram is kept, and the next one tells. */
export const FIRST_SIDE_WEAK = 8;
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
/** u64 units: a bit for each start of which one datagram says little */
export const FIRST_START_WEAK = 38912;
/** size */
export const FIRST_START_SIZE = 38920;

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

// record FIRST_BLOCK: what a row has of it
/** u32: FIRST_KIND_ of what was sent, FIRST_BITS shifted by FIRST_KIND_BITS; NIL: there is something to read, or was */
export const FIRST_BLOCK_UNLIKE = 0;
// gap u8[4]
/** REFERENCE: what the host writes into the row's line */
export const FIRST_BLOCK_TEXT = 8;
/** size */
export const FIRST_BLOCK_SIZE = 16;

// bits FIRST_KIND u32
/** An unlike side has sent text. */
export const FIRST_KIND_TEXT = 1;
/** One has sent something else. */
export const FIRST_KIND_BINARY = 2;
/** number: of FIRST_KIND */
export const FIRST_KIND_BITS = 2;

/** number, power of two: unlike flows whose text is known, by FIRST_KNOWN_HASH of their key */
export const FIRST_KNOWN_COUNT = 1024;
/** number: a key times this, modulo 2^32, has the place of its entry in its upper bits */
export const FIRST_KNOWN_HASH = 0x9e3779b1;
/** number: those upper bits are shifted to the right by so many */
export const FIRST_KNOWN_SHIFT = 22;
/**
 * number: FIRST_BLOCK_UNLIKE is shifted to the left by so many in a key, above the responder's port, 0 for one that names
 * no protocol, and 1 bit for TCP
 */
export const FIRST_KNOWN_CODE_SHIFT = 17;
/** number: of a key: the flow is TCP */
export const FIRST_KNOWN_TCP = 65536;

// record FIRST_KNOWN: text of unlike flows, written by the host
/** u32: the key and 1; 0: there is none */
export const FIRST_KNOWN_KEY = 0;
// gap u8[4]
/** REFERENCE */
export const FIRST_KNOWN_TEXT = 8;
/** size */
export const FIRST_KNOWN_SIZE = 16;

// record FIRST_TEXTS: texts that rows refer to
/** FIRST_KNOWN[FIRST_KNOWN_COUNT] */
export const FIRST_TEXTS_KNOWN = 0;
/** u8[16384]: a bit for each port, those of TCP, then those of UDP: it names a protocol */
export const FIRST_TEXTS_PORTS = 16384;
/** u8[262144] */
export const FIRST_TEXTS_BYTES = 32768;
/** size */
export const FIRST_TEXTS_SIZE = 294912;
