/** Connections of a process from the kernel's socket tables and the links in `/proc/PID/fd`. */
import { existsSync } from 'node:fs';
import { HostError } from '../errors.ts';
import type { HostOptions } from '../options.ts';
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

/** The tables are those of the process's network namespace. None for a process without sockets, and one that has ended.
 *  @throws {HostError} ERR_PERMISSION for another user's process, ERR_PROC_UNAVAILABLE */
export async function procConnections(pid: number, options: ProcOptions = {}): Promise<Connection[]> {
  const { keepMapped = false, ...host } = options;
  const inodes = socketInodes(pid, options);
  if (inodes.size === 0) return [];
  const connections = new Map<string, Connection>();
  for (const { table, local, remote, inode } of await establishedRows(pid, host)) {
    if (!inodes.has(inode) || remote.port === 0) continue;
    const protocol = table === 'tcp' || table === 'tcp6' ? 'tcp' : 'udp';
    const connection = connectionBetween(protocol, local, remote, keepMapped);
    connections.set(connectionKey(connection), connection);
  }
  return [...connections.values()];
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

/** @throws {HostError} ERR_PERMISSION */
function socketInodes(pid: number, options: HostOptions): ReadonlySet<number> {
  const open = descriptors(pid, options);
  if (open === 'denied') {
    throw new HostError(
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
