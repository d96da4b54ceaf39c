/** Standard output and standard error where their reader does not read: nothing here waits for one. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';

/** Standard error, opened once more: its own flags stay as others have set them. Linux. */
const STDERR_PATH = '/proc/self/fd/2';

interface Blocking {
  readonly _handle?: { setBlocking?(on: boolean): void };
}

/**
 * Node writes to a terminal and waits until it takes the text, and a terminal that is held (Ctrl-S, or nobody reads the
 * other end) would hold everything, signals included. From here on such text waits in memory.
 */
export function unblockTerminals(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.isTTY) (stream as Blocking)._handle?.setBlocking?.(false);
  }
}

/** The last words of a process: as much of them as the reader takes at once. */
export function sayAtOnce(text: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(STDERR_PATH, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_APPEND | constants.O_NOCTTY);
    writeSync(fd, text);
  } catch {
    process.stderr.write(text);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
