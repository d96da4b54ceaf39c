/** Compiles fields and a text format to the program that the engine walks for each row (assembly/out/text.ts). */
import {
  ABSENT_ALWAYS,
  ABSENT_NEVER,
  ABSENT_NO_FORWARD,
  ABSENT_NO_PACKETS,
  ABSENT_NO_REVERSE,
  ABSENT_NOT_TCP,
  ABSENT_SENTINEL,
  CONFIG_ROWS_MAX,
  CONFIG_ROW_BYTES,
  CONTROL,
  LINE_MAX,
  PROGRAM,
  PROGRAM_CONN,
  PROGRAM_COUNT,
  PROGRAM_NONE,
  PROGRAM_STEPS,
  PROGRAM_STEPS_MAX,
  PROGRAM_TEXTS,
  PROGRAM_TEXTS_SIZE,
  PROGRAM_WORDS,
  PROGRAM_WORDS_MAX,
  STEP_ABSENT,
  STEP_BRACKETS,
  STEP_LAST_WORD,
  STEP_NULL_FROM,
  STEP_NULL_TO,
  STEP_OFFSET,
  STEP_OPTIONAL,
  STEP_PIECE,
  STEP_QUOTE,
  STEP_SHIFT,
  STEP_SIZE,
  STEP_SKIP,
  STEP_VALUE,
  STEP_WORDS,
  STEP_ZERO_FROM,
  STEP_ZERO_TO,
  TEXT_SIZE,
  VALUE_ADDRESS,
  VALUE_BOTH,
  VALUE_DECIMAL,
  VALUE_F64,
  VALUE_IP,
  VALUE_LIST,
  VALUE_MAC,
  VALUE_ISO,
  VALUE_MICROS,
  VALUE_NONE,
  VALUE_NS,
  VALUE_OCTETS,
  VALUE_PACKETS,
  VALUE_REFERENCE,
  VALUE_SPAN,
  VALUE_TEXT,
  VALUE_TIME,
  VALUE_U16,
  VALUE_U32,
  VALUE_U64,
  VALUE_U8,
  VALUE_WORD,
  WORD_SIZE,
} from '../../assembly/layout.ts';
import type { FieldDefinition, FieldStore, NullRule } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';
import { wordsByCode } from './words.ts';
import { rowsThatFit } from './side_records.ts';

/** How a value is written, and the most characters that it takes. */
export interface ValueKind {
  readonly code: number;
  readonly lengthMax: number;
}

/** Members of a list at most. */
const LIST_MAX = 4;

const BY_STORE: Readonly<Record<FieldStore, ValueKind>> = {
  address: { code: VALUE_ADDRESS, lengthMax: 39 },
  u8: { code: VALUE_U8, lengthMax: 3 },
  u16: { code: VALUE_U16, lengthMax: 5 },
  u32: { code: VALUE_U32, lengthMax: 10 },
  u64: { code: VALUE_U64, lengthMax: 20 },
  f64: { code: VALUE_F64, lengthMax: 16 },
  ip: { code: VALUE_IP, lengthMax: 39 },
  mac: { code: VALUE_MAC, lengthMax: 17 },
  list: { code: VALUE_LIST, lengthMax: LIST_MAX * 11 + 2 },
  // Of one of the bytes or packets: see lengthOf.
  octets: { code: VALUE_OCTETS, lengthMax: 4 / 3 },
  packets: { code: VALUE_PACKETS, lengthMax: 77 },
  both: { code: VALUE_BOTH, lengthMax: 17 },
  span: { code: VALUE_SPAN, lengthMax: 20 },
  // 254 characters, each with a backslash.
  text: { code: VALUE_TEXT, lengthMax: 508 },
};
const TIME: ValueKind = { code: VALUE_TIME, lengthMax: 21 };
const TIME_NS: ValueKind = { code: VALUE_NS, lengthMax: 20 };
/** As in `2554-07-21T23:34:33.709551615Z`. */
const TIME_ISO: ValueKind = { code: VALUE_ISO, lengthMax: 30 };
const MICROS: ValueKind = { code: VALUE_MICROS, lengthMax: 18 };
const WORD: ValueKind = { code: VALUE_WORD, lengthMax: WORD_SIZE - 1 };
/** As in `-1.2345678901234567e-300`. */
const DECIMAL: ValueKind = { code: VALUE_DECIMAL, lengthMax: 24 };
const NONE: ValueKind = { code: VALUE_NONE, lengthMax: 0 };
/** Room that the longest line has for text that is referred to; more for a longer one is up to the host. Bytes. */
export const REFERENCE_TEXT_MAX = 256;
const REFERENCE: ValueKind = { code: VALUE_REFERENCE, lengthMax: REFERENCE_TEXT_MAX };

