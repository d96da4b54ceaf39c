/** `netstat -npW` of net-tools 2.10 and BusyBox. */
import type { Connection } from './connection.ts';
import { cutBytes, fieldsOf, pidOf } from './fields.ts';
import { parseLines, protocolOf } from './parse_lines.ts';
import type { LineFilter, LineFormat } from './parse_lines.ts';

/** Bytes of `PID/NAME` that netstat prints. */
const PROGRAM_BYTES = 19;

/** Mapped addresses are printed as IPv4, IPv6 addresses without brackets. Of the processes that share a socket only one
 *  is named. `-` stands where the process may not be seen. The unix sockets that follow have another protocol. */
const format: LineFormat = {
  // tcp        0    586 192.168.0.1:44284       38.229.79.2:443         ESTABLISHED 15843/tor
  // tcp6       0      0 2001:db8::1:44284       2001:db8::2:443         ESTABLISHED 712/nginx: worker
  read(line) {
    const [proto, , , local, remote, state, program] = fieldsOf(line, 7);
    const protocol = protocolOf(proto);
    if (protocol === undefined || state !== 'ESTABLISHED') return undefined;
    if (local === undefined || remote === undefined || program === undefined) return undefined;
    const slash = program.indexOf('/');
    const pid = pidOf(slash < 0 ? program : program.slice(0, slash));
    if (pid === undefined) return undefined;
    return { protocol, local, remote, owners: [{ pid, name: slash < 0 ? '' : program.slice(slash + 1) }] };
  },

  printedName(name, pid) {
    return cutBytes(name, PROGRAM_BYTES - `${pid}/`.length).trimEnd();
  },
};

export function parseNetstat(lines: Iterable<string>, filter: LineFilter = {}): Connection[] {
  return parseLines(lines, format, filter);
}
