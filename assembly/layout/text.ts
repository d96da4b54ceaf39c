/** Rows become text: the field program. */

/** number bytes: no line of text is longer. Fewer rows are written at a time when their lines are long */
export const LINE_MAX = 65536;
/** number bytes: room for the lines of the rows that are written at a time */
export const TEXT_SIZE = 524288;

/** number */
export const PROGRAM_STEPS_MAX = 512;
/** number */
export const PROGRAM_WORDS_MAX = 512;
/** number bytes: enough for PROGRAM_STEPS_MAX steps */
export const PROGRAM_TEXTS_SIZE = 98304;

// record WORD: of an enumeration, ASCII
/** u8: characters */
export const WORD_LENGTH = 0;
/** u8[31] */
export const WORD_TEXT = 1;
/** size */
export const WORD_SIZE = 32;

// record STEP: of a field program: a piece of text, then what the row has at an offset
/** u8: VALUE_ */
export const STEP_VALUE = 0;
/** u8: ABSENT_ */
export const STEP_ABSENT = 1;
/** u16: of the value in the row */
export const STEP_OFFSET = 2;
/** u8: character before and behind the value; 0: none */
export const STEP_QUOTE = 4;
/** u8: greatest code that has a word */
export const STEP_LAST_WORD = 5;
/** u16: steps behind this one that are left out when the flow lacks the value */
export const STEP_SKIP = 6;
/** u32: address of the words by code */
export const STEP_WORDS = 8;
/** u8: 1: a list is in brackets, with commas; 0: its members have spaces between them */
export const STEP_BRACKETS = 12;
/** u8: 1: the step writes nothing when the flow lacks the value */
export const STEP_OPTIONAL = 13;
/** u8: bits of 64 that the value does not have */
export const STEP_SHIFT = 14;
// gap u8
/** u8[48]: length, then so many ASCII characters */
export const STEP_PIECE = 16;
/**
 * u32: address of the step's text when all bits of the value are 0; 0: it is not among PROGRAM_TEXTS. That of the next
 * step follows it, so that a run of such values is copied at once.
 */
export const STEP_ZERO_FROM = 64;
/** u32: address behind it */
export const STEP_ZERO_TO = 68;
/** u32: the same when all bits are 1, and the flow lacks the value */
export const STEP_NULL_FROM = 72;
/** u32: address behind it */
export const STEP_NULL_TO = 76;
/** size */
export const STEP_SIZE = 80;

// record PROGRAM: how a row becomes a line, written by the host. A step for each field and one for the end of the line.
/** u32: steps */
export const PROGRAM_COUNT = 0;
/** u32: 1: the steps are the columns of conn.log, each as zeek_lines.ts expects it; 0: they may be anything */
export const PROGRAM_CONN = 4;
// gap u8[8]
/** WORD: stands for what a flow does not have */
export const PROGRAM_NONE = 16;
/** STEP[PROGRAM_STEPS_MAX] */
export const PROGRAM_STEPS = 48;
/** WORD[PROGRAM_WORDS_MAX]: of all enumerations */
export const PROGRAM_WORDS = PROGRAM_STEPS + PROGRAM_STEPS_MAX * STEP_SIZE;
/** u8[PROGRAM_TEXTS_SIZE]: texts of steps with values of which all bits are 0, or 1 */
export const PROGRAM_TEXTS = PROGRAM_WORDS + PROGRAM_WORDS_MAX * WORD_SIZE;
/** size */
export const PROGRAM_SIZE = PROGRAM_TEXTS + PROGRAM_TEXTS_SIZE;
