/** Connections of a process from the kernel's socket tables and the links in `/proc/PID/fd`. */
import { existsSync } from 'node:fs';
import { linkScopes } from '../address/link_scope.ts';
import { HostError } from '../errors.ts';
import type { HostOptions } from '../options.ts';
import { namespaceId } from '../process/network_namespaces.ts';
import { descriptorInode, descriptors } from '../process/socket_links.ts';
import type { SocketRow } from '../sockets/row.ts';
import { SocketTable } from '../sockets/table.ts';
import { connectionBetween, connectionKey } from './connection.ts';
import type { Connection } from './connection.ts';

const TABLES = ['tcp', 'tcp6', 'udp', 'udp6'] as const;

export interface ProcOptions extends HostOptions {
  /** Leave `::ffff:192.0.2.1` instead of turning it into IPv4. Default false. */
  readonly keepMapped?: boolean;
}

/**
 * Of all these processes, each once. The tables are those of a process's network namespace. None for a process without
 * sockets, and one that has ended; those that we may not look at count only if there is no other.
 * @throws {HostError} ERR_PERMISSION for another user's processes, ERR_PROC_UNAVAILABLE
 */
export async function procConnections(pids: readonly number[], options: ProcOptions = {}): Promise<Connection[]> {
  const { keepMapped = false, ...host } = options;
  const connections = new Map<string, Connection>();
  for (const [pid, inodes] of inodesByNamespace(pids, options)) {
    const scopeOf = linkScopes({ ...host, pid });
    for (const { table, local, remote, inode } of await establishedRows(pid, host)) {
      if (!inodes.has(inode) || remote.port === 0) continue;
      const protocol = table === 'tcp' || table === 'tcp6' ? 'tcp' : 'udp';
      const connection = connectionBetween(protocol, local, remote, keepMapped, scopeOf(local.address));
      connections.set(connectionKey(connection), connection);
    }
  }
  return [...connections.values()];
}

/** A process of each network namespace, with the sockets of all processes in it. @throws {HostError} ERR_PERMISSION */
function inodesByNamespace(pids: readonly number[], options: HostOptions): ReadonlyMap<number, ReadonlySet<number>> {
  const byPid = new Map<number, Set<number>>();
  const pidOfNamespace = new Map<number, number>();
  let denied: HostError | undefined;
  for (const pid of pids) {
    const inodes = socketInodes(pid, options);
    if (inodes instanceof HostError) {
      denied ??= inodes;
      continue;
    }
    if (inodes.size === 0) continue;
    const namespace = namespaceId(pid, options);
    const first = namespace === undefined ? pid : (pidOfNamespace.get(namespace) ?? pid);
    if (namespace !== undefined) pidOfNamespace.set(namespace, first);
    const known = byPid.get(first);
    if (known === undefined) byPid.set(first, new Set(inodes));
    else for (const inode of inodes) known.add(inode);
  }
  if (byPid.size === 0 && denied !== undefined) throw denied;
  return byPid;
}

/** Those of the process's namespace; of the present one where `/proc/PID/net` is hidden. */
async function establishedRows(pid: number, options: HostOptions): Promise<readonly SocketRow[]> {
  const folder = `${options.procRoot ?? '/proc'}/${pid}`;
  const namespace = existsSync(`${folder}/net`) ? { pid } : {};
  try {
    return (await SocketTable.open(TABLES, { ...options, ...namespace })).established();
  } catch (error) {
    // It has ended meanwhile, and its folder with it.
    if (!existsSync(folder)) return [];
    throw error;
  }
}

/** An error: we may not look. */
function socketInodes(pid: number, options: HostOptions): ReadonlySet<number> | HostError {
  const open = descriptors(pid, options);
  if (open === 'denied') {
    return new HostError(
      'ERR_PERMISSION',
      `process ${pid} belongs to another user; its sockets are seen by root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH`,
    );
  }
  const inodes = new Set<number>();
  if (open === 'gone') return inodes;
  for (const descriptor of open) {
    // One that was closed meanwhile has none.
    const inode = descriptorInode(pid, descriptor, options);
    if (inode !== undefined && inode !== 0) inodes.add(inode);
  }
  return inodes;
}
