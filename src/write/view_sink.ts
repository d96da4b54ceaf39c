/** Formats that look at one flow after the other: tables, and lines that the engine cannot write. */
import { rowViewWith } from '../engine/rows.ts';
import { rowAt } from '../engine/table.ts';
import type { Table } from '../export/table.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { FlowView } from '../flow/flow.ts';
import type { RowSink } from './flows.ts';

/** @param fields that the table shows */
export function tableSink(table: Table, fields: readonly FieldDefinition[] = []): RowSink {
  return viewSink(
    '',
    (flow) => table.line(flow),
    fields,
    () => table.end(),
  );
}

/** @param line of a flow whose fields are these and those of the core */
export function viewSink(
  header: string,
  line: (flow: FlowView) => string,
  fields: readonly FieldDefinition[],
  end = () => '',
): RowSink {
  let view: ReturnType<typeof rowViewWith> | undefined;
  return {
    begin: () => header,
    rows(engine, rows) {
      view ??= rowViewWith(engine.views, engine.placed(fields));
      let text = '';
      for (let n = 0; n < rows.count; n++) {
        view.row = rowAt(rows, n);
        text += line(view);
      }
      return text;
    },
    end,
  };
}
