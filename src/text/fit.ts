/** Fits the columns of a table into the width of a terminal: short forms first, then cut texts, then fewer columns. */

/** What may happen to a column when there is no room. */
export interface ColumnFit {
  /** The column with the lowest one goes first. */
  readonly priority: number;
  /** Its texts may be cut to this many columns of the terminal; none: they may not. */
  readonly least?: number;
  /** What is cut is the beginning, as of an endpoint, whose port stands at the end. */
  readonly keepsEnd?: true;
}

/** A column that is shown. */
export interface FittedColumn {
  /** 0-based place among all columns. */
  readonly column: number;
  readonly width: number;
  /** In its short form. */
  readonly isShort: boolean;
}

/**
 * @param widths of each column
 * @param short the same in its short form; the same width if it has none
 * @param room columns of the terminal
 * @param gap blanks between two columns
 * @returns at least one column, which may be wider than the room
 */
export function fitColumns(
  widths: readonly number[],
  short: readonly number[],
  fits: readonly ColumnFit[],
  room: number,
  gap: number,
): readonly FittedColumn[] {
  // Least important first; of equal ones the last.
  const order = widths.map((_, n) => n).sort((a, b) => priority(fits, a) - priority(fits, b) || b - a);
  for (let dropped = 0; ; dropped++) {
    const kept = order.slice(dropped);
    const shown = squeezed(kept, widths, short, fits, room - gap * (kept.length - 1));
    if (shown !== undefined || kept.length === 1) {
      return (shown ?? wide(kept, widths)).toSorted((a, b) => a.column - b.column);
    }
  }
}

function priority(fits: readonly ColumnFit[], column: number): number {
  return fits[column]?.priority ?? 0;
}

function wide(kept: readonly number[], widths: readonly number[]): FittedColumn[] {
  return kept.map((column) => ({ column, width: widths[column] ?? 0, isShort: false }));
}

/** All these columns in the room, the least important ones shortened and cut as far as it takes; undefined: no way. */
function squeezed(
  kept: readonly number[],
  widths: readonly number[],
  short: readonly number[],
  fits: readonly ColumnFit[],
  room: number,
): FittedColumn[] | undefined {
  const shown = wide(kept, widths);
  let over = shown.reduce((sum, { width }) => sum + width, -room);
  const narrow = (at: number, width: number, isShort: boolean): void => {
    const { column, width: before } = shown[at] as FittedColumn;
    over -= before - width;
    shown[at] = { column, width, isShort };
  };
  for (let at = 0; at < shown.length && over > 0; at++) {
    const { column, width } = shown[at] as FittedColumn;
    const less = short[column] ?? width;
    if (less < width) narrow(at, less, true);
  }
  for (let at = 0; at < shown.length && over > 0; at++) {
    const { column, width, isShort } = shown[at] as FittedColumn;
    const least = fits[column]?.least ?? width;
    if (least < width) narrow(at, Math.max(least, width - over), isShort);
  }
  return over > 0 ? undefined : shown;
}
