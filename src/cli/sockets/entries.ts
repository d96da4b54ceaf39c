/**
 * Reads the kernel's tables and looks up only what was requested about each socket. Only the modules for that are
 * loaded.
 */
import { existsSync } from 'node:fs';
import { linkScopes } from '../../host/address/link_scope.ts';
import type { HostOptions } from '../../host/options.ts';
import type { ProcessDetails } from '../../host/process/process_details.ts';
import { processName } from '../../host/process/process_name.ts';
import { userName } from '../../host/process/user_name.ts';
import { readSockets } from '../../host/sockets/read.ts';
import { HostError } from '../../host/errors.ts';
import type { Owner } from '../../owner/owner.ts';
import type { Need, ShownRow, SocketEntry } from './socket_columns.ts';
import { protocolOf } from './socket_columns.ts';
import { socketHolders } from './holders.ts';
import type { SocketHolders } from './holders.ts';
import { isSelected, isWaiting } from './selection.ts';
import type { Selection } from './selection.ts';

export interface Snapshot {
  /** In the order of the tables. */
  readonly entries: readonly SocketEntry[];
  /** Some process that has a socket, or that was asked for, may be there and was not seen. */
  readonly isUnseen: boolean;
  /** Processes whose sockets we may not see, if that leaves the result incomplete. */
  readonly denied: number;
}

/** Looks up owners of addresses; undefined if none are requested. */
export type OwnersOf = (addresses: readonly string[]) => Promise<(address: string) => Owner | null>;

/** What is asked about the process of a socket. */
const OF_PROCESS: readonly Need[] = ['pid', 'name', 'details', 'command', 'cgroup'];

/** @throws {HostError} ERR_PROC_UNAVAILABLE, ERR_PERMISSION */
export async function readEntries(
  selection: Selection,
  needs: ReadonlySet<Need | undefined>,
  ownersOf: OwnersOf | undefined,
  options: HostOptions = {},
): Promise<Snapshot> {
  const { rows: all, namespaces } = await rowsOf(selection, options);
  let rows = all.filter((row) => isSelected(row, selection));
  const candidates = await candidatesOf(selection, options);
  let holders: SocketHolders | undefined;
  if (candidates !== undefined || OF_PROCESS.some((need) => needs.has(need))) {
    holders = socketHolders(
      new Set(rows.map(({ inode }) => inode).filter((inode) => inode !== 0)),
      candidates,
      options,
    );
  }
  if (candidates !== undefined) rows = rows.filter(({ inode }) => holders?.owners.has(inode) === true);
  const serviceOf = needs.has('service') ? await servicesOf(all) : undefined;
  const ownerOf =
    needs.has('owner') && ownersOf !== undefined
      ? await ownersOf(rows.filter(hasPeer).map(({ remote }) => remote.address))
      : undefined;
  const nameOf = once((pid: number) => processName(pid, options) ?? null);
  const detailsOf = needs.has('details') ? await detailsReader(options) : undefined;
  const { commandOf, groupOf } = await commandReaders(needs, options);
  const userOf = once((uid: number) => userName(uid) ?? String(uid));
  const entries = rows.map((row): SocketEntry => {
    const owners = holders?.owners.get(row.inode) ?? [];
    const pid = owners[0]?.pid ?? null;
    return {
      row,
      pid,
      name: pid === null || !needs.has('name') ? null : nameOf(pid),
      // The kernel reports 0 for sockets that no process owns any more.
      user: row.inode === 0 || row.uid === undefined || !needs.has('user') ? null : userOf(row.uid),
      details: pid === null ? null : (detailsOf?.(pid) ?? null),
      owner: hasPeer(row) ? (ownerOf?.(row.remote.address) ?? null) : null,
      service: serviceOf?.(row) ?? null,
      holders: owners,
      namespace: namespaces.get(row) ?? null,
      command: pid === null ? null : commandOf(pid),
      cgroup: pid === null ? null : groupOf(pid),
    };
  });
  const denied = holders?.denied ?? 0;
  const isUnseen =
    candidates === undefined
      ? holders !== undefined && entries.some(({ row, pid }) => pid === null && row.inode !== 0)
      : denied > 0 || candidates.some((pid) => !existsSync(`${options.procRoot ?? '/proc'}/${pid}`));
  return { entries, isUnseen, denied: isUnseen ? denied : 0 };
}

interface Rows {
  readonly rows: readonly ShownRow[];
  /** Those of another network namespace, and its name. */
  readonly namespaces: ReadonlyMap<ShownRow, string>;
}

