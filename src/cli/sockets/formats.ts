/** Sockets as data: raw texts, and null or an empty cell for what is not known. */
import type { RECORD_FORMATS } from '../../options/owner_options.ts';
import { COLUMNS } from './socket_columns.ts';
import type { ColumnName, SocketEntry } from './socket_columns.ts';

export type SocketFormat = (typeof RECORD_FORMATS)[number];

/** One array, a line for each entry. */
export function jsonText(entries: readonly SocketEntry[], columns: readonly ColumnName[]): string {
  return entries.length === 0 ? '[]\n' : `[\n${entries.map((entry) => recordText(entry, columns)).join(',\n')}\n]\n`;
}

export function ndjsonText(entries: readonly SocketEntry[], columns: readonly ColumnName[]): string {
  return entries.map((entry) => `${recordText(entry, columns)}\n`).join('');
}

/** @param raw leave unescaped the cells that a spreadsheet would read as formulas */
export async function csvText(
  entries: readonly SocketEntry[],
  columns: readonly ColumnName[],
  raw: boolean,
): Promise<string> {
  const { csvCell } = await import('../../text/sanitize.ts');
  const lines = entries.map((entry) => columns.map((name) => csvCell(COLUMNS[name].value(entry), { raw })).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\n`).join('');
}

function recordText(entry: SocketEntry, columns: readonly ColumnName[]): string {
  return JSON.stringify(Object.fromEntries(columns.map((name) => [name, COLUMNS[name].value(entry)])));
}
