/** Start time of a process, which distinguishes it from an earlier one with the same pid. */
import { readFileSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

/** Start of a process since boot, in clock ticks (100 a second): field 22 of `/proc/PID/stat` (proc_pid_stat(5)).
 *  Undefined when there is no such process. */
export function processStartTicks(pid: number, { procRoot = '/proc' }: HostOptions = {}): number | undefined {
  try {
    return parseStartTicks(readFileSync(`${procRoot}/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Of `1234 (a) b) S 1 1234 1234 0 -1 4194560 ...`: the name stands in brackets and may hold brackets itself,
 *  so fields are counted from the last one. */
export function parseStartTicks(text: string): number | undefined {
  const nameEnd = text.lastIndexOf(')');
  const field = nameEnd < 0 ? undefined : text.slice(nameEnd + 2).split(' ')[22 - 3];
  return field !== undefined && /^[0-9]+$/.test(field) ? Number(field) : undefined;
}
