/** What is done with the rows of closed flows before anybody sees them: some are left out, the rest are completed. */
import type { RowBytes } from './row_bytes.ts';
import type { RowRange } from './table.ts';

export interface RowStage {
  /** Whether a flow is wanted. None: all are. */
  readonly keeps?: ((bytes: RowBytes, row: number) => boolean) | undefined;
  /** Writes what the engine leaves to its host into a row that is kept. */
  readonly complete?: ((bytes: RowBytes, row: number) => void) | undefined;
  /** Called for each flow that is left out. */
  onLeftOut?: ((row: number) => void) | undefined;
  /** How many were left out. */
  leftOut: number;
}

/** The rows that are wanted, moved together. The order stays. */
export function stagedRows(stage: RowStage, bytes: RowBytes, rows: RowRange): RowRange {
  const { keeps, complete, onLeftOut } = stage;
  const { base, rowBytes } = rows;
  const end = base + rows.count * rowBytes;
  let to = base;
  for (let row = base; row < end; row += rowBytes) {
    if (keeps !== undefined && !keeps(bytes, row)) {
      onLeftOut?.(row);
      stage.leftOut++;
      continue;
    }
    if (to < row) bytes.u8.copyWithin(to, row, row + rowBytes);
    complete?.(bytes, to);
    to += rowBytes;
  }
  return { ...rows, count: (to - base) / rowBytes };
}
