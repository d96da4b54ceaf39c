/** How a process was started, and its control group: `/proc/PID/cmdline`, `/proc/PID/exe` and `/proc/PID/cgroup`. */
import { readFileSync, readlinkSync } from 'node:fs';
import type { HostOptions } from '../options.ts';

/** Arguments with blanks between, raw; null for kernel threads, and where there is no such process. */
export function commandLine(pid: number, options: HostOptions = {}): string | null {
  const text = contents(pid, 'cmdline', options)?.replace(/\0+$/, '');
  return text === undefined || text === '' ? null : text.replaceAll('\0', ' ');
}

/** Path of the program that runs; where that may not be seen, the first of its arguments. Null as above. */
export function programPath(pid: number, options: HostOptions = {}): string | null {
  try {
    return readlinkSync(`${options.procRoot ?? '/proc'}/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return contents(pid, 'cmdline', options)?.split('\0')[0] || null;
  }
}

/**
 * Path of the control group: that of the one hierarchy of version 2 (`0::/system.slice/ssh.service`), else the first
 * one that is not the root. Null: there is no such process, or no control groups.
 */
export function controlGroup(pid: number, options: HostOptions = {}): string | null {
  const lines = (contents(pid, 'cgroup', options) ?? '').split('\n').filter((line) => line !== '');
  const paths = lines.map((line) => ({ line, path: line.split(':').slice(2).join(':') }));
  const [unified] = paths.filter(({ line }) => line.startsWith('0::'));
  return (unified ?? paths.find(({ path }) => path !== '/') ?? paths[0])?.path ?? null;
}

function contents(pid: number, file: string, { procRoot = '/proc' }: HostOptions): string | undefined {
  try {
    return readFileSync(`${procRoot}/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
