/** The index of flows, and what sorts and times them. */

// record SLOT: of the flow index, read and written as one u64.
/** u32 */
export const SLOT_HASH = 0;
/** u32: index + 1; 0: empty */
export const SLOT_FLOW = 4;
/** size */
export const SLOT_SIZE = 8;

/** number, power of two: slots of a new index */
export const INDEX_SLOTS_MIN = 1024;
/** number: the index doubles when more than this part of its slots is taken */
export const INDEX_LOAD_NUMERATOR = 1;
/** number */
export const INDEX_LOAD_DENOMINATOR = 2;

// record ORDER: an element of a set to be ordered, read and written as one u64.
/** u32: index */
export const ORDER_FLOW = 0;
/** u32: of the latest packet's time */
export const ORDER_RANK = 4;
/** size */
export const ORDER_SIZE = 8;

// record EVICTION: an entry of an eviction heap.
/** u64 ns */
export const EVICTION_LAST = 0;
/** u32: index, and the flow's rank in its highest bits */
export const EVICTION_RANKED_FLOW = 8;
/** u32 */
export const EVICTION_GENERATION = 12;
/** size */
export const EVICTION_ENTRY_SIZE = 16;

// packed EVICTION u32
/** bits 0..30: index */
export const EVICTION_FLOW_MASK = 1073741823;
/** bits 30..32: rank, 0 is the first to go */
export const EVICTION_RANK_SHIFT = 30;

// record HEAP: state of an eviction heap.
/** u32: entries */
export const HEAP_COUNT = 0;
/** u32: 1: it holds all flows within its reach, up to RANK and LAST */
export const HEAP_VALID = 4;
/** u64 ns: latest packet of flows of RANK */
export const HEAP_LAST = 8;
/** u32: highest rank */
export const HEAP_RANK = 16;
// gap u8[4]
/** size */
export const HEAP_SIZE = 24;

// Timeout wheel: lists of flows. Level n holds ticks that differ from now in byte n.
/** number ns */
export const TICK_NS = 100000000;
/** number */
export const WHEEL_LEVELS = 5;
/** number, power of two: lists of a level */
export const WHEEL_SLOTS = 256;
/** bytes u32[WHEEL_LEVELS * WHEEL_SLOTS]: list heads */
export const WHEEL_SIZE = WHEEL_LEVELS * WHEEL_SLOTS * 4;
