/** Rows become columns. */

import { PROGRAM_STEPS_MAX } from './text.ts';

/** number bytes: an address that is no text */
export const BINARY_ADDRESS_SIZE = 16;

// record COLUMN: a field of the rows as an array of its own, see assembly/out/columns.ts. The host writes the list.
/** u8: VALUE_ */
export const COLUMN_VALUE = 0;
/** u8: ABSENT_ */
export const COLUMN_ABSENT = 1;
/** u16: of the value in the row */
export const COLUMN_OFFSET = 2;
/** u8: bytes of a number in the array, 1, 2, 4 or 8; 0: the values are texts */
export const COLUMN_WIDTH = 4;
/** u8: greatest code that has a word */
export const COLUMN_LAST_WORD = 5;
/** u8: 1, an address is its 16 bytes, and no text; IPv4 as ::ffff:a.b.c.d */
export const COLUMN_BINARY = 6;
// gap u8[1]
/** u32: address of the numbers, or of the ends of the texts, u32 each */
export const COLUMN_VALUES = 8;
/** u32: address of the characters of the texts, which follow each other */
export const COLUMN_TEXT = 12;
/** u32: address of a byte for each row, 1: the flow has the value; 0: every flow has it */
export const COLUMN_PRESENT = 16;
/** size */
export const COLUMN_SIZE = 20;

// record COLUMN_LIST: which columns are written
/** u32: columns */
export const COLUMN_LIST_COUNT = 0;
/** COLUMN[PROGRAM_STEPS_MAX] */
export const COLUMN_LIST_COLUMNS = 4;
/** size */
export const COLUMN_LIST_SIZE = COLUMN_LIST_COLUMNS + PROGRAM_STEPS_MAX * COLUMN_SIZE;
