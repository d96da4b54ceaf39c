/** What has a fixed address. */

import { DIGEST_SIZE, DIGEST_WORDS_SIZE } from './community_id.ts';
import { CONTROL_SIZE } from './control_further.ts';
import { FILTERS_MAX } from './interface.ts';
import { TAGS_SIZE } from './layers.ts';
import { BATCH_COUNT, PACKET_SIZE } from './packet.ts';
import { ROWS_MAX, ROW_SIZE } from './row.ts';
import { LISTS_MAX, RUN_SIZE, SHARDS_MAX, SHARD_PACKET_SIZE } from './shards.ts';
import { WHEEL_SIZE } from './table.ts';
import { PROGRAM_SIZE, TEXT_SIZE } from './text.ts';

// regions: what has a fixed address. The other regions follow, where the CONFIG_ words say.
/** CONTROL */
export const CONTROL = 65536;
/** u32[WHEEL_LEVELS * WHEEL_SLOTS]: list heads */
export const WHEEL = CONTROL + CONTROL_SIZE;
/** FILTER[FILTERS_MAX] */
export const FILTERS = WHEEL + WHEEL_SIZE;
/** u32[4 * 256]: digit counts of the radix sort */
export const HISTOGRAMS = FILTERS + FILTERS_MAX * 8;
/** u64[256] packets: delivered, by IANA protocol number */
export const PROTOCOL_COUNTERS = HISTOGRAMS + 4096;
/** PACKET[BATCH_COUNT]: the batch */
export const PACKETS = PROTOCOL_COUNTERS + 2048;
/** PACKET: second scratch packet of the decapsulation */
export const PACKET_INNER = PACKETS + BATCH_COUNT * PACKET_SIZE;
/** PACKET: those of a frame that is decoded again, one after the other */
export const PACKET_AGAIN = PACKET_INNER + PACKET_SIZE;
/** PACKET: only its key is used: to be hashed or looked up */
export const SCRATCH_PACKET = PACKET_AGAIN + PACKET_SIZE;
/** u8[32]: source and destination of a look-up, written by the host */
export const LOOKUP_ADDRESSES = SCRATCH_PACKET + PACKET_SIZE;
// gap u8[32]
/** ROW[ROWS_MAX] */
export const ROWS = LOOKUP_ADDRESSES + 64;
/** PROGRAM */
export const PROGRAM = ROWS + ROWS_MAX * ROW_SIZE;
/** COLUMN_LIST on PROGRAM: rows become columns, or lines */
export const COLUMN_LIST = PROGRAM;
/** PART_LIST on PROGRAM: rows become data records, or lines */
export const PART_LIST = PROGRAM;
/** u8[TEXT_SIZE]: of all rows */
export const TEXT = PROGRAM + PROGRAM_SIZE;
/** u8[TEXT_SIZE] on TEXT: the columns of all rows, where the list says */
export const COLUMNS = TEXT;
/** DATA on TEXT: the data records of all rows */
export const DATA = TEXT;
/** u32[TEXT_SIZE / RECORD_EXTRA_SIZE] on TEXT: notes of a conversion, which writes no text */
export const RECORD_EXTRAS = TEXT;
/** u8[DIGEST_SIZE]: a message of SHA-1, with its padding */
export const DIGEST = TEXT + TEXT_SIZE;
/** u8[DIGEST_WORDS_SIZE]: message schedule of four messages */
export const DIGEST_WORDS = DIGEST + DIGEST_SIZE;
/** TAGS: those of a frame that is walked again */
export const FRAME_TAGS = DIGEST_WORDS + DIGEST_WORDS_SIZE;
/** SHARD_PACKET[BATCH_COUNT]: of the batch */
export const SHARD_PACKETS = FRAME_TAGS + TAGS_SIZE;
/** u32[LISTS_MAX]: where the lists of the shards end */
export const SHARD_LIST_ENDS = SHARD_PACKETS + BATCH_COUNT * SHARD_PACKET_SIZE;
/** RUN[SHARDS_MAX] */
export const RUNS = SHARD_LIST_ENDS + LISTS_MAX * 4;
/** end */
export const FIXED_END = RUNS + SHARDS_MAX * RUN_SIZE;
