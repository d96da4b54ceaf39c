/** Prints snapshots: once or repeatedly, to a terminal or elsewhere. */
import { chosenColorDepth } from '../../text/color.ts';
import type { ColorChoice } from '../../text/color.ts';
import type { ColumnName, SocketEntry } from './socket_columns.ts';
import { csvText, jsonText, ndjsonText } from './formats.ts';
import type { SocketFormat } from './formats.ts';
import { cellPalette } from '../../text/cell_style.ts';
import { socketLines } from './socket_lines.ts';
import { clockText } from '../../text/time_text.ts';
import type { TableTerminal } from '../../text/table.ts';

export interface PrinterOptions {
  readonly format: SocketFormat;
  readonly columns: readonly ColumnName[];
  readonly csvRaw: boolean;
  readonly color: ColorChoice;
  /** Undefined: there is one snapshot only. */
  readonly intervalMs: number | undefined;
}

/** Properties of the output, as process.stdout has them. */
export interface Target {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Returns the text for one snapshot. */
export type SocketPrinter = (entries: readonly SocketEntry[]) => Promise<string>;

const COLUMNS = 80;
const ROWS = 24;
/** Clears the terminal and moves the cursor to the top. */
const CLEAR = '\x1b[H\x1b[J';

export function printerOf(
  options: PrinterOptions,
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
): SocketPrinter {
  const { format, columns, csvRaw } = options;
  switch (format) {
    case 'table':
      return tablePrinter(options, target, env);
    case 'json':
      return async (entries) => jsonText(entries, columns);
    case 'ndjson':
      return async (entries) => ndjsonText(entries, columns);
    case 'csv':
      return (entries) => csvText(entries, columns, csvRaw);
  }
}

/** Its size; undefined: it is no terminal. */
export function terminalOf({ isTTY, columns, rows }: Target): TableTerminal | undefined {
  return isTTY === true ? { columns: columns || COLUMNS, rows: rows || ROWS } : undefined;
}

function tablePrinter(
  { columns, color, intervalMs }: PrinterOptions,
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
): SocketPrinter {
  const palette = cellPalette(chosenColorDepth(color, env, target));
  const terminal = target.isTTY === true;
  // The terminal may change its size between two snapshots.
  const width = (): number => (terminal ? target.columns || COLUMNS : Number.POSITIVE_INFINITY);
  const lines = (entries: readonly SocketEntry[]): Promise<readonly string[]> =>
    socketLines(entries, columns, palette, width());
  if (intervalMs === undefined)
    return async (entries) =>
      text(terminal ? onScreens(await lines(entries), target.rows || ROWS) : await lines(entries));
  if (!terminal || env.TERM === 'dumb') {
    let between = '';
    return async (entries) => {
      const piece = between + text(await lines(entries));
      between = '\n';
      return piece;
    };
  }
  return async (entries) => {
    // The last row is for the cursor.
    const room = Math.max(1, (target.rows || ROWS) - 1);
    return (
      CLEAR +
      text(
        fitted([statusLine(entries.length, intervalMs, new Date()).slice(0, width()), ...(await lines(entries))], room),
      )
    );
  };
}

/** The heading again at the top of each screen, whose last line is for the cursor. */
function onScreens([heading = '', ...entries]: readonly string[], rows: number): readonly string[] {
  const room = Math.max(1, rows - 2);
  if (entries.length === 0) return [heading];
  return entries.flatMap((line, n) => (n % room === 0 ? [heading, line] : [line]));
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** `12 sockets at 04:30:07, every 2 s` */
function statusLine(count: number, intervalMs: number, now: Date): string {
  return `${count} ${count === 1 ? 'socket' : 'sockets'} at ${clockText(now)}, every ${intervalMs / 1000} s`;
}

/** Reports how many lines did not fit. */
function fitted(lines: readonly string[], room: number): readonly string[] {
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`].slice(-room);
}
