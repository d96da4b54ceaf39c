/** `fstat -p PID` of OpenBSD. */
import type { Connection } from './connection.ts';
import { fieldsOf, pidOf } from './fields.ts';
import { parseLines, protocolOf } from './parse_lines.ts';
import type { LineFilter, LineFormat } from './parse_lines.ts';

/** `-->` the process connected, `<--` it was connected to, `<->` UDP. The local end is on the left in each. */
const ARROWS: ReadonlySet<string | undefined> = new Set(['-->', '<--', '<->']);
const FAMILIES: ReadonlySet<string | undefined> = new Set(['internet', 'internet6']);

/** Read from the right: only the command may hold blanks. TCP has a kernel address (or 0x0) before the ends, UDP has none. */
const format: LineFormat = {
  // _tor     tor        15843   20* internet stream tcp 0x0 192.168.1.100:36174 --> 4.3.2.1:443
  // _ntp     ntpd       40221    7* internet6 dgram udp [2001:db8::1]:123 <-> [2001:db8::2]:123
  read(line) {
    const fields = fieldsOf(line);
    const [local, arrow, remote] = fields.slice(-3);
    if (local === undefined || remote === undefined || !ARROWS.has(arrow)) return undefined;
    const head = fields.slice(0, fields.at(-4)?.startsWith('0x') === true ? -4 : -3);
    const protocol = protocolOf(head.at(-1));
    const pid = pidOf(head.at(-5));
    if (protocol === undefined || pid === undefined || !FAMILIES.has(head.at(-3))) return undefined;
    return { protocol, local, remote, owners: [{ pid, name: head.slice(1, -5).join(' ') }] };
  },

  printedName: (name) => name,
};

export function parseBsdFstat(lines: Iterable<string>, filter: LineFilter = {}): Connection[] {
  return parseLines(lines, format, filter);
}
