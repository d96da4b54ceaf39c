/** Flows as CSV and JSON Lines, written by the engine from rows that were kept: the same bytes as the command's. */
import { writeFieldProgram } from '../../src/engine/field_program.ts';
import { InlineEngine } from '../../src/engine/inline.ts';
import { csv } from '../../src/export/csv.ts';
import { jsonLines } from '../../src/export/jsonl.ts';
import type { FieldDefinition } from '../../src/flow/field.ts';
import { fieldsWith } from '../../src/flow/fields.ts';
import type { WithName } from '../../src/flow/groups.ts';
import type { LineFormat } from '../../src/flow/line_format.ts';
import type { ExportFormat } from '../protocol.ts';
import { engineModule, readOptions } from './reading.ts';

const FORMATS: Readonly<Record<ExportFormat, LineFormat>> = { csv, jsonl: jsonLines };

/** An engine that only writes: it has rows of the same form, and hardly a table. */
export class FlowWriter {
  /** As they lie in the rows. */
  readonly fields: readonly FieldDefinition[];
  readonly #engine: InlineEngine;

  private constructor(engine: InlineEngine, groups: readonly WithName[]) {
    this.#engine = engine;
    this.fields = engine.placed(fieldsWith(groups));
  }

  static async create(groups: readonly WithName[]): Promise<FlowWriter> {
    const options = { ...readOptions(groups), maxFlows: 1, closedLimit: 1, blockSize: 0 };
    return new FlowWriter(await InlineEngine.create(await engineModule(), options), groups);
  }

  /** Rows that can be written at a time. */
  get rowsMax(): number {
    return this.#engine.rowsMax;
  }

  header(format: ExportFormat): string {
    return FORMATS[format].header(this.fields);
  }

  /** @param rows at most rowsMax */
  lines(format: ExportFormat, rows: readonly Uint8Array[]): Uint8Array {
    const engine = this.#engine;
    writeFieldProgram(engine.views.u8, FORMATS[format], this.fields);
    return engine.rowsText(engine.putRows(rows)).slice();
  }
}
