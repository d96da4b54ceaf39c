/** Row groups: a chunk for each column, of a data page and maybe a dictionary page, and what the footer says of it. */
import type { Column } from '../../flow/column.ts';
import { columnName } from '../../flow/field.ts';
import { ByteBuffer } from '../byte_buffer.ts';
import { DATA_PAGE, DICTIONARY_PAGE, PLAIN, physicalType, RLE } from './format.ts';
import { BINARY, I32, STRUCT, ThriftWriter } from './thrift.ts';
import { ValueEncoder } from './values.ts';
import type { EncodedValues } from './values.ts';

/** How pages are compressed. */
export interface Compression {
  /** Its number in parquet.thrift. */
  readonly codec: number;
  compress(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Bytes of pages, with their headers. */
interface ChunkSize {
  uncompressed: number;
  compressed: number;
}

export class RowGroups {
  /** RowGroup structs, one behind the other. */
  readonly metadata = new ByteBuffer();
  count = 0;
  rows = 0;
  readonly #columns: readonly Column[];
  readonly #compression: Compression;
  readonly #values: ValueEncoder;
  /** Pages of the group. */
  readonly #pages = new ByteBuffer();
  /** ColumnChunk structs of the group. */
  readonly #chunks = new ByteBuffer();
  readonly #thrift = new ThriftWriter(this.#chunks);
  readonly #header = new ByteBuffer();

  /** @param rowsMax of a group */
  constructor(columns: readonly Column[], rowsMax: number, compression: Compression) {
    this.#columns = columns;
    this.#compression = compression;
    this.#values = new ValueEncoder(rowsMax);
  }

  /**
   * The bytes of a group with the first `size` flows of the columns. They are good until the next one.
   * @param offset where they will be in the file
   */
  async next(size: number, offset: number): Promise<Uint8Array> {
    this.#pages.clear();
    this.#chunks.clear();
    let uncompressed = 0;
    for (const column of this.#columns) uncompressed += await this.#writeChunk(column, size, offset);
    const to = new ThriftWriter(this.metadata);
    to.structMember(() => {
      to.list(1, STRUCT, this.#columns.length);
      to.writtenMembers(this.#chunks.written());
      to.i64(2, uncompressed);
      to.i64(3, size);
      to.i64(5, offset);
      to.i64(6, this.#pages.size);
    });
    this.count++;
    this.rows += size;
    return this.#pages.written();
  }

  /** @returns its bytes before compression */
  async #writeChunk(column: Column, size: number, offset: number): Promise<number> {
    const start = offset + this.#pages.size;
    const total = { uncompressed: 0, compressed: 0 };
    const values = this.#values.encode(column, size);
    if (values.distinct > 0)
      await this.#writePage(DICTIONARY_PAGE, this.#values.dictionary, values.distinct, PLAIN, total);
    const dataAt = offset + this.#pages.size;
    await this.#writePage(DATA_PAGE, this.#values.page, size, values.encoding, total);
    this.#writeMetadata(column, size, values, total, [start, dataAt]);
    return total.uncompressed;
  }

  async #writePage(
    type: number,
    content: ByteBuffer,
    count: number,
    encoding: number,
    total: ChunkSize,
  ): Promise<void> {
    const compressed = await this.#compression.compress(content.written());
    const header = this.#header;
    header.clear();
    const to = new ThriftWriter(header);
    to.structMember(() => {
      to.i32(1, type);
      to.i32(2, content.size);
      to.i32(3, compressed.length);
      to.struct(type === DATA_PAGE ? 5 : 7, () => {
        to.i32(1, count);
        to.i32(2, encoding);
        if (type !== DATA_PAGE) return;
        // Of definition and repetition levels.
        to.i32(3, RLE);
        to.i32(4, RLE);
      });
    });
    this.#pages.append(header.written());
    this.#pages.append(compressed);
    total.uncompressed += header.size + content.size;
    total.compressed += header.size + compressed.length;
  }

  #writeMetadata(
    column: Column,
    size: number,
    { encoding, distinct, range }: EncodedValues,
    total: ChunkSize,
    [start, dataAt]: readonly [number, number],
  ): void {
    const to = this.#thrift;
    const { field, present } = column;
    const encodings = [...new Set([...(distinct > 0 ? [PLAIN] : []), encoding, RLE])];
    const metadata = (): void => {
      to.i32(1, physicalType(column));
      to.list(2, I32, encodings.length);
      for (const one of encodings) to.i32Member(one);
      to.list(3, BINARY, 1);
      to.textMember(columnName(field));
      to.i32(4, this.#compression.codec);
      to.i64(5, size);
      to.i64(6, total.uncompressed);
      to.i64(7, total.compressed);
      to.i64(9, dataAt);
      if (distinct > 0) to.i64(11, start);
      to.struct(12, () => {
        to.i64(3, present === undefined ? 0 : absentCount(present, size));
        if (range === undefined) return;
        to.bytes(5, range[1]);
        to.bytes(6, range[0]);
      });
    };
    to.structMember(() => {
      to.i64(2, start);
      to.struct(3, metadata);
    });
  }
}

function absentCount(present: Uint8Array, size: number): number {
  let absent = size;
  for (let n = 0; n < size; n++) absent -= present[n] as number;
  return absent;
}
