/** Parquet files compressed with zstd. Loaded for Parquet only, as the package `@bokuweb/zstd-wasm` is optional. */
import { compress, init } from '@bokuweb/zstd-wasm';
import type { Column } from '../../flow/column.ts';
import type { BatchEncoder, WriteBytes } from '../batch_encoder.ts';
import { parquetFile } from './file.ts';
import { ZSTD } from './format.ts';

const ZSTD_LEVEL = 1;

/** zstd is loaded once. */
let ready: Promise<void> | undefined;

/** @param rowsMax flows of a batch at most */
export function parquetEncoder(columns: readonly Column[], write: WriteBytes, rowsMax: number): BatchEncoder {
  const compression = { codec: ZSTD, compress: (bytes: Uint8Array) => compress(bytes, ZSTD_LEVEL) };
  const file = parquetFile(columns, write, rowsMax, compression);
  return {
    async add(size) {
      await (ready ??= init());
      await file.add(size);
    },
    end: () => file.end(),
  };
}
