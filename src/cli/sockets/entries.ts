/**
 * Reads the kernel's tables and looks up only what was requested about each socket. Only the modules for that are
 * loaded.
 */
import type { HostOptions } from '../../host/options.ts';
import type { ProcessDetails } from '../../host/process/process_details.ts';
import { processName } from '../../host/process/process_name.ts';
import { userName } from '../../host/process/user_name.ts';
import { readSockets } from '../../host/sockets/read.ts';
import type { SocketRow } from '../../host/sockets/row.ts';
import type { Owner } from '../../owner/owner.ts';
import type { Need, SocketEntry } from './socket_columns.ts';
import { protocolOf } from './socket_columns.ts';
import { socketHolders } from './holders.ts';
import type { SocketHolders } from './holders.ts';
import { isSelected, isWaiting } from './selection.ts';
import type { Selection } from './selection.ts';

export interface Snapshot {
  /** In the order of the tables. */
  readonly entries: readonly SocketEntry[];
  /** Processes whose sockets we may not see, if that leaves the result incomplete. */
  readonly denied: number;
}

/** Looks up owners of addresses; undefined if none are requested. */
export type OwnersOf = (addresses: readonly string[]) => Promise<(address: string) => Owner | null>;

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
  if (candidates !== undefined || needs.has('pid') || needs.has('name') || needs.has('details')) {
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
  const userOf = once((uid: number) => userName(uid) ?? String(uid));
  const entries = rows.map((row): SocketEntry => {
    const owners = holders?.owners.get(row.inode) ?? [];
    const pid = owners[0]?.pid ?? null;
    return {
      row,
      pid,
      name: pid === null || !needs.has('name') ? null : nameOf(pid),
      // The kernel reports 0 for sockets that no process owns any more.
      user: row.inode === 0 || !needs.has('user') ? null : userOf(row.uid),
      details: pid === null ? null : (detailsOf?.(pid) ?? null),
      owner: hasPeer(row) ? (ownerOf?.(row.remote.address) ?? null) : null,
      service: serviceOf?.(row) ?? null,
      holders: owners,
      namespace: namespaces.get(row) ?? null,
    };
  });
  const open =
    candidates !== undefined ||
    entries.some(({ row, pid }) => holders !== undefined && pid === null && row.inode !== 0);
  return { entries, denied: open ? (holders?.denied ?? 0) : 0 };
}

/** The rows of all tables wanted; of another network namespace with its name. */
async function rowsOf(
  { tables, allNamespaces }: Selection,
  options: HostOptions,
): Promise<{ readonly rows: readonly SocketRow[]; readonly namespaces: ReadonlyMap<SocketRow, string> }> {
  const rows = [...readSockets(tables, options).rows];
  const namespaces = new Map<SocketRow, string>();
  if (allNamespaces !== true) return { rows, namespaces };
  const { namespaceText, networkNamespaces } = await import('../../host/process/network_namespaces.ts');
  for (const namespace of networkNamespaces(options).filter(({ own }) => !own)) {
    for (const row of rowsInside(tables, namespace.pid, options)) {
      rows.push(row);
      namespaces.set(row, namespaceText(namespace));
    }
  }
  return { rows, namespaces };
}

/** None when the process has ended meanwhile. */
function rowsInside(tables: Selection['tables'], pid: number, options: HostOptions): readonly SocketRow[] {
  try {
    return readSockets(tables, { ...options, pid }).rows;
  } catch {
    return [];
  }
}

/** Processes whose sockets are wanted; undefined for all. With pids and names both must match. */
async function candidatesOf({ pids, names }: Selection, options: HostOptions): Promise<readonly number[] | undefined> {
  if (names === undefined) return pids;
  const { pidsByName } = await import('../../host/process/pids_by_name.ts');
  const named = new Set(names.flatMap((name) => pidsByName(name, options)));
  return pids === undefined ? [...named] : pids.filter((pid) => named.has(pid));
}

function hasPeer({ remote }: SocketRow): boolean {
  return remote.port !== 0;
}

/** The port that identifies the service: the local one if a process listens there, else the peer's. */
async function servicesOf(rows: readonly SocketRow[]): Promise<(row: SocketRow) => string | null> {
  const { portUsage } = await import('../../host/ports/port_uses.ts');
  const key = (row: SocketRow): string => `${protocolOf(row)} ${row.local.port}`;
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
