/** Sockets among a process's descriptors: `/proc/PID/fd/7 -> socket:[31337]` (proc_pid_fd(5)). */
import { readdirSync, readlinkSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

/** Inode of `socket:[31337]`; undefined for any other link. */
function socketInode(link: string): number | undefined {
  if (!link.startsWith('socket:[')) return undefined;
  const inode = Number(link.slice(8, -1));
  return Number.isSafeInteger(inode) ? inode : undefined;
}

/** The socket behind one descriptor. Undefined when it is not a socket, is closed, or may not be seen. */
export function descriptorInode(
  pid: number,
  descriptor: number,
  { procRoot = '/proc' }: HostOptions = {},
): number | undefined {
  try {
    return socketInode(readlinkSync(`${procRoot}/${pid}/fd/${descriptor}`));
  } catch {
    return undefined;
  }
}

/** Whether we may not see what a descriptor is. */
export function isUnreadable(
  pid: number,
  descriptor: number | undefined,
  { procRoot = '/proc' }: HostOptions = {},
): boolean {
  if (descriptor === undefined) return false;
  try {
    readlinkSync(`${procRoot}/${pid}/fd/${descriptor}`);
    return false;
  } catch (error) {
    return isDenied(error);
  }
}

/** Numbers of the open descriptors, the highest first: the newest ones are found soonest.
 *  `denied`: the process belongs to someone else, and there is no CAP_SYS_PTRACE. `gone`: it has ended. */
export function descriptors(pid: number, { procRoot = '/proc' }: HostOptions = {}): number[] | 'denied' | 'gone' {
  try {
    return readdirSync(`${procRoot}/${pid}/fd`)
      .map(Number)
      .sort((a, b) => b - a);
  } catch (error) {
    return isDenied(error) ? 'denied' : 'gone';
  }
}

function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}

/**
 * The other threads of a process. One may have descriptors of its own (unshare(2) with CLONE_FILES), and they keep the
 * process's descriptors when its first thread has ended: that one then has none. The functions above take their numbers.
 */
export function otherThreads(pid: number, { procRoot = '/proc' }: HostOptions = {}): number[] {
  try {
    return readdirSync(`${procRoot}/${pid}/task`)
      .map(Number)
      .filter((thread) => thread !== pid);
  } catch {
    return [];
  }
}
