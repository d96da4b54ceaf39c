/** Writes flows in column formats: gathered in batches, the same whatever pieces the capture is read in. */
import { ROWS_MAX } from '../../assembly/layout.ts';
import { FlowColumns } from '../engine/flow_columns.ts';
import type { RowRange } from '../engine/table.ts';
import { BATCH_ROWS } from '../export/batch_encoder.ts';
import type { BatchEncoder, WriteBytes } from '../export/batch_encoder.ts';
import type { Column } from '../flow/column.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { FlowOutput } from './flow_output.ts';

export type MakeEncoder = (columns: readonly Column[], write: WriteBytes) => BatchEncoder;

/** Further columns of the same flows. */
export interface FurtherColumns {
  readonly columns: readonly Column[];
  /** Values of these flows, for places from `at` on. */
  add(rows: RowRange, at: number): void;
}

/** Undefined: there are none. @param capacity flows */
export type MakeFurtherColumns = (feed: FlowFeed, capacity: number) => FurtherColumns | undefined;

export interface ColumnSettings {
  /** How long flows wait for a batch to be full; Infinity: always. */
  readonly waitMaxMs: number;
  /** Addresses are 16 bytes each, those of IPv4 as ::ffff:a.b.c.d, and no text. */
  readonly binaryAddresses: boolean;
  readonly makeFurther?: MakeFurtherColumns;
}

/** Returns how many flows; early when the reader of the output has closed it. */
export async function writeColumns(
  feed: FlowFeed,
  output: FlowOutput,
  fields: readonly FieldDefinition[],
  makeEncoder: MakeEncoder,
  { waitMaxMs, binaryAddresses, makeFurther = () => undefined }: ColumnSettings,
): Promise<number> {
  const { engine } = feed;
  let flows = 0;
  const gathered = new FlowColumns(engine, fields, BATCH_ROWS, binaryAddresses);
  const further = makeFurther(feed, BATCH_ROWS);
  const columns = [...gathered.columns, ...(further?.columns ?? [])];
  const encoder = makeEncoder(columns, (bytes) => output.addBytes(bytes));
  let since = performance.now();
  const flush = async (): Promise<void> => {
    flows += gathered.size;
    await encoder.add(gathered.size);
    gathered.clear();
    since = performance.now();
  };
  while (!output.gone && (await feed.advance())) {
    while (engine.closedCount > 0) {
      engine.takeClosed(Math.min(ROWS_MAX, gathered.room), (rows) => {
        further?.add(rows, gathered.size);
        gathered.add(rows);
      });
      if (gathered.room === 0) await flush();
    }
    if (gathered.size > 0 && performance.now() - since > waitMaxMs) await flush();
  }
  if (gathered.size > 0) await flush();
  await encoder.end();
  return flows;
}

/**
 * The encoder of a column format, whose package is loaded only now.
 * @param isFile of Arrow: it can be read from any place, and is no stream
 */
export async function columnEncoder(format: 'arrow' | 'parquet', isFile: boolean): Promise<MakeEncoder> {
  if (format === 'arrow') {
    const { arrowEncoder } = await import('../export/arrow/ipc.ts');
    return (columns, write) => arrowEncoder(columns, write, isFile);
  }
  const { parquetEncoder } = await import('../export/parquet/parquet.ts');
  return (columns, write) => parquetEncoder(columns, write, BATCH_ROWS);
}
