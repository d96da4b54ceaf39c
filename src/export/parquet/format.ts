/** Numbers of parquet.thrift, the definition of Parquet's metadata, and what a field is in a Parquet file. */
import type { Column } from '../../flow/column.ts';
import type { FieldType } from '../../flow/field.ts';
import { columnName } from '../../flow/field.ts';
import type { ThriftWriter } from './thrift.ts';

const BOOLEAN = 0;
const INT32 = 1;
const INT64 = 2;
const DOUBLE = 5;
const BYTE_ARRAY = 6;
const FIXED_LEN_BYTE_ARRAY = 7;

export const PLAIN = 0;
export const RLE = 3;
export const DELTA_BINARY_PACKED = 5;
export const DELTA_LENGTH_BYTE_ARRAY = 6;
export const RLE_DICTIONARY = 8;

/** Codecs. */
export const GZIP = 2;
export const ZSTD = 6;

export const DATA_PAGE = 0;
export const DICTIONARY_PAGE = 2;

const REQUIRED = 0;
const OPTIONAL = 1;

/** Converted types, for readers that do not know logical types. */
const UTF8 = 0;
const UINT_8 = 11;

/** Members of the union of logical types. */
const STRING = 1;
const TIMESTAMP = 8;
const INTEGER = 10;
const NANOS = 3;

const UNSIGNED_BITS: Partial<Readonly<Record<FieldType, number>>> = { u8: 8, u16: 16, u32: 32 };

export function physicalType({ field, byteCount }: Column): number {
  if (byteCount !== undefined) return FIXED_LEN_BYTE_ARRAY;
  switch (field.type) {
    case 'u8':
    case 'u16':
    case 'u32':
      return INT32;
    case 'u64':
    case 'time':
    case 'duration':
      return INT64;
    case 'boolean':
      return BOOLEAN;
    case 'decimal':
      return DOUBLE;
    default:
      return BYTE_ARRAY;
  }
}

/** A SchemaElement. */
export function writeSchemaElement(to: ThriftWriter, column: Column): void {
  const { field, byteCount, present } = column;
  const { type } = field;
  const bits = UNSIGNED_BITS[type];
  const physical = physicalType(column);
  to.i32(1, physical);
  if (byteCount !== undefined) to.i32(2, byteCount);
  to.i32(3, present === undefined ? REQUIRED : OPTIONAL);
  to.text(4, columnName(field));
  if (bits !== undefined) {
    to.i32(6, UINT_8 + Math.log2(bits / 8));
    to.struct(10, () => {
      to.struct(INTEGER, () => {
        to.byte(1, bits);
        to.boolean(2, false);
      });
    });
  } else if (physical === BYTE_ARRAY) {
    to.i32(6, UTF8);
    to.struct(10, () => to.struct(STRING, NO_MEMBERS));
  } else if (type === 'time') {
    // Not adjusted to UTC: DuckDB reads those that are as microseconds.
    to.struct(10, () => {
      to.struct(TIMESTAMP, () => {
        to.boolean(1, false);
        to.struct(2, () => to.struct(NANOS, NO_MEMBERS));
      });
    });
  }
}

export const NO_MEMBERS = (): void => undefined;
