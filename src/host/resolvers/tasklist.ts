/** `tasklist /fo csv /nh` of Windows: the names of processes, which its netstat does not show. */
import { pidOf } from './fields.ts';

/** How the program is asked. */
export const TASKLIST = { program: 'tasklist', args: ['/fo', 'csv', '/nh'] } as const;

const SUFFIX = '.exe';

/**
 * Pids, ascending, of the processes of a name. Windows does not distinguish letters by case, and its users leave out
 * `.exe`: `tor` is `Tor.exe` too.
 */
export function tasklistPids(lines: Iterable<string>, name: string): number[] {
  const wanted = plain(name);
  const pids: number[] = [];
  for (const line of lines) {
    // "tor.exe","15843","Console","1","12,345 K"
    const [, image, pidText] = /^"((?:[^"]|"")*)","(\d+)"/.exec(line) ?? [];
    const pid = pidOf(pidText);
    if (image !== undefined && pid !== undefined && plain(image.replaceAll('""', '"')) === wanted) pids.push(pid);
  }
  return pids.sort((a, b) => a - b);
}

function plain(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(SUFFIX) ? lower.slice(0, -SUFFIX.length) : lower;
}
