/** Aligned columns of text with two blanks between them. */
import { ELLIPSIS } from './ascii.ts';
import { fitColumns } from './fit.ts';
import type { ColumnFit, FittedColumn } from './fit.ts';
import { painted } from './palette.ts';
import type { Palette } from './palette.ts';
import type { CellStyle } from './cell_style.ts';

/** A text, or a text and its short form for a narrow terminal. */
export type TableCell = string | readonly [long: string, short: string];

/** The size of a terminal; it may change. */
export interface TableTerminal {
  readonly columns: number;
  readonly rows: number;
}

export interface TableColumns {
  readonly titles: readonly TableCell[];
  /** 0-based indexes of the columns aligned to the right. */
  readonly right?: ReadonlySet<number>;
  /** Columns of a terminal that a text takes; without it the length, which is right for ASCII. */
  readonly width?: (text: string) => number;
  /** What may happen to each column on a terminal that is too narrow. */
  readonly fits?: readonly ColumnFit[];
  /** Colours; none: the bare text. */
  readonly palette?: Palette<CellStyle> | undefined;
  /** How a cell looks. None: plain. @param column 0-based */
  readonly style?: ((column: number, text: string) => CellStyle) | undefined;
  /** Where the table is shown: no line is wider, and the titles are repeated on each screen. None: not on a terminal. */
  readonly terminal?: TableTerminal | undefined;
}

/** Turns rows into text as they come. */
export interface TableWriter {
  /** The text that is ready after this row; empty while rows are held back. */
  row(cells: readonly TableCell[]): string;
  /** The rest. A table without rows is its titles. */
  end(): string;
}

const GAP = 2;
/** Lines of a screen that are no rows of the table: its titles, and the last line, where the cursor is. */
const OTHER_LINES = 2;

/** Holds rows back until there are `sample` of them; the widest texts among them fix the widths. */
export function sampledTable(columns: TableColumns, sample: number): TableWriter {
  let waiting: (readonly TableCell[])[] | undefined = [];
  let line = (_: readonly TableCell[]): string => '';
  const show = (): string => {
    const rows = waiting ?? [];
    waiting = undefined;
    const all = [columns.titles, ...rows];
    const widths = (form: 0 | 1): number[] =>
      columnWidths(
        all.map((row) => row.map((cell) => cellText(cell, form === 1))),
        columns,
      );
    const screens = screenLines(columns, widths(0), widths(1));
    line = screens.line;
    return rows.length === 0 ? screens.titles() : rows.map(line).join('');
  };
  return {
    row(cells) {
      if (waiting === undefined) return line(cells);
      waiting.push(cells);
      return waiting.length >= sample ? show() : '';
    },
    end: () => (waiting === undefined ? '' : show()),
  };
}

/** Gives every row at once, in columns of these widths; a longer cell pushes the rest of its line to the right. */
export function fixedTable(columns: TableColumns, widths: readonly number[], short = widths): TableWriter {
  const { line, titles } = screenLines(columns, widths, short);
  let isBegun = false;
  return {
    row(cells) {
      isBegun = true;
      return line(cells);
    },
    end: () => (isBegun ? '' : titles()),
  };
}

function cellText(cell: TableCell, isShort: boolean): string {
  return typeof cell === 'string' ? cell : cell[isShort ? 1 : 0];
}

interface ScreenLines {
  /** A row; in front of the first one of a screen the titles. */
  line(cells: readonly TableCell[]): string;
  titles(): string;
}

function screenLines(columns: TableColumns, widths: readonly number[], short: readonly number[]): ScreenLines {
  const { titles, fits = [], terminal } = columns;
  let left = 0;
  let shown = shownLines(columns, [], 0);
  const begin = (): string => {
    const room = terminal?.columns ?? Number.POSITIVE_INFINITY;
    left = terminal === undefined ? Number.POSITIVE_INFINITY : Math.max(1, terminal.rows - OTHER_LINES);
    shown = shownLines(columns, fitColumns(widths, short, fits, room, GAP), room);
    return shown(titles, 'title');
  };
  return {
    titles: begin,
    line(cells) {
      const before = left === 0 ? begin() : '';
      left--;
      return before + shown(cells);
    },
  };
}

/** Lines of the columns that are shown. If one is too wide, texts that are wider than their columns are cut. */
function shownLines(
  { right, width = lengthOf, fits = [], palette, style = () => 'plain' }: TableColumns,
  shown: readonly FittedColumn[],
  room: number,
): (cells: readonly TableCell[], all?: CellStyle) => string {
  const widths = shown.map((one) => one.width);
  const aligned = new Set(shown.flatMap(({ column }, n) => (right?.has(column) === true ? [n] : [])));
  const layout = { titles: [], right: aligned, width };
  const line = (texts: readonly string[], all: CellStyle | undefined): string => {
    if (palette === undefined) return tableLine(texts, widths, layout);
    return paintedLine(alignedCells(texts, widths, layout), (n) =>
      painted(texts[n] ?? '', all ?? style(shown[n]?.column ?? -1, texts[n] ?? ''), palette),
    );
  };
  return (cells, all) => {
    const texts = shown.map(({ column, isShort }) => cellText(cells[column] ?? '', isShort));
    if (room === Number.POSITIVE_INFINITY || width(tableLine(texts, widths, layout).trimEnd()) <= room)
      return line(texts, all);
    const cut = texts.map((text, n) => cutText(text, widths[n] ?? 0, width, fits[shown[n]?.column ?? -1]?.keepsEnd));
    return line(cut, all);
  };
}

/**
 * The text in at most `most` columns, with an ellipsis where it was cut.
 * @param width columns that a text takes
 * @param keepsEnd it is cut at its beginning
 */
export function cutText(text: string, most: number, width = lengthOf, keepsEnd = false): string {
  if (width(text) <= most) return text;
  const signs = [...text];
  while (signs.length > 0 && width(signs.join('')) > most - 1) {
    if (keepsEnd) signs.shift();
    else signs.pop();
  }
  return keepsEnd ? `${ELLIPSIS}${signs.join('')}` : `${signs.join('')}${ELLIPSIS}`;
}

/** Columns whose titles have one form. */
type PlainColumns = Omit<TableColumns, 'titles'> & { readonly titles: readonly string[] };

/** All rows under the titles, each a line with its end. */
export function* tableLines(columns: PlainColumns, rows: readonly (readonly string[])[]): Generator<string> {
  const all = [columns.titles, ...rows];
  const widths = columnWidths(all, columns);
  for (const row of all) yield tableLine(row, widths, columns);
}

/** The widest text of each column. */
export function columnWidths(
  rows: readonly (readonly string[])[],
  { titles, width = lengthOf }: Pick<TableColumns, 'titles' | 'width'>,
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

/** @param parts blanks and cells in turn @param cell the painted one */
function paintedLine(parts: readonly string[], cell: (n: number) => string): string {
  const last = parts.findLastIndex((text) => text.trim() !== '');
  return `${parts
    .slice(0, last + 1)
    .map((text, n) => (n % 2 === 0 ? text : cell((n - 1) / 2)))
    .join('')}\n`;
}

function tableLine(row: readonly string[], widths: readonly number[], columns: TableColumns): string {
  return `${alignedCells(row, widths, columns).join('').trimEnd()}\n`;
}

function lengthOf(text: string): number {
  return text.length;
}