/** The rows of all tables wanted. @throws {RangeError} for a namespace that is not there */
async function rowsOf(selection: Selection, options: HostOptions): Promise<Rows> {
  const { allNamespaces, namespace } = selection;
  if (namespace !== undefined) return { rows: await rowsIn(namespace, selection, options), namespaces: new Map() };
  const rows = await ownRows(selection, options);
  const namespaces = new Map<ShownRow, string>();
  if (allNamespaces !== true) return { rows, namespaces };
  const { namespaceText, networkNamespaces } = await import('../../host/process/network_namespaces.ts');
  for (const other of networkNamespaces(options).filter(({ own }) => !own)) {
    for (const row of await rowsInside(selection, other.pid, options)) {
      rows.push(row);
      namespaces.set(row, namespaceText(other));
    }
  }
  return { rows, namespaces };
}

async function ownRows(
  { tables, unix }: Selection,
  options: HostOptions & { readonly pid?: number },
): Promise<ShownRow[]> {
  const read = tables.length === 0 ? [] : readSockets(tables, options).rows;
  const scopeOf = linkScopes(options);
  const rows = read.map((row): ShownRow => {
    const scope = scopeOf(row.local.address);
    return scope === undefined ? row : { ...row, scope };
  });
  if (unix === true) rows.push(...(await import('./unix_rows.ts')).unixRows(options));
  return rows;
}

/** Of the namespace with this name, or of the process with this number. */
async function rowsIn(namespace: string, selection: Selection, options: HostOptions): Promise<ShownRow[]> {
  const { networkNamespaces } = await import('../../host/process/network_namespaces.ts');
  const all = networkNamespaces(options);
  const named = all.find(({ name }) => name === namespace);
  if (named !== undefined) return ownRows(selection, { ...options, pid: named.pid });
  if (/^[1-9][0-9]*$/.test(namespace)) return ownRows(selection, { ...options, pid: Number(namespace) });
  const names = all.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const known = names.length === 0 ? 'no namespace with a name has a process' : `known: ${names.join(', ')}`;
  throw new HostError(
    'ERR_PROC_UNAVAILABLE',
    `--namespace ${namespace}: no process that may be seen is in it (${known}); give the number of one, or run as root`,
  );
}

/** None when the process has ended meanwhile. */
async function rowsInside(selection: Selection, pid: number, options: HostOptions): Promise<readonly ShownRow[]> {
  try {
    return await ownRows(selection, { ...options, pid });
  } catch {
    return [];
  }
}

async function commandReaders(
  needs: ReadonlySet<Need | undefined>,
  options: HostOptions,
): Promise<Readonly<Record<'commandOf' | 'groupOf', (pid: number) => string | null>>> {
  const nothing = (): null => null;
  if (!needs.has('command') && !needs.has('cgroup')) return { commandOf: nothing, groupOf: nothing };
  const { commandLine, controlGroup } = await import('../../host/process/process_command.ts');
  return {
    commandOf: needs.has('command') ? once((pid) => commandLine(pid, options)) : nothing,
    groupOf: needs.has('cgroup') ? once((pid) => controlGroup(pid, options)) : nothing,
  };
}

/** Processes whose sockets are wanted; undefined for all. With several conditions all must match. */
async function candidatesOf(selection: Selection, options: HostOptions): Promise<readonly number[] | undefined> {
  const { names, roots } = selection;
  let { pids } = selection;
  if (roots !== undefined) {
    const tree = (await import('../../host/process/process_tree.ts')).processTree(roots, options);
    pids = pids === undefined ? tree : tree.filter((pid) => pids?.includes(pid) === true);
  }
  if (names === undefined) return pids;
  const { pidsByName } = await import('../../host/process/pids_by_name.ts');
  const named = new Set(names.flatMap((name) => pidsByName(name, options)));
  return pids === undefined ? [...named] : pids.filter((pid) => named.has(pid));
}

function hasPeer({ remote }: ShownRow): boolean {
  return remote.port !== 0;
}

/** The port that identifies the service: the local one if a process listens there, else the peer's. */
async function servicesOf(rows: readonly ShownRow[]): Promise<(row: ShownRow) => string | null> {
  const { portUsage } = await import('../../host/ports/port_uses.ts');
  const key = (row: ShownRow): string => `${protocolOf(row)} ${row.local.port}`;
  const waiting = new Set(rows.filter(isWaiting).map(key));
  return (row) => portUsage(waiting.has(key(row)) ? row.local.port : row.remote.port, protocolOf(row));
}

async function detailsReader(options: HostOptions): Promise<(pid: number) => ProcessDetails | null> {
  const { processDetails } = await import('../../host/process/process_details.ts');
  return once((pid) => processDetails(pid, options));
}

/** Looked up once for each number. */
function once<T>(of: (n: number) => T): (n: number) => T {
  const known = new Map<number, T>();
  return (n) => {
    let value = known.get(n);
    if (value === undefined) {
      value = of(n);
      known.set(n, value);
    }
    return value;
  };
}
