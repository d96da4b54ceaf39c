/** The key of a flow. */

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

// codes PROTOCOL_CLASS: of a flow, by its protocol
export const PROTOCOL_CLASS_TCP = 0;
export const PROTOCOL_CLASS_UDP = 1;
export const PROTOCOL_CLASS_ICMP = 2;
export const PROTOCOL_CLASS_OTHER = 3;
