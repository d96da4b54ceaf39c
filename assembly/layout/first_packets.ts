/** The group first-packets. */

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

// record EARLY: the group first-packets of a flow, and the head of its block in a row.
/** u32: packets that are kept */
export const EARLY_COUNT = 0;
// gap u8[4]
/** u64 ns: latest of them; not in a row */
export const EARLY_LAST = 8;
/** size: the entries follow in a row; those of a flow are its rest */
export const EARLY_ENTRIES = 16;
