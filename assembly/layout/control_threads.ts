/** The control block: words that threads share, and conversion. */

// record CONTROL continues
// Words shared by the threads of a live capture. All are read and written with atomics. Ring positions count bytes
// since the start, modulo 2^32.
/** line u32: end of what is published. Written by the producer */
export const RING_HEAD = 1024;
/** line u32: end of what was consumed. Written by the consumer */
export const RING_TAIL = 1088;
/** line u32: 1 while the consumer sleeps on RING_HEAD. Written by the consumer */
export const RING_SLEEPS = 1152;
/** line u32: free bytes that the producer waits for; 0: none. Written by the producer, taken back by the consumer */
export const RING_WANTED = 1216;
/** line u32: who has the table: LOCK_. Written by the tracker and the host */
export const LOCK = 1280;
/**
 * line u32: 1 while the host wants the table: the tracker leaves it to it after the present piece. Written by the
 * host
 */
export const LOCK_INTENT = 1344;
/** line u32: 1 while a notification of closed or started flows is pending. Written by both */
export const FLOWS_WAITING = 1408;
/** line u32: 1 when no more frames will come. Written by the host */
export const RING_ENDED = 1472;
/** line u64 ns: up to which the line was silent; 0: not known. Written by the host */
export const QUIET_TIME = 1536;
// Of the tracker alone.
/** u32: bytes of the piece at RING_TAIL that were used already */
export const RING_PROGRESS = 1600;
/** u32: flows noted as started since the start, modulo 2^32 */
export const START_QUEUE_HEAD = 1604;
// gap u8[192]
// Conversion: in MODE_CONVERT the records that a walk uses become those of a little-endian classic file with
// microseconds, in the place where they lie: none of them grows. Nothing is decoded then.
/** u32: MODE_. Written by the host before the first file */
export const WALK_MODE = 1800;
/** u32: the records of the last walk lie in [CONVERT_FROM, CONVERT_TO) */
export const CONVERT_FROM = 1804;
/** u32 */
export const CONVERT_TO = 1808;
/** u32: how many they are. Each has a note */
export const CONVERT_COUNT = 1812;

// codes LOCK
export const LOCK_FREE = 0;
export const LOCK_TRACKER = 1;
export const LOCK_HOST = 2;

// codes MODE: what a walk does with the frames
/** Decodes and tracks them. */
export const MODE_TRACK = 0;
/** Converts their records. */
export const MODE_CONVERT = 1;
