/** Rows become data records. */

// record PART: of a data record, see assembly/out/data_records.ts
/** u8: VALUE_ */
export const PART_VALUE = 0;
/** u8: ABSENT_ */
export const PART_ABSENT = 1;
/** u16: of the value in the row */
export const PART_OFFSET = 2;
/** u8: bytes; of a number 1, 2, 4 or 8 */
export const PART_WIDTH = 4;
/** u8: FORM_ */
export const PART_FORM = 5;
/** u8: greatest code that has a word */
export const PART_LAST_WORD = 6;
// gap u8[1]
/** u32: address of the numbers u8 that stand for codes */
export const PART_NUMBERS = 8;
/** size */
export const PART_SIZE = 12;

/** number: parts of records of all kinds */
export const PART_LIST_PARTS_MAX = 1024;
/** number bytes: numbers of all enumerations */
export const PART_LIST_WORDS_SIZE = 4096;

// record PART_LIST: what data records consist of, written by the host. A list is u16 first part, u16 parts.
/** u64 ns: time 0 of FORM_UPTIME */
export const PART_LIST_BEGIN = 0;
/** u32: list for flows of IPv4 */
export const PART_LIST_FORWARD_V4 = 8;
/** u32: list for flows of IPv6 */
export const PART_LIST_FORWARD_V6 = 12;
/** u32: list for a record of the reverse direction; without parts there is no such record */
export const PART_LIST_REVERSE_V4 = 16;
/** u32: the same of IPv6 */
export const PART_LIST_REVERSE_V6 = 20;
/** PART[PART_LIST_PARTS_MAX] */
export const PART_LIST_PARTS = 24;
/** u8[PART_LIST_WORDS_SIZE] */
export const PART_LIST_WORDS = PART_LIST_PARTS + PART_LIST_PARTS_MAX * PART_SIZE;
/** size */
export const PART_LIST_SIZE = PART_LIST_WORDS + PART_LIST_WORDS_SIZE;

// record DATA_NOTE: what the host must know of a data record
/** u32: IP version, 4 or 6 */
export const DATA_NOTE_VERSION = 0;
/** u32 s: its flow's last packet, rounded up */
export const DATA_NOTE_SECONDS = 4;
/** size */
export const DATA_NOTE_SIZE = 8;

/** number: data records that are written at a time */
export const DATA_NOTES_MAX = 1024;
/** number bytes */
export const DATA_RECORDS_SIZE = 516096;

// record DATA: data records, and a note of each
/** DATA_NOTE[DATA_NOTES_MAX] */
export const DATA_NOTES = 0;
/** u8[DATA_RECORDS_SIZE]: one behind the other */
export const DATA_RECORDS = DATA_NOTES + DATA_NOTES_MAX * DATA_NOTE_SIZE;
/** size */
export const DATA_SIZE = DATA_RECORDS + DATA_RECORDS_SIZE;
