/** Side record: stored packet headers. */

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
