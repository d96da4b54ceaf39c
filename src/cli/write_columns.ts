/** Writes flows in column formats: gathered in batches, the same whatever pieces the capture is read in. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { FlowColumns } from '../engine/flow_columns.ts';
import { BATCH_ROWS } from '../export/batch_encoder.ts';
import type { BatchEncoder, WriteBytes } from '../export/batch_encoder.ts';
import type { Column } from '../flow/column.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { Output } from './output.ts';

type MakeEncoder = (columns: readonly Column[], write: WriteBytes) => BatchEncoder;

/**
 * Returns early when the reader of the output has closed it.
 * @param waitMaxMs how long flows wait for a batch to be full; Infinity: always
 */
export async function writeColumns(
  feed: FlowFeed,
  output: Output,
  fields: readonly FieldDefinition[],
  makeEncoder: MakeEncoder,
  waitMaxMs: number,
): Promise<void> {
  const { engine } = feed;
  const gathered = new FlowColumns(engine, fields, BATCH_ROWS);
  const encoder = makeEncoder(gathered.columns, (bytes) => output.addBytes(bytes));
  let since = performance.now();
  const flush = async (): Promise<void> => {
    await encoder.add(gathered.size);
    gathered.clear();
    since = performance.now();
  };
  while (!output.gone && (await feed.advance())) {
    while (engine.closedCount > 0) {
      engine.takeClosed(Math.min(ROWS_MAX, gathered.room), (rows) => gathered.add(rows));
      if (gathered.room === 0) await flush();
    }
    if (gathered.size > 0 && performance.now() - since > waitMaxMs) await flush();
  }
  if (gathered.size > 0) await flush();
  await encoder.end();
}
