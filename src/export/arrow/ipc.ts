/** Record batches as bytes: the IPC formats of Apache Arrow, a stream or a file with a footer. */
import { AsyncByteQueue, RecordBatchFileWriter, RecordBatchStreamWriter } from 'apache-arrow';
import type { Column } from '../../flow/column.ts';
import type { BatchEncoder, WriteBytes } from '../batch_encoder.ts';
import { RecordBatches } from './record_batches.ts';

/** Keeps what a writer writes; it is taken before the columns change. */
class Pieces extends AsyncByteQueue<Uint8Array> {
  #pieces: Uint8Array[] = [];
  /** New memory of this size costs more than filling it. */
  #room = Buffer.alloc(0);

  override write(piece: Uint8Array): void {
    this.#pieces.push(piece);
  }

  /** A copy of all, which is forgotten. It is good until the next call. */
  take(): Uint8Array {
    const size = this.#pieces.reduce((sum, { length }) => sum + length, 0);
    if (size > this.#room.length) this.#room = Buffer.allocUnsafeSlow(size);
    let at = 0;
    for (const piece of this.#pieces) {
      this.#room.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    return this.#room.subarray(0, size);
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
