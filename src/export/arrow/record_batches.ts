/**
 * Columns as record batches of Apache Arrow: the schema of the fields, and buffers without a copy. Loaded for the column
 * formats only, as the package `apache-arrow` is optional.
 */
import {
  Bool,
  Dictionary,
  Duration,
  Field,
  FixedSizeBinary,
  Float64,
  Int8,
  Int64,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  TimestampNanosecond,
  TimeUnit,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
} from 'apache-arrow';
import type { Data, DataType, Vector } from 'apache-arrow';
import type { Column } from '../../flow/column.ts';
import { columnName } from '../../flow/field.ts';
import { columnMeaning, fileEntries } from '../column_meaning.ts';

/** Makes batches of one schema. */
export class RecordBatches {
  readonly schema: Schema;
  readonly #types: readonly DataType[];
  /** Words of enumerations, undefined for other columns. */
  readonly #words: readonly (Vector<Utf8> | undefined)[];

  constructor(columns: readonly Column[]) {
    this.#words = columns.map(({ words }) => (words.length === 0 ? undefined : textVector(words)));
    this.#types = columns.map(typeOf);
    const fields = columns.map(
      (column, n) =>
        new Field(
          columnName(column.field),
          this.#types[n] as DataType,
          column.present !== undefined,
          new Map([['description', columnMeaning(column)]]),
        ),
    );
    this.schema = new Schema(fields, new Map(fileEntries(columns)));
  }

  /** A view of the first `size` flows: it changes with the columns. */
  batch(columns: readonly Column[], size: number): RecordBatch {
    const children = columns.map((column, n) => columnData(column, this.#types[n] as DataType, this.#words[n], size));
    const type = new Struct(this.schema.fields);
    return new RecordBatch(this.schema, makeData({ type, length: size, nullCount: 0, children }));
  }
}

/** @param id of the dictionary, if it is one */
function typeOf({ field, byteCount }: Column, id: number): DataType {
  if (byteCount !== undefined) return new FixedSizeBinary(byteCount);
  switch (field.type) {
    case 'address':
    case 'text':
    case 'mac':
    case 'list':
    case 'packets':
    case 'octets':
      return new Utf8();
    case 'u8':
      return new Uint8();
    case 'u16':
      return new Uint16();
    case 'u32':
      return new Uint32();
    case 'u64':
      return new Int64();
    // Without a time zone: DuckDB reads those with one as microseconds.
    case 'time':
      return new TimestampNanosecond();
    case 'duration':
      return new Duration(TimeUnit.NANOSECOND);
    case 'enum':
      return new Dictionary(new Utf8(), new Int8(), id);
    case 'boolean':
      return new Bool();
    case 'decimal':
      return new Float64();
  }
}

function columnData(column: Column, type: DataType, words: Vector<Utf8> | undefined, size: number): Data {
  const { field, values, text, present, byteCount } = column;
  const nulls = present === undefined ? undefined : bitmapOf(present, size);
  const common = {
    type,
    length: size,
    nullCount: nulls?.absent ?? 0,
    ...(nulls === undefined ? {} : { nullBitmap: nulls.bits }),
  };
  if (text !== undefined && byteCount !== undefined) {
    const data = nulls === undefined ? text.subarray(0, size * byteCount) : spread(text, present, size, byteCount);
    return makeData({ ...common, type: type as FixedSizeBinary, data });
  }
  if (text !== undefined) {
    const ends = values.subarray(0, size) as Uint32Array;
    const valueOffsets = new Int32Array(size + 1);
    valueOffsets.set(ends, 1);
    return makeData({ ...common, type: type as Utf8, valueOffsets, data: text.subarray(0, valueOffsets[size]) });
  }
  if (field.type === 'boolean')
    return makeData({ ...common, type: type as Bool, data: bitmapOf(values as Uint8Array, size).bits });
  if (words !== undefined) {
    const codes = values as Uint8Array;
    const data = new Int8Array(codes.buffer, codes.byteOffset, size);
    return makeData({ ...common, type: type as Dictionary<Utf8, Int8>, data, dictionary: words });
  }
  return makeData({ ...common, type: type as Float64, data: values.subarray(0, size) as Float64Array });
}

/** A bit for each byte that is not 0, the first one the lowest of its byte; and how many are 0. */
function bitmapOf(bytes: Uint8Array, size: number): { readonly bits: Uint8Array; readonly absent: number } {
  const bits = new Uint8Array(Math.ceil(size / 8));
  let absent = size;
  for (let n = 0; n < size; n++) {
    if (bytes[n] === 0) continue;
    bits[n >> 3] = (bits[n >> 3] as number) | (1 << (n & 7));
    absent--;
  }
  return { bits, absent };
}

/** Bytes of all flows, with zeros where a flow has none. */
function spread(bytes: Uint8Array, present: Uint8Array | undefined, size: number, byteCount: number): Uint8Array {
  const all = new Uint8Array(size * byteCount);
  let from = 0;
  for (let n = 0; n < size; n++) {
    if (present?.[n] === 0) continue;
    all.set(bytes.subarray(from, from + byteCount), n * byteCount);
    from += byteCount;
  }
  return all;
}

function textVector(words: readonly string[]): Vector<Utf8> {
  const data = new TextEncoder().encode(words.join(''));
  const valueOffsets = new Int32Array(words.length + 1);
  words.forEach((word, n) => {
    valueOffsets[n + 1] = (valueOffsets[n] as number) + word.length;
  });
  return makeVector(makeData({ type: new Utf8(), length: words.length, nullCount: 0, valueOffsets, data }));
}
