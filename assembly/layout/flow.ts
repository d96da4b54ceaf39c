/** The record of a flow, and its link. */

// record TALLY: what one side of a flow has sent, modulo 2^32.
/** u32 packets */
export const TALLY_PACKETS = 0;
/** u32 bytes */
export const TALLY_IP_BYTES = 4;
/** u32 bytes */
export const TALLY_WIRE_BYTES = 8;
/** u32 bytes */
export const TALLY_PAYLOAD_BYTES = 12;
/** size */
export const TALLY_SIZE = 16;

// record FLOW: a cache line: all that most packets need. Counters are kept by side of the key (0: sent by low, 1: sent
// by high); FLOW_BIT_ORIGINATOR_HIGH says which side is the originator.
/** u32: KEY_LOW of IPv4; of IPv6 the number of its ADDRESSES */
export const FLOW_LOW = 0;
/** u32: KEY_HIGH of IPv4; of IPv6 0 */
export const FLOW_HIGH = 4;
/** u16: as from KEY_LOW_PORT on */
export const FLOW_LOW_PORT = 8;
/** u16 */
export const FLOW_HIGH_PORT = 10;
/** u8: IANA number */
export const FLOW_PROTOCOL = 12;
/** u8: of IP, 4 or 6 */
export const FLOW_VERSION = 13;
/** u8: 0 or 1: CARRIES is in use */
export const FLOW_CARRIED = 14;
// gap u8: 0
/** u64 ns: latest packet */
export const FLOW_LAST = 16;
/** u16[2]: TCP: all flags seen, by side. ICMP: 1 + type and 1 + code of the first packet, 0 when they are not known */
export const FLOW_TCP_FLAGS = 24;
/** u8: FLOW_STATE_ */
export const FLOW_STATE = 28;
/** u8: END_ */
export const FLOW_END_REASON = 29;
/** u8: FLOW_BIT_ */
export const FLOW_BITS = 30;
/** u8: END_FIN or END_RST, once FLOW_BIT_CLOSED is set */
export const FLOW_CLOSE_REASON = 31;
/** TALLY[2]: by side */
export const FLOW_TALLIES = 32;
/** size */
export const FLOW_SIZE = 64;

// record ADDRESSES: those of an IPv6 flow. A free one has the number of the next one in its first 4 bytes.
/** u8[16] */
export const ADDRESSES_LOW = 0;
/** u8[16] */
export const ADDRESSES_HIGH = 16;
/** size */
export const ADDRESSES_SIZE = 32;

// record CARRIES: how often the counters of a flow have passed 2^32, at the same index as its record.
/** TALLY[2]: by side */
export const CARRIES_TALLIES = 0;
/** size */
export const CARRIES_SIZE = 32;

// codes FLOW_STATE
export const FLOW_STATE_FREE = 0;
export const FLOW_STATE_ACTIVE = 1;
/** Out of the table and the wheel, immutable, waiting to be read. */
export const FLOW_STATE_CLOSED = 2;

// bits FLOW_BIT u8
export const FLOW_BIT_ORIGINATOR_HIGH = 1;
/** The originator is known from a SYN, a SYN+ACK or an ICMP reply, not only from who spoke first. */
export const FLOW_BIT_ORIGINATOR_KNOWN = 2;
/** LINK_ISN holds the originator's initial sequence number. */
export const FLOW_BIT_ISN = 4;
/** The low side has sent a FIN. */
export const FLOW_BIT_FIN_LOW = 8;
/** The high side has sent a FIN. */
export const FLOW_BIT_FIN_HIGH = 16;
export const FLOW_BIT_RST = 32;
/** FIN from both sides (uni: its own), or RST: the FIN timeout holds. */
export const FLOW_BIT_CLOSED = 64;
/** A SYN that may have begun another flow is held: see held_syn.ts. */
export const FLOW_BIT_SYN_HELD = 128;

// codes END: why a flow ended
export const END_NONE = 0;
export const END_IDLE = 1;
export const END_ACTIVE = 2;
export const END_FIN = 3;
export const END_RST = 4;
export const END_EVICTED = 5;
export const END_FORCED = 6;

// record LINK: the seldom touched rest of a flow, at the same index as its record.
/** u32: flow before it in its list of the wheel */
export const LINK_PREVIOUS = 0;
/** u32: flow behind it in its list */
export const LINK_NEXT = 4;
/** u32: list of the wheel */
export const LINK_SLOT = 8;
/** u32: of the key */
export const LINK_HASH = 12;
/** u32: number of the flow in the order of starting */
export const LINK_GENERATION = 16;
/** u32: see FLOW_BIT_ISN */
export const LINK_ISN = 20;
/** u64 ns: time of the packet that started the flow */
export const LINK_START = 24;
/** u64 ns: earliest packet */
export const LINK_FIRST = 32;
/** size */
export const LINK_SIZE = 40;
