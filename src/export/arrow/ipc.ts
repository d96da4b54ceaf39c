/** Record batches as bytes: the IPC formats of Apache Arrow, a stream or a file with a footer. */
import { AsyncByteQueue, RecordBatchFileWriter, RecordBatchStreamWriter } from 'apache-arrow';
import type { Column } from '../../flow/column.ts';
import type { BatchEncoder, WriteBytes } from '../batch_encoder.ts';
import { RecordBatches } from './record_batches.ts';

/** Keeps what a writer writes; it is taken before the columns change. */
class Pieces extends AsyncByteQueue<Uint8Array> {
  #pieces: Uint8Array[] = [];

  override write(piece: Uint8Array): void {
    this.#pieces.push(piece);
  }

  /** A copy of all, which is forgotten. */
  take(): Uint8Array {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return all;
  }
}

/** @param isFile with a footer, for random access; else a stream */
export function arrowEncoder(columns: readonly Column[], write: WriteBytes, isFile: boolean): BatchEncoder {
  const batches = new RecordBatches(columns);
  const pieces = new Pieces();
  const writer = isFile ? new RecordBatchFileWriter() : new RecordBatchStreamWriter();
  writer.reset(pieces, batches.schema);
  return {
    async add(size) {
      writer.write(batches.batch(columns, size));
      await write(pieces.take());
    },
    async end() {
      writer.finish();
      await write(pieces.take());
    },
  };
}

/** A stream with one batch. */
export function streamOf(batches: RecordBatches, columns: readonly Column[], size: number): Uint8Array {
  const pieces = new Pieces();
  const writer = new RecordBatchStreamWriter();
  writer.reset(pieces, batches.schema);
  writer.write(batches.batch(columns, size));
  writer.finish();
  return pieces.take();
}
