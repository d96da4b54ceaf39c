/** Each resolver that runs a program: the program, its arguments, and the parser of its output. */
import { parseBsdFstat } from './bsd_fstat.ts';
import { parseBsdProcstat } from './bsd_procstat.ts';
import { parseBsdSockstat } from './bsd_sockstat.ts';
import type { Connection } from './connection.ts';
import { parseLsof } from './lsof.ts';
import { parseNetstat } from './netstat.ts';
import { parseNetstatWindows } from './netstat_windows.ts';
import type { LineFilter } from './parse_lines.ts';
import { Resolver } from './resolver.ts';
import { parseSs } from './ss.ts';

export interface ResolverCommand {
  readonly program: string;
  /**
   * Arguments in order of preference; the later ones are for versions that reject the earlier ones.
   * @param pids processes of interest; none: all
   */
  arguments(pids: readonly number[]): readonly (readonly string[])[];
  parse(lines: Iterable<string>, filter: LineFilter): Connection[];
}

export const COMMANDS: Readonly<Record<Exclude<Resolver, 'proc'>, ResolverCommand>> = {
  [Resolver.Netstat]: { program: 'netstat', arguments: () => [['-npW']], parse: parseNetstat },
  [Resolver.NetstatWindows]: { program: 'netstat', arguments: () => [['-ano']], parse: parseNetstatWindows },
  [Resolver.Ss]: { program: 'ss', arguments: () => [['-nptu']], parse: parseSs },
  [Resolver.Lsof]: { program: 'lsof', arguments: () => [['+c', '0', '-wnPi']], parse: parseLsof },
  // FreeBSD before 11 does not accept two families at once.
  [Resolver.BsdSockstat]: { program: 'sockstat', arguments: () => [['-46c'], ['-4c']], parse: parseBsdSockstat },
  [Resolver.BsdProcstat]: {
    program: 'procstat',
    arguments: (pids) => [pids.length === 0 ? ['-a', '-f'] : ['-f', ...pids.map(String)]],
    parse: parseBsdProcstat,
  },
  [Resolver.BsdFstat]: {
    program: 'fstat',
    // It takes one process, or all.
    arguments: (pids) => [pids.length === 1 ? ['-p', String(pids[0])] : []],
    parse: parseBsdFstat,
  },
};
