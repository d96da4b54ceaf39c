/** `ss -nptu` of iproute2 (checked on 6.1), and of older versions. */
import type { Connection } from './connection.ts';
import { cutBytes, fieldsOf, pidOf } from './fields.ts';
import { parseLines, protocolOf } from './parse_lines.ts';
import type { LineFilter, LineFormat, Owner } from './parse_lines.ts';

/** Bytes of a `comm`. */
const COMM_BYTES = 15;
const USERS = 'users:((';

/** A name is the `comm` up to its first `)`; `"` and control characters in it are printed as they are. */
const format: LineFormat = {
  // tcp    ESTAB  0      0      192.168.0.1:44415    38.229.79.2:443    users:(("tor",15843,9))
  // udp   ESTAB 0      0         [::1]:39497        [::1]:9999  users:(("a",pid=25056,fd=5),("b",pid=2,fd=5))
  read(line) {
    const users = line.indexOf(USERS);
    if (users < 0) return undefined;
    const [netid, state, , , local, remote] = fieldsOf(line.slice(0, users), 6);
    const protocol = protocolOf(netid);
    if (protocol === undefined || state !== 'ESTAB' || local === undefined || remote === undefined) return undefined;
    return { protocol, local, remote, owners: ownersOf(line, users + USERS.length) };
  },

  printedName(name) {
    const bracket = name.indexOf(')');
    return cutBytes(bracket < 0 ? name : name.slice(0, bracket), COMM_BYTES);
  },
};

/** Owners in `"a",pid=1,fd=5),("b",pid=2,fd=5))`. No name holds a `)`, so each entry ends there. */
function ownersOf(line: string, start: number): Owner[] {
  const owners: Owner[] = [];
  for (let at = start; ; ) {
    const end = line.indexOf(')', at);
    if (end < 0) return owners;
    const owner = ownerOf(line.slice(at, end));
    if (owner !== undefined) owners.push(owner);
    if (!line.startsWith('),(', end)) return owners;
    at = end + 3;
  }
}

/** `"tor",pid=15843,fd=9` or `"tor",15843,9`: the last quote ends the name. */
function ownerOf(entry: string): Owner | undefined {
  const quote = entry.lastIndexOf('",');
  if (quote < 1 || !entry.startsWith('"')) return undefined;
  const start = quote + (entry.startsWith('pid=', quote + 2) ? 6 : 2);
  const comma = entry.indexOf(',', start);
  const pid = pidOf(entry.slice(start, comma < 0 ? undefined : comma));
  return pid === undefined ? undefined : { pid, name: entry.slice(1, quote) };
}

export function parseSs(lines: Iterable<string>, filter: LineFilter = {}): Connection[] {
  return parseLines(lines, format, filter);
}
