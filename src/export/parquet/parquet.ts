/** Columns as a Parquet file, compressed with zstd. Batches go as an Arrow stream to `parquet-wasm`, one row group each. */
import {
  Compression,
  EnabledStatistics,
  Encoding,
  Table,
  transformParquetStream,
  WriterPropertiesBuilder,
} from 'parquet-wasm';
import type { RecordBatch, WriterProperties } from 'parquet-wasm';
import type { Column } from '../../flow/column.ts';
import { columnName } from '../../flow/field.ts';
import { streamOf } from '../arrow/ipc.ts';
import { RecordBatches, SCHEMA_METADATA } from '../arrow/record_batches.ts';
import type { BatchEncoder, WriteBytes } from '../batch_encoder.ts';

/** @param rowsMax flows of a batch at most */
export function parquetEncoder(columns: readonly Column[], write: WriteBytes, rowsMax: number): BatchEncoder {
  const batches = new RecordBatches(columns);
  const feed = new BatchFeed();
  let isEmpty = true;
  // Not awaited: it waits for the first batch.
  const done = encode(feed, write, writerProperties(columns, rowsMax));
  done.catch(() => undefined);
  const add = async (size: number): Promise<void> => {
    isEmpty = false;
    for (const batch of Table.fromIPCStream(streamOf(batches, columns, size)).recordBatches())
      await Promise.race([feed.put(batch), done]);
  };
  return {
    add,
    async end() {
      // Without a batch there would be no schema.
      if (isEmpty) await add(0);
      feed.end();
      await done;
    },
  };
}

/** Times are hardly ever equal, but near to each other: their differences take less time and space than a dictionary. */
function writerProperties(columns: readonly Column[], rowsMax: number): WriterProperties {
  let builder = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setMaxRowGroupSize(rowsMax)
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .setCreatedBy('pcapflow')
    .setKeyValueMetadata(new Map(SCHEMA_METADATA));
  for (const { field } of columns) {
    if (field.type !== 'time') continue;
    const name = columnName(field);
    builder = builder.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, Encoding.DELTA_BINARY_PACKED);
  }
  return builder.build();
}

async function encode(feed: BatchFeed, write: WriteBytes, properties: WriterProperties): Promise<void> {
  const reader = (await transformParquetStream(feed.stream, properties)).getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    await write(value as Uint8Array);
  }
}

/** A stream of batches that is as fast as its reader. */
class BatchFeed {
  readonly stream: ReadableStream<RecordBatch>;
  #controller: ReadableStreamDefaultController<RecordBatch> | undefined;
  /** Resolves when another batch is wanted. */
  #wanted: Promise<void>;
  #want: () => void = () => undefined;
  #supply: () => void = () => undefined;

  constructor() {
    this.#wanted = this.#nextWant();
    this.stream = new ReadableStream<RecordBatch>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () =>
          new Promise<void>((resolve) => {
            this.#supply = resolve;
            this.#want();
          }),
      },
      { highWaterMark: 0 },
    );
  }

  async put(batch: RecordBatch): Promise<void> {
    await this.#wanted;
    this.#wanted = this.#nextWant();
    this.#controller?.enqueue(batch);
    this.#supply();
  }

  end(): void {
    this.#controller?.close();
    this.#supply();
  }

  #nextWant(): Promise<void> {
    return new Promise((resolve) => {
      this.#want = resolve;
    });
  }
}
