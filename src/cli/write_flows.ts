/** Writes the flows of a capture in a text format, as they end. */
import type { CaptureReader } from '../capture_reader.ts';
import { rowAt } from '../engine/inline.ts';
import { RowView } from '../engine/rows.ts';
import type { FlowFormat } from '../export/sink.ts';
import type { Output } from './output.ts';

/** Returns early when nobody reads the output any more. */
export async function writeFlows(reader: CaptureReader, format: FlowFormat, output: Output): Promise<void> {
  const { engine } = reader;
  const view = new RowView(engine.views);
  output.add(format.header());
  while (await reader.advance()) {
    while (engine.closed > 0) {
      const rows = engine.closedRows();
      for (let n = 0; n < rows.count; n++) {
        view.row = rowAt(rows, n);
        const wait = output.add(format.flow(view));
        if (wait !== undefined) await wait;
      }
      engine.release(rows.count);
    }
    if (output.gone) return;
  }
  output.add(format.footer());
  await output.flush();
}
