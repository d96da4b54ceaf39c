/** The control block: what came later. */

// record CONTROL continues
// gap u8[128]
/** u32: address of the chunks of first bytes */
export const CONFIG_FIRST_CHUNKS = 1944;
/** u32 */
export const CONFIG_FIRST_CHUNKS_MAX = 1948;
/** u32: address of the queue of flows that collect first bytes: START entries */
export const CONFIG_FIRST_COLLECTING = 1952;
/** u32: address of the queue of flows that have enough: START entries */
export const CONFIG_FIRST_READY = 1956;
/** u32: chunks used so far */
export const STATE_FIRST_CHUNK_TOP = 1960;
/** u32: first free chunk below the top, or NIL */
export const STATE_FIRST_CHUNK_FREE = 1964;
/** u32: flows that began to collect, modulo 2^32 */
export const STATE_FIRST_COLLECTING_HEAD = 1968;
/** u32: those of them that were looked at again */
export const STATE_FIRST_COLLECTING_TAIL = 1972;
/** u32: flows that had enough, modulo 2^32 */
export const STATE_FIRST_READY_HEAD = 1976;
/** u32: those of them that the host has taken */
export const STATE_FIRST_READY_TAIL = 1980;
/** u64 flows: whose first bytes found no chunk */
export const COUNTER_FIRST_POOL_EMPTY = 1984;
/** u32: address of the bits of server ports */
export const CONFIG_SERVER_PORTS = 1992;
/** u32: address of the local networks */
export const CONFIG_LOCAL_NETS = 1996;
/** u32: how many they are; 0: which addresses are local is not known */
export const CONFIG_LOCAL_NETS_COUNT = 2000;
/** u32: address of what the two transports start like: FIRST_START of TCP, then of UDP */
export const CONFIG_FIRST_STARTS = 2004;
/** u64 flows: whose first bytes had more holes than are kept */
export const COUNTER_FIRST_GAP = 2008;
/** u64 ns: silence that ends an active period; 0: IDLE_THRESHOLD_NS */
export const CONFIG_IDLE_THRESHOLD = 2016;
/** u32: CUT_RULES_ */
export const CONFIG_CUT_RULES = 2024;
/** u32: chunks of first bytes that are not free */
export const STATE_FIRST_CHUNKS_USED = 2028;
/** u32: packets that are kept of a flow, of the group first-packets */
export const CONFIG_FIRST_PACKETS = 2032;
/** u32: payload bytes that are kept of a side, of the group payload */
export const CONFIG_PAYLOAD = 2036;
/** u32: address of values of c log2 c, f64[ENTROPY_TABLE_COUNT] */
export const CONFIG_ENTROPY_TABLE = 2040;
/** u32: address of the texts that rows refer to, FIRST_TEXTS */
export const CONFIG_FIRST_TEXTS = 2044;
/** u64 ns: between running records of a flow; 0: there are none */
export const CONFIG_INTERIM = 2048;
/** SIDE_CONFIG[SIDE_GROUPS_MAX]: by number of the group's bit */
export const CONFIG_SIDE_GROUPS = 2056;
/** u32: address of the pairs of digits of base 62, DIGIT_PAIRS_COUNT */
export const CONFIG_DIGIT_PAIRS = 2184;
// gap u8[60]
/** u32: 0 or 1: the group first-packets has only packets with payload */
export const CONFIG_PAYLOAD_ONLY = 2248;
/** u32 bytes: of the side records of a flow, which lie behind each other */
export const CONFIG_SIDE_BYTES = 2252;
/** SIDE_REST[SIDE_GROUPS_MAX]: by number of the group's bit */
export const CONFIG_SIDE_RESTS = 2256;
/** SIDE_LINES[2]: of packets that the low side sends, and the high one */
export const STATE_SIDE_LINES = 2384;
// gap u8[560]
/** u64 packets: later fragments that gave way to others before they had waited long enough */
export const COUNTER_FRAGMENTS_EVICTED = 3072;
/** u32: fragments that wait */
export const STATE_WAITING_COUNT = 3080;
/** u32: entry of the one that has waited longest */
export const STATE_WAITING_OLDEST = 3084;
/** u32: entry of the one that came last */
export const STATE_WAITING_NEWEST = 3088;
/** u32: entries used so far */
export const STATE_WAITING_TOP = 3092;
/** u32: first free entry below the top */
export const STATE_WAITING_FREE = 3096;
// gap u8[4]
/** u64 packets: without a time, or with one before 1970 or after 2554 */
export const COUNTER_UNTIMED = 3104;
/** u64 packets: behind the clock by more than a flow may be silent */
export const COUNTER_LATE = 3112;
/** u64 ns: how far the first of them was behind */
export const STATE_LATE_BY = 3120;
/** u64 packets: with more captured bytes than the snaplen of their interface */
export const COUNTER_BEYOND_SNAPLEN = 3128;
/** u64 packets: with more captured bytes than their record says that there were on the wire */
export const COUNTER_WIRE_TOO_SHORT = 3136;
/** u32: 1: the order sets are in use by the tracker, which may leave the table to the host meanwhile */
export const STATE_ORDERING = 3144;
/** u32: pass of the sort that is under way */
export const STATE_SORT_PASS = 3148;
/** u32: its next element */
export const STATE_SORT_PLACE = 3152;
/** u32: FLUSH_ */
export const STATE_FLUSH_PHASE = 3156;
/** u64 ways: times that the tracker has left the table to the host in the middle of its work */
export const COUNTER_WAYS_GIVEN = 3160;
/** u32: engines that share the capture, one for each shard of the flows; 0: this one has all flows */
export const CONFIG_SHARDS = 3168;
/** u32: SHARD_FAULT_: why engines that share it cannot give what one would give */
export const STATE_SHARD_FAULT = 3172;
/** u32: SYNs that were held so far */
export const STATE_HELD_COUNT = 3176;
/** u32: oldest block with a held SYN that was answered; NIL: none was */
export const STATE_HELD_ANSWERED = 3180;
/** u32: engine with the file's blocks: packets of the present block */
export const STATE_BLOCK_PACKETS = 3184;
/** u32: SHARD_FAULT_ of the present block */
export const STATE_BLOCK_FAULT = 3188;
/** u64 ns: time of its first packet */
export const STATE_BLOCK_FIRST = 3192;
/** u64 ns: its earliest time */
export const STATE_BLOCK_MIN = 3200;
/** u64 ns: its latest time */
export const STATE_BLOCK_MAX = 3208;
/** u64 ns: how far a packet was behind the latest before it, at most */
export const STATE_BLOCK_LATE_BY = 3216;
/** u64[VERDICT_COUNT] packets: by verdict. That of DELIVER is not used: see PROTOCOL_COUNTERS */
export const COUNTER_VERDICTS = 3224;
/** u64 packets: that gave way to others while copies of them might still have come */
export const COUNTER_DUPLICATES_FORGOTTEN = 3360;
/** u64 ns: within which a packet with the same bytes is a copy; 0: copies are taken like others */
export const CONFIG_DEDUP = 3368;
/** u32: address of the packets that were seen lately */
export const CONFIG_DUPLICATES = 3376;
/** u32: address of what counters of flows carry */
export const CONFIG_CARRIES = 3380;
/** u32: records of addresses used so far */
export const STATE_ADDRESSES_TOP = 3384;
/** u32: first free one below the top */
export const STATE_ADDRESSES_FREE = 3388;
/** u32: places of the index from STATE_GROW_START on that were moved while it grows; 0: it does not grow */
export const STATE_GROW_MOVED = 3392;
/** u32: address of the heap of idle flows */
export const CONFIG_IDLE_HEAP = 3396;
/** HEAP: of flows to be evicted by use alone */
export const STATE_HEAP_IDLE = 3400;
// gap u8[672]
/** size */
export const CONTROL_SIZE = 4096;

// codes FLUSH: what the flush is at
/** Active flows are looked for, up to STATE_FLUSHED. */
export const FLUSH_GATHER = 0;
export const FLUSH_SORT = 1;
export const FLUSH_END = 2;
