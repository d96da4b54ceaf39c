/** Writes the flows of a feed to a file, in a format of `read`: the bytes that `read` would write for these flows. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { writeFieldProgram } from '../engine/field_program.ts';
import { FlowColumns } from '../engine/flow_columns.ts';
import { BATCH_ROWS } from '../export/batch_encoder.ts';
import type { BatchEncoder, WriteBytes } from '../export/batch_encoder.ts';
import { csv } from '../export/csv.ts';
import { jsonLines } from '../export/jsonl.ts';
import type { Column } from '../flow/column.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { PartFormat } from './plan_options.ts';
import type { ScratchFile } from './scratch_file.ts';

/** Writes all flows of a feed that has started. Returns how many. @throws {FParserError} ERR_WRITE */
export async function writePart(
  feed: FlowFeed,
  format: PartFormat,
  fields: readonly FieldDefinition[],
  file: ScratchFile,
): Promise<number> {
  if (format === 'jsonl' || format === 'csv') return writeLines(feed, format === 'csv' ? csv : jsonLines, fields, file);
  const write: WriteBytes = async (bytes) => file.write(bytes);
  return writeColumns(feed, fields, await encoderOf(format, write));
}

async function writeLines(
  feed: FlowFeed,
  format: LineFormat,
  fields: readonly FieldDefinition[],
  file: ScratchFile,
): Promise<number> {
  const { engine } = feed;
  let flows = 0;
  writeFieldProgram(engine.views.u8, format, engine.placed(fields));
  file.write(Buffer.from(format.header(fields)));
  while (await feed.advance()) {
    while (engine.closedCount > 0)
      engine.takeClosed(ROWS_MAX, (rows) => {
        flows += rows.count;
        file.write(engine.rowsText(rows));
      });
  }
  return flows;
}

type MakeEncoder = (columns: readonly Column[]) => BatchEncoder;

/** The packages for column formats are loaded when they are needed. */
async function encoderOf(format: 'parquet' | 'arrow', write: WriteBytes): Promise<MakeEncoder> {
  if (format === 'arrow') {
    const { arrowEncoder } = await import('../export/arrow/ipc.ts');
    return (columns) => arrowEncoder(columns, write, true);
  }
  const { parquetEncoder } = await import('../export/parquet/parquet.ts');
  return (columns) => parquetEncoder(columns, write, BATCH_ROWS);
}

async function writeColumns(
  feed: FlowFeed,
  fields: readonly FieldDefinition[],
  makeEncoder: MakeEncoder,
): Promise<number> {
  const { engine } = feed;
  const gathered = new FlowColumns(engine, fields, BATCH_ROWS);
  const encoder = makeEncoder(gathered.columns);
  let flows = 0;
  const flush = async (): Promise<void> => {
    flows += gathered.size;
    await encoder.add(gathered.size);
    gathered.clear();
  };
  while (await feed.advance()) {
    while (engine.closedCount > 0) {
      engine.takeClosed(Math.min(ROWS_MAX, gathered.room), (rows) => gathered.add(rows));
      if (gathered.room === 0) await flush();
    }
  }
  if (gathered.size > 0) await flush();
  await encoder.end();
  return flows;
}
