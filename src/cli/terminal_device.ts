/** What descriptors are, terminals above all: asking `node:tty` would load it, which takes milliseconds at each start. */
import { fstatSync } from 'node:fs';
import type { Stats } from 'node:fs';

/** Major number of /dev/null, /dev/full and the like. Linux. */
const MEMORY_DEVICES = 1;

/** Whether a descriptor is a device that may be a terminal. */
export function mayBeTerminal(fd: number): boolean {
  const stat = statOf(fd);
  return stat?.isCharacterDevice() === true && !isMemoryDevice(stat);
}

/** Whether a descriptor is a file, or a device that nobody reads: writing to it never has to wait for a reader. */
export function isWrittenAtOnce(fd: number): boolean {
  const stat = statOf(fd);
  return stat !== undefined && (stat.isFile() || isMemoryDevice(stat));
}

/** Undefined: it is closed. */
function statOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}

function isMemoryDevice(stat: Stats): boolean {
  return process.platform === 'linux' && stat.isCharacterDevice() && stat.rdev >> 8 === MEMORY_DEVICES;
}

/** Whether a descriptor is a terminal. */
export async function isTerminal(fd: number): Promise<boolean> {
  return mayBeTerminal(fd) && (await import('node:tty')).isatty(fd);
}
