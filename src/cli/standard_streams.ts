/** Standard output and standard error, without ever waiting for a reader. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { mayBeTerminal } from './terminal_device.ts';

/** Standard error, reopened so that flags shared with other processes stay unchanged. Linux. */
const STDERR_PATH = '/proc/self/fd/2';

interface Blocking {
  readonly _handle?: { setBlocking?(on: boolean): void };
}

/**
 * Node blocks while it writes to a terminal, so a stopped terminal (Ctrl-S, or the other end is not read) would block
 * everything, including signals. From now on such text waits in memory.
 */
export function unblockTerminals(): void {
  // By descriptor: reading process.stdout creates its stream, which takes milliseconds.
  if (mayBeTerminal(1)) (process.stdout as Blocking)._handle?.setBlocking?.(false);
  if (mayBeTerminal(2)) (process.stderr as Blocking)._handle?.setBlocking?.(false);
}

let isHeard = false;

/**
 * Writes a message to standard error. It is lost where that is full or has no reader any more, which is no reason to
 * end: the flows matter more.
 * @param done called when the system has it, or with the reason why not
 */
export function say(text: string, done?: (error?: Error) => void): void {
  // Without a listener the error would end the process.
  if (!isHeard) process.stderr.on('error', () => undefined);
  isHeard = true;
  process.stderr.write(text, (error) => done?.(error ?? undefined));
}

/** Final messages of a process: as much as the reader accepts at once. */
export function sayAtOnce(text: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(STDERR_PATH, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_APPEND | constants.O_NOCTTY);
    writeSync(fd, text);
  } catch {
    say(text);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
