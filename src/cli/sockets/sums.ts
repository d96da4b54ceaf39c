/** Sums of sockets: for each value of some columns, or by protocol as `ss -s` has them. */
import { sampledTable } from '../../text/table.ts';
import type { TableTerminal } from '../../text/table.ts';
import type { SocketFormat } from './formats.ts';
import { COLUMNS, columnNames, NOTHING } from './socket_columns.ts';
import type { ColumnName, ShownRow, SocketEntry, Value } from './socket_columns.ts';
import { isUnixTable } from './unix_rows.ts';

/** A line of sums. */
export type SumRecord = Readonly<Record<string, Value>>;

/** What `--by process` stands for. */
const PROCESS: readonly ColumnName[] = ['pid', 'name', 'user'];

/** @throws {RangeError} for no such column */
export function groupColumns(text: string): readonly ColumnName[] {
  if (text === 'all') throw new RangeError('--by is all; name the columns whose values make the groups');
  return text.split(',').flatMap((part) => (part.trim() === 'process' ? PROCESS : columnNames(part.trim())));
}

/** A record for each group, that with the most sockets first. A shared socket counts for its first process. */
export function groupSums(entries: readonly SocketEntry[], by: readonly ColumnName[]): readonly SumRecord[] {
  const groups = new Map<string, SocketEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify(by.map((name) => COLUMNS[name].value(entry)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .map((group) => ({
      ...Object.fromEntries(by.map((name) => [name, COLUMNS[name].value(group[0] as SocketEntry)])),
      sockets: group.length,
      ...stateCounts(group),
      rxQueue: sum(group, ({ row }) => row.rxQueue ?? 0),
      txQueue: sum(group, ({ row }) => row.txQueue ?? 0),
    }));
}

/** A record for each protocol. @param always protocols that have one also without sockets */
export function protocolSums(entries: readonly SocketEntry[], always: readonly string[] = []): readonly SumRecord[] {
  const protocols = new Set([...always, ...entries.map((entry) => String(COLUMNS.proto.value(entry)))]);
  return [...protocols].map((proto) => {
    const group = entries.filter((entry) => COLUMNS.proto.value(entry) === proto);
    const isUnix = group.some(({ row }) => isUnixTable(row.table));
    const v6 = group.filter(({ row }) => row.table.endsWith('6')).length;
    return {
      proto,
      sockets: group.length,
      ipv4: isUnix ? null : group.length - v6,
      ipv6: isUnix ? null : v6,
      ...stateCounts(group),
      orphaned: group.filter(({ row }) => row.inode === 0 && LAST_STATES.includes(row.state)).length,
    };
  });
}

/** The sum of all protocols, as the last line of a table. */
export function withTotal(records: readonly SumRecord[]): readonly SumRecord[] {
  const sums = PROTOCOL_SUMS.slice(1).map((name) => [name, sum(records, (one) => Number(one[name] ?? 0))] as const);
  return [...records, { proto: 'total', ...Object.fromEntries(sums) }];
}

/** Of a connection that its process has closed, and that the kernel has not given up: as ss counts orphans. */
const LAST_STATES: readonly ShownRow['state'][] = ['finWait1', 'finWait2', 'lastAck', 'closing'];

function stateCounts(
  group: readonly SocketEntry[],
): Readonly<Record<'listening' | 'established' | 'timeWait', number>> {
  const count = (state: string): number => group.filter(({ row }) => row.state === state).length;
  return { listening: count('listen'), established: count('established'), timeWait: count('timeWait') };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

/** The groups are the last to go, and of the sums how many sockets there are. */
const PRIORITIES: Readonly<Record<string, number>> = { sockets: 80, established: 70, listening: 60, timeWait: 50 };
const GROUP_PRIORITY = 90;
const LONG_TEXT_LEAST = 12;

/**
 * Records in a format.
 * @param names of their members, also where there are none
 * @param raw see csvText
 * @param terminal no line of a table is wider, and its titles are repeated on each screen
 */
export async function sumsText(
  records: readonly SumRecord[],
  names: readonly string[],
  format: SocketFormat,
  raw: boolean,
  terminal?: TableTerminal,
): Promise<string> {
  switch (format) {
    case 'json':
      return records.length === 0 ? '[]\n' : `[\n${records.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
    case 'ndjson':
      return records.map((one) => `${JSON.stringify(one)}\n`).join('');
    case 'csv': {
      const { csvCell } = await import('../../text/sanitize.ts');
      const lines = records.map((one) => names.map((name) => csvCell(one[name] ?? null, { raw })).join(','));
      return [names.join(','), ...lines].map((line) => `${line}\n`).join('');
    }
    case 'table': {
      const { shownTextOf } = await import('../../text/shown_text.ts');
      const cells = records.map((one) => names.map((name) => String(one[name] ?? NOTHING)));
      const shown = await shownTextOf(cells.flat());
      const right = new Set(names.flatMap((name, n) => (records.every((one) => isNumber(one[name])) ? [n] : [])));
      const titles = names.map((name) => name.toUpperCase());
      const rows = cells.map((row) => row.map((text) => shown.clean(text)));
      const sums: readonly string[] = [...GROUP_SUMS, ...PROTOCOL_SUMS.slice(1)];
      const fits = names.map((name) =>
        sums.includes(name)
          ? { priority: PRIORITIES[name] ?? 10 }
          : { priority: GROUP_PRIORITY, least: LONG_TEXT_LEAST },
      );
      const table = sampledTable({ titles, right, width: shown.width, fits, terminal }, Number.POSITIVE_INFINITY);
      return rows.map((row) => table.row(row)).join('') + table.end();
    }
  }
}

function isNumber(value: Value | undefined): boolean {
  return value == null || typeof value === 'number';
}

export const GROUP_SUMS = ['sockets', 'listening', 'established', 'timeWait', 'rxQueue', 'txQueue'] as const;
export const PROTOCOL_SUMS = [
  'proto',
  'sockets',
  'ipv4',
  'ipv6',
  'listening',
  'established',
  'timeWait',
  'orphaned',
] as const;
