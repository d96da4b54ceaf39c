/** A decoded frame, before it belongs to a flow. */

// record PACKET: what the decoder says about one frame. Scratch, one batch of them.
/** KEY */
export const PACKET_KEY = 0;
/** u64 ns: since the epoch */
export const PACKET_TIME = 40;
/** u32: of the key */
export const PACKET_HASH = 48;
/** u32 */
export const PACKET_IP_BYTES = 52;
/** u32 */
export const PACKET_WIRE_BYTES = 56;
/** u32 */
export const PACKET_PAYLOAD_BYTES = 60;
/** u32: set with side records on, and for a SYN */
export const PACKET_SEQ = 64;
/** u32: set with side records on */
export const PACKET_ACK = 68;
/** u32: identification of the IP header, or of an IPv6 fragment; set with side records on, and for fragments */
export const PACKET_ID = 72;
/** u16: as in the header, unscaled; set with side records on */
export const PACKET_WINDOW = 76;
/** u16: 12 bits */
export const PACKET_TCP_FLAGS = 78;
/** u8: VERDICT_ */
export const PACKET_VERDICT = 80;
/** u8: who sent it: 0 the low end of the key, 1 the high one */
export const PACKET_SIDE = 81;
/** u8: PACKET_BIT_ */
export const PACKET_BITS = 82;
/** u8: time to live or hop limit; set with side records on */
export const PACKET_TTL = 83;
/** u8 */
export const PACKET_ICMP_TYPE = 84;
/** u8 */
export const PACKET_ICMP_CODE = 85;
/** u8: of IP, 4 or 6; not set on the common path */
export const PACKET_VERSION = 86;
/** u8: protocol beside the fragment fields */
export const PACKET_FRAGMENT_PROTOCOL = 87;
/** u32: address of what follows the last IP header; set with tunnels followed, side records or strict checks on */
export const PACKET_TRANSPORT = 88;
/** u32: address after its captured bytes */
export const PACKET_TRANSPORT_END = 92;
/** u32: its bytes on the wire */
export const PACKET_TRANSPORT_WIRE = 96;
/** u32: index of the flow that probably has the key */
export const PACKET_LIKELY_FLOW = 100;
/** u32: address of the frame, set with side records on; it stays in place until its batch is tracked */
export const PACKET_FRAME = 104;
/** u32: address of the IP header that the fields are from; set as PACKET_TRANSPORT */
export const PACKET_IP = 108;
/** u32: address of the IP source address, the destination's is behind it; not set on the common path */
export const PACKET_ADDRESSES = 112;
/** u16: as sent; of ICMP the class. Not set on the common path */
export const PACKET_SOURCE_PORT = 116;
/** u16: as sent; of ICMP the identifier. Not set on the common path */
export const PACKET_DESTINATION_PORT = 118;
/** u32: PACKET_LINK_; set with side records on */
export const PACKET_LINK = 120;
/** u32: PACKET_OUTER_; set of a packet that was in a tunnel, with the group link */
export const PACKET_OUTER = 124;
/** size */
export const PACKET_SIZE = 128;

/** number: frames decoded before the first of them is looked up */
export const BATCH_COUNT = 32;

// bits PACKET_BIT u8
/** Some transport or ICMP field was beyond the captured bytes. */
export const PACKET_BIT_PARTIAL = 1;
/** The packet is a fragment. */
export const PACKET_BIT_FRAGMENT = 2;
/** A later fragment whose first one was not seen. */
export const PACKET_BIT_UNMATCHED = 4;
/** A fragment that is not the first one: no tunnel is looked for inside. */
export const PACKET_BIT_LATER = 8;
/** Type and code of an ICMP message were captured. */
export const PACKET_BIT_ICMP = 16;
/** The data offset of its TCP header is below 5: where the payload begins is not known. */
export const PACKET_BIT_TCP_OFFSET = 32;
/** A first fragment that later ones belong to: it is whole as far as the ports. Or a packet in a tunnel in one. */
export const PACKET_BIT_FIRST = 64;
/** A later fragment that was seen before any first one: that may still come. */
export const PACKET_BIT_AWAITS = 128;

// packed PACKET_LINK u32
/** bits 0..9: link type of the frame */
export const PACKET_LINK_TYPE_MASK = 511;
/** bits 9..13: tunnels that the packet was in, one inside the other */
export const PACKET_LINK_DEPTH_SHIFT = 9;
/** bits 9..13 */
export const PACKET_LINK_DEPTH_MASK = 15;
/** bits 13..32: bytes of the frame that were captured */
export const PACKET_LINK_CAPTURED_SHIFT = 13;

// packed PACKET_OUTER u32: the packet whose payload is the innermost tunnel
/** bits 0..5: TUNNEL_ */
export const PACKET_OUTER_KIND_MASK = 31;
/** bits 5..24: bytes from the frame to its IP header */
export const PACKET_OUTER_IP_SHIFT = 5;
/** bits 5..24 */
export const PACKET_OUTER_IP_MASK = 524287;
/** bits 24..31: words of 4 bytes from there to what follows the last IP header; all bits 1: as many or more */
export const PACKET_OUTER_WORDS_SHIFT = 24;
/** bits 24..31 */
export const PACKET_OUTER_WORDS_MASK = 127;
/** bits 31..32: it is UDP */
export const PACKET_OUTER_UDP_SHIFT = 31;

// codes TUNNEL: kinds of tunnels
/** RFC 2003 */
export const TUNNEL_IPIP = 0;
/** RFC 4213 */
export const TUNNEL_6IN4 = 1;
/** RFC 2473, with IPv4 inside */
export const TUNNEL_4IN6 = 2;
/** RFC 2473, with IPv6 inside */
export const TUNNEL_6IN6 = 3;
export const TUNNEL_GRE = 4;
export const TUNNEL_ERSPAN = 5;
export const TUNNEL_VXLAN = 6;
export const TUNNEL_VXLAN_GPE = 7;
export const TUNNEL_GENEVE = 8;
/** GTP-U, GTP' or version 0 */
export const TUNNEL_GTPU = 9;
export const TUNNEL_TEREDO = 10;
export const TUNNEL_MPLS = 11;
export const TUNNEL_ETHERIP = 12;
export const TUNNEL_ETHERNET = 13;
export const TUNNEL_L2TP = 14;
export const TUNNEL_PIM = 15;
export const TUNNEL_CAPWAP = 16;
export const TUNNEL_AYIYA = 17;
