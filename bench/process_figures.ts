/** What the kernel tells of a running process (proc(5)): its own, all threads, without its children. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Of CPU times in /proc/PID/stat. */
const TICK_MS = 10;

/** User and system time, milliseconds. */
export function cpuMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory, KiB. */
export function residentKiB({ pid }: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}
