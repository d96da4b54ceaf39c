/** Refuses an output that is also an input or another output, and would overwrite it. */
import { fstatSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { resolve } from 'node:path';
import { namedInputs } from '../source/file/inputs.ts';

const STDIN = 0;
const STDOUT = 1;

export interface Written {
  /** The option that names it. */
  readonly option: string;
  /** Undefined or `-`: standard output, or standard error. */
  readonly path: string | undefined;
}

/**
 * Compares files by device and inode, standard input and standard output as they are open.
 * @param inputs paths; `-` is standard input, a folder stands for the captures in it
 * @param written outputs of flows go to standard output when they have no path
 * @throws {RangeError} @throws {CaptureError} for a folder without files
 */
export function checkOutputs(inputs: readonly string[], ...written: readonly Written[]): void {
  const taken = new Map<string, string>();
  for (const { name: input } of namedInputs(inputs)) {
    const identity = input === '-' ? openIdentity(STDIN) : pathIdentity(input);
    if (identity !== undefined) taken.set(identity, input === '-' ? 'standard input' : input);
  }
  for (const one of written) {
    const path = one.path === '-' ? undefined : one.path;
    if (path === undefined && one.option !== '--output') continue;
    const identity = path === undefined ? openIdentity(STDOUT) : pathIdentity(path);
    if (identity === undefined) continue;
    const what = path === undefined ? 'standard output' : `${one.option} ${path}`;
    const other = taken.get(identity);
    if (other !== undefined) throw new RangeError(`${what} is the same file as ${other}; name another`);
    taken.set(identity, what);
  }
}

/** The same for two names of one regular file. */
function pathIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? `no file yet: ${resolve(path)}` : identityOf(stat);
}

function openIdentity(fd: number): string | undefined {
  try {
    return identityOf(fstatSync(fd));
  } catch {
    return undefined; // It is closed.
  }
}

/** Undefined for what can be read and written at once: terminals, pipes, devices. */
function identityOf(stat: Stats): string | undefined {
  return stat.isFile() ? `${stat.dev}:${stat.ino}` : undefined;
}
