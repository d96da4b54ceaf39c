/** Processes of a name. */
import type { HostOptions } from '../options.ts';
import { processIds } from './process_list.ts';
import { executableName, firstArgumentName, processName } from './process_name.ts';

/** Pids, ascending, whose `comm` is this name, or whose executable's or first argument's file name is.
 *  A name of more than 15 bytes is never a `comm`. @throws {HostError} ERR_PROC_UNAVAILABLE */
export function pidsByName(name: string, options: HostOptions = {}): number[] {
  return processIds(options)
    .filter((pid) => [processName, executableName, firstArgumentName].some((of) => of(pid, options) === name))
    .sort((a, b) => a - b);
}
