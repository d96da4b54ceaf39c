/** Writes the flows of a capture as they end, mostly lines of the engine. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { writeFieldProgram } from '../engine/field_program.ts';
import type { FlowTable, RowRange } from '../engine/table.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { LineFormat } from '../flow/line_format.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { FlowOutput } from './flow_output.ts';

/** Turns rows into the text of a format. */
export interface RowSink {
  /** Before the first row. Returns what comes before all flows. */
  begin(engine: FlowTable): string;
  /** Text of ASCII, or bytes that are good until more rows are written. */
  rows(engine: FlowTable, rows: RowRange): string | Uint8Array;
  /** What is left. */
  end(): string;
}

export function lineSink(format: LineFormat, fields: readonly FieldDefinition[]): RowSink {
  return {
    begin(engine) {
      writeFieldProgram(engine.views.u8, format, engine.placed(fields));
      return format.header(fields);
    },
    rows: (engine, rows) => engine.rowsText(rows),
    end: () => '',
  };
}

/** Returns how many flows; early when the reader of the output has closed it. */
export async function writeFlows(feed: FlowFeed, sink: RowSink, output: FlowOutput): Promise<number> {
  const { engine } = feed;
  let flows = 0;
  const text = (rows: RowRange): string | Uint8Array => {
    flows += rows.count;
    return sink.rows(engine, rows);
  };
  const header = sink.begin(engine);
  if (!output.continues) await output.add(header);
  while (!output.gone && (await feed.advance())) {
    while (engine.closedCount > 0) await output.put(engine.takeClosed(ROWS_MAX, text));
    await output.flush();
  }
  await output.add(sink.end());
  return flows;
}
