/** Network namespaces in which processes of this host run (network_namespaces(7)). */
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import type { HostOptions } from '../options.ts';
import { processIds } from './process_list.ts';

export interface NetworkNamespace {
  /** Inode number. */
  readonly id: number;
  /** The oldest process in it: the tables are those of `/proc/PID/net`. */
  readonly pid: number;
  /** As `ip netns` calls it; undefined for others, such as those of containers. */
  readonly name: string | undefined;
  /** The present process is in it. */
  readonly own: boolean;
}

/** Where `ip netns` keeps its names. */
const NAMES = '/run/netns';

/**
 * The present one first, then by the pid of the oldest process. Those of processes that we may not look at (it takes
 * CAP_SYS_PTRACE), and those without processes, are not there.
 * @throws {HostError} ERR_PROC_UNAVAILABLE
 */
export function networkNamespaces(options: HostOptions = {}, names = NAMES): NetworkNamespace[] {
  const own = namespaceId('self', options);
  const named = namesById(names);
  const found = new Map<number, NetworkNamespace>();
  for (const pid of processIds(options).sort((a, b) => a - b)) {
    const id = namespaceId(pid, options);
    if (id === undefined || found.has(id)) continue;
    found.set(id, { id, pid, name: named.get(id), own: id === own });
  }
  return [...found.values()].sort((a, b) => Number(b.own) - Number(a.own));
}

/** Of `net:[4026531840]`; undefined when we may not look. */
export function namespaceId(pid: number | 'self', { procRoot = '/proc' }: HostOptions = {}): number | undefined {
  try {
    const id = Number(readlinkSync(`${procRoot}/${pid}/ns/net`).slice('net:['.length, -1));
    return Number.isSafeInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** `web`, or `pid 4711` when it has no name. */
export function namespaceText({ name, pid }: Pick<NetworkNamespace, 'name' | 'pid'>): string {
  return name ?? `pid ${pid}`;
}

function namesById(folder: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const name of list(folder)) {
    const id = statSync(`${folder}/${name}`, { throwIfNoEntry: false })?.ino;
    if (id !== undefined && !names.has(id)) names.set(id, name);
  }
  return names;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
