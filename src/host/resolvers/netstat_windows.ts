/** `netstat -ano` of Windows. */
import type { Connection } from './connection.ts';
import { fieldsOf, pidOf } from './fields.ts';
import { parseLines, protocolOf } from './parse_lines.ts';
import type { LineFilter, LineFormat } from './parse_lines.ts';

/** There is no name column, so a name matches only lines of `namesakes`. UDP has neither state nor peer. */
const format: LineFormat = {
  //   TCP    192.168.0.1:44284      38.229.79.2:443        ESTABLISHED     15843
  //   TCP    [2001:db8::1]:49671    [2001:db8::2]:443      ESTABLISHED     3308
  //   UDP    0.0.0.0:123            *:*                                    1004
  read(line) {
    const [proto, local, remote, state, pidText] = fieldsOf(line, 5);
    const protocol = protocolOf(proto);
    const pid = pidOf(pidText);
    if (protocol !== 'tcp' || state !== 'ESTABLISHED' || pid === undefined) return undefined;
    if (local === undefined || remote === undefined) return undefined;
    return { protocol, local, remote, owners: [{ pid }] };
  },

  printedName: (name) => name,
};

export function parseNetstatWindows(lines: Iterable<string>, filter: LineFilter = {}): Connection[] {
  return parseLines(lines, format, filter);
}
