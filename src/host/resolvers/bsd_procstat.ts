/** `procstat -f PID` of FreeBSD. */
import type { Connection } from './connection.ts';
import { fieldsOf, pidOf } from './fields.ts';
import { parseLines, protocolOf } from './parse_lines.ts';
import type { LineFilter, LineFormat } from './parse_lines.ts';

/** Read from the right: only the command may hold blanks. `0.0.0.0:0` stands for no peer. */
const format: LineFormat = {
  //   PID COMM               FD T V FLAGS    REF  OFFSET PRO NAME
  //  3561 tor                 4 s - rw---n--   2       0 TCP 10.0.0.2:9050 10.0.0.1:22370
  //  3561 tor                 7 s - rw---n--   2       0 TCP 2001:db8::1.9050 2001:db8::2.22370
  read(line) {
    const fields = fieldsOf(line);
    const [local, remote] = fields.slice(-2);
    const protocol = protocolOf(fields.at(-3));
    const pid = pidOf(fields[0]);
    if (fields.length < 11 || protocol === undefined || pid === undefined) return undefined;
    if (local === undefined || remote === undefined || fields.at(-8) !== 's') return undefined;
    return { protocol, local, remote, owners: [{ pid, name: fields.slice(1, -9).join(' ') }] };
  },

  printedName: (name) => name,
};

export function parseBsdProcstat(lines: Iterable<string>, filter: LineFilter = {}): Connection[] {
  return parseLines(lines, format, filter);
}
