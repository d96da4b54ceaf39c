/** First fragments, and later ones that wait for them. */

/** number: later fragments that wait for their first one at most */
export const WAITING_MAX = 1024;
/** number, power of two: lists of those with the same hash */
export const WAITING_BUCKETS = 256;
/** bytes u32[WAITING_BUCKETS]: list heads, before the entries */
export const WAITING_HEADS_SIZE = WAITING_BUCKETS * 4;

// record WAITING: a later fragment that waits for its first one. Entries are numbered from 1; 0 is none.
/** u8[32]: source and destination */
export const WAITING_ADDRESSES = 0;
/** u64 ticks: at which it has waited too long */
export const WAITING_TICK = 32;
/** u32: entry of the next fragment that came, or next free entry */
export const WAITING_NEXT = 40;
/** u32: entry of the one before */
export const WAITING_PREVIOUS = 44;
/** u32: next older entry of the bucket */
export const WAITING_OLDER = 48;
/** u32: next newer one */
export const WAITING_NEWER = 52;
/** u32: its bucket */
export const WAITING_BUCKET = 56;
// gap u8[4]
/** u64 packets: its number, where engines share a capture */
export const WAITING_NUMBER = 64;
/** KEPT */
export const WAITING_PACKET = 72;
/** size */
export const WAITING_SIZE = 16440;

// record FRAGMENT: a first fragment that is remembered.
/** u8[16] */
export const FRAGMENT_SOURCE = 0;
/** u8[16] */
export const FRAGMENT_DESTINATION = 16;
/** u64 ns */
export const FRAGMENT_TIME = 32;
/** u32 */
export const FRAGMENT_ID = 40;
/** u8: what the header with the fragment fields names */
export const FRAGMENT_PROTOCOL = 44;
/** u8: of IP, 4 or 6 */
export const FRAGMENT_VERSION = 45;
/** u8: protocol of the transport */
export const FRAGMENT_TRANSPORT = 46;
/** u8: 0: the entry is free; 2: the first fragment was broken */
export const FRAGMENT_USED = 47;
/** u16: as sent; of ICMP the class */
export const FRAGMENT_SOURCE_PORT = 48;
/** u16: as sent; of ICMP the identifier */
export const FRAGMENT_DESTINATION_PORT = 50;
// gap u8[12]
/** size */
export const FRAGMENT_SIZE = 64;

/** number: entries of a set */
export const FRAGMENT_WAYS = 8;
/** number, power of two */
export const FRAGMENT_SETS = 8192;
/** number ns: a datagram's fragments arrive within 60 s of the first (RFC 8200 §4.5) */
export const FRAGMENT_LIFE_NS = 60000000000;
