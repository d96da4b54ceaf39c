/**
 * `pcapflow sockets`, also called `netstat`: sockets of this host, their processes, and the owners of remote addresses.
 */
import type { ValuesAt } from '../../options/table.ts';
import type { OwnerLookup } from '../../owner/index.ts';
import { EXIT_OK, EXIT_STRICT } from '../exit.ts';
import { Output } from '../output.ts';
import { warn } from '../print_error.ts';
import { ownerChoice } from '../owner_options.ts';
import { columnNames, COLUMNS, DEFAULT_COLUMNS, OWNER_COLUMNS } from '../sockets/socket_columns.ts';
import type { ColumnName, Need } from '../sockets/socket_columns.ts';
import { readEntries } from '../sockets/entries.ts';
import type { OwnersOf } from '../sockets/entries.ts';
import { printerOf, terminalOf } from '../sockets/printer.ts';
import type { SocketPrinter } from '../sockets/printer.ts';
import type { SumRecord } from '../sockets/sums.ts';
import { selectionOf } from '../sockets/selection.ts';
import { sorted, sortKeys } from '../sockets/sort.ts';

const SECOND_MS = 1000;
const EXTENDED: readonly ColumnName[] = ['rxQueue', 'txQueue', 'inode', 'descriptor'];

export async function sockets(values: ValuesAt<'sockets'>): Promise<number> {
  const owner = ownerChoice(values);
  // Sums without the sockets that wait say little, and ss -s counts all.
  const selection = selectionOf(values.summary ? { ...values, all: true } : values);
  const columns =
    values.columns === undefined
      ? [...DEFAULT_COLUMNS, ...(values.extend ? EXTENDED : []), ...(owner === undefined ? [] : OWNER_COLUMNS)]
      : columnNames(values.columns);
  const sums = await sumsOf(values);
  const sort = values.sort === undefined ? [] : sortKeys(values.sort);
  const intervalMs = values.watch === undefined ? undefined : values.watch * SECOND_MS;
  const needs = new Set<Need | undefined>(
    [...(sums?.columns ?? columns), ...sort.map(({ column }) => column)].map((name) => COLUMNS[name].need),
  );
  const owners = needs.has('owner')
    ? await (await import('../owners.ts')).openOwners(owner ?? { network: false })
    : undefined;
  const output = new Output(undefined, values.format !== 'table');
  const print = sums?.print ?? printerOf({ ...values, columns, intervalMs }, process.stdout, process.env);
  let denied = 0;
  let isUnseen = false;
  const show = async (ownersOf: OwnersOf | undefined): Promise<void> => {
    const found = await readEntries(selection, needs, ownersOf);
    denied = found.denied;
    isUnseen = found.isUnseen;
    // Names are not always ASCII.
    await output.addBytes(Buffer.from(await print(sorted(found.entries, sort))));
  };
  try {
    if (intervalMs === undefined) {
      await show(owners === undefined ? undefined : ownersIn(owners));
    } else {
      const { every, pause } = await import('../sockets/watch.ts');
      await every(intervalMs, async (signal) => {
        await show(owners === undefined ? undefined : ownersIn(owners, () => pause(intervalMs, signal)));
        return !output.gone;
      });
    }
  } finally {
    await owners?.close();
    await output.close();
  }
  if (isUnseen) {
    const reason = (await import('../../host/process/visibility.ts')).unseenText(denied);
    if (reason !== undefined) warn(reason);
  }
  return values.strict && owners?.sourceFailed === true ? EXIT_STRICT : EXIT_OK;
}

/** How sums are printed, and the columns that they need; undefined: sockets are listed. @throws {RangeError} */
async function sumsOf({
  by,
  summary,
  tcp,
  udp,
  unix,
  format,
  csvRaw,
  columns,
  sort,
}: ValuesAt<'sockets'>): Promise<
  { readonly columns: readonly ColumnName[]; readonly print: SocketPrinter } | undefined
> {
  if (by === undefined && !summary) return undefined;
  if (by !== undefined && summary) throw new RangeError('--by and --summary are two kinds of sums; leave one out');
  if (columns !== undefined || sort !== undefined)
    throw new RangeError('--by and --summary have columns and an order of their own; leave out --columns and --sort');
  const { groupColumns, groupSums, GROUP_SUMS, protocolSums, PROTOCOL_SUMS, sumsText, withTotal } = await import(
    '../sockets/sums.ts'
  );
  const text = (sums: readonly SumRecord[], names: readonly string[]): Promise<string> =>
    sumsText(sums, names, format, csvRaw, terminalOf(process.stdout));
  if (by === undefined) {
    // As ss -s, unless something else is asked for.
    const always = tcp || udp || unix ? [] : ['tcp', 'udp', 'raw'];
    const print: SocketPrinter = async (entries) => {
      const sums = protocolSums(entries, always);
      return text(format === 'table' ? withTotal(sums) : sums, PROTOCOL_SUMS);
    };
    return { columns: [], print };
  }
  const names = groupColumns(by);
  return { columns: names, print: async (entries) => text(groupSums(entries, names), [...names, ...GROUP_SUMS]) };
}

/** @param limit owners are waited for until this has come; without it until they are all known, or cannot be */
function ownersIn(owners: OwnerLookup, limit?: () => Promise<void>): OwnersOf {
  return async (addresses) => {
    const lookup = owners.lookup(new Set(addresses));
    await (limit === undefined ? lookup : Promise.race([lookup, limit()]));
    return (address) => owners.cached(address) ?? null;
  };
}
