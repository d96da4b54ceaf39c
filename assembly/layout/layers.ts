/** The group link: what was below the transport. */

// record LAYERS_SIDE: the group link of one side: what its IP headers said. Counts stay at 2^32-1.
/** u32 packets: with CE (RFC 3168) */
export const LAYERS_ECN_CE = 0;
/** u32 packets: IPv4 with DF */
export const LAYERS_DF = 4;
/** u32 packets: with options or extension headers */
export const LAYERS_OPTIONS = 8;
/** u32 packets: fragments */
export const LAYERS_FRAGMENTS = 12;
/** u32: IPv6, of its first packet */
export const LAYERS_FLOW_LABEL = 16;
/** u8 */
export const LAYERS_TTL_FIRST = 20;
/** u8 */
export const LAYERS_TTL_MIN = 21;
/** u8 */
export const LAYERS_TTL_MAX = 22;
/** u8: type of service or traffic class */
export const LAYERS_TOS_FIRST = 23;
/** u8 */
export const LAYERS_TOS_LAST = 24;
/** u8: LAYERS_BIT_ */
export const LAYERS_BITS = 25;
/** u8[6]: MAC address that its first packet went to */
export const LAYERS_TO = 26;
/** u8[6]: MAC address that it came from */
export const LAYERS_FROM = 32;
// gap u8[2]
/** size */
export const LAYERS_SIDE_SIZE = 40;

// bits LAYERS_BIT u8
/** The side has sent a packet. */
export const LAYERS_BIT_SEEN = 1;
/** LAYERS_TO is known. */
export const LAYERS_BIT_TO = 2;
/** LAYERS_FROM is known. */
export const LAYERS_BIT_FROM = 4;
export const LAYERS_BIT_DSCP_CHANGED = 8;
export const LAYERS_BIT_MAC_CHANGED = 16;
export const LAYERS_BIT_TUNNEL_CHANGED = 32;
/** The VLANs of one of its packets are not those of the flow's first packet. */
export const LAYERS_BIT_VLAN_CHANGED = 64;

/** number: VLANs of a frame that are kept, the outermost ones */
export const VLANS_MAX = 3;
/** number: MPLS labels of a frame that are kept, the outermost ones */
export const LABELS_KEPT_MAX = 4;

// record TAGS: tags and labels in front of the network layer, outermost first.
/** u16[3]: VLANS_MAX IDs */
export const TAGS_VLANS = 0;
/** u8: VLAN tags in all, at most 255 */
export const TAGS_VLAN_COUNT = 6;
/** u8: MPLS labels in all, at most 255 */
export const TAGS_LABEL_COUNT = 7;
/** u32[4]: LABELS_KEPT_MAX labels */
export const TAGS_LABELS = 8;
/** size */
export const TAGS_SIZE = 24;

// record LAYERS: the group link of a flow, low side first. The tunnel is there only when tunnels are followed.
/** LAYERS_SIDE[2] */
export const LAYERS_SIDES = 0;
/** TAGS: of the first packet */
export const LAYERS_TAGS = 80;
/** end */
export const LAYERS_SIZE = 104;
/** u32[2]: digests of the tunnel of a side's first packet, by side */
export const LAYERS_TUNNEL_DIGESTS = 104;
/** u32: see LAYERS_TUNNEL_BITS */
export const LAYERS_TUNNEL_ID = 112;
/** u16: as sent */
export const LAYERS_TUNNEL_SOURCE_PORT = 116;
/** u16: as sent */
export const LAYERS_TUNNEL_DESTINATION_PORT = 118;
/** u8[16] */
export const LAYERS_TUNNEL_SOURCE = 120;
/** u8[16] */
export const LAYERS_TUNNEL_DESTINATION = 136;
/** u8: of the outer IP, 4 or 6 */
export const LAYERS_TUNNEL_VERSION = 152;
/** u8: TUNNEL_ */
export const LAYERS_TUNNEL_KIND = 153;
/** u8: 0: the first packet was not in a tunnel */
export const LAYERS_TUNNEL_DEPTH = 154;
/** u8: LAYERS_TUNNEL_BIT_ */
export const LAYERS_TUNNEL_BITS = 155;
// gap u8[4]
/** size */
export const LAYERS_TUNNEL_SIZE = 160;

// bits LAYERS_TUNNEL_BIT u8
/** It has an ID. */
export const LAYERS_TUNNEL_BIT_ID = 1;
/** It has ports. */
export const LAYERS_TUNNEL_BIT_PORTS = 2;

// record LAYERS_SIDE_BLOCK: one direction in a row. What is not known has all bits 1.
/** u32[4] packets: as from LAYERS_ECN_CE on */
export const LAYERS_BLOCK_COUNTS = 0;
/** u32 */
export const LAYERS_BLOCK_FLOW_LABEL = 16;
/** u16 */
export const LAYERS_BLOCK_TTL_FIRST = 20;
/** u16 */
export const LAYERS_BLOCK_TTL_MIN = 22;
/** u16 */
export const LAYERS_BLOCK_TTL_MAX = 24;
/** u16 */
export const LAYERS_BLOCK_TOS_FIRST = 26;
/** u16 */
export const LAYERS_BLOCK_TOS_LAST = 28;
/** u8 */
export const LAYERS_BLOCK_DSCP_CHANGED = 30;
// gap u8
/** size */
export const LAYERS_SIDE_BLOCK_SIZE = 32;

// record LAYERS_BLOCK: the group link in a row, originator first.
/** LAYERS_SIDE_BLOCK[2] */
export const LAYERS_BLOCK_SIDES = 0;
/** u8[8]: 6 bytes and 2 zeros */
export const LAYERS_BLOCK_SOURCE_MAC = 64;
/** u8[8]: 6 bytes and 2 zeros */
export const LAYERS_BLOCK_DESTINATION_MAC = 72;
/** IP_VALUE */
export const LAYERS_BLOCK_TUNNEL_SOURCE = 80;
/** IP_VALUE */
export const LAYERS_BLOCK_TUNNEL_DESTINATION = 104;
/** u64 units: a number */
export const LAYERS_BLOCK_TUNNEL_ID = 128;
/** u32 */
export const LAYERS_BLOCK_TUNNEL_SOURCE_PORT = 136;
/** u32 */
export const LAYERS_BLOCK_TUNNEL_DESTINATION_PORT = 140;
/** u32: how many follow */
export const LAYERS_BLOCK_VLANS = 144;
/** u32[3] */
export const LAYERS_BLOCK_VLAN_IDS = 148;
/** u32: how many follow */
export const LAYERS_BLOCK_MPLS = 160;
/** u32[4] */
export const LAYERS_BLOCK_MPLS_LABELS = 164;
/** u8 */
export const LAYERS_BLOCK_VLAN_COUNT = 180;
/** u8 */
export const LAYERS_BLOCK_MPLS_COUNT = 181;
/** u8 */
export const LAYERS_BLOCK_VLAN_CHANGED = 182;
/** u8 */
export const LAYERS_BLOCK_MAC_CHANGED = 183;
/** u8 */
export const LAYERS_BLOCK_TUNNEL_CHANGED = 184;
/** u8: TUNNEL_ */
export const LAYERS_BLOCK_TUNNEL_KIND = 185;
/** u8 */
export const LAYERS_BLOCK_TUNNEL_DEPTH = 186;
// gap u8[5]
/** size */
export const LAYERS_BLOCK_SIZE = 192;
