/** Owners of all sockets at once, for listings: one walk over every process's descriptors. */
import type { HostOptions } from '../options.ts';
import { processIds } from './process_list.ts';
import { processName } from './process_name.ts';
import { descriptorInode, descriptors } from './socket_links.ts';

export interface SocketOwner {
  readonly pid: number;
  /** `comm`, raw. Empty when the process has ended since. */
  readonly name: string;
}

export interface SocketOwners {
  /** By socket inode; every process that holds the socket once, by ascending pid. Never empty lists. */
  readonly owners: ReadonlyMap<number, readonly SocketOwner[]>;
  /** Processes whose descriptors we may not read; that needs root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH. */
  readonly permissionDenied: number;
}

/**
 * Not an atomic snapshot: a socket passed between processes meanwhile may be missed.
 *
 * @throws {HostError} ERR_PROC_UNAVAILABLE
 */
export function socketOwners(options: HostOptions = {}): SocketOwners {
  const owners = new Map<number, SocketOwner[]>();
  let permissionDenied = 0;
  for (const pid of processIds(options).sort((a, b) => a - b)) {
    const open = descriptors(pid, options);
    if (open === 'denied') permissionDenied++;
    if (typeof open === 'string') continue;
    const inodes = new Set(open.map((descriptor) => descriptorInode(pid, descriptor, options)));
    inodes.delete(undefined);
    if (inodes.size === 0) continue;
    const owner = { pid, name: processName(pid, options) ?? '' };
    for (const inode of inodes as Set<number>) {
      const sharers = owners.get(inode);
      if (sharers === undefined) owners.set(inode, [owner]);
      else sharers.push(owner);
    }
  }
  return { owners, permissionDenied };
}
