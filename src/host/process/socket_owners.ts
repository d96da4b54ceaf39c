/** Owners of many sockets at once, for listings: one walk over every process's descriptors. */
import type { HostOptions } from '../options.ts';
import { processIds } from './process_list.ts';
import { processName } from './process_name.ts';
import { seesAllProcesses } from './process_rights.ts';
import { descriptorInode, descriptors, isUnreadable, otherThreads } from './socket_links.ts';

export interface SocketOwner {
  readonly pid: number;
  /** `comm`, raw. Empty when the process has ended since. */
  readonly name: string;
  /** Its descriptors of the socket, ascending, at least one. */
  readonly descriptors: readonly number[];
}

export interface SocketOwnersOptions extends HostOptions {
  /** Sockets of interest. Default: all. */
  readonly inodes?: ReadonlySet<number>;
  /** Processes to look at. Default: all. */
  readonly pids?: readonly number[];
}

export interface SocketOwners {
  /** By socket inode; every process that holds the socket once, by ascending pid. Never empty lists. */
  readonly owners: ReadonlyMap<number, readonly SocketOwner[]>;
  /** Processes whose descriptors we may not read; that needs root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH. */
  readonly permissionDenied: number;
}

/**
 * Not an atomic snapshot: a socket passed between processes meanwhile may be missed. Descriptors that only a thread
 * has are looked for when a socket of interest was not found otherwise.
 *
 * @throws {HostError} ERR_PROC_UNAVAILABLE
 */
export function socketOwners(options: SocketOwnersOptions = {}): SocketOwners {
  const { inodes } = options;
  const owners = new Map<number, SocketOwner[]>();
  let permissionDenied = 0;
  if (inodes?.size === 0) return { owners, permissionDenied };
  const pids = [...(options.pids ?? processIds(options))].sort((a, b) => a - b);
  const isLimited = !seesAllProcesses(options);
  const threaded: { readonly pid: number; readonly open: readonly number[] }[] = [];
  for (const pid of pids) {
    const open = descriptors(pid, options);
    if (open === 'denied') permissionDenied++;
    if (typeof open === 'string') continue;
    // One of the two rights is enough to list them.
    if (isLimited && isUnreadable(pid, open[0], options)) permissionDenied++;
    note(owners, pid, socketsOf(pid, open, options), options);
    threaded.push({ pid, open });
  }
  if (inodes !== undefined && owners.size === inodes.size) return { owners, permissionDenied };
  for (const { pid, open } of threaded) {
    for (const thread of otherThreads(pid, options)) {
      const own = descriptors(thread, options);
      if (typeof own === 'string' || isSameTable(pid, open, thread, own, options)) continue;
      note(owners, pid, socketsOf(thread, own, options), options);
    }
  }
  for (const sharers of owners.values()) sharers.sort((a, b) => a.pid - b.pid);
  return { owners, permissionDenied };
}

/** Most threads share the descriptors of their process. They do when the numbers agree, and what the newest one is. */
function isSameTable(
  pid: number,
  open: readonly number[],
  thread: number,
  own: readonly number[],
  options: HostOptions,
): boolean {
  const newest = own[0];
  return (
    open.length === own.length &&
    open.every((descriptor, n) => descriptor === own[n]) &&
    (newest === undefined || descriptorInode(pid, newest, options) === descriptorInode(thread, newest, options))
  );
}

/** The wanted sockets among the descriptors of a process or thread, with their descriptors, ascending. */
function socketsOf(
  task: number,
  open: readonly number[],
  options: SocketOwnersOptions,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const descriptor of open) {
    const inode = descriptorInode(task, descriptor, options);
    if (inode === undefined || options.inodes?.has(inode) === false) continue;
    const known = found.get(inode);
    if (known === undefined) found.set(inode, [descriptor]);
    else known.unshift(descriptor);
  }
  return found;
}

/** What a process has of a socket already is not changed. */
function note(
  owners: Map<number, SocketOwner[]>,
  pid: number,
  sockets: ReadonlyMap<number, readonly number[]>,
  options: HostOptions,
): void {
  if (sockets.size === 0) return;
  const name = processName(pid, options) ?? '';
  for (const [inode, held] of sockets) {
    const sharers = owners.get(inode);
    const owner = { pid, name, descriptors: held };
    if (sharers === undefined) owners.set(inode, [owner]);
    else if (!sharers.some((known) => known.pid === pid)) sharers.push(owner);
  }
}
