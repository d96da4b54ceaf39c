/** Finds the processes that have certain sockets open. Stops as soon as all are found. */
import type { HostOptions } from '../../host/options.ts';
import { processIds } from '../../host/process/process_list.ts';
import { descriptorInode, descriptors } from '../../host/process/socket_links.ts';

export interface SocketHolders {
  /** Pid by inode. If several processes share a socket, the lowest pid, usually their parent. */
  readonly pids: ReadonlyMap<number, number>;
  /** Processes whose descriptors we may not read. */
  readonly denied: number;
}

/** @param candidates default: all processes @throws {HostError} ERR_PROC_UNAVAILABLE */
export function socketHolders(
  inodes: ReadonlySet<number>,
  candidates?: readonly number[],
  options: HostOptions = {},
): SocketHolders {
  const pids = new Map<number, number>();
  let denied = 0;
  if (inodes.size === 0) return { pids, denied };
  const ascending = [...(candidates ?? processIds(options))].sort((a, b) => a - b);
  for (const pid of ascending) {
    const open = descriptors(pid, options);
    if (open === 'denied') denied++;
    if (typeof open === 'string') continue;
    for (const descriptor of open) {
      const inode = descriptorInode(pid, descriptor, options);
      if (inode === undefined || !inodes.has(inode) || pids.has(inode)) continue;
      pids.set(inode, pid);
      if (pids.size === inodes.size) return { pids, denied };
    }
  }
  return { pids, denied };
}
