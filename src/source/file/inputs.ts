/** Expands the inputs that a caller names: a folder stands for the captures in it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureError } from '../../errors.ts';
import type { CaptureInput } from './open.ts';

export interface NamedInput {
  readonly input: CaptureInput;
  /** Path; `-` for standard input. */
  readonly name: string;
  /** A regular file: it can be opened twice. */
  readonly isFile: boolean;
  /** Found in a folder, which may also contain other files. */
  readonly found: boolean;
}

/**
 * Folders become the files in them, ordered by name; hidden files, subfolders and devices are skipped.
 * @throws {CaptureError} ERR_PERMISSION, ERR_READ: also for a folder without files
 */
export function namedInputs(inputs: readonly CaptureInput[]): NamedInput[] {
  return inputs.flatMap((input) => {
    if (typeof input !== 'string') return { input, name: 'stream', isFile: false, found: false };
    const stat = input === '-' ? undefined : statSync(input, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) return filesIn(input);
    return { input, name: input, isFile: stat?.isFile() === true, found: false };
  });
}

function filesIn(folder: string): NamedInput[] {
  const names = listed(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  if (names.length === 0)
    throw new CaptureError(
      'ERR_READ',
      folder,
      0,
      'is a folder without files; name captures, or a folder with captures in it',
    );
  return names.map((name) => ({ input: name, name, isFile: true, found: true }));
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const denied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    throw new CaptureError(denied ? 'ERR_PERMISSION' : 'ERR_READ', folder, 0, `cannot be listed: ${reason}`, {
      cause: error,
    });
  }
}
