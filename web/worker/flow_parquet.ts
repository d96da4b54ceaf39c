/** Flows as a Parquet file: the columns and pages of the command, compressed with what the browser has, gzip. */
import { FlowColumns } from '../../src/engine/flow_columns.ts';
import type { InlineEngine } from '../../src/engine/inline.ts';
import { rowAt } from '../../src/engine/table.ts';
import { BATCH_ROWS } from '../../src/export/batch_encoder.ts';
import type { BatchEncoder } from '../../src/export/batch_encoder.ts';
import { IdentityColumns } from '../../src/export/identity_columns.ts';
import { parquetFile } from '../../src/export/parquet/file.ts';
import { GZIP } from '../../src/export/parquet/format.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import type { ExportPart } from '../protocol.ts';
import { joined } from './flow_export.ts';
import type { IdentityRows } from './identity_rows.ts';
import type { RowStore } from './row_store.ts';

export class ParquetWriter {
  readonly #engine: InlineEngine;
  readonly #gathered: FlowColumns;
  readonly #identities: IdentityRows | undefined;
  readonly #identityColumns: IdentityColumns | undefined;
  readonly #encoder: BatchEncoder;
  #written: Uint8Array[] = [];

  /** @param engine that nobody else makes write @param identities what flows are; undefined: it is not written */
  constructor(engine: InlineEngine, fields: readonly FieldDefinition[], identities: IdentityRows | undefined) {
    this.#engine = engine;
    this.#gathered = new FlowColumns(engine, fields, BATCH_ROWS);
    this.#identities = identities;
    this.#identityColumns = identities && new IdentityColumns(undefined, BATCH_ROWS);
    const columns = [...this.#gathered.columns, ...(this.#identityColumns?.columns ?? [])];
    const write = async (bytes: Uint8Array): Promise<void> => void this.#written.push(bytes.slice());
    this.#encoder = parquetFile(columns, write, BATCH_ROWS, { codec: GZIP, compress: gzip });
  }

  /** The next row group, and behind the last one the end of the file. @param ids of the rows of the file */
  async part(store: RowStore, ids: Uint32Array, from: number): Promise<ExportPart> {
    const end = Math.min(ids.length, from + BATCH_ROWS);
    for (let index = from; index < end; ) {
      const some = ids.subarray(index, Math.min(end, index + this.#engine.rowsMax));
      this.#add(store, some);
      index += some.length;
    }
    if (this.#gathered.size > 0) await this.#encoder.add(this.#gathered.size);
    this.#gathered.clear();
    if (end === ids.length) await this.#encoder.end();
    const bytes = joined(this.#written);
    this.#written = [];
    return { bytes, next: end < ids.length ? end : undefined };
  }

  #add(store: RowStore, ids: Uint32Array): void {
    const rows = this.#engine.putRows(Array.from(ids, (id) => store.row(id)));
    const at = this.#gathered.size;
    for (let n = 0; n < rows.count; n++) {
      const identity = this.#identities?.peek(rowAt(rows, n), this.#engine.views);
      if (identity !== undefined) this.#identityColumns?.put(identity, at + n);
    }
    this.#gathered.add(rows);
  }
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
