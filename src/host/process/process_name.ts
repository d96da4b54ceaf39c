/** The name of a process. Any process can choose it, so treat it as untrusted text. */
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { HostOptions } from '../options.ts';

/** `/proc/PID/comm` without its final newline, at most 15 bytes, as it is (it may hold newlines and escape codes).
 *  Undefined when there is no such process. */
export function processName(pid: number, { procRoot = '/proc' }: HostOptions = {}): string | undefined {
  try {
    return readFileSync(`${procRoot}/${pid}/comm`, 'utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  }
}

/** File name of the executable, without ` (deleted)`. Undefined for kernel threads, and for others' processes unless root. */
export function executableName(pid: number, { procRoot = '/proc' }: HostOptions = {}): string | undefined {
  try {
    return basename(readlinkSync(`${procRoot}/${pid}/exe`).replace(/ \(deleted\)$/, ''));
  } catch {
    return undefined;
  }
}

/** File name part of the first argument. Undefined when there are no arguments (kernel threads, zombies). */
export function firstArgumentName(pid: number, { procRoot = '/proc' }: HostOptions = {}): string | undefined {
  try {
    const [first = ''] = readFileSync(`${procRoot}/${pid}/cmdline`, 'utf8').split('\0', 1);
    return first === '' ? undefined : basename(first);
  } catch {
    return undefined;
  }
}
