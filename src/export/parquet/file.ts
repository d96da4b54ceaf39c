/** Columns as a Parquet file: a row group for each batch. The pages are made from the engine's columns. */
import type { Column } from '../../flow/column.ts';
import { columnName } from '../../flow/field.ts';
import type { BatchEncoder, WriteBytes } from '../batch_encoder.ts';
import { columnMeaning, fileEntries } from '../column_meaning.ts';
import { ByteBuffer } from '../byte_buffer.ts';
import { NO_MEMBERS, writeSchemaElement } from './format.ts';
import { RowGroups } from './row_groups.ts';
import type { Compression } from './row_groups.ts';
import { STRUCT, ThriftWriter } from './thrift.ts';

const MAGIC = new TextEncoder().encode('PAR1');
const FORMAT_VERSION = 2;

/** @param rowsMax flows of a batch at most */
export function parquetFile(
  columns: readonly Column[],
  write: WriteBytes,
  rowsMax: number,
  compression: Compression,
): BatchEncoder {
  const groups = new RowGroups(columns, rowsMax, compression);
  let offset = 0;
  const append = async (bytes: Uint8Array): Promise<void> => {
    offset += bytes.length;
    await write(bytes);
  };
  const begin = async (): Promise<void> => {
    if (offset === 0) await append(MAGIC);
  };
  return {
    async add(size) {
      await begin();
      await append(await groups.next(size, offset));
    },
    async end() {
      await begin();
      await append(footer(columns, groups));
    },
  };
}

/** FileMetaData, its length, and the magic again. */
function footer(columns: readonly Column[], groups: RowGroups): Uint8Array {
  const bytes = new ByteBuffer();
  const to = new ThriftWriter(bytes);
  to.structMember(() => {
    to.i32(1, FORMAT_VERSION);
    to.list(2, STRUCT, columns.length + 1);
    to.structMember(() => {
      to.text(4, 'schema');
      to.i32(5, columns.length);
    });
    for (const column of columns) to.structMember(() => writeSchemaElement(to, column));
    to.i64(3, groups.rows);
    to.list(4, STRUCT, groups.count);
    to.writtenMembers(groups.metadata.written());
    writeKeyValues(to, columns);
    to.text(6, 'pcapflow');
    // Numbers without a sign are ordered as such.
    to.list(7, STRUCT, columns.length);
    for (const _ of columns) to.structMember(() => to.struct(1, NO_MEMBERS));
  });
  bytes.u32(bytes.size);
  bytes.append(MAGIC);
  return bytes.written();
}

/** The version of the schema, and what the columns mean. */
function writeKeyValues(to: ThriftWriter, columns: readonly Column[]): void {
  const meanings = columns.map((column) => [columnName(column.field), columnMeaning(column)]);
  const entries = [
    ...fileEntries(columns),
    ['pcapflow.columns', JSON.stringify(Object.fromEntries(meanings))],
  ] as const;
  to.list(5, STRUCT, entries.length);
  for (const [key, value] of entries)
    to.structMember(() => {
      to.text(1, key);
      to.text(2, value);
    });
}
