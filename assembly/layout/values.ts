/** Values in a row that are longer than a number. */

// record IP_VALUE: an address that has its own version.
/** u8: of IP, 4 or 6; 255: there is no address */
export const IP_VALUE_VERSION = 0;
// gap u8[7]
/** u8[16] */
export const IP_VALUE_ADDRESS = 8;
/** size */
export const IP_VALUE_SIZE = 24;

// record TEXT_VALUE: text in a row.
/** u8: characters, at most 254; 255: there is no text */
export const TEXT_VALUE_LENGTH = 0;
/** size: the characters follow, ASCII 0x20 to 0x7e */
export const TEXT_VALUE_HEADER = 1;

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
/** Sum of a count of the forward direction, f64, and that of the reverse direction. */
export const VALUE_BOTH = 26;
/** Whole nanoseconds from the first packet to the last one. */
export const VALUE_SPAN = 27;
/** A REFERENCE. */
export const VALUE_REFERENCE = 28;

// record REFERENCE: to text in memory
/** u32: address */
export const REFERENCE_TEXT = 0;
/** u32 bytes: its length */
export const REFERENCE_LENGTH = 4;
/** size */
export const REFERENCE_SIZE = 8;

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
/** Text that a REFERENCE of the row leads to: cut, or with zeros behind it. */
export const FORM_TEXT = 6;

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
/** There is no packet in either direction. */
export const ABSENT_NO_PACKETS = 6;
