/** Finds the processes that have certain sockets open. */
import type { HostOptions } from '../../host/options.ts';
import { socketOwners } from '../../host/process/socket_owners.ts';
import type { SocketOwner } from '../../host/process/socket_owners.ts';

export interface SocketHolders {
  /** By inode, every process that has the socket, the lowest pid, usually the parent of the others, first. */
  readonly owners: ReadonlyMap<number, readonly SocketOwner[]>;
  /** Processes whose descriptors we may not read. */
  readonly denied: number;
}

/** @param candidates default: all processes @throws {HostError} ERR_PROC_UNAVAILABLE */
export function socketHolders(
  inodes: ReadonlySet<number>,
  candidates?: readonly number[],
  options: HostOptions = {},
): SocketHolders {
  const wanted = { ...options, inodes, ...(candidates === undefined ? {} : { pids: candidates }) };
  const { owners, permissionDenied } = socketOwners(wanted);
  return { owners, denied: permissionDenied };
}
