/** `sockstat -46c` of FreeBSD (older versions: `-4c`). */
import type { Connection } from './connection.ts';
import { fieldsOf, pidOf } from './fields.ts';
import { parseLines, protocolOf } from './parse_lines.ts';
import type { LineFilter, LineFormat } from './parse_lines.ts';

/**
 * Read from the right: only the command may hold blanks. There is no state column; a connection is recognised by its
 * peer.
 */
const format: LineFormat = {
  // _tor     tor        4397  12 tcp4   172.27.72.202:54011   38.229.79.2:9001
  // root     ntpd        730  20 udp6   *:123                 *:*
  read(line) {
    const fields = fieldsOf(line);
    const [local, remote] = fields.slice(-2);
    const protocol = protocolOf(fields.at(-3));
    const pid = pidOf(fields.at(-5));
    if (protocol === undefined || pid === undefined || local === undefined || remote === undefined) return undefined;
    return { protocol, local, remote, owners: [{ pid, name: fields.slice(1, -5).join(' ') }] };
  },

  printedName: (name) => name,
};

export function parseBsdSockstat(lines: Iterable<string>, filter: LineFilter = {}): Connection[] {
  return parseLines(lines, format, filter);
}
