/** Sockets as aligned lines. */
import { COLUMNS, endText, NOTHING } from './socket_columns.ts';
import type { ColumnName, SocketEntry } from './socket_columns.ts';
import type { CellStyle as Style } from '../../text/cell_style.ts';
import { ELLIPSIS, PRINTABLE_ASCII } from '../../text/ascii.ts';
import { painted } from '../../text/palette.ts';
import type { Palette } from '../../text/palette.ts';
import { shownTextOf } from '../../text/shown_text.ts';
import type { ShownText } from '../../text/shown_text.ts';
import { fitColumns } from '../../text/fit.ts';
import { alignedCells, columnWidths, cutText } from '../../text/table.ts';

/** A column as the table shows it: an address and its port share one. */
interface TableColumn {
  readonly name: ColumnName;
  readonly title: string;
  readonly align: 'left' | 'right';
  text(entry: SocketEntry): string;
  style(entry: SocketEntry): Style;
}

interface Cell {
  readonly text: string;
  readonly style: Style;
}

/**
 * @param width columns of the terminal; columns that do not fit are left out. Infinity: none are
 *
 * @returns the heading and a line for each entry, without line ends
 */
export async function socketLines(
  entries: readonly SocketEntry[],
  names: readonly ColumnName[],
  palette: Palette<Style>,
  width: number,
): Promise<readonly string[]> {
  const all = tableColumns(names);
  const whole: readonly (readonly Cell[])[] = [
    all.map(({ title }) => ({ text: title, style: 'title' })),
    ...entries.map((entry) => all.map((column) => ({ text: column.text(entry), style: column.style(entry) }))),
  ];
  const shown = await shownTextOf(whole.map((row) => row.map(({ text }) => text).join('')));
  const room = keptColumns(all, whole, width, shown);
  const columns = all.filter((_, n) => room.has(n));
  const raw = whole.map((row) => row.filter((_, n) => room.has(n)));
  const most = [...room.values()];
  const isEndpoint = columns.map(({ name }) => ENDPOINTS.includes(name));
  const rows = raw.map((row) =>
    row.map(({ text }, n) => cutCell(shown.clean(text), most[n] ?? 0, shown, isEndpoint[n] === true)),
  );
  const right = new Set(columns.flatMap(({ align }, n) => (align === 'right' ? [n] : [])));
  const layout = { titles: columns.map(({ title }) => title), right, width: shown.width };
  const widths = columnWidths(rows, layout);
  return rows.map((row, at) => {
    const parts = alignedCells(row, widths, layout).map((text, n) => ({
      text,
      // Blanks and cells alternate.
      style: n % 2 === 0 ? ('plain' as const) : (raw[at]?.[(n - 1) / 2]?.style ?? 'plain'),
    }));
    return cutLine(parts, width, shown)
      .map(({ text, style }) => painted(text, style, palette))
      .join('');
  });
}

/**
 * Those that a terminal has room for: the process is the last to go, then state, then who is spoken to. Others go in the
 * order in which they can be missed.
 */
const PRIORITIES: Partial<Readonly<Record<ColumnName, number>>> = {
  name: 100,
  pid: 96,
  state: 95,
  remote: 90,
  local: 85,
  proto: 80,
  user: 40,
  asName: 30,
  service: 20,
};

/** Texts of any length, which are cut where there is little room. */
const LONG_TEXTS: readonly ColumnName[] = ['command', 'cgroup', 'holders'];
const LONG_TEXT_LEAST = 16;
/** Endpoints, of which the port at the end is left. */
const ENDPOINTS: readonly ColumnName[] = ['local', 'remote'];
const ENDPOINT_LEAST = 16;

const GAP = 2;

/** Places of the columns that are shown, and their widths. */
function keptColumns(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  room: number,
  shown: ShownText,
): ReadonlyMap<number, number> {
  const texts = rows.map((row) => row.map(({ text }) => shown.clean(text)));
  const widths = columnWidths(texts, { titles: columns.map(({ title }) => title), width: shown.width });
  const fits = columns.map(({ name }) => ({
    priority: PRIORITIES[name] ?? 10,
    ...(LONG_TEXTS.includes(name) ? { least: LONG_TEXT_LEAST } : {}),
    ...(ENDPOINTS.includes(name) ? { least: ENDPOINT_LEAST } : {}),
  }));
  return new Map(fitColumns(widths, widths, fits, room, GAP).map(({ column, width }) => [column, width]));
}

function cutCell(text: string, width: number, shown: ShownText, keepsEnd: boolean): string {
  if (shown.width(text) <= width) return text;
  // Endpoints are ASCII, but paths of the UNIX domain may be anything: those keep their beginning.
  if (keepsEnd && PRINTABLE_ASCII.test(text)) return cutText(text, width, shown.width, true);
  return `${shown.cut(text, width - 1)}${ELLIPSIS}`;
}

function tableColumns(names: readonly ColumnName[]): readonly TableColumn[] {
  return names.flatMap((name, n) => {
    const { title, align = 'left', value, text, style } = COLUMNS[name];
    const side = sideOf(name);
    if (side !== undefined && names[n + 1] === `${side}Port`) {
      return [
        {
          name,
          title,
          align,
          text: (entry: SocketEntry) => endText(entry, side),
          style: () => 'plain' as const,
        },
      ];
    }
    if ((name === 'localPort' && names[n - 1] === 'local') || (name === 'remotePort' && names[n - 1] === 'remote'))
      return [];
    return [
      {
        name,
        title,
        align,
        text: text ?? ((entry: SocketEntry) => String(value(entry) ?? NOTHING)),
        style: style ?? (() => 'plain' as const),
      },
    ];
  });
}

function sideOf(name: ColumnName): 'local' | 'remote' | undefined {
  return name === 'local' || name === 'remote' ? name : undefined;
}

function cutLine(line: readonly Cell[], width: number, shown: ShownText): readonly Cell[] {
  const lineWidth = line.reduce((sum, { text }) => sum + shown.width(text), 0);
  if (lineWidth <= width) return line;
  const kept: Cell[] = [];
  let left = width - 1;
  for (const { text, style } of line) {
    const textWidth = shown.width(text);
    if (textWidth > left) {
      kept.push({ text: shown.cut(text, left), style });
      break;
    }
    kept.push({ text, style });
    left -= textWidth;
  }
  return [...kept, { text: ELLIPSIS, style: 'plain' }];
}
