/** Pieces of the frame ring, records in them, started flows. */

// codes RING: what the consumer found
export const RING_EMPTY = 0;
export const RING_TAKEN = 1;
/** Closed flows wait: have them read, or drop some. */
export const RING_DRAIN = 2;
/** An interface is to be described before going on. */
export const RING_DESCRIBE = 3;

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

/** number bytes: largest captured length of a record that is taken as sound (libpcap's MAXIMUM_SNAPLEN) */
export const CAPTURED_LENGTH_MAX = 262144;

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
