/** What turns columns into the bytes of a format, batch by batch. */

/** Writes bytes, which may change when it has resolved. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

export interface BatchEncoder {
  /** Writes the first `size` flows of the columns, which may change when it has resolved. */
  add(size: number): Promise<void>;
  /** Writes what completes the output. */
  end(): Promise<void>;
}

/** Flows of a batch: of a record batch in Arrow, of a row group in Parquet. */
export const BATCH_ROWS = 100_000;
