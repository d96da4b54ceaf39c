/** What engines that share a capture give each other. See ARCHITECTURE.md. */

// codes SHARD_FAULT: what only an engine that has all flows can track
export const SHARD_FAULT_NONE = 0;
/** A packet is dated far from those before it: see track/clock.ts. */
export const SHARD_FAULT_TIMES = 1;
/** A later fragment came before its first one, or too many first fragments are remembered. */
export const SHARD_FAULT_FRAGMENTS = 2;
/** A fragment, where tunnels are followed. */
export const SHARD_FAULT_TUNNELS = 3;
/** The walk has stopped where another capture, an interface or a notice is. */
export const SHARD_FAULT_FILE = 4;
/** The table may be full. */
export const SHARD_FAULT_FULL = 5;
/** Too many SYNs are held: see track/held_syn.ts. */
export const SHARD_FAULT_SYNS = 6;
/** A file continues when the next one has begun. */
export const SHARD_FAULT_OVERLAP = 7;

// record ENTRY: a decoded packet in the list for the engine of its shard. Fields that lie side by side in PACKET are
// copied together.
/** u32: ENTRY_KIND_ in its highest bits, below them what ENTRY_WORD says */
export const ENTRY_HEAD = 0;
/** u32: as from PACKET_WINDOW on */
export const ENTRY_WINDOW = 4;
/** u64 ns */
export const ENTRY_TIME = 8;
/** u32: of IPv4 */
export const ENTRY_LOW = 16;
/** u32: of IPv4 */
export const ENTRY_HIGH = 20;
/** u32: as from KEY_LOW_PORT on */
export const ENTRY_PORTS = 24;
/** u32: as from KEY_PROTOCOL on */
export const ENTRY_PROTOCOL = 28;
/** u32: of the key; then as from PACKET_HASH on */
export const ENTRY_HASH = 32;
/** u32 */
export const ENTRY_IP_BYTES = 36;
/** u32 */
export const ENTRY_WIRE_BYTES = 40;
/** u32 */
export const ENTRY_PAYLOAD_BYTES = 44;
/** u32: as from PACKET_SEQ on */
export const ENTRY_SEQ = 48;
/** u32 */
export const ENTRY_ACK = 52;
/** u8[8]: as from PACKET_VERDICT on */
export const ENTRY_VERDICT = 56;
/** size */
export const ENTRY_SIZE = 64;

// packed ENTRY_WORD u32: head of any entry
/** bits 0..30: number of the packet in its block, from 1; of a NARROW one fewer */
export const ENTRY_WORD_NUMBER_MASK = 1073741823;
/** bits 30..32: ENTRY_KIND_ */
export const ENTRY_WORD_KIND_SHIFT = 30;

// packed NARROW_WORD u32: head of a NARROW one
/** bits 0..17: number */
export const NARROW_WORD_NUMBER_MASK = 131071;
/** bits 17..18: as PACKET_SIDE */
export const NARROW_WORD_SIDE_SHIFT = 17;
/** bits 18..30: of TCP */
export const NARROW_WORD_FLAGS_SHIFT = 18;
/** bits 18..30 */
export const NARROW_WORD_FLAGS_MASK = 4095;
/** bits 30..32: ENTRY_KIND_ */
export const NARROW_WORD_KIND_SHIFT = 30;

// codes ENTRY_KIND
export const ENTRY_KIND_PLAIN = 0;
/** An ENTRY_MORE follows. */
export const ENTRY_KIND_WIDE = 1;
/** A RAW and a frame, which its shard decodes. */
export const ENTRY_KIND_RAW = 2;
/** A NARROW. */
export const ENTRY_KIND_NARROW = 3;

// record NARROW: as nearly all packets are: TCP or UDP, whole, short, not earlier than those before it.
/** u32: NARROW_WORD_ */
export const NARROW_HEAD = 0;
/** u32 ns: since the block's first packet */
export const NARROW_TIME = 4;
/** u32: of IPv4; of IPv6 as from PACKET_SEQ on */
export const NARROW_LOW = 8;
/** u32: of IPv4; of IPv6 as from PACKET_ACK on */
export const NARROW_HIGH = 12;
/** u32: as from KEY_LOW_PORT on */
export const NARROW_PORTS = 16;
/** u32 */
export const NARROW_HASH = 20;
/** u16 bytes */
export const NARROW_IP_BYTES = 24;
/** u16 bytes */
export const NARROW_WIRE_BYTES = 26;
/** u16 bytes */
export const NARROW_PAYLOAD_BYTES = 28;
/** u8 */
export const NARROW_PROTOCOL = 30;
/** u8: of IP, 4 or 6, and NARROW_MORE_SIZE if a NARROW_MORE follows */
export const NARROW_VERSION = 31;
/** size */
export const NARROW_SIZE = 32;

