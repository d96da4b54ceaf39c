/** The order of sockets. */
import { columnNamed, COLUMNS, compareValues } from './socket_columns.ts';
import type { ColumnName, SocketEntry } from './socket_columns.ts';

export interface SortKey {
  readonly column: ColumnName;
  readonly descending: boolean;
}

/** @param text names of columns with commas between, the first one first; `-` before a name: largest first @throws {RangeError} */
export function sortKeys(text: string): readonly SortKey[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    const descending = name.startsWith('-');
    return { descending, column: columnNamed('--sort', descending ? name.slice(1) : name) };
  });
}

/** Equal sockets keep the kernel's order; unknown values come last in both directions. */
export function sorted(entries: readonly SocketEntry[], keys: readonly SortKey[]): readonly SocketEntry[] {
  return keys.length === 0 ? entries : [...entries].sort((a, b) => compareEntries(a, b, keys));
}

function compareEntries(a: SocketEntry, b: SocketEntry, keys: readonly SortKey[]): number {
  for (const { column: name, descending } of keys) {
    const column = COLUMNS[name];
    const [valueA, valueB] = [column.value(a), column.value(b)];
    if (valueA === null || valueB === null) {
      if (valueA !== valueB) return valueA === null ? 1 : -1;
      continue;
    }
    const order = compareValues(column, valueA, valueB);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}
