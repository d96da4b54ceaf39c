/** Aligned columns of text with two blanks between them. */

export interface TableColumns {
  readonly titles: readonly string[];
  /** 0-based indexes of the columns aligned to the right. */
  readonly right?: ReadonlySet<number>;
  /** Columns of a terminal that a text takes; without it the length, which is right for ASCII. */
  readonly width?: (text: string) => number;
}

/** Turns rows into text as they come. */
export interface TableWriter {
  /** The text that is ready after this row; empty while rows are held back. */
  row(cells: readonly string[]): string;
  /** The rest. A table without rows is its titles. */
  end(): string;
}

const GAP = 2;

/** Holds rows back until there are `sample` of them; the widest texts among them fix the widths. */
export function sampledTable(columns: TableColumns, sample: number): TableWriter {
  let waiting: (readonly string[])[] | undefined = [columns.titles];
  let widths: readonly number[] = [];
  const show = (): string => {
    const rows = waiting ?? [];
    waiting = undefined;
    widths = columnWidths(rows, columns);
    return rows.map((row) => tableLine(row, widths, columns)).join('');
  };
  return {
    row(cells) {
      if (waiting === undefined) return tableLine(cells, widths, columns);
      waiting.push(cells);
      return waiting.length > sample ? show() : '';
    },
    end: () => (waiting === undefined ? '' : show()),
  };
}

/** Gives every row at once, in columns of these widths; a longer cell pushes the rest of its line to the right. */
export function fixedTable(columns: TableColumns, widths: readonly number[]): TableWriter {
  let titled = false;
  const titlesOnce = (): string => {
    if (titled) return '';
    titled = true;
    return tableLine(columns.titles, widths, columns);
  };
  return { row: (cells) => titlesOnce() + tableLine(cells, widths, columns), end: titlesOnce };
}

/** All rows under the titles, each a line with its end. */
export function* tableLines(columns: TableColumns, rows: readonly (readonly string[])[]): Generator<string> {
  const all = [columns.titles, ...rows];
  const widths = columnWidths(all, columns);
  for (const row of all) yield tableLine(row, widths, columns);
}

/** The widest text of each column. */
export function columnWidths(
  rows: readonly (readonly string[])[],
  { titles, width = lengthOf }: TableColumns,
): number[] {
  return titles.map((_, n) => rows.reduce((most, row) => Math.max(most, width(row[n] ?? '')), 0));
}

/** A row as blanks, cell, blanks, cell and so on; the last cell has no blanks after it. */
export function alignedCells(
  row: readonly string[],
  widths: readonly number[],
  { right, width = lengthOf }: TableColumns,
): string[] {
  const parts: string[] = [];
  let blanks = 0;
  row.forEach((cell, n) => {
    const missing = Math.max(0, (widths[n] ?? 0) - width(cell));
    const toTheRight = right?.has(n) === true;
    parts.push(' '.repeat(blanks + (toTheRight ? missing : 0)), cell);
    blanks = GAP + (toTheRight ? 0 : missing);
  });
  return parts;
}

function tableLine(row: readonly string[], widths: readonly number[], columns: TableColumns): string {
  return `${alignedCells(row, widths, columns).join('').trimEnd()}\n`;
}

function lengthOf(text: string): number {
  return text.length;
}
