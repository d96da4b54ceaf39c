/** Writes the flows of a capture as they end: lines from the engine, or a table. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { writeFieldProgram } from '../engine/field_program.ts';
import { rowViewWith } from '../engine/rows.ts';
import { rowAt } from '../engine/table.ts';
import type { Table } from '../export/table.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { Output } from './output.ts';

/** Returns early when the reader of the output has closed it. */
export async function writeLines(
  feed: FlowFeed,
  format: LineFormat,
  fields: readonly FieldDefinition[],
  output: Output,
): Promise<void> {
  const { engine } = feed;
  writeFieldProgram(engine.views.u8, format, engine.placed(fields));
  if (!output.continues) await output.add(format.header(fields));
  while (!output.gone && (await feed.advance())) {
    while (engine.closedCount > 0) {
      await output.addBytes(engine.takeClosed(ROWS_MAX, (rows) => engine.rowsText(rows)));
    }
  }
}

/** The same as a table for people. @param fields that it shows */
export async function writeTable(
  feed: FlowFeed,
  format: Table,
  output: Output,
  fields: readonly FieldDefinition[] = [],
): Promise<void> {
  const { engine } = feed;
  const view = rowViewWith(engine.views, engine.placed(fields));
  while (!output.gone && (await feed.advance())) {
    while (engine.closedCount > 0) {
      const rows = engine.takeClosed(ROWS_MAX, (taken) => taken);
      for (let n = 0; n < rows.count; n++) {
        view.row = rowAt(rows, n);
        await output.add(format.line(view));
      }
    }
    await output.flush();
  }
  await output.add(format.end());
}