export const ABSENCE_CODES: Readonly<Record<NullRule, number>> = {
  never: ABSENT_NEVER,
  notTcp: ABSENT_NOT_TCP,
  noForward: ABSENT_NO_FORWARD,
  noReverse: ABSENT_NO_REVERSE,
  noPackets: ABSENT_NO_PACKETS,
  sentinel: ABSENT_SENTINEL,
  always: ABSENT_ALWAYS,
};

/** Copying eight bytes at a time, and a number that is first written with two bytes a character, go beyond a line by less. */
const SLACK = 64;

/**
 * Writes the program into the engine's memory, and how many rows may be written at a time so that their lines fit.
 * Returns how long a line is at most without the texts that its row refers to. Bytes.
 * @param fields as they lie in the engine's rows: see FlowTable.placed
 * @throws {RangeError} for fields or texts that are too many or too long
 */
export function writeFieldProgram(memory: Uint8Array, format: LineFormat, fields: readonly FieldDefinition[]): number {
  const steps = format.steps(fields);
  if (steps.length > PROGRAM_STEPS_MAX) throw new RangeError(`a line has at most ${PROGRAM_STEPS_MAX - 1} fields`);
  const data = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const putPiece = (at: number, size: number, text: string): void => {
    if (text.length >= size) throw new RangeError(`'${text}' is too long for a field program`);
    memory[at] = text.length;
    for (let n = 0; n < text.length; n++) memory[at + 1 + n] = text.charCodeAt(n);
  };
  let words = PROGRAM + PROGRAM_WORDS;
  const wordsEnd = words + PROGRAM_WORDS_MAX * WORD_SIZE;
  const putWords = (step: number, field: FieldDefinition): void => {
    const known = wordsByCode(field);
    if (words + known.length * WORD_SIZE > wordsEnd) {
      throw new RangeError('the enumerations have too many words for a field program');
    }
    data.setUint32(step + STEP_WORDS, words, true);
    memory[step + STEP_LAST_WORD] = known.length - 1;
    for (const word of known) {
      putPiece(words, WORD_SIZE, word);
      words += WORD_SIZE;
    }
  };
  // A half of the texts each.
  let zeroTexts = PROGRAM + PROGRAM_TEXTS;
  let nullTexts = zeroTexts + PROGRAM_TEXTS_SIZE / 2;
  const putText = (at: number, from: number, to: number, text: string): number => {
    for (let n = 0; n < text.length; n++) memory[at + n] = text.charCodeAt(n);
    data.setUint32(from, at, true);
    data.setUint32(to, at + text.length, true);
    return at + text.length;
  };
  const putTexts = (step: number, piece: string, field: FieldDefinition, kind: ValueKind): void => {
    memory[step + STEP_SHIFT] = 64 - widthOf(kind);
    const zero = zeroText(field, kind, format.quote);
    if (zero !== undefined) zeroTexts = putText(zeroTexts, step + STEP_ZERO_FROM, step + STEP_ZERO_TO, piece + zero);
    if (field.null !== 'sentinel' || kind.code === VALUE_ADDRESS) return;
    const none = format.none === undefined ? '' : piece + format.none;
    nullTexts = putText(nullTexts, step + STEP_NULL_FROM, step + STEP_NULL_TO, none);
  };
  let lengthMax = SLACK;
  const putStep = (n: number, piece: string, kind: ValueKind): number => {
    const step = PROGRAM + PROGRAM_STEPS + n * STEP_SIZE;
    memory.fill(0, step, step + STEP_SIZE);
    memory[step + STEP_VALUE] = kind.code;
    putPiece(step + STEP_PIECE, STEP_ZERO_FROM - STEP_PIECE, piece);
    lengthMax += piece.length + kind.lengthMax;
    return step;
  };

  steps.forEach(({ text, field, object, reference }, n) => {
    const kind = field === undefined ? (reference === undefined ? NONE : REFERENCE) : kindOf(field, format);
    const step = putStep(n, text, kind);
    if (reference !== undefined) data.setUint16(step + STEP_OFFSET, reference, true);
    if (object !== undefined) {
      memory[step + STEP_ABSENT] = ABSENCE_CODES[object.null];
      data.setUint16(step + STEP_SKIP, object.steps, true);
    }
    if (field === undefined) return;
    memory[step + STEP_ABSENT] = ABSENCE_CODES[field.null];
    memory[step + STEP_OPTIONAL] = format.none === undefined ? 1 : 0;
    data.setUint16(step + STEP_OFFSET, field.at, true);
    if (isText(field)) {
      memory[step + STEP_QUOTE] = format.quote === '' ? 0 : format.quote.charCodeAt(0);
      lengthMax += 2 * format.quote.length;
    }
    if (format.brackets === true) memory[step + STEP_BRACKETS] = 1;
    if (kind === WORD) putWords(step, field);
    putTexts(step, text, field, kind);
  });
  if (lengthMax > LINE_MAX) throw new RangeError(`a line may have ${lengthMax} bytes; the most is ${LINE_MAX}`);
  const rows = rowsThatFit(data.getUint32(CONTROL + CONFIG_ROW_BYTES, true));
  data.setUint32(CONTROL + CONFIG_ROWS_MAX, Math.min(rows, Math.floor(TEXT_SIZE / lengthMax)), true);
  putPiece(PROGRAM + PROGRAM_NONE, WORD_SIZE, format.none ?? '');
  data.setUint32(PROGRAM + PROGRAM_COUNT, steps.length, true);
  data.setUint32(PROGRAM + PROGRAM_CONN, format.isConnLog === true ? 1 : 0, true);
  return lengthMax;
}

