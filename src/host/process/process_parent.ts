/** Parent of a process: field 4 of `/proc/PID/stat` (proc_pid_stat(5)). */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

/** Pid of the parent; 0 when it has none in this pid namespace. Undefined when there is no such process. */
export function processParent(pid: number, { procRoot = '/proc' }: HostOptions = {}): number | undefined {
  try {
    return parseParent(readFileSync(`${procRoot}/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Of `1234 (a) b) S 1 1234 ...`: the name stands in brackets and may hold brackets itself. */
function parseParent(text: string): number | undefined {
  const nameEnd = text.lastIndexOf(')');
  const field = nameEnd < 0 ? undefined : text.slice(nameEnd + 2).split(' ', 2)[1];
  return field !== undefined && /^[0-9]+$/.test(field) ? Number(field) : undefined;
}
