/** The record of a flow, and its link. */

// record COUNT: what one side of a flow has sent. u64: none of them can overflow.
/** u64 packets */
export const COUNT_PACKETS = 0;
/** u64 bytes */
export const COUNT_IP_BYTES = 8;
/** u64 bytes */
export const COUNT_WIRE_BYTES = 16;
/** u64 bytes */
export const COUNT_PAYLOAD_BYTES = 24;
/** size */
export const COUNTS_SIZE = 32;

// record FLOW: two cache lines. Counters are kept by side of the key (0: sent by low, 1: sent by high);
// FLOW_BIT_ORIGINATOR_HIGH says which side is the originator.
/** KEY */
export const FLOW_KEY = 0;
/** u64 ns: latest packet */
export const FLOW_LAST = 40;
/** u64 ns: earliest packet */
export const FLOW_FIRST = 48;
/** u16[2]: TCP: all flags seen, by side. ICMP: 1 + type and 1 + code of the first packet, 0 when they are not known */
export const FLOW_TCP_FLAGS = 56;
/** u8: FLOW_STATE_ */
export const FLOW_STATE = 60;
/** u8: END_ */
export const FLOW_END_REASON = 61;
/** u8: FLOW_BIT_ */
export const FLOW_BITS = 62;
/** u8: END_FIN or END_RST, once FLOW_BIT_CLOSED is set */
export const FLOW_CLOSE_REASON = 63;
/** COUNT[2]: by side */
export const FLOW_COUNTS = 64;
/** size */
export const FLOW_SIZE = 128;

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
/** size */
export const LINK_SIZE = 32;