// record NARROW_MORE: what follows a packet of IPv6 or with SYN.
/** u8[16]: of IPv6; of IPv4 as from PACKET_SEQ on */
export const NARROW_MORE_LOW = 0;
/** u8[16]: of IPv6 */
export const NARROW_MORE_HIGH = 16;
/** size */
export const NARROW_MORE_SIZE = 32;

// record ENTRY_MORE: addresses of IPv6, and the clock when the packet came.
/** u8[16] */
export const ENTRY_MORE_LOW = 0;
/** u8[16] */
export const ENTRY_MORE_HIGH = 16;
/** u64 ns: latest time of the block before it */
export const ENTRY_MORE_CLOCK = 32;
// gap u8[24]
/** size */
export const ENTRY_MORE_SIZE = 64;

// record ENTRY_FRAME: what side records read of a packet that is delivered, behind its entry. The frame follows, as far
// as they read it, up to a multiple of NARROW_SIZE.
/** u32: as PACKET_ID */
export const ENTRY_FRAME_ID = 0;
/** u32 bytes: of the frame that follow */
export const ENTRY_FRAME_SIZE = 4;
/** u32 bytes: from the frame to PACKET_TRANSPORT */
export const ENTRY_FRAME_TRANSPORT = 8;
/** u32 bytes: from the frame to PACKET_TRANSPORT_END, which may be behind the bytes that follow */
export const ENTRY_FRAME_TRANSPORT_END = 12;
/** u32: as PACKET_TRANSPORT_WIRE */
export const ENTRY_FRAME_TRANSPORT_WIRE = 16;
/** u32 bytes: from the frame to PACKET_IP */
export const ENTRY_FRAME_IP = 20;
/** u32: as PACKET_LINK */
export const ENTRY_FRAME_LINK = 24;
/** u32: as PACKET_OUTER */
export const ENTRY_FRAME_OUTER = 28;
/** size */
export const ENTRY_FRAME_HEADER = 32;

// record RAW: a frame in place of an ENTRY. Its bytes follow, up to a multiple of NARROW_SIZE.
/** u32: ENTRY_WORD_ */
export const RAW_HEAD = 0;
/** u32 bytes */
export const RAW_CAPTURED = 4;
/** u64 ns */
export const RAW_TIME = 8;
/** u64 ns: latest time of the block before it */
export const RAW_CLOCK = 16;
/** u32 bytes */
export const RAW_WIRE_BYTES = 24;
/** u32 */
export const RAW_LINK_TYPE = 28;
/** size */
export const RAW_SIZE = 32;

// record SHARD_PACKET: what is kept of a packet of the batch while engines share a capture.
/** u64 ns: latest time of its block before it; 0: that is not later than the packet */
export const SHARD_PACKET_CLOCK = 0;
/** u32: its number in the block */
export const SHARD_PACKET_NUMBER = 8;
/** u32: number of its capture interface */
export const SHARD_PACKET_INTERFACE = 12;
/** u32: address of the frame */
export const SHARD_PACKET_FRAME = 16;
/** u32 bytes: of the frame that were captured */
export const SHARD_PACKET_CAPTURED = 20;
/** size */
export const SHARD_PACKET_SIZE = 24;

// record SERIAL_ROW: place of an ended flow in the order in which one engine would end all flows; its row follows.
/** u64 ns: of the clock when it ended, or of the tick of the wheel that ended it; all bits 1: the end of the capture */
export const SERIAL_TIME = 0;
/** u64 packets: number of the packet that ended it, see serial_order.ts; 0: a tick did, and what follows counts */
export const SERIAL_PACKET = 8;
/** u64 ns: last packet */
export const SERIAL_LAST = 16;
/** u64 ns: first packet */
export const SERIAL_FIRST = 24;
/** KEY */
export const SERIAL_KEY = 32;
/** size */
export const SERIAL_ROW_HEADER = 72;

/** number: engines that can share a capture */
export const SHARDS_MAX = 16;
/** number: lists among which the packets of a file can be divided */
export const LISTS_MAX = 4096;

// record RUN: rows of one shard that are merged with those of others.
/** u32: address of the next one */
export const RUN_AT = 0;
/** u32: address behind the last one */
export const RUN_END = 4;
/** size */
export const RUN_SIZE = 8;
