/** A flow as the host reads it. */

// record COUNT: what one endpoint of a flow has sent: exact up to 2^53.
/** f64 packets */
export const COUNT_PACKETS = 0;
/** f64 bytes */
export const COUNT_IP_BYTES = 8;
/** f64 bytes */
export const COUNT_WIRE_BYTES = 16;
/** f64 bytes */
export const COUNT_PAYLOAD_BYTES = 24;
/** size */
export const COUNTS_SIZE = 32;

// record ROW: a flow as the host reads it, originator first. Blocks of the groups of side records that are on
// follow it: see CONFIG_ROW_BYTES and SIDE_CONFIG_ROW.
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
/** COUNT */
export const ROW_FORWARD = 88;
/** COUNT */
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
