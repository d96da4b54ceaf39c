/** Capture interfaces and their filters. */

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
/** Its cooked header was made by the capture; the bytes on the wire are those of the device: linux/if_arp.h. */
export const INTERFACE_BIT_COOKED = 16;

// record FILTER: an entry of the list of filters, which ends with one without a filter.
/** u32: link type, with the file's byte order in bit 31 */
export const FILTER_KEY = 0;
/** u32: in the function table; 0: the list ends */
export const FILTER_PLACE = 4;
/** size */
export const FILTER_SIZE = 8;

/** number */
export const FILTERS_MAX = 64;
