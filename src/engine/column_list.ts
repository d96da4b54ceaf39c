/** Compiles fields to the list of columns that the engine fills from its rows (assembly/out/columns.ts). */
import {
  BINARY_ADDRESS_SIZE,
  COLUMN_ABSENT,
  COLUMN_BINARY,
  COLUMN_LAST_WORD,
  COLUMN_LIST,
  COLUMN_LIST_COLUMNS,
  COLUMN_LIST_COUNT,
  COLUMN_OFFSET,
  COLUMN_PRESENT,
  COLUMN_SIZE,
  COLUMN_TEXT,
  COLUMN_VALUE,
  COLUMN_VALUES,
  COLUMN_WIDTH,
  COLUMNS,
  CONFIG_ROW_BYTES,
  CONFIG_ROWS_MAX,
  CONTROL,
  PROGRAM_STEPS_MAX,
  TEXT_SIZE,
} from '../../assembly/layout.ts';
import type { FieldDefinition, FieldType } from '../flow/field.ts';
import { ABSENCE_CODES, kindOf } from './field_program.ts';
import { wordsByCode } from './words.ts';
import { rowsThatFit } from './side_records.ts';
import type { MemoryViews } from './wasm.ts';

/** Where the engine puts the values of a field. */
export interface ColumnPlace {
  readonly field: FieldDefinition;
  /** Bytes of a number; 0: the column is text. */
  readonly width: 0 | 1 | 2 | 4 | 8;
  /** Addresses: numbers or ends of texts; characters; a byte for each row, 0: every flow has the value. */
  readonly values: number;
  readonly text: number;
  readonly present: number;
  /** Of each address; undefined: addresses are text. */
  readonly byteCount: number | undefined;
}

/** Bytes of a number in its column; 0: text. */
const WIDTHS: Readonly<Record<FieldType, ColumnPlace['width']>> = {
  address: 0,
  text: 0,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  time: 8,
  duration: 8,
  enum: 1,
  boolean: 1,
  decimal: 8,
  mac: 0,
  list: 0,
  packets: 0,
  octets: 0,
};
/** Characters of a text at most. */
const TEXT_MAX = 254;
/** The end of a text is a u32. */
const END_WIDTH = 4;
/** Arrays begin at multiples of this, and at least so many bytes behind a text, which its writer may overwrite. */
const ALIGNMENT = 8;

/**
 * Writes the list into the engine's memory, and how many rows may be written at a time so that their columns fit.
 * @param fields as they lie in the engine's rows: see FlowTable.placed
 * @param binaryAddresses addresses are 16 bytes each, those of IPv4 as ::ffff:a.b.c.d
 * @throws {RangeError} for too many fields
 */
export function writeColumnList(
  { data }: MemoryViews,
  fields: readonly FieldDefinition[],
  binaryAddresses: boolean,
): readonly ColumnPlace[] {
  if (fields.length > PROGRAM_STEPS_MAX) throw new RangeError(`there are at most ${PROGRAM_STEPS_MAX} columns`);
  const rows = Math.min(
    rowsThatFit(data.getUint32(CONTROL + CONFIG_ROW_BYTES, true)),
    Math.floor((TEXT_SIZE - 6 * ALIGNMENT * fields.length) / fields.reduce((sum, field) => sum + rowBytes(field), 0)),
  );
  let top = COLUMNS;
  const place = (size: number): number => {
    const at = Math.ceil(top / ALIGNMENT) * ALIGNMENT;
    top = at + rows * size + ALIGNMENT;
    return at;
  };
  const places = fields.map((field): ColumnPlace => {
    const width = WIDTHS[field.type];
    const byteCount = binaryAddresses && field.type === 'address' ? BINARY_ADDRESS_SIZE : undefined;
    return {
      field,
      width,
      byteCount,
      values: place(width === 0 ? END_WIDTH : width),
      text: width === 0 ? place(textMax(field)) : 0,
      present: field.null === 'never' ? 0 : place(1),
    };
  });
  places.forEach(({ field, width, byteCount, values, text, present }, n) => {
    const column = COLUMN_LIST + COLUMN_LIST_COLUMNS + n * COLUMN_SIZE;
    data.setUint8(column + COLUMN_VALUE, kindOf(field).code);
    data.setUint8(column + COLUMN_ABSENT, ABSENCE_CODES[field.null]);
    data.setUint16(column + COLUMN_OFFSET, field.at, true);
    data.setUint8(column + COLUMN_WIDTH, width);
    data.setUint8(column + COLUMN_LAST_WORD, hasWords(field) ? wordsByCode(field).length - 1 : 0);
    data.setUint8(column + COLUMN_BINARY, byteCount === undefined ? 0 : 1);
    data.setUint32(column + COLUMN_VALUES, values, true);
    data.setUint32(column + COLUMN_TEXT, text, true);
    data.setUint32(column + COLUMN_PRESENT, present, true);
  });
  data.setUint32(COLUMN_LIST + COLUMN_LIST_COUNT, fields.length, true);
  data.setUint32(CONTROL + CONFIG_ROWS_MAX, rows, true);
  return places;
}

/** Bytes that a row takes in the columns of a field at most. */
function rowBytes(field: FieldDefinition): number {
  const width = WIDTHS[field.type];
  return (width === 0 ? END_WIDTH + textMax(field) : width) + (field.null === 'never' ? 0 : 1);
}

function textMax(field: FieldDefinition): number {
  return field.type === 'text' ? TEXT_MAX : kindOf(field).lengthMax;
}

function hasWords({ type }: FieldDefinition): boolean {
  return type === 'enum' || type === 'boolean';
}