/** How a field is written, and how long it is at most; one that has members has as many as the options say. */
export function kindOf(field: FieldDefinition, format?: LineFormat): ValueKind {
  const kind = plainKind(field, format?.timeDigits);
  return field.most === undefined ? kind : { ...kind, lengthMax: Math.ceil(field.most * kind.lengthMax) + 4 };
}

function plainKind({ type, store, timeForm }: FieldDefinition, timeDigits: LineFormat['timeDigits']): ValueKind {
  switch (type) {
    case 'time':
      if (timeDigits === 6) return MICROS;
      return timeForm === undefined ? TIME : timeForm === 'ns' ? TIME_NS : TIME_ISO;
    case 'duration':
      return timeDigits === 6 ? MICROS : timeForm === 'ns' ? TIME_NS : TIME;
    case 'enum':
    case 'boolean':
      return WORD;
    case 'decimal':
      return DECIMAL;
    default:
      return BY_STORE[store];
  }
}

/** Bits of a value that tell whether all of them are 0, or 1: the first ones. */
function widthOf({ code }: ValueKind): number {
  switch (code) {
    case VALUE_U8:
    case VALUE_WORD:
    case VALUE_TEXT:
    case VALUE_IP:
      return 8;
    case VALUE_U16:
      return 16;
    case VALUE_U32:
    case VALUE_LIST:
      return 32;
    default:
      return 64;
  }
}

/** How a value is written of which all bits are 0; undefined: not always the same, or it is a longer one. */
function zeroText(field: FieldDefinition, { code }: ValueKind, quote: string): string | undefined {
  if (field.null !== 'never' && field.null !== 'sentinel') return undefined;
  switch (code) {
    case VALUE_U8:
    case VALUE_U16:
    case VALUE_U32:
    case VALUE_U64:
    case VALUE_F64:
    case VALUE_DECIMAL:
      return '0';
    case VALUE_WORD:
      return isText(field) ? `${quote}${wordsByCode(field)[0]}${quote}` : wordsByCode(field)[0];
    default:
      return undefined;
  }
}

function isText({ type, timeForm }: FieldDefinition): boolean {
  if (type === 'time') return timeForm !== undefined;
  if (type === 'duration') return timeForm === 'ns';
  return type === 'address' || type === 'enum' || type === 'text' || type === 'mac' || type === 'octets';
}
