/** Which descriptors can be terminals: asking `node:tty` would load it, which takes milliseconds at each start. */
import { fstatSync } from 'node:fs';

/** Major number of /dev/null, /dev/full and the like. Linux. */
const MEMORY_DEVICES = 1;

/** Whether a descriptor is a device that may be a terminal. */
export function mayBeTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isCharacterDevice() && !(process.platform === 'linux' && stat.rdev >> 8 === MEMORY_DEVICES);
  } catch {
    return false; // It is closed.
  }
}

/** Whether a descriptor is a terminal. */
export async function isTerminal(fd: number): Promise<boolean> {
  return mayBeTerminal(fd) && (await import('node:tty')).isatty(fd);
}
