/** The control block: options. */

/** number: words of the hash key */
export const CONFIG_HASH_KEY_WORDS = 12;

// record CONTROL: options, state and counters. CONFIG_ is written by the host before attach; STATE_, READER_, STATUS_,
// COUNTER_ by the engine.
/** u32 */
export const CONFIG_LAYOUT_VERSION = 0;
/** u32: 0 or 1 */
export const CONFIG_BIDIRECTIONAL = 4;
/** u32: 0 or 1 */
export const CONFIG_DECAPSULATE = 8;
/** u32: 0 or 1 */
export const CONFIG_FRAGMENTS_ATTRIBUTE = 12;
/** u32: bytes of a frame that are decoded; 0: all */
export const CONFIG_SNAPLEN = 16;
/** u32: active flows at most */
export const CONFIG_MAX_FLOWS = 20;
/** u64 ns: silence that ends a flow */
export const CONFIG_FLOW_TIMEOUT = 24;
/** u64 ns: silence that ends a flow after FIN or RST; 0: over at once */
export const CONFIG_FIN_TIMEOUT = 32;
/** u64 ns: age that ends a flow; 0: off */
export const CONFIG_ACTIVE_TIMEOUT = 40;
/** u32: closed flows waiting at which the engine stops for its host */
export const CONFIG_CLOSED_LIMIT = 48;
/** u32: headers stored for one flow at most; 0: none */
export const CONFIG_HEADERS_MAX = 52;
/** u32: chunks in the log region, WAITING_MAX more aside */
export const CONFIG_CHUNKS_MAX = 56;
/** u32: groups of side records that are kept, SIDE_; 0: none */
export const CONFIG_SIDES = 60;
/** u64 bytes: of active flows; 0: no limit */
export const CONFIG_SOFT_LIMIT = 64;
/** u64 bytes: of active flows; 0: no limit */
export const CONFIG_HARD_LIMIT = 72;
/** u32: 1: frames pass a filter; the host is asked for one per link type */
export const CONFIG_FILTER = 80;
/** u32: flow records: max flows + closed limit + what can start with one batch: its packets and WAITING_MAX fragments */
export const CONFIG_POOL_COUNT = 84;
/** u32[CONFIG_HASH_KEY_WORDS] */
export const CONFIG_HASH_KEY = 88;
/** u32: address of the region, as those below */
export const CONFIG_INTERFACES = 136;
/** u32 */
export const CONFIG_FLOWS = 140;
/** u32 */
export const CONFIG_LINKS = 144;
/** u32: bytes of a flow with its link and side records, stored headers aside */
export const CONFIG_FLOW_BYTES = 148;
/** u32: bytes of a row with the blocks of its side records */
export const CONFIG_ROW_BYTES = 152;
/** u32 */
export const CONFIG_CHUNKS = 156;
/** u32 */
export const CONFIG_INDEX = 160;
/** u32: of IPv6 flows */
export const CONFIG_ADDRESSES = 164;
/** u32 */
export const CONFIG_ORDER_A = 168;
/** u32 */
export const CONFIG_ORDER_B = 172;
/** u32 */
export const CONFIG_EVICTION = 176;
/** u32 */
export const CONFIG_FRAGMENTS = 180;
/** u32: entries that an eviction heap has room for */
export const CONFIG_EVICTION_CAPACITY = 184;
/** u32: address of the frame ring */
export const CONFIG_RING = 188;
/** u32: its bytes, a power of two; 0: there is none */
export const CONFIG_RING_SIZE = 192;
/** u32: address of the queue of started flows */
export const CONFIG_START_QUEUE = 196;
/** u32: its entries, a power of two; 0: starts are not noted */
export const CONFIG_START_QUEUE_CAPACITY = 200;
/** u32: rows written at a time */
export const CONFIG_ROWS_MAX = 204;
/** u32: groups that have a block in the rows, SIDE_; 0: none */
export const CONFIG_BLOCKS = 208;
/** u32: 0 to 65535 */
export const CONFIG_COMMUNITY_ID_SEED = 212;
/** u32: address of the held SYNs */
export const CONFIG_HELD_SYNS = 216;
/** u32: address of the waiting fragments */
export const CONFIG_WAITING = 220;
/** u64 ns: packets before it are outside of the window */
export const CONFIG_WINDOW_FROM = 224;
/** u64 ns: packets from it on are outside */
export const CONFIG_WINDOW_TO = 232;
/** u32: WINDOW_ bits: packets outside of a span of time are filtered out; 0: there is none */
export const CONFIG_WINDOW = 240;
// gap u8[4]
/** u32: 1: packets with a wrong checksum are dropped */
export const CONFIG_CHECKSUMS = 248;
/** end */
export const CONFIG_END = 252;

// bits WINDOW u32
/** there is a window */
export const WINDOW_ON = 1;
/** its beginning is counted from the first packet; cleared when that has come */
export const WINDOW_FROM_RELATIVE = 2;
/** the same of its end */
export const WINDOW_TO_RELATIVE = 4;

// codes CUT_RULES: when a SYN begins a new flow
export const CUT_RULES_USUAL = 0;
/** As in CICFlowMeter: see cic_rules.ts. The group activity is on. */
export const CUT_RULES_CIC = 1;
/** Those of Zeek: track/zeek_cuts.ts. The group zeek is on. */
export const CUT_RULES_ZEEK = 2;
/** As in NFStream: it never does. */
export const CUT_RULES_NFSTREAM = 3;
