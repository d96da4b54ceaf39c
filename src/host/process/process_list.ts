/**
 * Lists processes and their users: one walk over the numbered folders of `/proc`.
 *
 * A process hidden by the mount option `hidepid`, or of another pid namespace, is not in the list.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { HostError } from '../errors.ts';
import type { HostOptions } from '../options.ts';

export interface ProcessEntry {
  readonly pid: number;
  /** Effective uid: the owner of `/proc/PID`. Root for a process that is not dumpable. */
  readonly uid: number;
}

/** All processes, the newest first. @throws {HostError} ERR_PROC_UNAVAILABLE */
export function processList(options: HostOptions = {}): ProcessEntry[] {
  const { procRoot = '/proc' } = options;
  const entries: ProcessEntry[] = [];
  for (const pid of processIds(options)) {
    const stat = statSync(`${procRoot}/${pid}`, { throwIfNoEntry: false });
    if (stat !== undefined) entries.push({ pid, uid: stat.uid });
  }
  return entries;
}

/** Their numbers alone, the newest first. @throws {HostError} ERR_PROC_UNAVAILABLE */
export function processIds(options: HostOptions = {}): number[] {
  const { procRoot = '/proc', signal } = options;
  signal?.throwIfAborted();
  const newest = lastPid(options) ?? Number.MAX_SAFE_INTEGER;
  // Pids wrap around, so those above the last one assigned are the oldest.
  const age = (pid: number): number => (pid <= newest ? newest - pid : Number.MAX_SAFE_INTEGER - pid);
  return folderNames(procRoot)
    .map(Number)
    .filter((pid) => Number.isSafeInteger(pid) && pid > 0)
    .sort((a, b) => age(a) - age(b));
}

/** The pid assigned last to a process or thread: fifth field of `0.08 0.03 0.05 2/117 30215` (proc_loadavg(5)). */
export function lastPid({ procRoot = '/proc' }: HostOptions = {}): number | undefined {
  try {
    const field = readFileSync(`${procRoot}/loadavg`, 'latin1').trim().split(' ')[4] ?? '';
    return /^[1-9][0-9]*$/.test(field) ? Number(field) : undefined;
  } catch {
    return undefined;
  }
}

function folderNames(procRoot: string): string[] {
  try {
    return readdirSync(procRoot);
  } catch (error) {
    throw new HostError('ERR_PROC_UNAVAILABLE', `${procRoot} cannot be read; is it mounted?`, { cause: error });
  }
}
