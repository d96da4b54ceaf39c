/** Sockets as aligned lines. */
import { COLUMNS, NOTHING, portText } from './columns.ts';
import type { ColumnName, SocketEntry } from './columns.ts';
import { painted } from './palette.ts';
import type { Palette, Style } from './palette.ts';
import { shownTextOf } from './shown_text.ts';
import type { ShownText } from './shown_text.ts';

/** A column as it stands in the table: an address and its port are one. */
interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  text(entry: SocketEntry): string;
  style(entry: SocketEntry): Style;
}

interface Cell {
  readonly text: string;
  readonly style: Style;
}

const GAP = 2;
const ELLIPSIS = '…';

/** @param width columns of the terminal; lines that are longer are cut there. Infinity: none are
 *  @returns the heading and a line for each entry, without line ends */
export async function tableLines(
  entries: readonly SocketEntry[],
  names: readonly ColumnName[],
  palette: Palette,
  width: number,
): Promise<readonly string[]> {
  const columns = tableColumns(names);
  const raw: readonly (readonly Cell[])[] = [
    columns.map(({ title }) => ({ text: title, style: 'title' })),
    ...entries.map((entry) => columns.map((column) => ({ text: column.text(entry), style: column.style(entry) }))),
  ];
  const shown = await shownTextOf(raw.map((row) => row.map(({ text }) => text).join('')));
  const rows = raw.map((row) => row.map(({ text, style }) => ({ text: shown.clean(text), style })));
  const widths = columns.map((_, n) => rows.reduce((most, row) => Math.max(most, shown.width(row[n]?.text ?? '')), 0));
  return rows.map((row) =>
    cutLine(alignedLine(row, columns, widths, shown), width, shown)
      .map(({ text, style }) => painted(text, style, palette))
      .join(''),
  );
}

function tableColumns(names: readonly ColumnName[]): readonly TableColumn[] {
  return names.flatMap((name, n) => {
    const { title, align = 'left', value, text, style } = COLUMNS[name];
    const side = sideOf(name);
    if (side !== undefined && names[n + 1] === `${side}Port`) {
      return [{ title, align, text: ({ row }: SocketEntry) => endpointText(row[side]), style: () => 'plain' as const }];
    }
    if ((name === 'localPort' && names[n - 1] === 'local') || (name === 'remotePort' && names[n - 1] === 'remote'))
      return [];
    return [
      {
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

function endpointText({ address, port }: SocketEntry['row']['local']): string {
  return address.includes(':') ? `[${address}]:${portText(port)}` : `${address}:${portText(port)}`;
}

/** Texts with the blanks between them; none at the end. */
function alignedLine(
  row: readonly Cell[],
  columns: readonly TableColumn[],
  widths: readonly number[],
  shown: ShownText,
): readonly Cell[] {
  const line: Cell[] = [];
  let blanks = 0;
  row.forEach(({ text, style }, n) => {
    const missing = (widths[n] ?? 0) - shown.width(text);
    const right = columns[n]?.align === 'right';
    line.push({ text: ' '.repeat(blanks + (right ? missing : 0)), style: 'plain' }, { text, style });
    blanks = GAP + (right ? 0 : missing);
  });
  return line;
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
