/** Flows as CSV and JSON Lines, written by the engine from rows that were kept: the same bytes as the command's. */
import { writeFieldProgram } from '../../src/engine/field_program.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { csv } from '../../src/export/csv.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { fieldsWith } from '../../src/flow/fields.ts';
import type { WithName } from '../../src/flow/groups.ts';
import type { LineFormat } from '../../src/flow/line_format.ts';
import type { ExportPart, TextFormat } from '../protocol.ts';
import type { ParquetWriter } from './flow_parquet.ts';
import type { IdentityRows } from './identity_rows.ts';
import { readOptions } from './reading.ts';
import type { RowStore } from './row_store.ts';

/** Bytes of a part of a file, about. */
const PART_SIZE = 2 ** 20;

const FORMATS: Readonly<Record<TextFormat, LineFormat>> = { csv, jsonl: jsonLines };

let compiled: Promise<WebAssembly.Module> | undefined;

/** The part of the engine that only writes: it has rows of the same form, and hardly a table. */
async function writingEngine(groups: readonly WithName[]): Promise<InlineEngine> {
  const options = { ...readOptions(groups), maxFlows: 1, closedLimit: 1, blockSize: 0 };
  compiled ??= WebAssembly.compileStreaming(fetch('writer.wasm'));
  return InlineEngine.create(await compiled, options);
}

export class FlowWriter {
  /** As they lie in the rows. */
  readonly fields: readonly FieldDefinition[];
  readonly #engine: InlineEngine;
  readonly #groups: readonly WithName[];
  readonly #identities: IdentityRows | undefined;

  private constructor(engine: InlineEngine, groups: readonly WithName[], identities: IdentityRows | undefined) {
    this.#engine = engine;
    this.#groups = groups;
    this.#identities = identities;
    this.fields = engine.placed(fieldsWith(groups));
  }

  /** @param identities what flows are, which is written behind their fields; undefined: it is not */
  static async create(groups: readonly WithName[], identities: IdentityRows | undefined): Promise<FlowWriter> {
    return new FlowWriter(await writingEngine(groups), groups, identities);
  }

  /** A file of Parquet, to be written in parts. */
  async parquet(): Promise<ParquetWriter> {
    const { ParquetWriter } = await import('./flow_parquet.ts');
    return new ParquetWriter(await writingEngine(this.#groups), fieldsWith(this.#groups), this.#identities);
  }

  /** One row as a line of JSON Lines. */
  json(row: Uint8Array): string {
    return new TextDecoder().decode(this.#lines('jsonl', [row]));
  }

  /** The next rows of a file, so many that they make a message of a good size. @param ids of the rows of the file */
  part(format: TextFormat, store: RowStore, ids: Uint32Array, from: number): ExportPart {
    const parts: Uint8Array[] = from === 0 ? [new TextEncoder().encode(this.#header(format))] : [];
    let size = 0;
    let index = from;
    while (index < ids.length && size < PART_SIZE) {
      const some = ids.subarray(index, index + this.#engine.rowsMax);
      const text = this.#lines(
        format,
        Array.from(some, (id) => store.row(id)),
      );
      parts.push(text);
      size += text.length;
      index += some.length;
    }
    return { bytes: joined(parts), next: index < ids.length ? index : undefined };
  }

  #header(format: TextFormat): string {
    const header = FORMATS[format].header(this.fields);
    return this.#identities?.header(format, header) ?? header;
  }

  /** @param rows at most as many as the engine writes at a time */
  #lines(format: TextFormat, rows: readonly Uint8Array[]): Uint8Array {
    const engine = this.#engine;
    writeFieldProgram(engine.views.u8, FORMATS[format], this.fields);
    const text = engine.rowsText(engine.putRows(rows));
    return this.#identities?.lines(format, text, rows) ?? text.slice();
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
